"""The base for what is only read, and what was sent to QuickBooks."""

from __future__ import annotations

from typing import Any

import msgspec
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from ..models import Conflict, PushBatch, SyncJob, SyncRun
from ..progress import things
from .buttons import ButtonsAdmin
from .filters import BY_ORGANIZATION, day_range, yes_no
from .labels import may, state_label
from .tables import jobs_table, moment


class JournalAdmin(ButtonsAdmin):
    """Nobody adds, changes or deletes what happened. Acting on it needs the model's change permission."""

    list_per_page = 50
    list_filter_submit = True
    show_full_result_count = False
    ordering = ("-id",)
    # Columns that may be long and that no list shows.
    heavy: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).defer(*self.heavy)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_act_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request, "change", self.model)

    @display(description="Created", ordering="created_at")
    def created(self, record: SyncRun | SyncJob | PushBatch) -> str:
        return moment(record.created_at)

    @display(description="Finished", ordering="finished_at")
    def finished(self, record: SyncRun | SyncJob) -> str:
        return moment(record.finished_at)

    @display(description="Entity", ordering="entity")
    def entity_name(self, record: SyncRun | SyncJob | Conflict) -> str:
        return things(record.entity).capitalize()


@admin.register(PushBatch)
class PushBatchAdmin(JournalAdmin):
    list_display = (
        "request_id",
        "organization",
        "operation",
        "state",
        "attempts",
        "created",
    )
    list_select_related = ("organization",)
    list_filter = (
        BY_ORGANIZATION,
        yes_no(
            "settled",
            "answered",
            yes=lambda batches: batches.filter(settled_at__isnull=False),
            no=lambda batches: batches.filter(settled_at__isnull=True),
        ),
        day_range("created_at"),
    )
    search_fields = ("=request_id", "=intuit_tid")
    heavy = ("body",)
    fields = (
        ("organization", "realm_id", "operation"),
        ("request_id", "intuit_tid", "attempts"),
        ("created_at", "sent_at", "settled_at"),
        "sent_body",
    )
    change_form_outer_after_template = "admin/integrations/_jobs_after.html"

    @display(description="State")
    def state(self, batch: PushBatch) -> SafeString:
        if batch.settled_at:
            return state_label("done", "Answered")
        return state_label("waiting", "Not answered yet", "It goes out again under the same request id.")

    @display(description="What was sent")
    def sent_body(self, batch: PushBatch) -> SafeString:
        return format_html('<pre class="finmo-document">{}</pre>', _indented(batch.body))

    def page_context(self, request: HttpRequest, record: PushBatch) -> dict[str, Any]:
        if not may(request, "view", SyncJob):
            return {}
        jobs = record.jobs.select_related("run__requested_by").defer("before", "after")
        return {"jobs_title": "Jobs in this batch", "jobs_table": jobs_table(request, jobs, named=True)}


def _indented(body: str) -> str:
    """Every number stays as it was sent."""
    try:
        return msgspec.json.format(body, indent=2)
    except msgspec.DecodeError:
        return body
