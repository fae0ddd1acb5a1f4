from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.decorators import display

from .. import services
from ..mapping import mapper_for
from ..models import Conflict
from .asking import asked_by
from .buttons import Button
from .filters import BY_ORGANIZATION, EntityFilter, day_range, yes_no
from .journal import JournalAdmin, sides
from .labels import link, state_label

_SIDES = {"finmo": "Finmo’s", "quickbooks": "QuickBooks’"}


@admin.register(Conflict)
class ConflictAdmin(JournalAdmin):
    list_display = (
        "record",
        "organization",
        "entity_name",
        "fields_shown",
        "state",
        "opened_at",
        "resolved_by",
    )
    list_select_related = ("organization", "resolved_by")
    list_filter = (
        BY_ORGANIZATION,
        EntityFilter,
        yes_no(
            "decided",
            "decided",
            yes=lambda conflicts: conflicts.filter(resolved_at__isnull=False),
            no=lambda conflicts: conflicts.filter(resolved_at__isnull=True),
        ),
        day_range("opened_at"),
    )
    search_fields = ("label",)
    fields = (
        ("organization", "entity_name", "label"),
        ("opened_at", "resolved_at", "resolved_by"),
        "both_sides",
    )

    @display(description="Record", ordering="label")
    def record(self, conflict: Conflict) -> str:
        return conflict.label or f"#{conflict.record_id}"

    @display(description="Fields")
    def fields_shown(self, conflict: Conflict) -> str:
        return ", ".join(name.replace("_", " ") for name in conflict.fields)

    @display(description="State")
    def state(self, conflict: Conflict) -> SafeString:
        if conflict.resolved_at:
            return state_label("done", "Decided")
        return state_label("conflict", "Open")

    @display(description="Both sides")
    def both_sides(self, conflict: Conflict) -> SafeString:
        rows = [
            (
                name,
                values.get("base"),
                values.get("finmo"),
                values.get("quickbooks"),
                _SIDES.get(conflict.choices.get(name), "—"),
            )
            for name, values in conflict.fields.items()
        ]
        return sides(("Field", "Last agreed", "Finmo", "QuickBooks", "Kept"), rows)

    def get_buttons(self, request: HttpRequest, record: Conflict) -> list[Button]:
        return [
            Button(
                f"keep-{side}",
                f"Keep {name} values",
                partial(self._press_keep, side),
                allowed=self.has_act_permission(request, record),
                offered=record.resolved_at is None,
                icon="check",
            )
            for side, name in _SIDES.items()
        ]

    def _press_keep(self, side: str, request: HttpRequest, conflict: Conflict) -> None:
        services.resolve(conflict, dict.fromkeys(conflict.fields, side), asked=asked_by(request))
        self.log_change(request, conflict, f"Kept {_SIDES[side]} values.")
        messages.success(request, f"{_SIDES[side]} values are kept for {conflict.label}.")

    def page_context(self, request: HttpRequest, record: Conflict) -> dict[str, Any]:
        model = mapper_for(record.entity).model
        return {
            "state_label": self.state(record),
            "about": link(request, model, record.record_id, record.label),
        }
