"""Automatic runs: contacts weekly, receivables and payables every quarter of an hour, where switched on."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from ..mapping import Mapper, mappers
from ..models import Configuration, Connection, Direction, Organization, SyncRun, Trigger
from ..services import Asked, pull, push

WEEKLY = timedelta(days=7)
OFTEN = timedelta(minutes=15)
# Organizations started by one tick: the rest follows a minute later.
AT_ONCE = 200


def start_due_runs() -> None:
    """Finds all that is due with one query; a schedule missed while workers were down runs once."""
    now = timezone.now()
    for configuration in due(now).select_related("organization")[:AT_ONCE]:
        _start(configuration, now)


def due(now):
    """Configurations with a stream that was just switched on, or that is on and was not run for its interval."""
    often, weekly = now - OFTEN, now - WEEKLY
    return Configuration.objects.filter(
        ~Q(due_at_once=[])
        | Q(contacts_auto_sync=True) & _older("contacts_last_synced_at", weekly)
        | Q(receivables_auto_push=True) & _older("receivables_last_pushed_at", often)
        | Q(receivables_auto_pull=True) & _older("receivables_last_pulled_at", often)
        | Q(payables_auto_push=True) & _older("payables_last_pushed_at", often)
        | Q(payables_auto_pull=True) & _older("payables_last_pulled_at", often),
        organization__quickbooks_enabled=True,
        organization__connection__status=Connection.Status.CONNECTED,
        organization__connection__pause=Connection.Pause.NONE,
    ).order_by("pk")


def _older(name: str, moment) -> Q:
    return Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__lt": moment})


def _start(configuration: Configuration, now) -> None:
    asked = Asked(Trigger.SCHEDULE)
    organization = configuration.organization
    for mapper in mappers():
        if _wants(configuration, mapper, "push", now) and not _under_way(
            organization, mapper, Direction.PUSH
        ):
            push(organization, mapper.entity, asked=asked, all_unsynced=True)
        if _wants(configuration, mapper, "pull", now) and not _under_way(
            organization, mapper, Direction.PULL
        ):
            pull(organization, mapper.entity, asked=asked)
    Configuration.objects.filter(pk=configuration.pk).update(due_at_once=[])


def _wants(configuration: Configuration, mapper: Mapper, verb: str, now) -> bool:
    if mapper.stream == "contacts":
        switch, last, interval = "contacts_auto_sync", configuration.contacts_last_synced_at, WEEKLY
    else:
        switch = f"{mapper.stream}_auto_{verb}"
        last = getattr(configuration, f"{mapper.stream}_last_{verb}ed_at", None)
        interval = OFTEN
    if not mapper.pushes or not getattr(configuration, switch, False):
        return False
    return switch in configuration.due_at_once or last is None or last < now - interval


def _under_way(organization: Organization, mapper: Mapper, direction: Direction) -> bool:
    return SyncRun.objects.filter(
        organization=organization,
        entity=mapper.entity,
        direction=direction,
        trigger=Trigger.SCHEDULE,
        status__in=SyncRun.UNFINISHED,
    ).exists()
