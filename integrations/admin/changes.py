"""Who changed what of a merchant's integration: the list, and the table on the organization's page."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin
from django.forms import BaseInlineFormSet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from ..history import note_role
from ..models import Change, Membership, Role
from ..services import Asked
from .filters import BY_ORGANIZATION, day_range
from .journal import JournalAdmin
from .sides import sides
from .tables import Table, moment


@admin.register(Change)
class ChangeAdmin(JournalAdmin):
    list_display = ("sentence", "organization", "subject", "by", "through", "created")
    list_select_related = ("organization", "user")
    list_filter = (
        BY_ORGANIZATION,
        ("subject", ChoicesDropdownFilter),
        ("trigger", ChoicesDropdownFilter),
        ("user", AutocompleteSelectFilter),
        day_range("created_at"),
    )
    search_fields = ("sentence",)
    fieldsets = (
        (None, {"fields": (("organization", "subject"), "sentence", ("by", "through", "created"))}),
        ("Before and after", {"fields": ("changed_fields",)}),
    )

    @display(description="By", ordering="user__username")
    def by(self, change: Change) -> str:
        return who(change)

    @display(description="Through", ordering="trigger", empty_value="—")
    def through(self, change: Change) -> str | None:
        return change.get_trigger_display() or None

    @display(description="Fields", empty_value="—")
    def changed_fields(self, change: Change) -> SafeString | None:
        return fields_table(change)


def who(change: Change) -> str:
    return str(change.user) if change.user else "by itself"


def fields_table(change: Change) -> SafeString | None:
    rows = [(name, before, after) for name, (before, after) in change.fields.items()]
    return sides(("Field", "Before", "After"), rows) if rows else None


def changes_table(changes: Iterable[Change]) -> Table:
    rows = [
        [
            moment(change.created_at),
            who(change),
            change.get_trigger_display() or "—",
            _happened(change),
        ]
        for change in changes
    ]
    return {"headers": ["When", "Who", "Through", "What"], "rows": rows}


def _happened(change: Change) -> SafeString | str:
    if change.subject != Change.Subject.CONFIGURATION:
        return change.sentence
    return format_html('<div class="finmo-told">{}{}</div>', change.sentence, fields_table(change) or "")


def save_members(formset: BaseInlineFormSet, asked: Asked) -> None:
    """Writes who was added, changed and removed, after `formset.save(commit=False)`, and notes each."""
    for membership in formset.deleted_objects:
        note_role(membership, membership.get_role_display(), "", asked=asked)
        membership.delete()
    for membership, _ in formset.changed_objects:
        before = Membership.objects.select_related("user").get(pk=membership.pk)
        membership.save()
        if before.user_id != membership.user_id:
            note_role(before, before.get_role_display(), "", asked=asked)
        was = Role(before.role).label if before.user_id == membership.user_id else ""
        if was != membership.get_role_display():
            note_role(membership, was, membership.get_role_display(), asked=asked)
    for membership in formset.new_objects:
        membership.save()
        note_role(membership, "", membership.get_role_display(), asked=asked)
