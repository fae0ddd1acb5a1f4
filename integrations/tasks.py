"""What django-q may call. Rows are the memory; a task that is dropped or repeated does no harm."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django_q.tasks import async_task

from .bell import ring_each
from .models import Connection, Lane, Organization, SyncJob, SyncRun, WebhookReceipt
from .qbo import oauth
from .qbo.errors import NeedsReconnect, QuickBooksError
from .sync import auto, lane

logger = logging.getLogger(__name__)

# Operations looks back a week at how late webhooks came.
RECEIPTS_KEPT = timedelta(days=35)

# A grant that could not be given back is tried again so often, until it ends by itself.
REVOKED_AGAIN = timedelta(hours=1)

# What is paused for these reasons is tried again by itself, this long after.
TRIED_AGAIN = {
    Connection.Pause.SUBSCRIPTION_LAPSED: timedelta(hours=1),
    Connection.Pause.MISCONFIGURED: timedelta(minutes=5),
}


def drain(organization_id: int) -> None:
    """Works off an organization's lane."""
    lane.drain(organization_id)


def start(organization_id: int) -> None:
    """Starts the automatic runs that are due, and works them off."""
    auto.start(organization_id)
    lane.drain(organization_id)


def sweep() -> None:
    """Rings again for whatever was left: a dropped task, a dead worker, a wait that is over."""
    now = timezone.now()
    WebhookReceipt.objects.filter(received_at__lt=now - RECEIPTS_KEPT).delete()
    for pause, wait in TRIED_AGAIN.items():
        Connection.objects.filter(pause=pause, paused_at__lt=now - wait).update(**Connection.NOT_PAUSED)
    _revoke_again(now)
    unfinished = SyncRun.objects.filter(status__in=SyncRun.UNFINISHED).values("organization_id")
    open_jobs = SyncJob.objects.exclude(status=SyncJob.Status.DONE).values("organization_id")
    waiting = Organization.objects.filter(
        Q(pk__in=unfinished) | Q(pk__in=open_jobs),
        quickbooks_enabled=True,
        connection__status=Connection.Status.CONNECTED,
        connection__pause=Connection.Pause.NONE,
    )
    free = Lane.objects.filter(Q(holder="") | Q(expires_at__lt=now)).values("organization_id")
    ring_each(waiting.filter(pk__in=free).values_list("pk", flat=True))


def _revoke_again(now: datetime) -> None:
    """Asks once more to give back what was left when Intuit did not answer, or when a worker died."""
    left = Connection.objects.filter(
        Q(revoke_asked_at=None) | Q(revoke_asked_at__lt=now - REVOKED_AGAIN),
        status=Connection.Status.NOT_CONNECTED,
        refresh_token__isnull=False,
        refresh_expires_at__gt=now,
    )
    due = dict(left.values_list("pk", "organization_id"))
    Connection.objects.filter(pk__in=due).update(revoke_asked_at=now)
    for organization_id in due.values():
        async_task("integrations.tasks.revoke", organization_id)


def tick() -> None:
    """Rings where automatic runs are due."""
    auto.ring_for_due()


def revoke(organization_id: int) -> None:
    """Gives a disconnected organization's grant back at Intuit, and forgets it."""
    connection = Connection.objects.get(organization_id=organization_id)
    if connection.status != Connection.Status.NOT_CONNECTED or not connection.refresh_token:
        return
    try:
        oauth.revoke(connection.refresh_token)
    except NeedsReconnect:
        logger.info("The grant of organization %s had ended already", organization_id)
    except QuickBooksError as error:
        logger.warning("The grant of organization %s was not given back: %s", organization_id, error)
        return
    Connection.objects.filter(
        pk=connection.pk,
        status=Connection.Status.NOT_CONNECTED,
        token_version=connection.token_version,
    ).update(refresh_token=None, refresh_expires_at=None, refresh_hard_expires_at=None)
