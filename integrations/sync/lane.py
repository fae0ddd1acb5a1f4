"""Working off an organization's queue: one worker at a time, a person's click first, for a few minutes at most."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from .. import queueing
from ..bell import ring
from ..faults import explain
from ..history import note
from ..mapping import Problem
from ..models import WITHOUT_JOBS, Change, Connection, Direction, Priority, QueueStep, SyncJob, SyncRun
from ..qbo.errors import (
    Misconfigured,
    NeedsReconnect,
    QuickBooksError,
    Refused,
    SubscriptionLapsed,
    Throttled,
    TryLater,
    Unreachable,
)
from . import claims, looking, matching, outcomes, pull, push, reconcile, repair
from .lease import Lease, LeaseLost
from .permission import Stopped
from .runs import fail_run
from .unsettled import settle_open
from .work import Work

logger = logging.getLogger(__name__)

# Well below django-q's timeout; what is left then is rung for again.
TURN = 240.0

PAUSES: dict[type[QuickBooksError], Connection.Pause] = {
    NeedsReconnect: Connection.Pause.NEEDS_RECONNECT,
    SubscriptionLapsed: Connection.Pause.SUBSCRIPTION_LAPSED,
    Misconfigured: Connection.Pause.MISCONFIGURED,
}


def drain(organization_id: int, *, seconds: float = TURN) -> None:
    """Takes the lane and works until nothing is queued, or leaves at once where somebody holds it."""
    lease = Lease.take(organization_id)
    if lease is None:
        return
    finished = False
    try:
        work = Work(lease, seconds)
        try:
            finished = _work_off(work)
        finally:
            work.gate.remember()
            work.client.close()
    except LeaseLost:
        logger.warning("Organization %s: the lease was lost to another worker", organization_id)
        return
    finally:
        lease.release()
    # A bell that rang between the last look and the release found the lane taken.
    if finished and claims.has_work(organization_id):
        ring(organization_id)


def _work_off(work: Work) -> bool:
    """False where the work has to wait for something."""
    if not _may_work(work):
        return False
    SyncRun.objects.filter(organization=work.organization, status=SyncRun.Status.WAITING).update(
        status=SyncRun.Status.RUNNING, error_code="", error_message="", error_remedy=""
    )
    try:
        settle_open(work)
        claims.requeue_orphans(work)
        while work.time_left and _step(work):
            if code := work.reason_to_wait:
                _wait(work, code)
                return False
    except (NeedsReconnect, SubscriptionLapsed, Misconfigured) as error:
        _pause(work, error)
        return False
    except Stopped as stop:
        claims.requeue_orphans(work)
        _wait(work, stop.code)
        return False
    except (Unreachable, Throttled, TryLater) as error:
        _wait(work, error.code)
        return False
    return True


def _step(work: Work) -> bool:
    """What is most urgent; among equals, what was asked first. False where nothing waits."""
    steps = _steps(work)
    if not steps:
        return False
    if any(step.needs_company for step in steps):
        work.know_company()
    return _guarded(work, min(steps, key=lambda each: each.urgency))


def _steps(work: Work) -> list[Step]:
    """One claim of jobs, the next of a long run's, all waiting pulls, and a run of each kind that is worked off as a
    whole: as far as they wait."""
    jobs = SyncJob.objects.filter(organization=work.organization, status=SyncJob.Status.QUEUED)
    first_job = jobs.order_by("priority", "run_id").values_list("priority", "run_id").first()
    asked = _asked_as_a_whole(work)
    serve_clicks = partial(_serve_clicks, work)
    steps: list[Step] = []
    if to_queue := queueing.next_step(work.organization.pk):
        steps.append(_step_of(to_queue.run, partial(_queue, to_queue)))
    if first_job:
        send = partial(push.push_round, work)
        steps.append(Step(first_job, send, partial(claims.fail_claimed, work), needs_company=True))
    if first_pull := asked.get(Direction.PULL):
        read = partial(pull.pull_round, work, between=serve_clicks)
        steps.append(Step(first_pull, read, partial(pull.fail_started, work)))
    if Direction.RECONCILE in asked and (run := reconcile.next_run(work)):
        compare = partial(reconcile.reconcile_round, work, run, between=serve_clicks)
        steps.append(_step_of(run, compare, needs_company=True))
    if Direction.REPAIR in asked and (run := repair.next_run(work)):
        steps.append(_step_of(run, partial(repair.repair_round, work, run), needs_company=True))
    if asked.keys() & looking.DIRECTIONS and (run := looking.next_run(work)):
        steps.append(_step_of(run, partial(looking.looking_round, work, run), needs_company=True))
    if asked.keys() & matching.DIRECTIONS and (run := matching.next_run(work)):
        steps.append(_step_of(run, partial(matching.matching_round, work, run, between=serve_clicks)))
    return steps


def _asked_as_a_whole(work: Work) -> dict[str, tuple[int, int]]:
    """{direction: (priority, id) of its most urgent run}. Mostly nothing waits but jobs, and one look shows it."""
    waiting = SyncRun.objects.filter(
        organization=work.organization, status__in=SyncRun.UNFINISHED, direction__in=WITHOUT_JOBS
    )
    asked: dict[str, tuple[int, int]] = {}
    for direction, *urgency in waiting.order_by("priority", "id").values_list("direction", "priority", "id"):
        asked.setdefault(direction, tuple(urgency))
    return asked


class Step(NamedTuple):
    """`end` ends with a problem what the step is about, and says whether there was anything to end. `needs_company`:
    what the QuickBooks company is like has to be known first."""

    urgency: tuple[int, int]
    take: Callable[[], bool]
    end: Callable[[Problem], bool]
    needs_company: bool = False


def _step_of(run: SyncRun, take: Callable[[], bool], *, needs_company: bool = False) -> Step:
    return Step((run.priority, run.pk), take, partial(fail_run, run.pk), needs_company)


def _queue(step: QueueStep) -> bool:
    queueing.take_step(step)
    return True


def _guarded(work: Work, step: Step) -> bool:
    """A refusal or an unexpected error is written on what it stopped, and the rest of the queue goes on. A database
    that is away comes back: the task fails, and the sweep rings again."""
    try:
        return step.take()
    except Refused as refusal:
        problem = outcomes.problem_of(refusal)
    except (QuickBooksError, LeaseLost, OperationalError, InterfaceError):
        raise
    except Exception as error:
        logger.exception("Organization %s: a step failed unexpectedly", work.organization.slug)
        problem = Problem("internal", detail=f"{type(error).__name__}: {error}")
    # A click that was served in between has claimed jobs, and is what failed then.
    return claims.fail_claimed(work, problem) or step.end(problem)


def _serve_clicks(work: Work) -> None:
    """A person who presses a button does not wait for a long list to be read."""
    while push.push_round(work, most_priority=Priority.CLICK):
        pass


def _may_work(work: Work) -> bool:
    if code := work.reason_to_wait:
        _wait(work, code)
        return False
    return True


def _pause(work: Work, error: QuickBooksError) -> None:
    """Stops the organization's work with a reason that people see, without failing each record."""
    pause = next(pause for kind, pause in PAUSES.items() if isinstance(error, kind))
    connections = Connection.objects.filter(
        pk=work.connection.pk, token_version=work.connection.token_version, realm_id=work.realm_id
    )
    columns = {"pause": pause, "pause_detail": error.detail[:500], "paused_at": timezone.now()}
    if pause == Connection.Pause.NEEDS_RECONNECT:
        connections = connections.filter(status=Connection.Status.CONNECTED)
        columns["status"] = Connection.Status.NEEDS_RECONNECT
    if connections.update(**columns):
        note(work.organization, Change.Subject.CONNECTION, f"{explain(pause).meaning} Work waits.")
        logger.warning("Organization %s waits: %s (%s)", work.organization.slug, pause, error.intuit_tid)
    claims.requeue_orphans(work)
    # A person may have disconnected meanwhile, which is then the reason.
    _wait(work, work.reason_to_wait or str(pause))


def _wait(work: Work, code: str) -> None:
    entry = explain(code)
    SyncRun.objects.filter(organization=work.organization, status__in=SyncRun.UNFINISHED).update(
        status=SyncRun.Status.WAITING,
        error_code=code,
        error_message=entry.meaning,
        error_remedy=entry.remedy,
    )
