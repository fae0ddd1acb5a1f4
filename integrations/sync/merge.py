"""Three versions decide: what both sides last agreed on (`base`), ours, and QuickBooks'.

`base` is {"fields": QuickBooks' values, "ours": our values where they read differently}, taken at one moment:
QuickBooks rounds a price or fills in a date, and that alone is no change on either side.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from ..mapping import Mapper, Values, mapper_for
from ..models import Conflict, SyncedRecord, SyncState
from .links import links_for_values
from .writing import set_values


@dataclass
class Merged:
    """`taken` is what flows from QuickBooks to us; `conflicts` {field: {base, finmo, quickbooks}}."""

    taken: Values = field(default_factory=dict)
    conflicts: dict[str, dict[str, Any]] = field(default_factory=dict)


def comparable(value: Any) -> Any:
    """Lines are compared by what they say, not by the ids that QuickBooks gave them."""
    if isinstance(value, list):
        return [{name: part for name, part in line.items() if name != "id"} for line in value]
    return value or None


def equal(one: Any, other: Any) -> bool:
    return comparable(one) == comparable(other)


def snapshot(ours: Values, theirs: Values) -> dict[str, Values]:
    return {
        "fields": theirs,
        "ours": {name: value for name, value in ours.items() if not equal(value, theirs.get(name))},
    }


def ours_at_base(base: dict[str, Values]) -> Values:
    return {**base.get("fields", {}), **base.get("ours", {})}


def changed_here(base: dict[str, Values], ours: Values) -> set[str]:
    agreed = ours_at_base(base)
    return {name for name, value in ours.items() if not equal(value, agreed.get(name))}


def changed_there(base: dict[str, Values], theirs: Values) -> set[str]:
    agreed = base.get("fields", {})
    return {name for name, value in theirs.items() if not equal(value, agreed.get(name))}


def merge(mapper: Mapper, base: dict[str, Values], ours: Values, theirs: Values) -> Merged:
    """Field by field; fields that make up money stand and fall together."""
    here, there = changed_here(base, ours), changed_there(base, theirs)
    disputed = {name for name in here & there if not equal(ours[name], theirs[name])}
    if disputed & mapper.merged_whole or (here & mapper.merged_whole and there & mapper.merged_whole):
        disputed |= {
            name for name in (here | there) & mapper.merged_whole if not equal(ours[name], theirs[name])
        }
    agreed = base.get("fields", {})
    return Merged(
        taken={name: theirs[name] for name in there - disputed if not equal(ours[name], theirs[name])},
        conflicts={
            name: {"base": agreed.get(name), "finmo": ours[name], "quickbooks": theirs[name]}
            for name in sorted(disputed)
        },
    )


def open_conflict(mapper: Mapper, record: SyncedRecord, fields: dict[str, dict[str, Any]]) -> None:
    """One open conflict a record: a further disagreement replaces what it said before."""
    Conflict.objects.update_or_create(
        entity=mapper.entity,
        record_id=record.pk,
        resolved_at=None,
        defaults={
            "organization_id": record.organization_id,
            "label": mapper.label(record),
            "fields": fields,
        },
    )


def close_conflict(mapper: Mapper, record: SyncedRecord) -> None:
    """QuickBooks' side gave way, so there is nothing left to decide."""
    Conflict.objects.filter(entity=mapper.entity, record_id=record.pk, resolved_at=None).update(
        resolved_at=timezone.now()
    )


def close_conflicts(mapper: Mapper, ids: Iterable[int], side: str, by: Any) -> None:
    """Settles open conflicts for one side as a whole; the caller writes the records."""
    for conflict in Conflict.objects.filter(entity=mapper.entity, record_id__in=list(ids), resolved_at=None):
        conflict.choices = dict.fromkeys(conflict.fields, side)
        conflict.resolved_at, conflict.resolved_by = timezone.now(), by
        conflict.save(update_fields=["choices", "resolved_at", "resolved_by"])


def decide(conflict: Conflict, choices: dict[str, str]) -> None:
    """Applies a person's choices. Where ours is kept, QuickBooks' value becomes the base, so that ours goes out."""
    mapper = mapper_for(conflict.entity)
    records = mapper.full_records(conflict.organization)
    record = records.get(pk=conflict.record_id)
    base = {"fields": dict(record.base.get("fields", {})), "ours": dict(record.base.get("ours", {}))}
    theirs = {name: sides["quickbooks"] for name, sides in conflict.fields.items()}
    for name, value in theirs.items():
        base["fields"][name] = value
        base["ours"].pop(name, None)
    taken = {name: value for name, value in theirs.items() if choices[name] == "quickbooks"}
    if taken:
        set_values(mapper, record, taken, links_for_values(conflict.organization, mapper, taken))
    state = (
        SyncState.CHANGED
        if "finmo" in choices.values() or _edited(record, base, choices)
        else SyncState.SYNCED
    )
    mapper.model.objects.filter(pk=record.pk).update(
        base=base, sync_state=state, accounting_synced=state == SyncState.SYNCED
    )


def _edited(record: SyncedRecord, base: dict[str, Values], choices: dict[str, str]) -> bool:
    """Whether fields beside the disputed ones still wait to go out."""
    from ..mapping import company_of, mapper_of

    mapper = mapper_of(record)
    fresh = mapper.full_records(record.organization).get(pk=record.pk)
    company = company_of(record.organization)
    mapper.prepare([fresh], company)
    return bool(changed_here(base, mapper.ours(fresh, company)) - choices.keys())
