"""Calls to QuickBooks against Intuit's limits."""

from __future__ import annotations

import calendar
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Aggregate, Max, Min, Q, Sum
from django.http import HttpRequest
from django.utils import timezone

from ..models import CallCount, Lane, Organization
from .labels import link
from .tables import Table

# Companies with the most calls.
SHOWN = 20
AVERAGED_DAYS = 7


def calls_against_limits(request: HttpRequest) -> dict[str, Any]:
    """This month's calls, of all companies together and of those that make the most: Intuit meters reads for all of an
    app's companies together, and counts the minute for each."""
    now = datetime.now(UTC)
    month = now.date().replace(day=1)
    recent = now.date() - timedelta(days=AVERAGED_DAYS)
    counts = CallCount.objects.filter(day__gte=min(month, recent)).order_by()
    sums = _sums(month, recent, now.date())
    total = counts.aggregate(**sums)
    by_company = counts.values("organization_id").annotate(**sums).order_by("-reads", "organization_id")
    expected = forecast(total, now)
    limit = settings.QBO_METERED_READS_PER_MONTH
    return {
        "reads": total["reads"],
        "writes": total["writes"],
        "limit": limit,
        "share": round(100 * total["reads"] / limit),
        "forecast": expected,
        "over": expected > limit,
        "month_end": month.replace(day=calendar.monthrange(month.year, month.month)[1]),
        "table": _table(request, list(by_company[:SHOWN]), now),
    }


def _sums(month: date, recent: date, today: date) -> dict[str, Aggregate]:
    """What is told of all companies and of each: calls since the first of the month, and of the days before today."""
    metered = Q(kind__in=CallCount.METERED)
    return {
        "reads": Sum("calls", filter=metered & Q(day__gte=month), default=0),
        "writes": Sum("calls", filter=Q(kind__in=CallCount.WRITES, day__gte=month), default=0),
        "recent": Sum("calls", filter=metered & Q(day__gte=recent, day__lt=today), default=0),
        "first": Min("day", filter=Q(day__gte=recent)),
        "busiest": Max("busiest_minute", filter=Q(day=today)),
    }


def _table(request: HttpRequest, by_company: list[dict[str, Any]], now: datetime) -> Table:
    companies = Organization.objects.in_bulk([each["organization_id"] for each in by_company])
    minute = _last_minute(companies)
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
    return {"headers": headers, "rows": rows}


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
