"""The reconciliation half of the door: asking for a statement, and for what settles its differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from .mapping import mapper_for, mappers
from .mapping.document import DocumentMapper
from .models import (
    Difference,
    Direction,
    Fix,
    Kind,
    Organization,
    Statement,
    Stream,
    SyncRun,
)
from .services import (
    Asked,
    Refused,
    UnknownRecord,
    ask_as_a_whole,
    lift_pause,
    new_run,
    require_connection,
    ring_after_commit,
)
from .sync.runs import end_run

# What settles a kind of difference. Linking is offered where just one document of the other side fits.
_BOTH_SIDES = (Fix.KEEP_FINMO, Fix.KEEP_QUICKBOOKS, Fix.ACCEPT)
FIXES: dict[str, tuple[Fix, ...]] = {
    Kind.DUPLICATE: (Fix.PULL, Fix.ACCEPT),
    Kind.ONLY_IN_FINMO: (Fix.PUSH, Fix.ACCEPT),
    Kind.ONLY_IN_QUICKBOOKS: (Fix.PULL, Fix.ACCEPT),
    # Nothing is written over what nobody here has read.
    Kind.UNREADABLE: (Fix.PULL, Fix.ACCEPT),
    # Payments are made in QuickBooks, so its word on them stands.
    Kind.BALANCE: (Fix.PULL, Fix.ACCEPT),
}
# Their two sides as a person compares them, in the order in which they are shown.
FIELDS = (
    "number",
    "contact",
    "issue_date",
    "due_date",
    "currency",
    "exchange_rate",
    "total",
    "tax_total",
    "balance",
)


@dataclass(frozen=True)
class Change:
    """What a repair would do to one document: `fields` are {name: {"from", "to"}} on `side`; none where it only
    binds the two or notes a reason."""

    difference: Difference
    side: str
    fields: dict[str, dict[str, str | None]]


def reconcile(organization: Organization, stream: str, *, asked: Asked, as_of: date | None = None) -> SyncRun:
    """Queues reading a fresh statement of what was issued until `as_of`, today unless said. Raises NotConnected."""
    options = {"as_of": (as_of or timezone.localdate()).isoformat()}
    mapper = mapper_of_stream(stream)
    return ask_as_a_whole(organization, Direction.RECONCILE, mapper, asked=asked, options=options)


def newest(organization: Organization, stream: str, *, as_of: date | None = None) -> Statement | None:
    statements = Statement.objects.filter(organization=organization, stream=stream)
    if as_of:
        statements = statements.filter(as_of=as_of)
    return statements.first()


def asked_for(run: SyncRun) -> tuple[str, date]:
    """(stream, day) of the statement that a run reads."""
    return mapper_for(run.entity).stream, date.fromisoformat(run.options["as_of"])


def still_open(statement: Statement, fix: str, keys: Sequence[int]) -> list[int]:
    """Those of the differences that are not settled and that the fix settles."""
    left = statement.differences.filter(pk__in=keys, settled_at=None)
    return [each.pk for each in left if Fix(fix) in fixes_of(each)]


def fixes_of(difference: Difference) -> list[Fix]:
    """What may be done about it; nothing once it is settled or accepted."""
    if difference.settled_at or difference.accepted_at:
        return []
    if difference.kind == Kind.CURRENCY and _currencies_differ(difference):
        # QuickBooks never changes the currency of a document.
        return [Fix.KEEP_QUICKBOOKS, Fix.ACCEPT]
    fixes = list(FIXES.get(difference.kind, _BOTH_SIDES))
    if difference.link_record_id or difference.link_quickbooks_id:
        fixes.insert(0, Fix.LINK)
    return fixes


def preview(
    statement: Statement,
    fix: str,
    *,
    differences: Sequence[int] | None = None,
    kind: str | None = None,
    currency: str = "",
) -> list[Change]:
    """What the repair would change on which side, as far as the statement knows. Raises as `repair` does."""
    return [_change(each, Fix(fix)) for each in _chosen(statement, Fix(fix), differences, kind, currency)]


def repair(
    statement: Statement,
    fix: str,
    *,
    asked: Asked,
    differences: Sequence[int] | None = None,
    kind: str | None = None,
    currency: str = "",
    note: str = "",
) -> SyncRun:
    """Settles these differences, or all open ones of a kind (in one currency, where it is named), and then looks at
    their documents again.

    Raises UnknownRecord, NotConnected, and Refused: `fix_not_offered`, `nothing_to_repair`, `note_required`,
    `different_company`.
    """
    with transaction.atomic():
        chosen = _chosen(statement, Fix(fix), differences, kind, currency)
        if fix == Fix.ACCEPT:
            return _accept(statement, chosen, asked, note)
        connection = require_connection(statement.organization)
        if connection.realm_id != statement.realm_id:
            raise Refused(
                "different_company", "Another QuickBooks company is connected now. Read a fresh statement."
            )
        lift_pause(statement.organization, asked)
        run = _new_repair(statement, fix, chosen, asked)
        ring_after_commit(statement.organization)
    return run


def mapper_of_stream(stream: str) -> DocumentMapper:
    return next(mapper for mapper in mappers() if mapper.ending and mapper.stream == Stream(stream))


def _new_repair(statement: Statement, fix: str, chosen: list[Difference], asked: Asked) -> SyncRun:
    mapper = mapper_of_stream(statement.stream)
    options = {"statement": statement.pk, "fix": str(fix), "differences": [each.pk for each in chosen]}
    return new_run(statement.organization, Direction.REPAIR, mapper, asked, len(chosen), options)


def _accept(statement: Statement, chosen: list[Difference], asked: Asked, note: str) -> SyncRun:
    """Needs no QuickBooks: the line stays in the statement, with the reason and the name."""
    if not note.strip():
        raise Refused("note_required", "Say in a note why the difference is accepted.")
    run = _new_repair(statement, Fix.ACCEPT, chosen, asked)
    Difference.objects.filter(pk__in=[each.pk for each in chosen]).update(
        note=note.strip(), accepted_by=asked.user, accepted_at=timezone.now()
    )
    run.succeeded = run.total
    run.save(update_fields=["succeeded"])
    end_run(run)
    return run


def _chosen(
    statement: Statement, fix: Fix, differences: Sequence[int] | None, kind: str | None, currency: str
) -> list[Difference]:
    open_ones = statement.differences.filter(settled_at=None)
    if currency:
        open_ones = open_ones.filter(currency=currency)
    if differences is None:
        found = [each for each in open_ones.filter(kind=kind) if fix in fixes_of(each)]
        if not found:
            raise Refused("nothing_to_repair", "No open difference of this kind can be settled like this.")
        return found
    found = list(open_ones.filter(pk__in=set(differences)))
    if len(found) != len(set(differences)):
        raise UnknownRecord("not_found", "One of these differences does not exist, or is settled already.")
    refused = [each for each in found if fix not in fixes_of(each)]
    if refused:
        raise Refused("fix_not_offered", f"“{fix.label}” does not settle this: {refused[0]}.")
    return found


def _change(difference: Difference, fix: Fix) -> Change:
    ours, theirs = difference.finmo, difference.quickbooks
    if fix in (Fix.PUSH, Fix.KEEP_FINMO):
        return Change(difference, "quickbooks", _fields(theirs, ours))
    if fix in (Fix.PULL, Fix.KEEP_QUICKBOOKS):
        return Change(difference, "finmo", _fields(ours, theirs))
    return Change(difference, "finmo", {})


def _fields(now: dict[str, Any] | None, then: dict[str, Any] | None) -> dict[str, dict[str, str | None]]:
    """What differs between the two. A document that has ended, or is not there, says nothing."""
    now, then = _living(now), _living(then)
    return {
        name: {"from": now.get(name), "to": then.get(name)}
        for name in FIELDS
        if (now.get(name) or None) != (then.get(name) or None)
    }


def _living(side: dict[str, Any] | None) -> dict[str, Any]:
    return {} if side is None or side["ended"] else side


def _currencies_differ(difference: Difference) -> bool:
    ours, theirs = difference.finmo, difference.quickbooks
    return bool(ours and theirs and ours["currency"] != theirs["currency"])
