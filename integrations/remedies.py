"""The button beside an error: what the fault table recommends, as something that can be pressed."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from .faults import Button, explain
from .mapping import mapper_for
from .models import Membership, SyncedRecord
from .web_links import quickbooks_url


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
    if code == "contact_not_synced":
        return Remedy("Sync the contact too", f"{address}sync/", posts=True, fields=(("with_contacts", "1"),))
    button = explain(code).button
    if button == Button.LINK and not record.linked:
        return Remedy(button.label, f"{address}link/", panel=True)
    if button in (Button.RENAME, Button.OPEN_RECORD, Button.LINK):
        return Remedy("Edit", f"{address}edit/")
    if button in (Button.OPEN_SETTING, Button.RECONNECT):
        return Remedy(button.label, reverse("integrations")) if membership.can_configure else None
    if button in (Button.CHOOSE_ACCOUNT, Button.CHOOSE_TAX_CODE):
        where = reverse("quickbooks-configuration") + "#defaults"
        return Remedy(button.label, where) if membership.can_configure else Remedy("Edit", f"{address}edit/")
    if button == Button.RETRY:
        return Remedy(button.label, f"{address}sync/", posts=True)
    url = quickbooks_url(record) if button == Button.OPEN_QUICKBOOKS else None
    return Remedy(button.label, url, elsewhere=True) if url else None


def address_of(entity: str, pk: int | None) -> str:
    """The record's page, without reading the record; empty where the entity has none."""
    model = mapper_for(entity).model
    if pk is None or not hasattr(model, "get_absolute_url"):
        return ""
    return model(pk=pk).get_absolute_url()
