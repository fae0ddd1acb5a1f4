"""Both sides of a stream compared, document by document. Pure: no database, no network.

Every document that one side counts and the other does not count alike stands in exactly one line (two where its two
sides are in different currencies), under the gravest kind that fits; the lines add up to the difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Hashable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ..aging import Ages, bucket_of, no_ages
from ..mapping import plain
from ..models import Kind, name_key
from ..money import rounded

ZERO = Decimal(0)
# Finmo keeps nine decimals of a rate; QuickBooks was seen to keep six or more digits.
RATE_UNIT = Decimal("0.000000001")
RATE_PRECISION = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Side:
    """A document as one side has it. `contact` is the contact's QuickBooks id; dates are ISO text.

    `record` is Finmo's key, None for QuickBooks' side; `qbo_id` is None for what was never linked. `rate` is None
    in the home currency and where QuickBooks chooses it.
    """

    record: int | None
    qbo_id: str | None
    number: str
    contact: str | None
    contact_name: str
    issue_date: str
    due_date: str | None
    currency: str
    rate: Decimal | None
    total: Decimal
    tax: Decimal
    balance: Decimal
    ended: str = ""
    # How far a record of ours is on its way: why an unlinked one is not there yet. Empty on QuickBooks' side.
    state: str = ""

    def counts(self, as_of: str) -> bool:
        return not self.ended and self.issue_date <= as_of

    def saved(self, as_of: str) -> dict[str, Any]:
        """As a Difference keeps it: amounts as text, `counted` says whether it stands in its side's totals."""
        return {
            "counted": self.counts(as_of),
            "number": self.number,
            "contact": self.contact_name,
            "issue_date": self.issue_date,
            "due_date": self.due_date,
            "currency": self.currency,
            "exchange_rate": plain(self.rate),
            "total": _text(self.total, self.currency),
            "tax_total": _text(self.tax, self.currency),
            "balance": _text(self.balance, self.currency),
            "ended": self.ended,
            "sync_state": self.state or None,
        }


@dataclass(slots=True)
class Line:
    """`total` and `balance` are Finmo's minus QuickBooks', of what counts in `currency`."""

    kind: Kind
    also: list[Kind]
    currency: str
    total: Decimal
    balance: Decimal
    finmo: Side | None
    quickbooks: Side | None
    # What an unlinked document may be linked to.
    match: Side | None = None


@dataclass(slots=True)
class Sums:
    count: int = 0
    total: Decimal = ZERO
    balance: Decimal = ZERO
    ages: Ages = field(default_factory=no_ages)

    def add(self, side: Side, as_of: str) -> None:
        self.count += 1
        self.total += side.total
        self.balance += side.balance
        self.ages[bucket_of(side.due_date, as_of)] += side.balance


@dataclass
class Comparison:
    """`finmo` and `quickbooks` are {currency: sums of what counts}."""

    lines: list[Line] = field(default_factory=list)
    finmo: dict[str, Sums] = field(default_factory=lambda: defaultdict(Sums))
    quickbooks: dict[str, Sums] = field(default_factory=lambda: defaultdict(Sums))


def _text(amount: Decimal, currency: str) -> str | None:
    """With the currency's decimals, and with all that QuickBooks told where it told more."""
    in_currency = rounded(amount, currency)
    return str(in_currency) if in_currency == amount else plain(amount)


def compare(
    finmo: Iterable[Side],
    quickbooks: Iterable[Side],
    as_of: str,
    unreadable: Container[str | None] = frozenset(),
) -> Comparison:
    """`quickbooks` must hold every document that a counted record is linked to, unless it was deleted there, or its id
    is among the `unreadable`."""
    theirs = {side.qbo_id: side for side in quickbooks}
    unlinked = dict(theirs)
    result = Comparison()
    pairs: list[tuple[Side | None, Side | None]] = []
    for ours in finmo:
        pairs.append((ours, theirs.get(ours.qbo_id) if ours.qbo_id else None))
        unlinked.pop(ours.qbo_id, None)
    pairs += [(None, side) for side in unlinked.values()]
    twins = _twins(theirs.values(), unlinked)
    for ours, other in pairs:
        if ours and ours.counts(as_of):
            result.finmo[ours.currency].add(ours, as_of)
        if other and other.counts(as_of):
            result.quickbooks[other.currency].add(other, as_of)
        kinds = [Kind.DUPLICATE] if other and other.qbo_id in twins else []
        if ours and not other and ours.qbo_id in unreadable:
            kinds = [Kind.UNREADABLE]
        else:
            kinds += _kinds(ours, other)
        result.lines += _lines(ours, other, kinds, as_of)
    _match(result.lines)
    return result


