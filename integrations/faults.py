"""What can stop a record, in plain words: what happened, who must act, what they do, which button helps.

An unknown code is a failure that Finmo's staff look at, with QuickBooks' own words beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

from .fault_table import JUDGED_BY_COMPANY, ONLY_AN_EDIT, OURS, QUICKBOOKS, Actor, Button


@dataclass(frozen=True)
class FaultEntry:
    """`meaning` says what happened, `remedy` what to do: whole sentences, fit to show as they are.

    `codes` are all that mean the same.
    """

    code: str
    title: str
    meaning: str
    actor: Actor
    remedy: str
    button: Button
    codes: tuple[str, ...]

    @property
    def title_within(self) -> str:
        """The title as it stands within a sentence: books are closed."""
        name = self.title.split()[0] == "QuickBooks"
        return self.title if name else self.title[0].lower() + self.title[1:]

    @property
    def needs_details(self) -> bool:
        """Whether the sentences refer to QuickBooks' own words, which then have to stand beside them."""
        return "details" in f"{self.meaning} {self.remedy}"

    @property
    def known(self) -> bool:
        return self.code in TABLE

    @property
    def passes_by_itself(self) -> bool:
        """Whether trying again may help although nobody repaired anything."""
        return self.actor == Actor.NOBODY

    @property
    def only_an_edit_helps(self) -> bool:
        return self.code in ONLY_AN_EDIT

    @property
    def judged_by_company(self) -> bool:
        return self.code in JUDGED_BY_COMPANY


TABLE = {
    code: FaultEntry(code, title, meaning, actor, remedy, button, tuple(codes.split()))
    for codes, title, actor, button, meaning, remedy in OURS + QUICKBOOKS
    for code in codes.split()
}


def explain(code: str) -> FaultEntry:
    """The entry of a code, with or without leading zeros. An unknown one is for Finmo's staff."""
    known = TABLE.get(code.lstrip("0"))
    return known or FaultEntry(
        code,
        "Unknown error",
        "QuickBooks refused this for a reason that Finmo does not know yet.",
        Actor.STAFF,
        "Contact Finmo support with these details.",
        Button.NONE,
        (code,),
    )


__all__ = ["TABLE", "Actor", "Button", "FaultEntry", "explain"]
