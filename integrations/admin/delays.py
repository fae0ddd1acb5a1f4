"""How late webhooks come, and how soon they are answered by a pull."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Aggregate, Avg, Count, DurationField, ExpressionWrapper, F, Max, Min, Q, Sum
from django.utils import timezone

from ..models import WebhookReceipt
from .tables import Table, moment


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