def _lines(ours: Side | None, theirs: Side | None, kinds: list[Kind], as_of: str) -> list[Line]:
    """One line; one in each currency where both sides count in different ones; none where nothing counts."""
    amounts: dict[str, list[Decimal]] = {}
    for side, sign in ((ours, 1), (theirs, -1)):
        if side and side.counts(as_of):
            sums = amounts.setdefault(side.currency, [ZERO, ZERO])
            sums[0] += sign * side.total
            sums[1] += sign * side.balance
    if not kinds:
        return []
    return [
        Line(kinds[0], kinds[1:], currency, total, balance, ours, theirs)
        for currency, (total, balance) in amounts.items()
    ]


def _kinds(ours: Side | None, theirs: Side | None) -> list[Kind]:
    """Everything in which the two differ, gravest first."""
    if ours is None:
        return [Kind.ONLY_IN_QUICKBOOKS]
    if ours.qbo_id is None:
        return [Kind.ONLY_IN_FINMO]
    if theirs is None:
        return [Kind.DELETED]
    if ours.ended or theirs.ended:
        return [] if ours.ended and theirs.ended else [Kind(ours.ended or theirs.ended)]
    return [kind for kind, differs in _TESTS if differs(ours, theirs)]


def _currency_differs(ours: Side, theirs: Side) -> bool:
    return ours.currency != theirs.currency or _rates_differ(ours.rate, theirs.rate)


def _rates_differ(ours: Decimal | None, theirs: Decimal | None) -> bool:
    """As far as both are told, and beyond what either may have rounded."""
    if ours is None or theirs is None:
        return False
    return abs(ours - theirs) > max(RATE_UNIT, RATE_PRECISION * max(ours, theirs))


def _amount_differs(ours: Side, theirs: Side) -> bool:
    """Neither the tax alone nor the split of a gross amount."""
    return ours.total != theirs.total and ours.total - ours.tax != theirs.total - theirs.tax


def _balance_differs(ours: Side, theirs: Side) -> bool:
    """What was paid, whatever the totals are."""
    return ours.total - ours.balance != theirs.total - theirs.balance


def _date_differs(ours: Side, theirs: Side) -> bool:
    due = ours.due_date and theirs.due_date and ours.due_date != theirs.due_date
    return bool(due) or ours.issue_date != theirs.issue_date


_TESTS: tuple[tuple[Kind, Callable[[Side, Side], bool]], ...] = (
    (Kind.CURRENCY, _currency_differs),
    (Kind.CONTACT, lambda ours, theirs: ours.contact != theirs.contact),
    (Kind.AMOUNT, _amount_differs),
    (Kind.TAX, lambda ours, theirs: ours.tax != theirs.tax),
    (Kind.BALANCE, _balance_differs),
    (Kind.DATE, _date_differs),
)


def _twins(theirs: Iterable[Side], unlinked: dict[str | None, Side]) -> set[str | None]:
    """Unlinked documents with number, contact and amount of another one, which is linked or older."""
    groups: dict[Hashable, list[Side]] = defaultdict(list)
    for side in theirs:
        if side.number and not side.ended:
            groups[name_key(side.number), side.contact, side.currency, side.total].append(side)
    twins: set[str | None] = set()
    for group in groups.values():
        extra = [side.qbo_id for side in group if side.qbo_id in unlinked]
        if len(extra) == len(group):
            extra.remove(min(extra, key=_age))
        twins.update(extra)
    return twins


def _age(qbo_id: str | None) -> tuple[int, str]:
    """QuickBooks counts its ids up."""
    return len(qbo_id or ""), qbo_id or ""


def _match(lines: list[Line]) -> None:
    """Names for each unlinked document the one on the other side that it may be linked to, if there is just one."""
    ours = [line for line in lines if line.kind == Kind.ONLY_IN_FINMO and line.finmo.contact]
    theirs = [line for line in lines if line.kind == Kind.ONLY_IN_QUICKBOOKS]
    _pair_up(ours, theirs, lambda side: (name_key(side.number), side.contact, side.currency), numbered=True)
    ours, theirs = ([line for line in side if line.match is None] for side in (ours, theirs))
    _pair_up(
        ours,
        theirs,
        lambda side: (side.issue_date, side.contact, side.currency, side.total),
        numbered=False,
    )


def _pair_up(
    ours: list[Line], theirs: list[Line], key: Callable[[Side], Hashable], *, numbered: bool
) -> None:
    """Without numbers only what has none on one side at least: two different numbers are two documents."""
    found: dict[Hashable, tuple[list[Line], list[Line]]] = defaultdict(lambda: ([], []))
    for line in ours:
        if line.finmo.number or not numbered:
            found[key(line.finmo)][0].append(line)
    for line in theirs:
        if line.quickbooks.number or not numbered:
            found[key(line.quickbooks)][1].append(line)
    for one, other in found.values():
        if len(one) != 1 or len(other) != 1:
            continue
        if numbered or not (one[0].finmo.number and other[0].quickbooks.number):
            one[0].match, other[0].match = other[0].quickbooks, one[0].finmo
