"""The button beside an error: what the fault table recommends, as something that can be pressed in the portal."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.urls import reverse

from .causes import Cause
from .faults import Button, explain
from .mapping import mapper_for
from .models import Membership, SyncedRecord, SyncState
from .progress import things
from .web_links import quickbooks_home, quickbooks_url

ON_THE_RECORD = (Button.RENAME, Button.OPEN_RECORD, Button.LINK)
IN_SETTINGS = (Button.OPEN_SETTING, Button.RECONNECT)
CHOICES = (Button.CHOOSE_ACCOUNT, Button.CHOOSE_TAX_CODE)
# A document fails with these for what its contact is like.
WAITS_FOR_ITS_CONTACT = ("contact_not_synced", "inactive")
_WITH_CONTACTS = (("with_contacts", "1"),)


@dataclass(frozen=True)
class Remedy:
    """A link, or with `posts` a button that starts a run; `fields` go along with it. A `panel` opens in place."""

    label: str
    url: str
    posts: bool = False
    elsewhere: bool = False
    panel: bool = False
    fields: tuple[tuple[str, str], ...] = ()


def remedy_of(entity: str, record: SyncedRecord | None, code: str, membership: Membership) -> Remedy | None:
    """What this person may press about the error; None where there is none, or where it is not theirs to press."""
    if not code or record is None:
        return None
    address = address_of(entity, record.pk)
    if not address or not membership.can_edit:
        return None
    button = explain(code).button
    if of_contact := _of_the_contact(entity, record, code, membership):
        return of_contact
    if button == Button.SYNC_CONTACT:
        return Remedy(button.label, f"{address}sync/", posts=True, fields=_WITH_CONTACTS)
    if button == Button.LINK and not record.linked:
        return Remedy(button.label, f"{address}link/", panel=True)
    if button in ON_THE_RECORD:
        return Remedy("Edit", f"{address}edit/")
    if button in CHOICES and not membership.can_configure:
        return Remedy("Edit", f"{address}edit/")
    if button == Button.RETRY:
        return Remedy(button.label, f"{address}sync/", posts=True)
    if button == Button.OPEN_QUICKBOOKS:
        return Remedy(button.label, quickbooks_url(record) or quickbooks_home(), elsewhere=True)
    return _setting(button, membership)


def _of_the_contact(entity: str, record: SyncedRecord, code: str, membership: Membership) -> Remedy | None:
    """What repairs the contact that stops the record."""
    stopping = stopping_contact(entity, record, code)
    repair = stopping and remedy_of(*stopping, _cause_at(stopping[1]), membership)
    if not repair:
        return None
    verb, _, rest = repair.label.partition(" ")
    # What opens in place would ask about another record than the one that is shown.
    return replace(repair, label=f"{verb} the {things(stopping[0], 1)} {rest}".strip(), panel=False)


def stopping_contact(entity: str, record: SyncedRecord, code: str) -> tuple[str, SyncedRecord] | None:
    """The contact that the record waits for, with its entity, where sending it once more would fail as before."""
    if code not in WAITS_FOR_ITS_CONTACT:
        return None
    for named, contact in mapper_for(entity).waits_for(record):
        if explain(_cause_at(contact)).button in ON_THE_RECORD:
            return named, contact
    return None


def _cause_at(contact: SyncedRecord) -> str:
    if not contact.is_active:
        return "inactive"
    return contact.sync_error_code if contact.sync_state == SyncState.FAILED else ""


def retry_of(entity: str, record: SyncedRecord, membership: Membership) -> Remedy | None:
    """The button that the remedy's sentence names after what is to be done elsewhere, where there is no other one."""
    first = remedy_of(entity, record, record.sync_error_code, membership)
    if Button.RETRY.label not in record.sync_error_remedy or (first and first.posts):
        return None
    address = address_of(entity, record.pk)
    return Remedy(Button.RETRY.label, f"{address}sync/", posts=True) if membership.can_edit else None


def remedies_of_cause(cause: Cause, membership: Membership) -> list[Remedy]:
    """The same for all records behind a cause: first what repairs it, then what sends them all again."""
    if not cause.entry.code or not membership.can_edit:
        return []
    button = cause.entry.button
    retry = reverse("cause-retry", args=[cause.entity, cause.entry.code])
    if button == Button.SYNC_CONTACT:
        return [Remedy("Sync the contacts too", retry, posts=True, fields=_WITH_CONTACTS)]
    repair = _setting(button, membership)
    if button == Button.OPEN_QUICKBOOKS:
        repair = Remedy(button.label, quickbooks_home(), elsewhere=True)
    found = [repair] if repair else []
    if cause.retryable:
        found.append(Remedy("Retry all" if cause.count > 1 else "Retry", retry, posts=True))
    return found


def _setting(button: Button, membership: Membership) -> Remedy | None:
    if not membership.can_configure:
        return None
    if button in IN_SETTINGS:
        return Remedy(button.label, reverse("integrations"))
    if button in CHOICES:
        return Remedy(button.label, reverse("quickbooks-configuration") + "#defaults")
    return None


def address_of(entity: str, pk: int | None) -> str:
    """The record's page, without reading the record; empty where the entity has none."""
    model = mapper_for(entity).model
    if pk is None or not hasattr(model, "get_absolute_url"):
        return ""
    return model(pk=pk).get_absolute_url()
