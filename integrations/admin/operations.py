"""How all merchants' integrations are doing, at one look."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timesince import timesince

from ..causes import commonest_causes
from ..models import Conflict, Connection, Organization, QueueStep, SyncJob, SyncRun
from .calls import calls_against_limits
from .delays import webhook_delays
from .labels import link, list_of, may, state_label
from .repairs import cause_lines
from .tables import Table, moment, runs_table
from .watching import lease_holders, runs_per_day, workers

EXPIRING_DAYS = 30
SHOWN_CAUSES = 50
SHOWN = 20


def operations_view(request: HttpRequest, model_admin: ModelAdmin) -> HttpResponse:
    if not may(request, "view", SyncRun):
        raise PermissionDenied
    unfinished = SyncRun.objects.filter(status__in=SyncRun.UNFINISHED)
    causes = commonest_causes(SHOWN_CAUSES)
    alive, queue_answers = workers()
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Operations",
        "figures": _figures(unfinished.count()),
        "connections": _connections(),
        "expiring": _expiring(request),
        "expiring_days": EXPIRING_DAYS,
        "unfinished": _unfinished(request, unfinished),
        "unfinished_list": list_of(SyncRun),
        "causes": cause_lines(request, causes),
        "failures": bool(causes),
        "most_causes": SHOWN_CAUSES,
        "faults_url": reverse("admin:integrations_faults") if may(request, "view", SyncJob) else "",
        "charts": runs_per_day(),
        "workers": alive,
        "queue_answers": queue_answers,
        "lease_holders": lease_holders(request),
        "webhooks": webhook_delays(),
        "calls": calls_against_limits(request),
    }
    return TemplateResponse(request, "admin/integrations/operations.html", context)


def _figures(unfinished: int) -> list[dict[str, str]]:
    """What one looks at first: each a name, a value and a word about it."""
    queue = SyncJob.objects.exclude(status=SyncJob.Status.DONE).aggregate(
        queued=Count("status", filter=Q(status=SyncJob.Status.QUEUED)),
        running=Count("status", filter=Q(status=SyncJob.Status.RUNNING)),
        oldest=Min("created_at", filter=Q(status=SyncJob.Status.QUEUED)),
    )
    # Long runs, of which not every record has its job yet.
    to_come = (
        QueueStep.objects.filter(run__status__in=SyncRun.UNFINISHED).aggregate(size=Sum("size"))["size"] or 0
    )
    conflicts = Conflict.objects.filter(resolved_at__isnull=True).count()
    return [
        {
            "name": "Queue depth",
            "value": f"{queue['queued'] + to_come:,}",
            "note": f"{queue['running']:,} running",
        },
        {"name": "Oldest queued job", "value": _age(queue["oldest"]), "note": moment(queue["oldest"])},
        {"name": "Unfinished runs", "value": f"{unfinished:,}", "note": "queued, running or waiting"},
        {"name": "Open conflicts", "value": f"{conflicts:,}", "note": "a person has to decide"},
    ]


def _age(since: datetime | None) -> str:
    return timesince(since, depth=1) if since else "—"


def _connections() -> Table:
    """Connections of the organizations that are switched on, by state, and how many of them wait."""
    counted = (
        Connection.objects.filter(organization__quickbooks_enabled=True)
        .order_by()
        .values("status")
        .annotate(number=Count("pk"), paused=Count("pk", filter=~Q(pause="")))
    )
    by_status = {each["status"]: each for each in counted}
    rows = []
    for status in Connection.Status:
        each = by_status.get(status, {"number": 0, "paused": 0})
        url = f"{list_of(Organization)}?connection__status__exact={status}&quickbooks_enabled__exact=1"
        number = format_html('<a class="finmo-link" href="{}">{}</a>', url, f"{each['number']:,}")
        rows.append([state_label(status, status.label), number, f"{each['paused']:,}"])
    return {"headers": ["State", "Organizations", "Paused"], "rows": rows}


def _expiring(request: HttpRequest) -> Table:
    soon = timezone.now() + timedelta(days=EXPIRING_DAYS)
    connections = (
        Connection.objects.filter(status=Connection.Status.CONNECTED)
        .filter(Q(refresh_expires_at__lte=soon) | Q(refresh_hard_expires_at__lte=soon))
        .select_related("organization")
        .defer("access_token", "refresh_token")
    )
    first = sorted(connections, key=lambda connection: connection.expires_at)[:SHOWN]
    rows: list[list[Any]] = [
        [
            link(request, Organization, connection.organization_id, connection.organization),
            connection.company_name or "—",
            moment(connection.expires_at),
        ]
        for connection in first
    ]
    return {"headers": ["Organization", "QuickBooks company", "Expires"], "rows": rows}


def _unfinished(request: HttpRequest, unfinished) -> Table:
    runs = list(unfinished.select_related("organization", "requested_by").order_by("id")[:SHOWN])
    table = runs_table(request, runs)
    rows = [
        [link(request, Organization, run.organization_id, run.organization), *row]
        for run, row in zip(runs, table["rows"], strict=True)
    ]
    return {"headers": ["Organization", *table["headers"]], "rows": rows}
