"""A statement's differences as its pages show them: grouped by kind, each with both sides in people's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from .. import reconciling
from ..faults import explain
from ..mapping.document import DocumentMapper
from ..models import Difference, Fix, Kind, Statement, SyncState
from ..money import written_amount
from ..reconciling import Change, mapper_of_stream
from ..remedies import address_of
from ..statements.report import CurrencyReport
from ..web_links import page_there
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
    # Why ours does not go out now.
    failed: str
    # The page in QuickBooks of what is to be deleted there.
    there: str


@dataclass(frozen=True)
class Group:
    """A currency's differences of one kind. `fixes` are those that settle at least one of them."""

    kind: Kind
    rows: list[Row]
    count: int
    total: Decimal
    balance: Decimal
    fixes: list[Fix]


def failures_of(statement: Statement) -> dict[int, str]:
    """{record: why it does not go out}, for ours of the open differences as they are now; one statement of SQL."""
    mapper = mapper_of_stream(statement.stream)
    failed = mapper.records(statement.organization).filter(
        sync_state=SyncState.FAILED,
        pk__in=statement.differences.filter(settled_at=None).values("record_id"),
    )
    return {pk: explain(code).title_within for pk, code in failed.values_list("pk", "sync_error_code")}


def groups_of(statement: Statement, report: CurrencyReport, failures: dict[int, str]) -> list[Group]:
    mapper = mapper_of_stream(statement.stream)
    groups = []
    for kind in Kind:
        lines = [each for each in report.differences if each.kind == kind]
        if not lines:
            continue
        offered = {fix for each in lines for fix in reconciling.fixes_of(each)}
        groups.append(
            Group(
                kind=kind,
                rows=[_row(each, mapper, failures) for each in lines[:MOST_LINES]],
                count=len(lines),
                total=sum((each.total for each in lines), Decimal()),
                balance=sum((each.balance for each in lines), Decimal()),
                fixes=[fix for fix in Fix if fix in offered],
            )
        )
    return groups


def _row(difference: Difference, mapper: DocumentMapper, failures: dict[int, str]) -> Row:
    also = [Kind(kind).label for kind in difference.also]
    twice = difference.kind == Kind.DUPLICATE
    return Row(
        difference,
        address_of(mapper.entity, difference.record_id),
        reconciling.fixes_of(difference),
        also,
        _side(difference, difference.finmo),
        _side(difference, difference.quickbooks),
        failures.get(difference.record_id, ""),
        page_there(mapper, difference.quickbooks_id) if twice else "",
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


def shown(change: Change, closed_until: date | None) -> dict[str, Any]:
    """A change with its fields in people's words. `refused`: it lies in books that QuickBooks has closed."""
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
        "refused": bool(closed_until) and change.side == "quickbooks" and _issued(change) <= closed_until,
        "fields": fields,
        "ends": ""
        if any(told["to"] for told in change.fields.values())
        else _ENDS.get(change.difference.kind, ""),
    }


def _issued(change: Change) -> date:
    """The earlier one of both sides' days."""
    sides = filter(None, (change.difference.finmo, change.difference.quickbooks))
    return min(date.fromisoformat(side["issue_date"]) for side in sides)


def _in_words(name: str, text: str | None, currency: str) -> str:
    """A day or an amount as the pages write it."""
    if not text:
        return ""
    if name.endswith("_date"):
        return written(date.fromisoformat(text))
    if name in ("total", "tax_total", "balance"):
        return written_amount(Decimal(text), currency)
    return text
