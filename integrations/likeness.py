"""How likely it is that two contacts are one and the same, and why, in words. Pure: no database, no network.

Names are compared without case, accents, punctuation and legal form, and so that a slip of the pen does not matter
but another word or number does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from rapidfuzz import fuzz

# Legal forms as they stand at the end of a name, each with the form that it is another word for.
_FORMS = {
    **{
        form: form
        for form in (
            "ab ag aps as bhd bv co corp eurl gbr gmbh inc kg kk llc llp lp ltd mbh nv ohg oy plc pte pty sa sarl "
            "sas sdn se sl slu spa srl ug"
        ).split()
    },
    "limited": "ltd",
    "private": "pte",
    "pvt": "pte",
    "proprietary": "pty",
    "incorporated": "inc",
    "corporation": "corp",
    "company": "co",
    "berhad": "bhd",
    "sendirian": "sdn",
    "and": "",
}
_AND = {"and", "und", "et", "dan"}
_LEADING_FORMS = {"pt": "pt", "cv": "cv", "the": ""}
_NO_LETTER = re.compile(r"[^\w]+|_")
_JOINED = re.compile(r"['’.`]")
# QuickBooks shows no more than the last four characters of a supplier's tax number.
SHORTEST_END = 4
_MASKED = re.compile(r"^X{3,}(\w{4,})$")
_FREE_MAIL = {
    "gmail.com", "googlemail.com", "yahoo.com", "outlook.com", "hotmail.com", "live.com", "icloud.com",
    "gmx.de", "gmx.net", "web.de", "qq.com", "163.com", "proton.me", "protonmail.com", "aol.com",
}  # fmt: skip

# A name so alike is the same with a slip of the pen; each of its words has to be alike by itself.
SAME_BUT_FOR_A_SLIP = 88
WORD_ALIKE = 78
# Shorter names have too little in them for a slip.
SHORTEST_WITH_A_SLIP = 6
# How alike names have to be where an address, number or phone speaks for the pair.
ROUGHLY_ALIKE = 60
SHORTEST_PHONE = 7


@dataclass(frozen=True)
class Party:
    """A contact of one side. `key` tells it from the others of its side."""

    key: str
    name: str
    company_name: str = ""
    email: str = ""
    phone: str = ""
    currency: str = ""
    tax_numbers: tuple[str, ...] = ()

    @cached_property
    def names(self) -> tuple[Name, ...]:
        told = {self.name.strip(), self.company_name.strip()} - {""}
        return tuple(
            sorted((name_of(each) for each in told), key=lambda name: name.said != self.name.strip())
        )

    @cached_property
    def mail(self) -> str:
        return self.email.strip().casefold()

    @cached_property
    def mail_domain(self) -> str:
        domain = self.mail.rpartition("@")[2]
        return "" if domain in _FREE_MAIL else domain

    @cached_property
    def digits(self) -> str:
        """The phone's last nine digits: with and without the country's code it is one number."""
        digits = re.sub(r"\D", "", self.phone)
        return digits[-9:] if len(digits) >= SHORTEST_PHONE else ""

    @cached_property
    def whole_tax_numbers(self) -> frozenset[str]:
        return frozenset(_plain_number(each) for each in self.tax_numbers if not _masked_end(each)) - {""}

    @cached_property
    def number_ends(self) -> frozenset[str]:
        """By which masked and whole numbers may meet."""
        return frozenset(number[-SHORTEST_END:] for number in self.whole_tax_numbers | self.tax_ends)

    @cached_property
    def tax_ends(self) -> frozenset[str]:
        return frozenset(filter(None, map(_masked_end, self.tax_numbers)))


class Name(NamedTuple):
    """A name as it is compared: `core` are its words without `forms`, its legal form; `ordered` the same in the
    order of the alphabet."""

    said: str
    core: str
    words: tuple[str, ...]
    forms: frozenset[str]

    @property
    def ordered(self) -> str:
        return " ".join(sorted(self.words))


class Likeness(NamedTuple):
    """`score` is 1 to 100."""

    score: int
    reason: str


def name_of(said: str) -> Name:
    words = _words(said)
    forms = set()
    start, end = 0, len(words)
    while end - start > 1 and words[end - 1] in _FORMS:
        end -= 1
        forms.add(_FORMS[words[end]])
    while end - start > 1 and words[start] in _LEADING_FORMS:
        forms.add(_LEADING_FORMS[words[start]])
        start += 1
    kept = tuple(words[start:end])
    return Name(said, " ".join(kept), kept, frozenset(forms - {""}))


def _words(said: str) -> list[str]:
    plain = "".join(
        each for each in unicodedata.normalize("NFKD", said.casefold()) if not unicodedata.combining(each)
    )
    plain = _JOINED.sub("", plain.replace("&", " and ").replace("ß", "ss"))
    return ["and" if word in _AND else word for word in _NO_LETTER.sub(" ", plain).split()]


def likeness(one: Party, other: Party) -> Likeness | None:
    """None where nothing speaks for the two being the same."""
    found = list(_evidence(one, other))
    if not found:
        return None
    score = max(each.score for each in found)
    # Each further reason makes it a little surer.
    score = min(100, score + 3 * (len(found) - 1))
    reasons = [each.reason for each in sorted(found, key=lambda each: -each.score)]
    doubt = _doubt(one, other)
    if doubt:
        score -= 12
        reasons.append(doubt)
    text = ", ".join(reasons)
    return Likeness(score, text[0].upper() + text[1:])


def _evidence(one: Party, other: Party) -> Iterator[Likeness]:
    alike, rough = _best_names(one, other)
    if one.whole_tax_numbers & other.whole_tax_numbers:
        yield Likeness(97, "same tax number")
    elif rough >= ROUGHLY_ALIKE and _ends_meet(one, other):
        yield Likeness(80, "tax numbers end alike")
    if alike:
        yield alike
    if one.mail and one.mail == other.mail:
        yield Likeness(90 if rough >= ROUGHLY_ALIKE else 76, "same e-mail address")
    elif not alike and rough >= ROUGHLY_ALIKE and one.mail_domain and one.mail_domain == other.mail_domain:
        if any(_contained(ours, theirs) for ours in one.names for theirs in other.names):
            yield Likeness(78, "one name is part of the other, e-mail addresses of the same domain")
    if one.digits and one.digits == other.digits and rough >= ROUGHLY_ALIKE:
        yield Likeness(82, "same phone number")


def _doubt(one: Party, other: Party) -> str:
    same_domain = one.mail_domain and one.mail_domain == other.mail_domain
    if one.mail and other.mail and one.mail != other.mail and not same_domain:
        return "but different e-mail addresses"
    if (
        one.whole_tax_numbers
        and other.whole_tax_numbers
        and not one.whole_tax_numbers & other.whole_tax_numbers
    ):
        return "but different tax numbers"
    return ""


def _best_names(one: Party, other: Party) -> tuple[Likeness | None, float]:
    """The best that their names say, and how alike they are roughly, 0 to 100."""
    best: Likeness | None = None
    rough = 0.0
    for ours in one.names:
        for theirs in other.names:
            rough = max(rough, fuzz.token_set_ratio(ours.core, theirs.core))
            found = _names(ours, theirs)
            if found and (best is None or found.score > best.score):
                best = found
    return best, rough


def _names(one: Name, other: Name) -> Likeness | None:
    if one.said.casefold() == other.said.casefold():
        return Likeness(96, "same name")
    if one.core == other.core or one.ordered == other.ordered:
        if one.forms == other.forms:
            return Likeness(95, "same name, written a little differently")
        if one.forms and other.forms:
            return Likeness(80, "same name with another legal form")
        return Likeness(93, "same name but for the legal form")
    ratio = _slip(one, other)
    return Likeness(int(ratio) - 6, "almost the same name") if ratio else None


def _slip(one: Name, other: Name) -> float:
    """How alike the names are where only letters slipped; 0 where a word or a number is another one."""
    if min(len(one.core), len(other.core)) < SHORTEST_WITH_A_SLIP:
        return 0
    if one.forms and other.forms and one.forms != other.forms:
        return 0
    ratio = max(
        fuzz.ratio(one.core, other.core, score_cutoff=SAME_BUT_FOR_A_SLIP),
        fuzz.ratio(one.ordered, other.ordered, score_cutoff=SAME_BUT_FOR_A_SLIP),
    )
    if not ratio or _numbers(one) != _numbers(other):
        return 0
    if "".join(one.words) == "".join(other.words):
        # Only the gaps are elsewhere.
        return ratio
    left = sorted(set(one.words) - set(other.words))
    right = sorted(set(other.words) - set(one.words))
    if len(left) != len(right):
        return 0
    return ratio if all(_word_slipped(*pair) for pair in zip(left, right, strict=True)) else 0


def _word_slipped(one: str, other: str) -> bool:
    """Nobody slips on the first letter: Western is not Eastern."""
    return one[0] == other[0] and fuzz.ratio(one, other) >= WORD_ALIKE


def _numbers(name: Name) -> list[str]:
    return sorted(re.findall(r"\d+", name.core))


def _contained(one: Name, other: Name) -> bool:
    fewer, more = sorted((set(one.words), set(other.words)), key=len)
    return fewer < more


def _ends_meet(one: Party, other: Party) -> bool:
    """A masked number against a whole one, or two masked ones."""
    if one.tax_ends & other.tax_ends:
        return True
    return any(
        whole.endswith(end)
        for ends, wholes in ((one.tax_ends, other.whole_tax_numbers), (other.tax_ends, one.whole_tax_numbers))
        for end in ends
        for whole in wholes
    )


def _plain_number(text: str) -> str:
    return re.sub(r"[\W_]", "", text).upper()


def _masked_end(text: str) -> str:
    found = _MASKED.match(_plain_number(text))
    return found[1] if found else ""
