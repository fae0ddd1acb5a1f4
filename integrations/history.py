"""The door of settings: every change of the configuration goes through here, and what people changed is noted.

A note is written in the transaction of the change that it tells of.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import models, transaction

from . import retrying
from .models import Change, Configuration, Membership, Organization, SyncRun, Trigger
from .services import Asked
from .sync.lease import hold_lane

Fields = dict[str, list[str]]


def note(
    organization: Organization,
    subject: Change.Subject,
    sentence: str,
    *,
    user: AbstractBaseUser | None = None,
    trigger: Trigger | str = "",
    fields: Fields | None = None,
) -> Change:
    return Change.objects.create(
        organization=organization,
        subject=subject,
        sentence=sentence[:500],
        user=user,
        trigger=trigger,
        fields=fields or {},
    )


def save_configuration(configuration: Configuration, names: Iterable[str], *, asked: Asked) -> list[SyncRun]:
    """Writes these fields alone, since workers note in the same row when they last synced, and who changed them.

    Returns the runs that send again what had failed for want of such a setting.
    """
    names = list(names)
    with transaction.atomic():
        hold_lane(configuration.organization_id)
        stored = Configuration.objects.select_for_update(of=("self",)).get(pk=configuration.pk)
        fields = differences(stored, configuration, names)
        configuration.save(update_fields=names)
        if fields:
            changed = ", ".join(fields)
            note(
                configuration.organization,
                Change.Subject.CONFIGURATION,
                f"Changed {changed}.",
                user=asked.user,
                trigger=asked.trigger,
                fields=fields,
            )
        return retrying.after_configuring(configuration, names, asked=asked)


def note_switch(organization: Organization, *, asked: Asked) -> None:
    state = "on" if organization.quickbooks_enabled else "off"
    note(
        organization,
        Change.Subject.SWITCH,
        f"Switched the QuickBooks integration {state}.",
        user=asked.user,
        trigger=asked.trigger,
    )


def note_role(membership: Membership, before: str, after: str, *, asked: Asked) -> None:
    """`before` and `after` are roles' labels; empty where the person joined or left."""
    person = str(membership.user)
    if not before:
        sentence = f"{person} joined as {after}."
    elif not after:
        sentence = f"{person} left; was {before}."
    else:
        sentence = f"{person} became {after}; was {before}."
    note(
        membership.organization,
        Change.Subject.ROLE,
        sentence,
        user=asked.user,
        trigger=asked.trigger,
        fields={person: [before, after]},
    )


def differences(before: models.Model, after: models.Model, names: Iterable[str]) -> Fields:
    """{the field's name as people know it: [before, after]} of what differs."""
    found = {}
    for name in names:
        old, new = _shown(before, name), _shown(after, name)
        if old != new:
            label = str(after._meta.get_field(name).verbose_name)
            found[label[0].upper() + label[1:]] = [old, new]
    return found


def _shown(record: models.Model, name: str) -> str:
    value: Any = getattr(record, name)
    if isinstance(value, bool):
        return "on" if value else "off"
    return "" if value is None else str(value)
