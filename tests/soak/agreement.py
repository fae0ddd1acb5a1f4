"""Whether both sides agree, record by record, read without the product's own mapping.

A record may disagree while a conflict about it is open, or while it says why it could not be pushed, and that is true.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from integrations.models import Conflict, SyncState
from integrations.simulator.models import StoredObject

from .reasons import TRUE
from .sides import CONTACT, ENTITY, REMOTE, contact_here, contact_there, document_here, document_there
from .there import tag_of
from .world import World


def disagreements(world: World) -> list[str]:
    """What is not as it should be, each with the tag by which the log knows it."""
    held: dict[str, dict[str, StoredObject]] = defaultdict(dict)
    for row in StoredObject.objects.filter(company__realm_id=world.qbo.realm, entity__in=REMOTE.values()):
        held[row.entity][row.qbo_id] = row
    found = [*_twice_there(held), *_twice_here(world)]
    for model, entity in REMOTE.items():
        found += _of_model(world, model, held[entity])
    return found


def _twice_there(held: dict[str, dict[str, StoredObject]]) -> Iterator[str]:
    """What was made once exists once, what was deleted or made inactive included. A name that a person merges away
    keeps its own tag, so it is none."""
    for entity, rows in held.items():
        tags = Counter(tag for row in rows.values() if (tag := tag_of(row.document() if row.body else {})))
        yield from (f"{entity} {tag} exists {number} times" for tag, number in tags.items() if number > 1)


def _twice_here(world: World) -> Iterator[str]:
    for model in REMOTE:
        tags = Counter(map(_tag, model.objects.filter(organization=world.organization)))
        named = {tag: number for tag, number in tags.items() if tag.startswith("#")}
        yield from (f"{model.__name__} {tag} is here {each} times" for tag, each in named.items() if each > 1)


def _of_model(world: World, model: type, held: dict[str, StoredObject]) -> Iterator[str]:
    disputed = set(
        Conflict.objects.filter(
            organization=world.organization, entity=ENTITY[model], resolved_at=None
        ).values_list("record_id", flat=True)
    )
    records = list(model.objects.filter(organization=world.organization).order_by("pk"))
    known = Counter(record.qbo_id for record in records if record.qbo_id)
    if model in CONTACT:
        for qbo_id, row in held.items():
            if not row.deleted and qbo_id not in known:
                yield f"{row.entity} {qbo_id} {tag_of(row.document())} is unknown here"
    for record in records:
        what = f"{model.__name__} {record.pk} {_tag(record)} (QuickBooks {record.qbo_id})"
        for problem in _of_record(world, record, held.get(record.qbo_id or ""), record.pk in disputed):
            yield f"{what}, {record.sync_state} {record.sync_error_code}: {problem}"


def _tag(record: Any) -> str:
    return (getattr(record, "memo", "") or getattr(record, "company_name", "")).split(" ")[0]


def _of_record(world: World, record: Any, row: StoredObject | None, disputed: bool) -> Iterator[str]:
    if (record.sync_state == SyncState.CONFLICT) != disputed:
        yield f"a conflict is {'' if disputed else 'not '}open"
    if record.sync_state in (SyncState.QUEUED, SyncState.CHANGED):
        yield "it did not come to rest"
    if record.sync_state == SyncState.NOT_SYNCED and not getattr(record, "ended", ""):
        yield "it was not pushed"
    if record.sync_state == SyncState.FAILED:
        true = TRUE.get(record.sync_error_code)
        if true is None or not true(world, record, row):
            yield f"the reason is not true: {record.sync_error_message}"
    if row is None:
        if record.qbo_id:
            yield "QuickBooks never had it"
        return
    differs = list(_differences(record, row))
    if differs and record.sync_state not in (SyncState.CONFLICT, SyncState.FAILED):
        yield "; ".join(differs)


def _differences(record: Any, row: StoredObject) -> Iterator[str]:
    if type(record) in CONTACT:
        ended = _ended(record, row)
        if record.ended not in ended:
            yield f"it is {record.ended or 'living'} here and {' or '.join(filter(None, ended)) or 'living'} there"
        if record.ended or ended != {""}:
            return
        ours, theirs = document_here(record), document_there(record, row.document())
    elif not (active := row.active and not row.deleted) or not record.is_active:
        # What is inactive there is found under a name with a suffix, or was merged away.
        if active != record.is_active:
            yield f"active is {record.is_active} here and {active} there"
        return
    else:
        ours, theirs = contact_here(record), contact_there(row.document())
    for name, value in ours.items():
        if value != theirs[name]:
            yield f"{name} is {value!r} here and {theirs[name]!r} there"


def _ended(record: Any, row: StoredObject) -> set[str]:
    """How the document may be called here: a bill that was voided here is deleted there."""
    if row.deleted:
        return {"deleted", "voided"}
    document = row.document()
    voided = not document["TotalAmt"] and document.get("PrivateNote", "").startswith("Voided")
    return {"voided"} if voided and row.entity == "Invoice" else {""}
