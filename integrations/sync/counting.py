"""How many calls went to QuickBooks, counted as they leave: a worker that dies while one travels has counted it."""

from __future__ import annotations

from django.db.models import F, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from ..models import CallCount


def count_call(organization_id: int, kind: str, *, in_last_minute: int = 0) -> None:
    """One more today; `in_last_minute`: all calls of the minute that it closes."""
    added = {"calls": F("calls") + 1, "busiest_minute": Greatest(F("busiest_minute"), in_last_minute)}
    counts = _of_today(organization_id, kind)
    if not counts.update(**added):
        CallCount.objects.get_or_create(
            organization_id=organization_id, day=timezone.now().date(), kind=str(kind)
        )
        counts.update(**added)


def uncount_call(organization_id: int, kind: str) -> None:
    """What was counted found no connection, and stayed here."""
    _of_today(organization_id, kind).filter(calls__gt=0).update(calls=F("calls") - 1)


def _of_today(organization_id: int, kind: str) -> QuerySet[CallCount]:
    return CallCount.objects.filter(
        organization_id=organization_id, day=timezone.now().date(), kind=str(kind)
    )
