from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from .. import rerunning
from ..models import SyncJob, SyncRun
from ..progress import progress_of
from .asking import ask, asked_by
from .buttons import Button
from .filters import BY_ORGANIZATION, EntityFilter, by_fault, day_range
from .journal import JournalAdmin
from .labels import list_of, may, page_of, state_label
from .operations import operations_view
from .tables import jobs_table, records_of

# So many jobs stand on a run's page; the list of jobs has them all.
SHOWN_JOBS = 25


@admin.register(SyncRun)
class SyncRunAdmin(JournalAdmin):
    list_display = (
        "number",
        "organization",
        "direction",
        "entity_name",
        "state",
        "records",
        "trigger",
        "requested_by",
        "created",
        "finished",
    )
    list_select_related = ("organization", "requested_by")
    list_filter = (
        BY_ORGANIZATION,
        ("direction", ChoicesDropdownFilter),
        EntityFilter,
        ("status", ChoicesDropdownFilter),
        ("trigger", ChoicesDropdownFilter),
        by_fault("error_code"),
        day_range("created_at"),
    )
    search_fields = ("=id", "requested_by__email", "error_message")
    actions = ("retry_selected",)
    fields = (
        ("organization", "direction", "entity_name"),
        ("trigger", "requested_by", "retry_of"),
        ("created_at", "started_at", "finished_at"),
    )
    change_form_outer_before_template = "admin/integrations/_run_before.html"
    change_form_outer_after_template = "admin/integrations/_jobs_after.html"

    def get_custom_urls(self) -> tuple:
        return (("operations/", "integrations_operations", operations_view),)

    @display(description="Run", ordering="id")
    def number(self, run: SyncRun) -> str:
        return f"#{run.pk}"

    @display(description="State", ordering="status")
    def state(self, run: SyncRun) -> SafeString:
        return state_label(run.status, run.get_status_display(), run.error_message)

    @display(description="Records")
    def records(self, run: SyncRun) -> str:
        return records_of(run)

    @admin.action(description="Retry", permissions=["act"])
    def retry_selected(self, request: HttpRequest, queryset: QuerySet) -> None:
        for run in queryset.select_related("organization"):
            self._retry(request, run)

    def _retry(self, request: HttpRequest, run: SyncRun) -> SyncRun | None:
        return ask(request, run.organization, lambda: rerunning.retry(run, asked=asked_by(request)))

    def _press_retry(self, request: HttpRequest, run: SyncRun) -> HttpResponse | None:
        again = self._retry(request, run)
        return HttpResponseRedirect(page_of(SyncRun, again.pk)) if again else None

    def get_buttons(self, request: HttpRequest, record: SyncRun) -> list[Button]:
        return [
            Button(
                "retry",
                rerunning.label(record),
                self._press_retry,
                allowed=self.has_act_permission(request, record),
                offered=rerunning.retryable(record),
                icon="refresh",
                variant="primary",
            )
        ]

    def page_context(self, request: HttpRequest, record: SyncRun) -> dict[str, Any]:
        context = {"progress": progress_of([record])[0], "state_label": self.state(record)}
        if not may(request, "view", SyncJob):
            return context
        return context | {
            "jobs_title": "Jobs, failures first",
            "jobs_table": jobs_table(request, _failures_first(record), named=True),
            "jobs_list": f"{list_of(SyncJob)}?run__id__exact={record.pk}",
        }


def _failures_first(run: SyncRun) -> list[SyncJob]:
    jobs = run.jobs.select_related("run__requested_by").defer("before", "after").order_by("id")
    failures = list(jobs.filter(outcome__in=SyncJob.FAILURES)[:SHOWN_JOBS])
    return [*failures, *jobs.exclude(outcome__in=SyncJob.FAILURES)[: SHOWN_JOBS - len(failures)]]
