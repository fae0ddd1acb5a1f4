"""The fault table as a page: what happened, who must act, what helps, and how often it came up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import urlencode

from ..faults import TABLE, FaultEntry, explain
from ..models import SyncJob
from .labels import list_of, may

COUNTED_DAYS = 30


@dataclass
class FaultLine:
    """One row of the table with every code that it explains."""

    entry: FaultEntry
    codes: list[str] = field(default_factory=list)
    times: int = 0
    last: datetime | None = None

    @property
    def jobs_url(self) -> str:
        return f"{list_of(SyncJob)}?{urlencode({'fault': self.entry.code})}"

    def add(self, times: int, last: datetime) -> None:
        self.times += times
        self.last = max(self.last or last, last)


def fault_lines(days: int = COUNTED_DAYS) -> list[FaultLine]:
    """All that is known and what was met besides, the most frequent of the last days first: one statement."""
    lines: dict[tuple[str, ...], FaultLine] = {}
    for code, entry in TABLE.items():
        lines.setdefault(_key(entry), FaultLine(entry)).codes.append(code)
    since = timezone.now() - timedelta(days=days)
    met = (
        SyncJob.objects.filter(created_at__gte=since)
        .exclude(code="")
        .order_by()
        .values("code")
        .annotate(times=Count("pk"), last=Max("created_at"))
    )
    for each in met:
        entry = explain(each["code"])
        line = lines.setdefault(_key(entry), FaultLine(entry, [entry.code]))
        line.add(each["times"], each["last"])
    return sorted(lines.values(), key=lambda line: (-line.times, line.entry.title))


def _key(entry: FaultEntry) -> tuple[str, ...]:
    """Known codes in the same words are one line; each unknown code is its own."""
    if entry.code not in TABLE:
        return (entry.code,)
    return (entry.title, entry.meaning, entry.remedy)


def faults_view(request: HttpRequest, model_admin: ModelAdmin) -> HttpResponse:
    if not may(request, "view", SyncJob):
        raise PermissionDenied
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Faults",
        "lines": fault_lines(),
        "days": COUNTED_DAYS,
    }
    return TemplateResponse(request, "admin/integrations/faults.html", context)
