"""Both sides' contacts laid beside each other: who is alone, who differs, who may be the same. Pure: it reads and
writes nothing."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from typing import Any

from ..likeness import Party
from ..likeness_pairs import Pair, pairs_across, pairs_within
from ..mapping import Values
from ..models import ContactFinding, FindingKind, IgnoredFinding
from . import merge

# Two of one side are only told of where it is nearly certain: branches of one company are nobody's mistake.
LEAST_ACROSS, LEAST_WITHIN = 75, 88
_PARTY = ("name", "company_name", "email", "phone", "currency")

# {(kind, subject): a person's word}
Ignored = dict[tuple[str, str], IgnoredFinding]


@dataclass(slots=True)
class Contact:
    """One side's contact. `record` is Finmo's key, None on QuickBooks' side; `base` what both last agreed on."""

    record: int | None
    qbo_id: str | None
    values: Values
    tax_numbers: tuple[str, ...] = ()
    base: dict[str, Values] = field(default_factory=dict)
    sync_token: str = ""
    synced: bool = False

    @property
    def key(self) -> str:
        return str(self.record or self.qbo_id)

    @property
    def active(self) -> bool:
        return self.values["is_active"]

    @property
    def age(self) -> tuple[int, str]:
        """Both sides count their ids up."""
        return len(self.key), self.key

    def party(self) -> Party:
        return Party(self.key, **{name: self.values[name] for name in _PARTY}, tax_numbers=self.tax_numbers)


@dataclass
class Comparison:
    findings: list[ContactFinding] = field(default_factory=list)
    agreed: int = 0


# Why there is nothing to compare a linked contact with.
NO_LONGER_THERE = "QuickBooks no longer has it"
CANNOT_BE_READ = "Finmo cannot read it in QuickBooks. Open it there and save it again"


def compare(
    finmo: list[Contact],
    quickbooks: dict[str, Contact],
    fixed: set[str],
    ignored: Ignored,
    unreadable: Container[str] = frozenset(),
) -> Comparison:
    """`quickbooks` is by id; `fixed` are the fields that QuickBooks never lets change; `unreadable` are ids."""
    result = Comparison()
    for ours in finmo:
        if ours.qbo_id:
            absent = CANNOT_BE_READ if ours.qbo_id in unreadable else NO_LONGER_THERE
            found = _linked(ours, quickbooks.get(ours.qbo_id), absent)
            result.findings += found
            result.agreed += ours.active and not found
    bound = {ours.qbo_id for ours in finmo}
    here = {each.key: each for each in finmo if each.active and not each.qbo_id}
    there = {each.key: each for each in quickbooks.values() if each.active and each.qbo_id not in bound}
    possible = _possible(here, there, fixed)
    twins_here = _twins([each for each in finmo if each.active], FindingKind.DUPLICATE_IN_FINMO, set(here))
    twins_there = _twins(
        [each for each in quickbooks.values() if each.active],
        FindingKind.DUPLICATE_IN_QUICKBOOKS,
        set(there),
    )
    result.findings += [finding for finding, _ in (*possible, *twins_here, *twins_there)]
    _mark_ignored(result.findings, ignored)
    taken = {
        key for finding, keys in (*possible, *twins_here, *twins_there) if not finding.ignored for key in keys
    }
    alone = [_only(each) for key, each in here.items() if ("finmo", key) not in taken]
    alone += [_only(each) for key, each in there.items() if ("quickbooks", key) not in taken]
    _mark_ignored(alone, ignored)
    result.findings += alone
    _mark_sure(result.findings)
    return result


