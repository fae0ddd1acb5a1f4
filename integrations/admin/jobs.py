from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from .. import rerunning, services
from ..faults import explain
from ..mapping import mapper_for
from ..models import Direction, Organization, PushBatch, SyncJob
from .asking import ask, asked_by
from .buttons import Button
from .fault_page import fault_view, faults_view
from .filters import BY_ORGANIZATION, EntityFilter, by_fault, day_range
from .journal import JournalAdmin
from .labels import link, may
from .repairs import retry_view
from .sides import changes_of, names_in
from .tables import outcome_label

_RETRIES = {Direction.PUSH: services.push, Direction.VOID: services.void}


@admin.register(SyncJob)
class SyncJobAdmin(JournalAdmin):
    list_display = (
        "record",
        "organization",
        "direction",
        "entity_name",
        "outcome_shown",
        "fault",
        "attempts",
        "created",
        "finished",
    )
    list_select_related = ("organization",)
    list_filter = (
        BY_ORGANIZATION,
        ("direction", ChoicesDropdownFilter),
        EntityFilter,
        ("status", ChoicesDropdownFilter),
        ("outcome", ChoicesDropdownFilter),
        by_fault("code"),
        ("run__trigger", ChoicesDropdownFilter),
        day_range("created_at"),
    )
    search_fields = ("label", "=quickbooks_id", "=intuit_tid")
    heavy = ("before", "after", "detail")
    actions = ("retry_selected",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("organization", "run", "batch"),
                    ("direction", "entity_name", "label"),
                    ("priority", "attempts", "revision"),
                    ("created_at", "started_at", "finished_at"),
                )
            },
        ),
        ("Outcome", {"fields": (("outcome_shown", "quickbooks_id"), "message", "remedy")}),
        ("Details for QuickBooks' support", {"fields": (("code", "intuit_tid"), "detail")}),
        ("What changed", {"fields": ("changes",)}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: SyncJob | None = None) -> list:
        """Without the batch for whoever may not see what was sent: its link would lead to a refusal."""
        (title, about), *others = super().get_fieldsets(request, obj)
        if may(request, "view", PushBatch):
            return [(title, about), *others]
        first, *rows = about["fields"]
        return [(title, {"fields": (tuple(name for name in first if name != "batch"), *rows)}), *others]

    def get_custom_urls(self) -> tuple:
        return (
            ("faults/", "integrations_faults", faults_view),
            ("faults/<slug:code>/", "integrations_fault", fault_view),
            ("causes/retry/", "integrations_cause_retry", retry_view),
        )

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """A run's page links to all of its jobs."""
        return lookup == "run__id__exact" or super().lookup_allowed(lookup, value, request)

    @display(description="Record", ordering="label")
    def record(self, job: SyncJob) -> str:
        return job.label or f"Job #{job.pk}"

    @display(description="Outcome", ordering="outcome")
    def outcome_shown(self, job: SyncJob) -> SafeString:
        return outcome_label(job)

    @display(description="Fault", ordering="code", empty_value="—")
    def fault(self, job: SyncJob) -> str | None:
        return explain(job.code).title if job.code else None

    @display(description="Fields", empty_value="—")
    def changes(self, job: SyncJob) -> SafeString | None:
        return changes_of(job, names_in([job]))

    @admin.action(description="Retry", permissions=["act"])
    def retry_selected(self, request: HttpRequest, queryset: QuerySet) -> None:
        if not _retry_jobs(request, queryset):
            messages.warning(
                request,
                "None of the selected jobs failed and can be tried again, so there is nothing to retry.",
            )

    def _press_retry(self, request: HttpRequest, job: SyncJob) -> None:
        if not _retry_jobs(request, SyncJob.objects.filter(pk=job.pk)):
            messages.warning(
                request, "This job did not fail, or cannot be tried again, so there is nothing to retry."
            )

    def get_buttons(self, request: HttpRequest, record: SyncJob) -> list[Button]:
        return [
            Button(
                "retry",
                "Retry",
                self._press_retry,
                allowed=self.has_act_permission(request, record),
                offered=rerunning.failed_jobs(SyncJob.objects.filter(pk=record.pk)).exists(),
                icon="refresh",
                variant="primary",
            )
        ]

    def page_context(self, request: HttpRequest, record: SyncJob) -> dict[str, Any]:
        model = mapper_for(record.entity).model
        return {
            "state_label": outcome_label(record),
            "about": link(request, model, record.record_id, record.label),
        }


def _retry_jobs(request: HttpRequest, jobs: QuerySet) -> bool:
    """Asks again for the records of the failed jobs, one run for each organization, entity and direction."""
    failed = rerunning.failed_jobs(jobs).order_by()
    groups = sorted(failed.values_list("organization_id", "entity", "direction").distinct())
    organizations = Organization.objects.in_bulk({organization_id for organization_id, _, _ in groups})
    for organization_id, entity, direction in groups:
        organization = organizations[organization_id]
        # Any number may have failed, so that the database finds those that still are.
        of_group = failed.filter(organization_id=organization_id, entity=entity, direction=direction)
        records = mapper_for(entity).records(organization)
        ids = list(rerunning.records_again(of_group, records, direction).values_list("pk", flat=True))
        retry = partial(
            _RETRIES[Direction(direction)], organization, entity, asked=asked_by(request), ids=ids
        )
        ask(request, organization, retry)
    return bool(groups)
