"""What operations watches besides failures: the queue's days, and the workers."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate
from django.http import HttpRequest
from django.utils import timezone
from django_q.status import Stat
from redis import RedisError

from ..models import Lane, Organization, SyncRun
from .charts import Columns, columns
from .labels import link, state_label
from .tables import Table, moment

CHART_DAYS = 14
SHOWN = 20


def days_until_now(number: int) -> list[date]:
    today = timezone.localdate()
    return [today - timedelta(days=back) for back in range(number - 1, -1, -1)]


def runs_per_day() -> tuple[Columns, Columns]:
    """Runs by how they ended, and the records that failed in them: one statement."""
    days = days_until_now(CHART_DAYS)
    since = timezone.make_aware(datetime.combine(days[0], datetime.min.time()))
    ended_badly = Q(status__in=[SyncRun.Status.FAILED, SyncRun.Status.PARTLY_FAILED])
    counted = (
        SyncRun.objects.filter(created_at__gte=since)
        .order_by()
        .values(day=TruncDate("created_at"))
        .annotate(runs=Count("*"), bad=Count("status", filter=ended_badly), failures=Sum("failed", default=0))
    )
    by_day = {each["day"]: each for each in counted}
    good = {day: each["runs"] - each["bad"] for day, each in by_day.items()}
    bad = {day: each["bad"] for day, each in by_day.items()}
    failures = {day: each["failures"] for day, each in by_day.items()}
    return (
        columns(
            "Runs per day",
            days,
            [("runs without failures", "good", good), ("runs with failures", "bad", bad)],
        ),
        columns("Failures per day", days, [("records that failed", "bad", failures)]),
    )


def workers() -> tuple[Table, bool]:
    """The worker clusters that are alive, and whether the queue could be asked at all."""
    try:
        clusters = Stat.get_all()
    except RedisError:
        return {"headers": [], "rows": []}, False
    rows = [
        [
            f"{each.host}:{each.pid}",
            state_label("succeeded" if each.status in ("Idle", "Working") else "waiting", str(each.status)),
            f"{len(each.workers):,}",
            moment(each.tob),
            moment(each.timestamp),
        ]
        for each in sorted(clusters, key=lambda each: (each.host, each.pid))
    ]
    return {"headers": ["Worker", "State", "Processes", "Since", "Last heard of"], "rows": rows}, True


def lease_holders(request: HttpRequest) -> Table:
    """Who works for which organization at this moment."""
    held = (
        Lane.objects.exclude(holder="")
        .filter(expires_at__gt=timezone.now())
        .select_related("organization")
        .defer("recent_calls")
        .order_by("expires_at")[:SHOWN]
    )
    rows = [
        [
            link(request, Organization, lane.organization_id, lane.organization),
            ":".join(lane.holder.split(":")[:2]),
            moment(lane.expires_at),
        ]
        for lane in held
    ]
    return {"headers": ["Organization", "Worked for by", "Lease until"], "rows": rows}
