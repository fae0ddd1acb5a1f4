"""Three versions decide: what both sides last agreed on (`base`), ours, and QuickBooks'.

`base` is {"fields": QuickBooks' values, "ours": our values where they read differently}, taken at one moment:
QuickBooks rounds a price or fills in a date, and that alone is no change on either side.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from .. import documents
from ..mapping import Mapper, Values, company_of, mapper_for
from ..models import Conflict, SyncedRecord, SyncState
from .links import links_for_values
from .merge_lines import MergedLines, merge_lines, moved_money, same_money, with_their_texts
from .writing import NO_ERROR, set_values

LINES = "lines"


@dataclass
class Merged:
    """`taken` is what flows from QuickBooks to us; `conflicts` {field: {base, finmo, quickbooks}}.

    Where only what lines say flowed, they are not taken: `texts` are our own lines with those texts.
    """

    taken: Values = field(default_factory=dict)
    conflicts: dict[str, dict[str, Any]] = field(default_factory=dict)
    texts: list[Values] | None = None

    def merged(self, ours: Values) -> Values:
        """What we hold once it has flowed."""
        return {**ours, **self.taken, **({LINES: self.texts} if self.texts is not None else {})}


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
    """Field by field, and lines as `merge_lines` says.

    A field that one side changed flows. The same change on both sides is none. Different changes of one field are
    disputed. Fields that make up money (`merged_whole`) come from one side: where both sides changed any of them
    to something else, all in which they differ are disputed, and so is what is `decided_with` one of these.
    """
    here, there = changed_here(base, ours), changed_there(base, theirs)
    lines = _lines(mapper, base, ours, theirs) if LINES in here & there else None
    disputed = _disputed(mapper, base, ours, theirs, {LINES} if lines else set())
    merged = Merged(
        taken={name: theirs[name] for name in there - disputed if not equal(ours[name], theirs[name])},
        conflicts={
            name: {
                "base": base.get("fields", {}).get(name),
                "finmo": ours[name],
                "quickbooks": theirs[name],
            }
            for name in sorted(disputed)
        },
    )
    if lines and LINES not in disputed:
        merged.taken.pop(LINES, None)
        if lines.ours:
            merged.texts = lines.lines
        else:
            merged.taken[LINES] = lines.lines
    return merged


def _disputed(
    mapper: Mapper, base: dict[str, Values], ours: Values, theirs: Values, settled: set[str]
) -> set[str]:
    """The fields that a person has to decide; `settled` are those whose two changes go together."""
    here, there = changed_here(base, ours), changed_there(base, theirs)
    disputed = {name for name in here & there if not equal(ours[name], theirs[name])} - settled
    money_here = _money(mapper, here, ours_at_base(base), ours) & mapper.merged_whole
    money_there = _money(mapper, there, base.get("fields", {}), theirs) & mapper.merged_whole
    if disputed & mapper.merged_whole or (money_here and money_there):
        changed = mapper.merged_whole & (here | there)
        disputed |= {name for name in changed if _money_differs(mapper, name, ours, theirs)}
    return disputed | {
        name
        for name, other in mapper.decided_with.items()
        if other in disputed and not equal(ours[name], theirs[name])
    }


def _lines(mapper: Mapper, base: dict[str, Values], ours: Values, theirs: Values) -> MergedLines | None:
    agreed = ours_at_base(base).get(LINES) or []
    return merge_lines(
        agreed, base.get("fields", {}).get(LINES) or [], ours[LINES], theirs[LINES], mapper.line_texts
    )


def _money(mapper: Mapper, changed: set[str], agreed: Values, values: Values) -> set[str]:
    """The changed fields but for lines that only say something else."""
    if LINES in changed and not moved_money(agreed.get(LINES) or [], values[LINES], mapper.line_texts):
        return changed - {LINES}
    return changed


def _money_differs(mapper: Mapper, name: str, ours: Values, theirs: Values) -> bool:
    if name == LINES:
        return not same_money(ours[LINES], theirs[LINES], mapper.line_texts)
    return not equal(ours[name], theirs[name])


def base_after(mapper: Mapper, base: dict[str, Values], theirs: Values, merged: Merged) -> dict[str, Values]:
    """What both sides agree on now: all of QuickBooks' version but what is disputed, and how we read it."""
    agreed = {name: value for name, value in theirs.items() if name not in merged.conflicts}
    read = {name: value for name, value in base.get("ours", {}).items() if name not in merged.taken}
    if merged.texts is not None and LINES in read:
        numbered = base.get("fields", {}).get(LINES) or []
        if moved_money(numbered, theirs[LINES], mapper.line_texts):
            del read[LINES]
        else:
            read[LINES] = with_their_texts(read[LINES], numbered, theirs[LINES], mapper.line_texts)
    return {"fields": {**base.get("fields", {}), **agreed}, "ours": read}


def open_conflict(
    mapper: Mapper, record: SyncedRecord, fields: dict[str, dict[str, Any]], changed_there_at: datetime | None
) -> None:
    """One open conflict a record: a further disagreement replaces what it said before."""
    Conflict.objects.update_or_create(
        entity=mapper.entity,
        record_id=record.pk,
        resolved_at=None,
        defaults={
            "organization_id": record.organization_id,
            "label": mapper.label(record),
            "fields": fields,
            "edited_at": record.edited_at,
            "edited_by_id": record.edited_by_id,
            "edited_through": record.edited_through,
            "changed_there_at": changed_there_at,
        },
    )


def decide_as_a_whole(mapper: Mapper, ids: Iterable[int], side: str, by: Any) -> None:
    """Decides open conflicts for one side, "finmo" or "quickbooks"; the caller writes the records."""
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
        links = links_for_values(conflict.organization, mapper, taken)
        whole = mapper.merged_whole & theirs.keys() <= taken.keys()
        document = documents.decode(record.qbo_document.encode(), mapper.document) if whole else None
        set_values(mapper, record, taken, links, document)
    goes_out = "finmo" in choices.values() or _edited(mapper, record, base, choices)
    state = SyncState.CHANGED if goes_out else SyncState.SYNCED
    mapper.model.objects.filter(pk=record.pk).update(
        base=base, sync_state=state, accounting_synced=state == SyncState.SYNCED, **NO_ERROR
    )


def _edited(mapper: Mapper, record: SyncedRecord, base: dict[str, Values], choices: dict[str, str]) -> bool:
    """Whether fields beside the disputed ones still wait to go out."""
    fresh = mapper.full_records(record.organization).get(pk=record.pk)
    company = company_of(record.organization)
    mapper.prepare([fresh], company)
    return bool(changed_here(base, mapper.ours(fresh, company)) - choices.keys())
