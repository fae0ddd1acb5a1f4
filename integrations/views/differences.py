"""A statement's differences as its pages show them: grouped by kind, each with both sides in people's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from .. import reconciling
from ..models import Difference, Fix, Kind, Statement, SyncState
from ..money import written_amount
from ..reconciling import Change, mapper_of_stream
from ..remedies import address_of
from ..statements.report import CurrencyReport
from ..wording import written

# A page shows this many differences of a kind, or changes; the CSV has all.
MOST_LINES = 200
# What a side shows beside its amounts where it differs.
_FACTS = (
    (Kind.CURRENCY, "exchange_rate", "rate {}"),
    (Kind.CONTACT, "contact", "{}"),
    (Kind.TAX, "tax_total", "tax {}"),
    (Kind.DATE, "issue_date", "issued {}"),
    (Kind.DATE, "due_date", "due {}"),
)
# Why a document of ours is not in QuickBooks.
_ON_ITS_WAY = {
    SyncState.NOT_SYNCED: "never synced",
    SyncState.CHANGED: "never synced",
    SyncState.SYNCED: "never synced",
    SyncState.QUEUED: "queued",
    SyncState.FAILED: "sync failed",
    SyncState.CONFLICT: "conflict to decide",
}
# What becomes of a document whose other side has ended.
_ENDS = {Kind.DELETED: "Deleted", Kind.VOIDED: "Voided"}


@dataclass(frozen=True)
class Row:
    """A difference; `finmo` and `quickbooks` are its sides with amounts as numbers, None where there is none."""

    difference: Difference
    url: str
    fixes: list[Fix]
    also: list[str]
    finmo: dict[str, Any] | None
    quickbooks: dict[str, Any] | None


@dataclass(frozen=True)
class Group:
    """A currency's differences of one kind. `fixes` are those that settle at least one of them."""

    kind: Kind
    rows: list[Row]
    count: int
    total: Decimal
    balance: Decimal
    fixes: list[Fix]


def groups_of(statement: Statement, report: CurrencyReport) -> list[Group]:
    entity = mapper_of_stream(statement.stream).entity
    groups = []
    for kind in Kind:
        lines = [each for each in report.differences if each.kind == kind]
        if not lines:
            continue
        offered = {fix for each in lines for fix in reconciling.fixes_of(each)}
        groups.append(
            Group(
                kind=kind,
                rows=[_row(each, entity) for each in lines[:MOST_LINES]],
                count=len(lines),
                total=sum((each.total for each in lines), Decimal()),
                balance=sum((each.balance for each in lines), Decimal()),
                fixes=[fix for fix in Fix if fix in offered],
            )
        )
    return groups


def _row(difference: Difference, entity: str) -> Row:
    also = [Kind(kind).label for kind in difference.also]
    return Row(
        difference,
        address_of(entity, difference.record_id),
        reconciling.fixes_of(difference),
        also,
        _side(difference, difference.finmo),
        _side(difference, difference.quickbooks),
    )


def _side(difference: Difference, saved: dict[str, Any] | None) -> dict[str, Any] | None:
    if saved is None:
        return None
    differing = [difference.kind, *difference.also]
    facts = [
        words.format(_in_words(name, saved[name], saved["currency"]))
        for kind, name, words in _FACTS
        if kind in differing and saved[name]
    ]
    if difference.kind == Kind.ONLY_IN_FINMO and saved.get("sync_state"):
        facts.append(_ON_ITS_WAY[saved["sync_state"]])
    return saved | {name: Decimal(saved[name]) for name in ("total", "balance")} | {"facts": facts}


def shown(change: Change) -> dict[str, Any]:
    """A change with its fields in people's words."""
    currency = change.difference.currency
    fields = [
        (
            name.replace("_", " ").capitalize(),
            *(_in_words(name, told[end], currency) for end in ("from", "to")),
        )
        for name, told in change.fields.items()
    ]
    return {
        "difference": change.difference,
        "side": change.side,
        "fields": fields,
        "ends": ""
        if any(told["to"] for told in change.fields.values())
        else _ENDS.get(change.difference.kind, ""),
    }


def _in_words(name: str, text: str | None, currency: str) -> str:
    """A day or an amount as the pages write it."""
    if not text:
        return ""
    if name.endswith("_date"):
        return written(date.fromisoformat(text))
    if name in ("total", "tax_total", "balance"):
        return written_amount(Decimal(text), currency)
    return text
