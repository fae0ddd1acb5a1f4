"""What the product itself says of its work: whether it is done, how long it took, and what came of it."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

from integrations.models import (
    Organization,
    PushBatch,
    SyncJob,
    SyncRun,
)
from integrations.statements.report import report_of
from receivables.models import Invoice


def statement(run: int) -> dict[str, Any]:
    """{currencies, documents: QuickBooks' count, kinds: {kind: lines}, unexplained: [amounts]}."""
    read = SyncRun.objects.get(pk=run).statement
    reports = report_of(read)
    return {
        "currencies": len(reports),
        "documents": sum(report.quickbooks.count for report in reports),
        "kinds": Counter(line.kind for report in reports for line in report.differences),
        "unexplained": [
            str(amount)
            for report in reports
            for amount in (report.unexplained.total, report.unexplained.balance)
            if amount
        ],
    }


def finished(seconds: float = 120.0) -> bool:
    """Whether no run was left unfinished within so many seconds."""
    end = time.monotonic() + seconds
    while SyncRun.objects.filter(status__in=SyncRun.UNFINISHED).exists():
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


def seconds(run: int) -> float:
    """How long a run took, as the product itself says."""
    told = SyncRun.objects.get(pk=run)
    return (told.finished_at - told.started_at).total_seconds()


def report(slug: str, numbers: str = "") -> dict[str, Any]:
    """What the product believes of invoices whose number begins so, and of the organization's runs and jobs.

    {links: {number: QuickBooks id}, states, ended, outcomes, open_jobs, open_batches, connection,
    runs: [[status, total, succeeded, failed, error code]]}.
    """
    organization = Organization.objects.get(slug=slug)
    jobs = SyncJob.objects.filter(organization=organization, entity="invoices")
    runs = SyncRun.objects.filter(organization=organization, entity="invoices").order_by("pk")
    records = Invoice.objects.filter(organization=organization, number__startswith=numbers)
    return {
        "links": dict(records.values_list("number", "qbo_id")),
        "states": Counter(records.values_list("sync_state", flat=True)),
        "ended": Counter(records.values_list("ended", flat=True)),
        "outcomes": Counter(jobs.values_list("outcome", flat=True)),
        "open_jobs": jobs.exclude(status=SyncJob.Status.DONE).count(),
        "open_batches": PushBatch.objects.filter(organization=organization, settled_at=None).count(),
        "runs": [[run.status, run.total, run.succeeded, run.failed, run.error_code] for run in runs],
        "connection": organization.connection.status,
    }
