"""The cockpit of one merchant: its integration, connection, configuration, members, runs, and what to press."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.db.models import ForeignKey, QuerySet
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from unfold.admin import StackedInline, TabularInline
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from ..causes import causes_of
from ..defaults_form import DefaultsForm
from ..groups import ACCOUNT_MANAGERS
from ..history import note_switch
from ..models import Change, Configuration, Conflict, ContactFinding, Membership, Organization, SyncRun
from ..retrying import told
from .asking import asked_by
from .buttons import Button, ButtonsAdmin
from .changes import changes_table, save_members
from .company import company_facts, sync_counts
from .labels import list_of, may, state_label
from .merchant_buttons import merchant_buttons
from .repairs import cause_lines
from .scoping import without_related_links
from .tables import runs_table

SHOWN_RUNS = 10
SHOWN_CHANGES = 10
_LAST_RUNS = tuple(
    field.name
    for field in Configuration._meta.fields
    if field.name.endswith(("_synced_at", "_pushed_at", "_pulled_at"))
)


def may_switch(request: HttpRequest) -> bool:
    """Account managers and superusers switch the integration, and only where Finmo runs for real."""
    return settings.FINMO_ENVIRONMENT == "production" and (
        request.user.is_superuser or request.user.groups.filter(name=ACCOUNT_MANAGERS).exists()
    )


class ConfigurationInline(StackedInline):
    model = Configuration
    form = DefaultsForm
    hide_title = True
    can_delete = False
    tab = True
    readonly_fields = _LAST_RUNS
    fieldsets = (
        (
            "Automatic",
            {
                "fields": (
                    "contacts_auto_sync",
                    ("receivables_auto_push", "receivables_auto_pull"),
                    ("payables_auto_push", "payables_auto_pull"),
                )
            },
        ),
        (
            "Defaults",
            {
                "fields": (
                    ("default_receivable_account", "default_payable_account"),
                    ("default_receivable_tax_code", "default_payable_tax_code"),
                ),
            },
        ),
        ("Last runs", {"fields": tuple(zip(_LAST_RUNS[::2], _LAST_RUNS[1::2], strict=True))}),
    )

    def has_add_permission(self, request: HttpRequest, obj: Organization | None = None) -> bool:
        """It came with the organization."""
        return False

    def formfield_for_dbfield(self, db_field, request: HttpRequest, **kwargs: Any):
        return without_related_links(super().formfield_for_dbfield(db_field, request, **kwargs))


class MembershipInline(TabularInline):
    model = Membership
    extra = 0
    tab = True
    hide_title = True
    autocomplete_fields = ("user",)
    verbose_name_plural = "members"

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any):
        """Finmo's own staff join no organization."""
        if db_field.name == "user":
            kwargs["queryset"] = get_user_model().objects.filter(is_staff=False)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("user", "organization")


