"""The base of every admin for records that have a counterpart in QuickBooks."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString
from unfold.decorators import display

from .. import editing, services
from ..mapping import Mapper, mapper_of
from ..models import Organization, SyncedRecord, SyncJob, SyncState
from ..web_links import quickbooks_url
from .asking import ask, asked_by, by_organization
from .buttons import Button
from .comparison import ComparisonAdmin
from .labels import may, page_of, state_label
from .linking import LinkingAdmin
from .record_repairs import fault_of, repairs_of_record, stopping_contact, what_helps
from .scoping import (
    OrganizationScoped,
    asked_organization_id,
    organization_to_add_to,
    remember_organization,
)
from .tables import jobs_table
from .versioned import VersionedForm

# So many jobs of its past stand on a record's page; the list of jobs has them all.
SHOWN_JOBS = 10


class SyncedAdmin(OrganizationScoped, LinkingAdmin, ComparisonAdmin):
    """State, actions, jobs and QuickBooks' side of a record. Subclasses say which columns and fields it has."""

    form = VersionedForm
    list_select_related = ("organization",)
    list_filter_submit = True
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-id",)
    actions = ("push_selected", "pull_selected", "retry_selected", "link_selected", "unlink_selected")
    change_form_outer_before_template = "admin/integrations/_record_before.html"
    change_form_outer_after_template = "admin/integrations/_jobs_after.html"

    @cached_property
    def mapper(self) -> Mapper:
        return mapper_of(self.model)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).light()

    @display(description="QuickBooks", ordering="sync_state")
    def state(self, record: SyncedRecord) -> SafeString:
        return state_label(record.sync_state, record.get_sync_state_display(), record.sync_error_message)

    # --- rights ------------------------------------------------------------------------------

    def has_sync_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request, "change", self.model)

    def has_push_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.mapper.pushes and self.has_sync_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: SyncedRecord | None = None) -> bool:
        """Only what was never sent: QuickBooks would go on holding the rest."""
        if obj is not None and (obj.linked or self._jobs(obj).exists()):
            return False
        return super().has_delete_permission(request, obj)

    def get_actions(self, request: HttpRequest) -> dict:
        """Without Django's bulk delete, which would show what it may not delete as a missing permission."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    # --- form --------------------------------------------------------------------------------

    def get_readonly_fields(self, request: HttpRequest, obj: SyncedRecord | None = None) -> tuple[str, ...]:
        """An organization is for good; so is, once linked, what QuickBooks does not let change."""
        fields = tuple(super().get_readonly_fields(request, obj))
        if obj is None:
            return fields
        fixed = [each.column or each.name for each in self.mapper.fields if each.create_only]
        return (*fields, "organization", *(fixed if obj.linked else ()))

    def get_form(self, request: HttpRequest, obj: SyncedRecord | None = None, change: bool = False, **kwargs):
        remember_organization(request, obj)
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: SyncedRecord | None = None) -> list:
        """With the version that a form of an existing record carries along, out of sight."""
        fieldsets = self.visible_fieldsets(request, obj)
        if obj is None or not self.has_change_permission(request, obj):
            return fieldsets
        (title, options), *others = fieldsets
        return [(title, options | {"fields": (*options["fields"], "version")}), *others]

    def visible_fieldsets(self, request: HttpRequest, obj: SyncedRecord | None) -> list:
        return list(super().get_fieldsets(request, obj))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, str]:
        """A new record is in the organization's currency until a person says otherwise."""
        initial = super().get_changeform_initial_data(request)
        organization = organization_to_add_to(request)
        return {"currency": organization.currency} | initial if organization else initial

    def formfield_for_foreignkey(self, db_field, request: HttpRequest, **kwargs: Any):
        if db_field.name == "organization" and asked_organization_id(request):
            kwargs["queryset"] = Organization.objects.filter(pk=asked_organization_id(request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None):
        """Asks for the organization first, since everything else is chosen among what it has."""
        if not self.has_add_permission(request) or asked_organization_id(request):
            return super().add_view(request, form_url, extra_context)
        organization = organization_to_add_to(request)
        if organization:
            return HttpResponseRedirect(f"{request.path}?organization={organization.pk}")
        return self._organization_choice(request)

    def _organization_choice(self, request: HttpRequest) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": f"Add {self.opts.verbose_name}",
            "opts": self.opts,
            "organizations": Organization.objects.order_by("name"),
        }
        return TemplateResponse(request, "admin/integrations/choose_organization.html", context)

    def save_model(self, request: HttpRequest, obj: SyncedRecord, form: ModelForm, change: bool) -> None:
        """Saving is an edit that has to go to QuickBooks; pressing Save on an unchanged form is none."""
        if not change or form.has_changed():
            obj.editor = asked_by(request)
            super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: SyncedRecord) -> None:
        editing.delete_record(obj)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None):
        try:
            return super().delete_view(request, object_id, extra_context)
        except services.Refused as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(page_of(self.model, object_id))

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str):
        """For a form's choices: what the form's organization has and still uses."""
        found, duplicates = super().get_search_results(request, queryset, search_term)
        if request.resolver_match.url_name == "autocomplete":
            found = found.filter(organization_id=asked_organization_id(request))
            if hasattr(self.model, "is_active"):
                found = found.filter(is_active=True)
        return found, duplicates

    # --- actions -----------------------------------------------------------------------------

    @admin.action(description="Push to QuickBooks", permissions=["push"])
    def push_selected(self, request: HttpRequest, queryset: QuerySet) -> None:
        for organization, ids in by_organization(queryset):
            self._push(request, organization, ids)

    @admin.action(description="Pull from QuickBooks", permissions=["sync"])
    def pull_selected(self, request: HttpRequest, queryset: QuerySet) -> None:
        for organization, _ in by_organization(queryset):
            self._pull(request, organization)

    @admin.action(description="Retry", permissions=["push"])
    def retry_selected(self, request: HttpRequest, queryset: QuerySet) -> None:
        failed = list(by_organization(queryset.filter(sync_state=SyncState.FAILED)))
        if not failed:
            messages.warning(
                request, "None of the selected records has failed, so there is nothing to retry."
            )
        for organization, ids in failed:
            self._push(request, organization, ids)

    def _push(
        self, request: HttpRequest, organization: Organization, ids: list[int], *, with_contacts: bool = False
    ) -> None:
        push = partial(services.push, organization, self.mapper.entity, asked=asked_by(request))
        ask(request, organization, partial(push, ids=ids, with_contacts=with_contacts))

    def _pull(self, request: HttpRequest, organization: Organization) -> None:
        pull = partial(services.pull, organization, self.mapper.entity, asked=asked_by(request))
        ask(request, organization, pull)

    # --- the record's page -------------------------------------------------------------------

    def get_buttons(self, request: HttpRequest, record: SyncedRecord) -> list[Button]:
        failed = record.sync_state == SyncState.FAILED
        buttons = [
            Button(
                "push",
                "Retry" if failed else "Push to QuickBooks",
                self._press_push,
                allowed=self.has_push_permission(request, record),
                offered=self.mapper.updates or not record.linked,
                icon="refresh" if failed else "cloud_upload",
            ),
            Button(
                "push-with-contact",
                "Push the contact too",
                self._press_push_with_contact,
                allowed=self.has_push_permission(request, record)
                and self._may_push_contacts(request, record),
                offered=record.sync_error_code == "contact_not_synced"
                and not stopping_contact(self.mapper, record),
                icon="group_add",
            ),
            Button(
                "pull",
                "Pull from QuickBooks",
                self._press_pull,
                allowed=self.has_sync_permission(request, record),
                icon="cloud_download",
            ),
            *self.comparing_buttons(request, record),
            *self.linking_buttons(request, record),
        ]
        helps = what_helps(self.mapper, record)
        return [replace(each, variant="primary") if each.name == helps else each for each in buttons]

    def _may_push_contacts(self, request: HttpRequest, record: SyncedRecord) -> bool:
        return all(may(request, "change", type(contact)) for _, contact in self.mapper.waits_for(record))

    def _press_push(self, request: HttpRequest, record: SyncedRecord) -> None:
        self._push(request, record.organization, [record.pk])

    def _press_push_with_contact(self, request: HttpRequest, record: SyncedRecord) -> None:
        self._push(request, record.organization, [record.pk], with_contacts=True)

    def _press_pull(self, request: HttpRequest, record: SyncedRecord) -> None:
        self._pull(request, record.organization)

    def page_context(self, request: HttpRequest, record: SyncedRecord) -> dict[str, Any]:
        jobs = (
            self._jobs(record)
            .select_related("run__requested_by", "organization")
            .order_by("-id")[:SHOWN_JOBS]
        )
        return {
            "state_label": self.state(record),
            "quickbooks_url": quickbooks_url(record),
            "fault": fault_of(record),
            "repairs": repairs_of_record(request, self.mapper, record),
            "jobs_title": "History with QuickBooks",
            "jobs_table": jobs_table(request, jobs, named=False) if may(request, "view", SyncJob) else None,
        }

    def _jobs(self, record: SyncedRecord) -> QuerySet:
        return SyncJob.objects.filter(entity=self.mapper.entity, record_id=record.pk)


class MirroredAdmin(SyncedAdmin):
    """QuickBooks keeps the list; here it is only read."""

    page_note = (
        "QuickBooks keeps this list, so nothing can be changed, pushed or linked by hand here: what is imported is "
        "linked by the import. Change it in QuickBooks, then press Pull from QuickBooks."
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def page_context(self, request: HttpRequest, record: SyncedRecord) -> dict[str, Any]:
        return {**super().page_context(request, record), "note": self.page_note}
