"""What is asked of the product and worked off in a house, and how time passes in it."""

from __future__ import annotations

import time
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from integrations import reconciling, services, tasks
from integrations.models import (
    Connection,
    Lane,
    Organization,
    SyncJob,
    SyncRun,
    Trigger,
)
from integrations.services import Asked
from receivables.models import Invoice
from tests.processes.house import WORKING, until

ASKED = Asked(Trigger.API)


def reconcile(slug: str, stream: str) -> int:
    return reconciling.reconcile(Organization.objects.get(slug=slug), stream, asked=ASKED).pk


def push(slug: str, entity: str = "invoices", numbers: str = "") -> int:
    """All that is not in step, or those whose number begins with `numbers`. Returns the run's id."""
    organization = Organization.objects.get(slug=slug)
    if not numbers:
        return services.push(organization, entity, asked=ASKED, all_unsynced=True).pk
    chosen = Invoice.objects.filter(organization=organization, number__startswith=numbers)
    ids = list(chosen.values_list("pk", flat=True))
    return services.push(organization, entity, asked=ASKED, ids=ids).pk


def void(slug: str, numbers: str) -> int:
    organization = Organization.objects.get(slug=slug)
    chosen = Invoice.objects.filter(organization=organization, number__startswith=numbers)
    return services.void(
        organization, "invoices", asked=ASKED, ids=list(chosen.values_list("pk", flat=True))
    ).pk


def pull(slug: str, entity: str) -> int:
    return services.pull(Organization.objects.get(slug=slug), entity, asked=ASKED).pk


def drain(slug: str) -> None:
    """Works off what is asked for, together with whatever worker is at it already."""
    organization = Organization.objects.get(slug=slug)
    under_way = SyncRun.objects.filter(
        organization=organization, status__in=[SyncRun.Status.QUEUED, SyncRun.Status.RUNNING]
    )
    tasks.drain(organization.pk)
    until(lambda: not under_way.exists() or tasks.drain(organization.pk), WORKING, "the lane to be empty")


def ring() -> None:
    """The sweep, every second, until the process is killed."""
    while True:
        tasks.sweep()
        time.sleep(1)


def let_time_pass(slug: str, minutes: int) -> None:
    """Whatever is under way began, moved and was held so much earlier."""
    earlier = timedelta(minutes=minutes)
    of_it = {"organization": Organization.objects.get(slug=slug)}
    runs = SyncRun.objects.filter(**of_it, status__in=SyncRun.UNFINISHED)
    SyncJob.objects.filter(run__in=runs).update(finished_at=F("finished_at") - earlier)
    Lane.objects.filter(**of_it).update(expires_at=F("expires_at") - earlier)
    runs.update(created_at=F("created_at") - earlier, started_at=F("started_at") - earlier)


def sweep() -> None:
    """The worker's schedule does it every minute."""
    tasks.sweep()


def expire_token(slug: str) -> None:
    """The access token that the product holds has come to its end."""
    Connection.objects.filter(organization__slug=slug).update(access_expires_at=timezone.now())
