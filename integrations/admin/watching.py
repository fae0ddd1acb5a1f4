"""What operations watches besides failures: workers, the queue's days, webhooks' delays, and calls against limits."""

from __future__ import annotations

import calendar
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Aggregate, Avg, Count, DurationField, ExpressionWrapper, F, Max, Min, Q, Sum
from django.db.models.functions import TruncDate
from django.http import HttpRequest
from django.utils import timezone
from django_q.status import Stat
from redis import RedisError

from ..models import CallCount, Lane, Organization, SyncRun, WebhookReceipt
from .charts import Columns, columns
from .labels import link, state_label
from .tables import Table, moment

CHART_DAYS = 14
SHOWN = 20
AVERAGED_DAYS = 7


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


# --- webhooks ---------------------------------------------------------------------------------


def webhook_delays() -> Table:
    """From QuickBooks' event to our receipt, and from the receipt to the end of the pull that read it.

    One statement reads both periods, of which one holds the other.
    """
    now = timezone.now()
    told = WebhookReceipt.objects.filter(received_at__gte=now - timedelta(days=7)).aggregate(
        **_delays("week", Q()), **_delays("day", Q(received_at__gte=now - timedelta(days=1)))
    )
    rows = [_told(told, label, since) for label, since in (("24 hours", "day"), ("7 days", "week"))]
    headers = [
        "Last",
        "Events",
        "QuickBooks to us, mean",
        "longest",
        "Until it was read, mean",
        "longest",
        "Not read yet",
    ]
    return {"headers": headers, "rows": rows}


def _delays(since: str, when: Q) -> dict[str, Aggregate]:
    """What one row tells of the receipts for which `when` holds; the names begin with `since`."""
    travel = ExpressionWrapper(F("received_at") - F("happened_at"), DurationField())
    answer = ExpressionWrapper(F("answered_at") - F("received_at"), DurationField())
    awaited, unread = when & Q(awaited=True), when & Q(awaited=True, answered_at__isnull=True)
    return {
        f"{since}_events": Sum("events", filter=when, default=0),
        f"{since}_travel_mean": Avg(travel, filter=when),
        f"{since}_travel_most": Max(travel, filter=when),
        f"{since}_answer_mean": Avg(answer, filter=awaited),
        f"{since}_answer_most": Max(answer, filter=awaited),
        f"{since}_unread": Count("received_at", filter=unread),
        f"{since}_oldest": Min("received_at", filter=unread),
    }


def _told(told: Mapping[str, Any], label: str, since: str) -> list[str]:
    oldest = told[f"{since}_oldest"]
    waiting = f"{told[f'{since}_unread']:,}" + (f", since {moment(oldest)}" if oldest else "")
    spans = ("travel_mean", "travel_most", "answer_mean", "answer_most")
    return [
        label,
        f"{told[f'{since}_events']:,}",
        *(_span(told[f"{since}_{name}"]) for name in spans),
        waiting,
    ]


def _span(span: timedelta | None) -> str:
    """12 s, 3 min, 2 h: as precise as it matters."""
    if span is None:
        return "—"
    seconds = max(span.total_seconds(), 0)
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


# --- calls against the limits -----------------------------------------------------------------


def calls_against_limits(request: HttpRequest) -> dict[str, Any]:
    """This month's calls, of all companies together and of those that make the most: Intuit meters reads for all of an
    app's companies together, and counts the minute for each."""
    now = datetime.now(UTC)
    month = now.date().replace(day=1)
    recent = now.date() - timedelta(days=AVERAGED_DAYS)
    counts = CallCount.objects.filter(day__gte=min(month, recent)).order_by()
    sums = {
        "reads": Sum("calls", filter=Q(kind__in=CallCount.METERED, day__gte=month), default=0),
        "writes": Sum("calls", filter=Q(kind__in=CallCount.WRITES, day__gte=month), default=0),
        "recent": Sum(
            "calls",
            filter=Q(kind__in=CallCount.METERED, day__gte=recent, day__lt=now.date()),
            default=0,
        ),
        "first": Min("day", filter=Q(day__gte=recent)),
        "busiest": Max("busiest_minute", filter=Q(day=now.date())),
    }
    total = counts.aggregate(**sums)
    by_company = list(
        counts.values("organization_id").annotate(**sums).order_by("-reads", "organization_id")[:SHOWN]
    )
    companies = Organization.objects.in_bulk([each["organization_id"] for each in by_company])
    minute = _last_minute(companies)
    limit = settings.QBO_METERED_READS_PER_MONTH
    expected = forecast(total, now)
    per_minute = settings.QBO_REQUESTS_PER_MINUTE
    rows = [
        [
            link(request, Organization, each["organization_id"], companies[each["organization_id"]]),
            f"{each['reads']:,}",
            f"{forecast(each, now):,}",
            f"{each['writes']:,}",
            f"{minute.get(each['organization_id'], 0):,} of {per_minute:,}",
            f"{each['busiest'] or 0:,} of {per_minute:,}",
        ]
        for each in by_company
    ]
    headers = [
        "Organization",
        "Metered reads",
        "Forecast",
        "Writes, free",
        "Last minute",
        "Busiest minute today",
    ]
    return {
        "reads": total["reads"],
        "writes": total["writes"],
        "limit": limit,
        "share": round(100 * total["reads"] / limit),
        "forecast": expected,
        "over": expected > limit,
        "month_end": month.replace(day=calendar.monthrange(month.year, month.month)[1]),
        "table": {"headers": headers, "rows": rows},
    }


def forecast(sums: Mapping[str, Any], now: datetime) -> int:
    """Metered reads at the month's end (UTC): those of the month so far, and for the time left the mean of the last
    seven whole days, or of as many as there were; without one, today's own pace."""
    days_in_month = calendar.monthrange(now.year, now.month)[1]
    gone_today = (now - now.replace(hour=0, minute=0, second=0, microsecond=0)) / timedelta(days=1)
    left = days_in_month - now.day + 1 - gone_today
    whole_days = (now.date() - sums["first"]).days if sums["first"] else 0
    if whole_days:
        per_day = sums["recent"] / min(whole_days, AVERAGED_DAYS)
    else:
        per_day = sums["reads"] / max(gone_today, 1 / 24)
    return round(sums["reads"] + per_day * left)


def _last_minute(companies: Mapping[int, Organization]) -> dict[int, int]:
    """Calls of the sixty seconds until now, as the lanes remember them."""
    since = time.time() - 60
    lanes = Lane.objects.filter(
        organization__in=companies, expires_at__gt=timezone.now() - timedelta(minutes=1)
    )
    return {
        organization_id: sum(at > since for at, _ in calls)
        for organization_id, calls in lanes.values_list("organization_id", "recent_calls")
    }
