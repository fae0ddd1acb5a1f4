"""The door: what people, schedules, webhooks and commands may ask of the integration: here to push, pull and void.

Its other parts lie beside it: connecting, resolving, reconciling, linking, contact_matching, rerunning, retrying and
history. Nothing in them waits for the network, except the OAuth return. What is asked becomes rows, committed
together, and the doorbell rings after the commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from .bell import ring_after_commit, ring_each
from .faults import explain
from .mapping import Mapper, mapper_for, mapper_of
from .models import (
    PERSONS,
    Connection,
    Direction,
    Organization,
    Priority,
    SyncRun,
    Trigger,
)
from .queueing import hurry, in_steps, not_yet_queued, queue
from .sync.lease import hold_lane

# A person's run of at most this many records goes before everything else.
CLICK_SIZE = 30


class Refused(Exception):
    """What was asked cannot be done now. `code` is stable; `str()` is a sentence with the remedy."""

    def __init__(self, code: str, message: str = ""):
        self.code = code
        super().__init__(message or f"{explain(code).meaning} {explain(code).remedy}")


class NotConnected(Refused):
    """No QuickBooks company to talk to: `not_enabled`, `not_connected` or `needs_reconnect`."""


class UnknownRecord(Refused):
    """An id that is not this organization's."""


@dataclass(frozen=True)
class Asked:
    """Who asks, and through which door. Who works the lane off right after asking `rings` no bell."""

    trigger: Trigger
    user: AbstractBaseUser | None = None
    rings: bool = True


def push(
    organization: Organization,
    entity: str,
    *,
    asked: Asked,
    ids: Sequence[int] | None = None,
    all_unsynced: bool = False,
    with_contacts: bool = False,
) -> SyncRun:
    """Queues the records with these ids, or all that are not in step, for QuickBooks.

    `with_contacts` pushes the contacts that the records need first. Raises NotConnected and UnknownRecord.
    """
    if with_contacts:
        return push_with_contacts(organization, entity, asked=asked, ids=ids, all_unsynced=all_unsynced)[-1]
    mapper = mapper_for(entity)
    if not mapper.pushes:
        raise Refused("not_pushed", "QuickBooks keeps this list; import it from there.")
    with asking(organization, asked):
        chosen = _chosen(mapper, organization, ids, all_unsynced)
        # Only who names records wants just these; a schedule names all that is worth sending.
        all_there_is = all_unsynced or asked.trigger not in PERSONS
        waiting = _waiting_already(organization, mapper, asked) if all_there_is else {}
        chosen = [pk for pk in chosen if pk not in waiting]
        if waiting and not chosen:
            return next(iter(waiting.values()))
        run = new_run(organization, Direction.PUSH, mapper, asked, len(chosen))
        _queue_all(run, mapper, chosen)
        if asked.rings:
            ring_after_commit(organization)
    return run


def push_with_contacts(
    organization: Organization,
    entity: str,
    *,
    asked: Asked,
    ids: Sequence[int] | None = None,
    all_unsynced: bool = False,
) -> list[SyncRun]:
    """The same with the contacts that the records need first: their runs, and the records' own as the last one."""
    mapper = mapper_for(entity)
    with transaction.atomic():
        hold_lane(organization.pk)
        require_connection(organization)
        chosen = _chosen(mapper, organization, ids, all_unsynced)
        contacts = _push_contacts(mapper, organization, chosen, asked)
        own = push(organization, entity, asked=asked, ids=ids, all_unsynced=all_unsynced)
    return [*contacts, own]


def pull(
    organization: Organization,
    entity: str,
    *,
    asked: Asked,
    include_new: bool = False,
    compare: bool = False,
) -> SyncRun:
    """Queues reading what changed in QuickBooks. Of contacts, unknown ones only with `include_new`.

    `compare` lays all ids and sync tokens of both sides beside each other too, as happens weekly by itself: it
    finds what the change feed cannot tell.
    """
    options = {"include_new": include_new} | ({"compare": True} if compare else {})
    return ask_as_a_whole(organization, Direction.PULL, mapper_for(entity), asked=asked, options=options)


def pull_each(wanted: Iterable[tuple[Organization, str]], *, asked: Asked) -> list[SyncRun]:
    """The same for pairs of a connected organization and an entity, in a fixed number of statements.

    Left out is what waits to be read already: reading once tells of all changes.
    """
    wanted = list(wanted)
    with transaction.atomic():
        waiting = SyncRun.objects.filter(
            organization__in={organization.pk for organization, _ in wanted},
            direction=Direction.PULL,
            status__in=[SyncRun.Status.QUEUED, SyncRun.Status.WAITING],
        )
        asked_already = set(waiting.values_list("organization_id", "entity"))
        runs = [
            _run(organization, Direction.PULL, mapper_for(entity), asked)
            for organization, entity in wanted
            if (organization.pk, entity) not in asked_already
        ]
        SyncRun.objects.bulk_create(runs, batch_size=500)
        transaction.on_commit(lambda: ring_each({run.organization_id for run in runs}))
    return runs