@admin.register(Organization)
class OrganizationAdmin(ButtonsAdmin):
    list_display = (
        "name",
        "slug",
        "country",
        "currency",
        "quickbooks_enabled",
        "connection_state",
        "company",
        "expires",
    )
    list_select_related = ("connection",)
    list_filter = ("quickbooks_enabled", ("connection__status", ChoicesDropdownFilter))
    list_filter_submit = True
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("name", "slug", "connection__company_name", "=connection__realm_id")
    change_form_outer_before_template = "admin/integrations/_organization_before.html"
    change_form_outer_after_template = "admin/integrations/_organization_after.html"

    # --- list --------------------------------------------------------------------------------

    @display(description="Connection")
    def connection_state(self, organization: Organization) -> SafeString:
        connection = organization.connection
        return state_label(connection.status, connection.get_status_display(), connection.pause_detail)

    @display(description="QuickBooks company")
    def company(self, organization: Organization) -> str:
        return organization.connection.company_name or "—"

    @display(description="Expires", empty_value="—")
    def expires(self, organization: Organization):
        connection = organization.connection
        return connection.expires_at.date() if connection.connected and connection.expires_at else None

    # --- form --------------------------------------------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: Organization | None = None) -> list:
        switch = {"fields": ("quickbooks_enabled",), "description": self._who_may_switch(request)}
        return [
            (None, {"fields": (("name", "slug"), ("country", "currency"))}),
            ("QuickBooks integration", switch),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Organization | None = None) -> tuple[str, ...]:
        return () if may_switch(request) else ("quickbooks_enabled",)

    def _who_may_switch(self, request: HttpRequest) -> str:
        if settings.FINMO_ENVIRONMENT != "production":
            return (
                "The integration can be switched on in Finmo's production environment only. This one is "
                f"{settings.FINMO_ENVIRONMENT}."
            )
        if not may_switch(request):
            return f"Only members of the group {ACCOUNT_MANAGERS} may switch the integration on or off."
        return "Switching is recorded in the history with your name and the time."

    def get_inlines(self, request: HttpRequest, obj: Organization | None = None) -> tuple:
        return (ConfigurationInline, MembershipInline) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Organization | None = None) -> bool:
        """A merchant's books are kept: switch the integration off instead."""
        return False

    def save_model(self, request: HttpRequest, obj: Organization, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "quickbooks_enabled" in form.changed_data:
            state = "on" if obj.quickbooks_enabled else "off"
            self.log_change(request, obj, f"Switched the QuickBooks integration {state}.")
            note_switch(obj, asked=asked_by(request))

    def save_formset(self, request: HttpRequest, form: ModelForm, formset: BaseInlineFormSet, change: bool):
        """Settings and roles are written by those who also note who changed them."""
        formset.save(commit=False)
        if formset.model is Configuration:
            for each in formset.forms:
                if each.has_changed():
                    for run in each.save_as(asked_by(request)):
                        messages.success(request, told(run))
        else:
            save_members(formset, asked_by(request))

    def response_add(self, request: HttpRequest, obj: Organization, post_url_continue=None) -> HttpResponse:
        messages.info(request, "Connection, configuration and members can be set up now.")
        return super().response_add(request, obj, post_url_continue)

    # --- the cockpit -------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Without the tokens: no page of admin has a use for them."""
        found = super().get_queryset(request).select_related("connection__connected_by")
        return found.defer("connection__access_token", "connection__refresh_token")

    def get_buttons(self, request: HttpRequest, record: Organization) -> list[Button]:
        return merchant_buttons(self, request, record)

    def page_context(self, request: HttpRequest, record: Organization) -> dict[str, Any]:
        context: dict[str, Any] = {
            "connection": record.connection,
            "connection_label": self.connection_state(record),
            "company_facts": company_facts(record.connection),
            "sync_counts": sync_counts(request, record),
            "causes": cause_lines(request, causes_of(record)),
        }
        if may(request, "view", Conflict):
            open_ones = Conflict.objects.filter(organization=record, resolved_at=None)
            asked = f"organization__id__exact={record.pk}&decided=no"
            context |= {
                "open_conflicts": open_ones.count(),
                "conflicts_list": f"{list_of(Conflict)}?{asked}",
            }
        if may(request, "view", ContactFinding):
            context["findings_list"] = (
                f"{list_of(ContactFinding)}?reading__organization__id__exact={record.pk}"
            )
        if may(request, "view", Change):
            changes = record.changes.select_related("user")[:SHOWN_CHANGES]
            all_changes = f"{list_of(Change)}?organization__id__exact={record.pk}"
            context |= {"changes_table": changes_table(changes), "changes_list": all_changes}
        if may(request, "view", SyncRun):
            runs = record.sync_runs.select_related("requested_by")[:SHOWN_RUNS]
            all_runs = f"{list_of(SyncRun)}?organization__id__exact={record.pk}"
            context |= {"runs_table": runs_table(request, runs), "runs_list": all_runs}
        return context
