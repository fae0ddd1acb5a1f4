"""Working off runs in a command's own process, whoever else may hold the lane meanwhile."""

from __future__ import annotations

import time
from collections.abc import Sequence

from django.core.management.base import OutputWrapper

from integrations import tasks
from integrations.models import Organization, SyncRun

from .progress_bar import ProgressBar

# Another worker may hold the lane: seconds between two looks.
POLL = 0.5


def work_off(organization: Organization, run_ids: Sequence[int], stream: OutputWrapper) -> None:
    """Until each of the runs has ended or waits for something; `stream` is told how far they are."""
    under_way = SyncRun.objects.filter(
        pk__in=run_ids, status__in=[SyncRun.Status.QUEUED, SyncRun.Status.RUNNING]
    )
    with ProgressBar(stream, run_ids) as bar:
        tasks.drain(organization.pk)
        bar.show()
        while under_way.exists():
            time.sleep(POLL)
            tasks.drain(organization.pk)
            bar.show()
