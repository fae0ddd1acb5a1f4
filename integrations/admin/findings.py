"""What the newest reading of each merchant's contacts found. Merchants settle it in their portal."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from ..models import ContactFinding, ContactReading
from ..progress import things
from .filters import yes_no
from .journal import JournalAdmin
from .tables import moment


@admin.register(ContactFinding)
class ContactFindingAdmin(JournalAdmin):
    list_display = ("name", "organization", "entity_name", "kind", "score", "reason", "read", "ignored_by")
    list_select_related = ("reading__organization", "ignored__by")
    list_filter = (
        ("reading__organization", AutocompleteSelectFilter),
        ("kind", ChoicesDropdownFilter),
        yes_no(
            "ignored",
            "ignored",
            yes=lambda findings: findings.filter(ignored__isnull=False),
            no=lambda findings: findings.filter(ignored=None),
        ),
    )
    search_fields = ("name", "=quickbooks_id", "=other_quickbooks_id")
    ordering = ("-reading_id", "kind", "name", "id")
    heavy = ("finmo", "quickbooks", "other", "fields")
    fields = (
        ("organization", "entity_name", "kind"),
        ("record_id", "quickbooks_id"),
        ("other_record_id", "other_quickbooks_id"),
        ("score", "reason", "obstacle"),
        ("read", "ignored_by"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Of the newest readings alone."""
        same = ContactReading.objects.filter(
            organization=OuterRef("reading__organization"), entity=OuterRef("reading__entity")
        )
        return (
            super().get_queryset(request).filter(reading_id=Subquery(same.order_by("-id").values("pk")[:1]))
        )

    @display(description="Organization", ordering="reading__organization__name")
    def organization(self, finding: ContactFinding) -> str:
        return str(finding.reading.organization)

    @display(description="Entity")
    def entity_name(self, finding: ContactFinding) -> str:
        return things(finding.reading.entity).capitalize()

    @display(description="Read", ordering="reading__read_at")
    def read(self, finding: ContactFinding) -> str:
        return moment(finding.reading.read_at)

    @display(description="Ignored by")
    def ignored_by(self, finding: ContactFinding) -> str:
        if finding.ignored is None:
            return "–"
        who = finding.ignored.by.get_username() if finding.ignored.by else "somebody who left"
        return f"{who}: {finding.ignored.note}" if finding.ignored.note else who