def fingerprint(finding: ContactFinding) -> str:
    """Of what differs; pairs and lone contacts are known by their ids alone."""
    if finding.kind != FindingKind.DIFFERS:
        return ""
    told = json.dumps([finding.reason, finding.fields], sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


# A finding with the contacts, (side, key), that need no line of their own as long as it stands.
Claim = tuple[ContactFinding, list[tuple[str, str]]]


def _linked(ours: Contact, theirs: Contact | None, absent: str) -> list[ContactFinding]:
    """`absent` says why there is nothing of QuickBooks', where there is nothing."""
    if theirs is None:
        return [_differs(ours, None, {}, absent)] if ours.active else []
    names = merge.changed_here(ours.base, ours.values) | merge.changed_there(ours.base, theirs.values)
    fields = _fields(ours, theirs, names)
    if not fields:
        return []
    return [_differs(ours, theirs, fields, "")]


def _differs(ours: Contact, theirs: Contact | None, fields: dict, reason: str) -> ContactFinding:
    return ContactFinding(
        kind=FindingKind.DIFFERS,
        name=ours.values["name"],
        record_id=ours.record,
        quickbooks_id=ours.qbo_id,
        reason=reason,
        finmo=ours.values,
        quickbooks=theirs.values if theirs else None,
        fields=fields,
        sync_token=ours.sync_token,
        was_synced=ours.synced,
    )


def _fields(ours: Contact, theirs: Contact, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    return {
        name: {"finmo": ours.values[name], "quickbooks": theirs.values[name]}
        for name in ours.values
        if name in names and not merge.equal(ours.values[name], theirs.values[name])
    }


def _possible(here: dict[str, Contact], there: dict[str, Contact], fixed: set[str]) -> list[Claim]:
    pairs = pairs_across(
        (each.party() for each in here.values()),
        (each.party() for each in there.values()),
        least=LEAST_ACROSS,
    )
    return [
        (
            _pair(pair, here[pair.one.key], there[pair.other.key], fixed),
            [("finmo", pair.one.key), ("quickbooks", pair.other.key)],
        )
        for pair in pairs
    ]


def _pair(pair: Pair, ours: Contact, theirs: Contact, fixed: set[str]) -> ContactFinding:
    fields = _fields(ours, theirs, ours.values)
    hindering = [name for name in fields if name in fixed]
    return ContactFinding(
        kind=FindingKind.POSSIBLE,
        name=ours.values["name"],
        record_id=ours.record,
        quickbooks_id=theirs.qbo_id,
        score=pair.score,
        reason=pair.reason,
        obstacle="".join(
            f"The {name} is {fields[name]['finmo']} here and {fields[name]['quickbooks']} there, and QuickBooks "
            "never changes it, so the two cannot be linked."
            for name in hindering
        ),
        finmo=ours.values,
        quickbooks=theirs.values,
        fields=fields,
    )


def _twins(contacts: list[Contact], kind: FindingKind, free: set[str]) -> list[Claim]:
    """Of one side. The lesser of two, which needs no line of its own, is the unlinked or younger one."""
    by_key = {each.key: each for each in contacts}
    side = "finmo" if kind == FindingKind.DUPLICATE_IN_FINMO else "quickbooks"
    claims = []
    for pair in pairs_within((each.party() for each in contacts), least=LEAST_WITHIN):
        first, second = sorted(
            (by_key[pair.one.key], by_key[pair.other.key]), key=lambda each: (each.key in free, each.age)
        )
        finding = ContactFinding(
            kind=kind,
            name=first.values["name"],
            record_id=first.record,
            quickbooks_id=first.qbo_id or "",
            other_record_id=second.record,
            other_quickbooks_id=second.qbo_id or "",
            score=pair.score,
            reason=pair.reason,
            other=second.values,
            fields=_fields(first, second, first.values),
            **{side: first.values},
        )
        claims.append((finding, [(side, second.key)]))
    return claims


def _only(contact: Contact) -> ContactFinding:
    if contact.record:
        return ContactFinding(
            kind=FindingKind.ONLY_IN_FINMO,
            name=contact.values["name"],
            record_id=contact.record,
            finmo=contact.values,
        )
    return ContactFinding(
        kind=FindingKind.ONLY_IN_QUICKBOOKS,
        name=contact.values["name"],
        quickbooks_id=contact.qbo_id,
        quickbooks=contact.values,
    )


def _mark_ignored(findings: Iterable[ContactFinding], ignored: Ignored) -> None:
    for finding in findings:
        word = ignored.get((finding.kind, finding.subject))
        if word and word.fingerprint == fingerprint(finding):
            finding.ignored = word


def _mark_sure(findings: list[ContactFinding]) -> None:
    """Pairs of which neither stands in another pair."""
    possible = [each for each in findings if each.kind == FindingKind.POSSIBLE and not each.ignored]
    ours = Counter(each.record_id for each in possible)
    theirs = Counter(each.quickbooks_id for each in possible)
    for each in possible:
        each.sure = ours[each.record_id] == theirs[each.quickbooks_id] == 1 and not each.obstacle
