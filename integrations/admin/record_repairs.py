"""What stops one record, and what staff press first about it: one of its buttons, or a link to where it is repaired."""

from __future__ import annotations

from django.http import HttpRequest

from .. import remedies
from ..faults import Button, FaultEntry, explain
from ..mapping import Mapper
from ..models import Conflict, SyncedRecord, SyncState
from .labels import may, page_of
from .repairs import Repair, setting_of


def fault_of(record: SyncedRecord) -> FaultEntry | None:
    """The row of the fault table that says why the record is not in step, where somebody has to act."""
    if record.sync_state == SyncState.CONFLICT:
        return explain("conflict")
    return explain(record.sync_error_code) if record.sync_error_code else None


def what_helps(mapper: Mapper, record: SyncedRecord) -> str:
    """The name of the button to press first; none where the form, another page or a decision comes before."""
    if record.sync_state == SyncState.CONFLICT:
        return ""
    if record.sync_state != SyncState.FAILED:
        return "push"
    repair = explain(record.sync_error_code).button
    if stopping_contact(mapper, record):
        return ""
    if repair == Button.SYNC_CONTACT:
        return "push-with-contact"
    if repair == Button.LINK and not record.linked:
        return "link"
    return "" if repair in remedies.ON_THE_RECORD else "push"


def stopping_contact(mapper: Mapper, record: SyncedRecord) -> SyncedRecord | None:
    """The contact that has to be repaired before the record can be sent."""
    found = remedies.stopping_contact(mapper.entity, record, record.sync_error_code)
    return found[1] if found else None


def repairs_of_record(request: HttpRequest, mapper: Mapper, record: SyncedRecord) -> list[Repair]:
    """What repairs it elsewhere; what repairs it here is among the record's buttons."""
    if record.sync_state == SyncState.CONFLICT:
        return _decisions(request, mapper, record)
    if contact := stopping_contact(mapper, record):
        return _to(request, contact, f"Open the {contact._meta.verbose_name}")
    fault = fault_of(record)
    repair = setting_of(request, record.organization_id, fault) if fault else None
    return [repair] if repair else []


def _decisions(request: HttpRequest, mapper: Mapper, record: SyncedRecord) -> list[Repair]:
    open_ones = Conflict.objects.filter(entity=mapper.entity, record_id=record.pk, resolved_at__isnull=True)
    return [repair for each in open_ones for repair in _to(request, each, "Decide")]


def _to(request: HttpRequest, record: SyncedRecord | Conflict, label: str) -> list[Repair]:
    return [Repair(label, page_of(type(record), record.pk))] if may(request, "view", type(record)) else []
