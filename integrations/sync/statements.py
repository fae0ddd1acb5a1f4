"""A comparison as the rows of a statement, and what a repair makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from ..aging import Ages, bucket_of, no_ages, read_ages, saved_ages
from ..models import Difference, Kind, Statement, StatementCurrency, SyncRun
from .outcomes import write_columns
from .statement_compare import Comparison, Line, Sums

# What a second look at a document may change of its difference.
_REWRITTEN = (
    "record_id",
    "quickbooks_id",
    "number",
    "contact",
    "total",
    "balance",
    "finmo",
    "quickbooks",
    "link_record_id",
    "link_quickbooks_id",
)
_DECIDED = ("kind", "also", "note", "accepted_by", "accepted_at", "settled_at")
# What tells that a difference is the one that was accepted in an earlier statement.
_SAME = ("currency", "kind", "record_id", "quickbooks_id", "total", "balance")


@transaction.atomic
def store(
    run: SyncRun, stream: str, realm_id: str, comparison: Comparison, unread: list[dict[str, str]]
) -> Statement:
    as_of = run.options["as_of"]
    statement = Statement.objects.create(
        organization_id=run.organization_id,
        realm_id=realm_id,
        stream=stream,
        as_of=as_of,
        read_at=timezone.now(),
        run=run,
        unread=unread,
    )
    StatementCurrency.objects.bulk_create(
        _currency(statement, currency, comparison)
        for currency in sorted(comparison.finmo.keys() | comparison.quickbooks.keys())
    )
    rows = [difference_of(statement, line, as_of) for line in comparison.lines]
    _carry_acceptance(statement, rows)
    Difference.objects.bulk_create(rows, batch_size=500)
    return statement


def difference_of(statement: Statement, line: Line, as_of: str) -> Difference:
    ours, theirs = line.finmo, line.quickbooks
    return Difference(
        statement=statement,
        currency=line.currency,
        kind=line.kind,
        also=line.also,
        record_id=ours.record if ours else None,
        quickbooks_id=(theirs or ours).qbo_id or "",
        number=(ours and ours.number) or (theirs and theirs.number) or "",
        contact=(ours and ours.contact_name) or (theirs and theirs.contact_name) or "",
        total=line.total,
        balance=line.balance,
        finmo=ours.saved(as_of) if ours else None,
        quickbooks=theirs.saved(as_of) if theirs else None,
        link_record_id=line.match.record if line.match else None,
        link_quickbooks_id=(line.match and line.match.record is None and line.match.qbo_id) or "",
    )


def _currency(statement: Statement, currency: str, comparison: Comparison) -> StatementCurrency:
    ours = comparison.finmo.get(currency, Sums())
    theirs = comparison.quickbooks.get(currency, Sums())
    return StatementCurrency(
        statement=statement,
        currency=currency,
        finmo_count=ours.count,
        finmo_total=ours.total,
        finmo_balance=ours.balance,
        finmo_aging=saved_ages(ours.ages),
        quickbooks_count=theirs.count,
        quickbooks_total=theirs.total,
        quickbooks_balance=theirs.balance,
        quickbooks_aging=saved_ages(theirs.ages),
    )


def _carry_acceptance(statement: Statement, rows: list[Difference]) -> None:
    """A difference that a person accepted stays accepted as long as it is the same."""
    accepted = Difference.objects.filter(
        statement__organization_id=statement.organization_id,
        statement__stream=statement.stream,
        accepted_at__isnull=False,
        settled_at=None,
    ).order_by("id")
    known = {_same(each): each for each in accepted.iterator()}
    for row in rows:
        before = known.get(_same(row))
        if before:
            row.note, row.accepted_by_id, row.accepted_at = (
                before.note,
                before.accepted_by_id,
                before.accepted_at,
            )


def _same(difference: Difference) -> tuple:
    return tuple(getattr(difference, name) for name in _SAME)


@dataclass(frozen=True)
class Touched:
    """A statement's open differences that a repair was about, and the two sides of their documents as they are now.
    `read` are the ids of those that QuickBooks tells in a form that can be read."""

    differences: list[Difference]
    comparison: Comparison
    read: Set[str]


@transaction.atomic
def settle(statement: Statement, touched: Touched) -> None:
    """Closes what no longer differs, rewrites what differs otherwise, and moves the totals by as much."""
    as_of = statement.as_of.isoformat()
    _move_totals(statement, touched)
    fresh = [difference_of(statement, line, as_of) for line in touched.comparison.lines]
    by_key = {key: each for each in fresh for key in _keys(each)}
    kept = set()
    now = timezone.now()
    for old in touched.differences:
        new = next((by_key[key] for key in _keys(old) if key in by_key), None)
        if new is None or id(new) in kept:
            old.settled_at = now
        else:
            kept.add(id(new))
            _rewrite(old, new)
    write_columns(touched.differences, [*_REWRITTEN, *_DECIDED])
    Difference.objects.bulk_create([each for each in fresh if id(each) not in kept], batch_size=500)
    unread = [each for each in statement.unread if each["quickbooks_id"] not in touched.read]
    Statement.objects.filter(pk=statement.pk).update(repaired_at=now, unread=unread)


def _keys(difference: Difference) -> list[tuple[str, str, Any]]:
    """By which the same document is known before and after a repair."""
    keys = [("record", difference.record_id), ("quickbooks", difference.quickbooks_id)]
    return [(difference.currency, side, key) for side, key in keys if key]


def _rewrite(old: Difference, new: Difference) -> None:
    """A duplicate stays one: its twin is not among the documents that were looked at again. What was accepted was
    the difference as it stood then."""
    accepted = _same(old)
    if not (old.kind == Kind.DUPLICATE and new.kind == Kind.ONLY_IN_QUICKBOOKS):
        old.kind, old.also = new.kind, new.also
    for name in _REWRITTEN:
        setattr(old, name, getattr(new, name))
    if _same(old) != accepted:
        old.note, old.accepted_by, old.accepted_at = "", None, None


def _move_totals(statement: Statement, touched: Touched) -> None:
    """Takes out what these documents counted for, and puts in what they count for now."""
    rows = {row.currency: row for row in StatementCurrency.objects.filter(statement=statement)}
    as_of = statement.as_of.isoformat()
    for side in ("finmo", "quickbooks"):
        for currency, counted in _counted(touched.differences, side, as_of):
            _add(rows, statement, side, currency, counted, -1)
        for currency, sums in getattr(touched.comparison, side).items():
            _add(rows, statement, side, currency, sums, 1)
    for row in rows.values():
        row.save()


def _counted(differences: Iterable[Difference], side: str, as_of: str) -> Iterable[tuple[str, Sums]]:
    for difference in differences:
        saved: dict[str, Any] | None = getattr(difference, side)
        if saved and saved["counted"] and saved["currency"] == difference.currency:
            balance = Decimal(saved["balance"])
            ages = no_ages() | {bucket_of(saved["due_date"], as_of): balance}
            yield difference.currency, Sums(1, Decimal(saved["total"]), balance, ages)


def _add(
    rows: dict[str, StatementCurrency],
    statement: Statement,
    side: str,
    currency: str,
    sums: Sums,
    sign: int,
) -> None:
    if currency not in rows:
        rows[currency] = _currency(statement, currency, Comparison())
    row = rows[currency]
    for name in ("count", "total", "balance"):
        setattr(row, f"{side}_{name}", getattr(row, f"{side}_{name}") + sign * getattr(sums, name))
    ages: Ages | None = read_ages(getattr(row, f"{side}_aging"))
    if ages is not None:
        moved = {key: amount + sign * sums.ages[key] for key, amount in ages.items()}
        setattr(row, f"{side}_aging", saved_ages(moved))
