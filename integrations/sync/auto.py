"""Automatic runs: contacts weekly, receivables and payables every AUTO_SYNC_MINUTES, where switched on.

A tick finds with one query who is due, and rings; whoever answers the bell starts what is due, through the door, and
works it off. A missed schedule runs once: what counts is that its time has come, not how often. What is paused or not
connected is not due, and is again once that has changed.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from ..bell import START, ring_each
from ..mapping import Mapper, mappers
from ..models import Configuration, Connection, Direction, Organization, SyncRun, Trigger
from ..retrying import worth_sending
from ..services import Asked, NotConnected, pull, push
from .lease import hold_lane

logger = logging.getLogger(__name__)

WEEKLY = timedelta(days=7)
OFTEN = timedelta(minutes=settings.AUTO_SYNC_MINUTES)
# What failed for a reason that only a person can take away is tried so often, should nobody have told us of it.
DAILY = timedelta(days=1)
# However many organizations are due at once, such as after an outage, they are started within so many ticks.
TICKS = 10
# Fewer are not worth spreading.
FEWEST = 200
# Who was rung for and did not start by then is rung for again: bells may be lost.
RUNG = timedelta(minutes=5)

DOCUMENTS_ON = Q(*((name, True) for name in Configuration.DOCUMENT_SWITCHES), _connector=Q.OR)
CONTACTS_ON = Q(*((name, True) for name in Configuration.CONTACT_SWITCHES), _connector=Q.OR)
# Whoever starts works the lane off right away.
ASKED = Asked(Trigger.SCHEDULE, rings=False)


def ring_for_due() -> int:
    """Rings for organizations that are due, at most a share of all at a time. Returns for how many."""
    now = timezone.now()
    with transaction.atomic():
        # Who waits longest goes first.
        longest = F("documents_due_at").asc(nulls_first=True)
        waiting = due(now).exclude(rung_at__gt=now - RUNG).order_by(longest, "pk")
        # Two ticks at once share the work.
        waiting = waiting.select_for_update(skip_locked=True, of=("self",))
        chosen = dict(waiting.values_list("pk", "organization_id")[: _share()])
        Configuration.objects.filter(pk__in=chosen).update(rung_at=now)
    ring_each(chosen.values(), START)
    return len(chosen)


def _share() -> int:
    everybody = Configuration.objects.filter(DOCUMENTS_ON | CONTACTS_ON).count()
    return max(FEWEST, -(-everybody // TICKS))


def due(now: datetime) -> QuerySet[Configuration]:
    """Where something is switched on whose time has come, and that may work."""
    return Configuration.objects.filter(
        DOCUMENTS_ON & _has_come("documents_due_at", now) | CONTACTS_ON & _has_come("contacts_due_at", now),
        organization__quickbooks_enabled=True,
        organization__connection__status=Connection.Status.CONNECTED,
        organization__connection__pause=Connection.Pause.NONE,
    )


def _has_come(name: str, now: datetime) -> Q:
    return Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__lte": now})


def start(organization_id: int) -> list[SyncRun]:
    """Starts what is due. Who comes second, or after a pause began, finds nothing due."""
    now = timezone.now()
    try:
        with transaction.atomic():
            hold_lane(organization_id)
            configuration = (
                due(now).filter(organization_id=organization_id).select_related("organization").first()
            )
            return _start(configuration, now) if configuration else []
    except NotConnected as refusal:
        logger.info("Organization %s is not started: %s", organization_id, refusal.code)
        return []


def _start(configuration: Configuration, now: datetime) -> list[SyncRun]:
    organization = configuration.organization
    switches, columns = _due_switches(configuration, now)
    runs = []
    for mapper, direction in _wanted(organization, switches):
        if direction == Direction.PULL:
            runs.append(pull(organization, mapper.entity, asked=ASKED))
        elif ids := list(_to_send(mapper, configuration, columns).values_list("pk", flat=True)):
            runs.append(push(organization, mapper.entity, asked=ASKED, ids=ids))
        elif _last_pushed(mapper):
            # Nothing waits here, which is worth a date, but no run.
            columns[_last_pushed(mapper)] = now
    Configuration.objects.filter(pk=configuration.pk).update(**columns, rung_at=None)
    return runs


def _to_send(mapper: Mapper, configuration: Configuration, columns: dict[str, Any]) -> QuerySet:
    """All that is not in step where failures are due too, as they are whenever contacts are."""
    if mapper.stream == "contacts" or "failures_due_at" in columns:
        return mapper.records(configuration.organization).unsynced()
    return worth_sending(mapper, configuration)


def _due_switches(configuration: Configuration, now: datetime) -> tuple[set[str], dict[str, Any]]:
    """The switches whose time has come, and when it comes again."""
    switches: set[str] = set()
    columns: dict[str, Any] = {}
    for names, column, following in (
        (Configuration.DOCUMENT_SWITCHES, "documents_due_at", next_slot(now, configuration.organization_id)),
        (Configuration.CONTACT_SWITCHES, "contacts_due_at", now + WEEKLY),
    ):
        if _is_over(getattr(configuration, column), now):
            switches |= {name for name in names if getattr(configuration, name)}
            columns[column] = following
    if "documents_due_at" in columns and _is_over(configuration.failures_due_at, now):
        columns["failures_due_at"] = now + DAILY
    return switches, columns


def _is_over(due_at: datetime | None, now: datetime) -> bool:
    return due_at is None or due_at <= now


def next_slot(now: datetime, organization_id: int) -> datetime:
    """The organization's own second within the interval: neighbours lie far apart, and all together lie evenly."""
    interval = OFTEN.total_seconds()
    slot = organization_id * 0.6180339887498949 % 1 * interval
    since = (now.timestamp() - slot) % interval
    return datetime.fromtimestamp(now.timestamp() + interval - since, UTC)


def _wanted(organization: Organization, switches: set[str]) -> list[tuple[Mapper, Direction]]:
    """What is to be started, without what an earlier schedule started and is not done yet."""
    unfinished = SyncRun.objects.filter(
        organization=organization, trigger=Trigger.SCHEDULE, status__in=SyncRun.UNFINISHED
    )
    under_way = set(unfinished.values_list("entity", "direction"))
    return [
        (mapper, direction)
        for mapper in mappers()
        for direction in (Direction.PUSH, Direction.PULL)
        if mapper.pushes
        and switches & {f"{mapper.stream}_auto_{direction}", f"{mapper.stream}_auto_sync"}
        and (mapper.entity, direction) not in under_way
    ]


def _last_pushed(mapper: Mapper) -> str:
    name = f"{mapper.stream}_last_pushed_at"
    return name if hasattr(Configuration, name) else ""