def void(organization: Organization, entity: str, *, asked: Asked, ids: Sequence[int]) -> SyncRun:
    """Queues voiding invoices, or deleting bills, in QuickBooks; here they are voided once it agreed."""
    mapper = mapper_for(entity)
    if not mapper.ending:
        raise Refused("not_voidable", "This cannot be voided. Make it inactive instead.")
    with asking(organization, asked):
        chosen = _chosen(mapper, organization, ids, False)
        run = new_run(organization, Direction.VOID, mapper, asked, len(chosen))
        _queue_all(run, mapper, chosen)
        ring_after_commit(organization)
    return run


@contextmanager
def asking(organization: Organization, asked: Asked) -> Iterator[None]:
    """A transaction in which one organization's questions are taken one after the other, so that nothing is queued
    twice. Raises NotConnected."""
    with transaction.atomic():
        hold_lane(organization.pk)
        require_connection(organization)
        lift_pause(organization, asked)
        yield


def require_connection(organization: Organization) -> Connection:
    connection = Connection.objects.select_related("organization").get(organization=organization)
    if not connection.organization.quickbooks_enabled:
        raise NotConnected("not_enabled")
    if connection.status != Connection.Status.CONNECTED:
        raise NotConnected(connection.status)
    return connection


def lift_pause(organization: Organization, asked: Asked) -> None:
    """A person who asks again wants it tried again, whatever work waited for."""
    if asked.trigger in PERSONS:
        Connection.objects.filter(
            organization=organization,
            pause__in=[Connection.Pause.SUBSCRIPTION_LAPSED, Connection.Pause.MISCONFIGURED],
        ).update(**Connection.NOT_PAUSED)


def _chosen(
    mapper: Mapper, organization: Organization, ids: Sequence[int] | None, all_unsynced: bool
) -> list[int]:
    if all_unsynced:
        return list(mapper.records(organization).unsynced().order_by("pk").values_list("pk", flat=True))
    return sorted(set(ids or ()))


def _waiting_already(organization: Organization, mapper: Mapper, asked: Asked) -> dict[int, SyncRun]:
    """{record: run} of what was asked for before and has no job yet, from now on as urgent as who asks again."""
    waiting = not_yet_queued(organization, mapper)
    runs = {run.pk: run for run in waiting.values()}
    for run in runs.values():
        hurry(run, Priority.BULK if asked.trigger in PERSONS else Priority.AUTOMATIC)
    return {pk: runs[run.pk] for pk, run in waiting.items()}


def _queue_all(run: SyncRun, mapper: Mapper, chosen: list[int]) -> None:
    if not queue(run, mapper, chosen):
        raise UnknownRecord("not_found", "One of these records does not exist.")


def ask_as_a_whole(
    organization: Organization,
    direction: Direction,
    mapper: Mapper,
    *,
    asked: Asked,
    options: dict[str, Any] | None = None,
) -> SyncRun:
    """Queues what the lane does in one piece, not record by record. Raises NotConnected."""
    with transaction.atomic():
        require_connection(organization)
        lift_pause(organization, asked)
        run = new_run(organization, direction, mapper, asked, 0, options)
        if asked.rings:
            ring_after_commit(organization)
    return run


def new_run(
    organization: Organization,
    direction: Direction,
    mapper: Mapper,
    asked: Asked,
    total: int,
    options: dict[str, Any] | None = None,
) -> SyncRun:
    run = _run(organization, direction, mapper, asked, total)
    run.options = options or {}
    run.save()
    return run


def _run(
    organization: Organization, direction: Direction, mapper: Mapper, asked: Asked, total: int = 0
) -> SyncRun:
    if asked.trigger not in PERSONS:
        priority = Priority.AUTOMATIC
    elif direction in (Direction.PULL, Direction.RECONCILE, Direction.MATCH) or total > CLICK_SIZE:
        priority = Priority.BULK
    else:
        priority = Priority.CLICK
    return SyncRun(
        organization=organization,
        direction=direction,
        entity=mapper.entity,
        trigger=asked.trigger,
        requested_by=asked.user,
        priority=priority,
        total=total,
    )


def _push_contacts(
    mapper: Mapper, organization: Organization, chosen: list[int], asked: Asked
) -> list[SyncRun]:
    """Queues the contacts that these records wait for and that are not in QuickBooks; a run for each kind."""
    records = mapper.records(organization)
    runs = []
    for name in mapper.needs:
        waiting = records.filter(**{f"{name}__qbo_id__isnull": True})
        missing = {
            pk
            for step in in_steps(chosen)
            for pk in waiting.filter(pk__in=step).values_list(name, flat=True).distinct()
        }
        if missing:
            entity = mapper_of(mapper.model._meta.get_field(name).related_model).entity
            runs.append(push(organization, entity, asked=asked, ids=sorted(missing)))
    return runs
