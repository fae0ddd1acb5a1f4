from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.decorators import display

from .. import resolving
from ..conflicts import MOST_AT_ONCE, SIDES, names_of, rows_of
from ..mapping import mapper_for
from ..models import Conflict
from ..wording import label_of
from .asking import asked_by
from .buttons import Button
from .confirming import CONFIRMED, question
from .filters import BY_ORGANIZATION, EntityFilter, day_range, yes_no
from .journal import JournalAdmin
from .labels import link, state_label
from .sides import shown

_SIDES = {"finmo": "Finmo's", "quickbooks": "QuickBooks'"}
_MEANS = {
    "finmo": "Finmo's values of all fields in dispute go out to QuickBooks, over what was changed there.",
    "quickbooks": "QuickBooks' values of all fields in dispute are taken over, over what was changed in Finmo.",
}
DECIDE = "decide"


@admin.register(Conflict)
class ConflictAdmin(JournalAdmin):
    list_display = (
        "record",
        "organization",
        "entity_name",
        "fields_shown",
        "state",
        "edited_by",
        "opened_at",
        "resolved_by",
    )
    list_select_related = ("organization", "edited_by", "resolved_by")
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
        ("edited_at", "edited_by", "edited_through", "changed_there_at"),
        ("opened_at", "resolved_at", "resolved_by"),
    )
    actions = ("keep_finmo_selected", "keep_quickbooks_selected")
    change_form_outer_before_template = "admin/integrations/_conflict_before.html"

    @display(description="Record", ordering="label")
    def record(self, conflict: Conflict) -> str:
        return conflict.label or f"#{conflict.record_id}"

    @display(description="Fields")
    def fields_shown(self, conflict: Conflict) -> str:
        return ", ".join(label_of(conflict.entity, name) for name in conflict.fields)

    @display(description="State")
    def state(self, conflict: Conflict) -> SafeString:
        if conflict.resolved_at:
            return state_label("done", "Decided")
        return state_label("conflict", "Open")

    # --- many at once ------------------------------------------------------------------------

    @admin.action(description="Keep Finmo's values", permissions=["act"])
    def keep_finmo_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return self._keep_selected(request, queryset, "finmo")

    @admin.action(description="Keep QuickBooks' values", permissions=["act"])
    def keep_quickbooks_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return self._keep_selected(request, queryset, "quickbooks")

    def _keep_selected(self, request: HttpRequest, queryset: QuerySet, side: str) -> HttpResponse | None:
        open_ones = queryset.filter(resolved_at=None).order_by("pk")
        if CONFIRMED not in request.POST:
            words = {
                "verb": f"Keep {_SIDES[side]} values in",
                "means": _MEANS[side],
                "button": f"Keep {_SIDES[side]} values",
                "picture": "check",
                "nothing": "None of the selected conflicts is open any more.",
            }
            return question(self, request, open_ones, f"keep_{side}_selected", **words)
        decided = resolving.resolve_many(open_ones[:MOST_AT_ONCE], side, asked=asked_by(request))
        things = "conflict is" if decided == 1 else "conflicts are"
        messages.success(request, f"{decided:,} {things} decided: {_SIDES[side]} values are kept.")
        return None

    # --- one, field by field -----------------------------------------------------------------

    def get_buttons(self, request: HttpRequest, record: Conflict) -> list[Button]:
        allowed = self.has_act_permission(request, record)
        keep_one_side = [
            Button(
                f"keep-{side}",
                f"Keep {name} values",
                partial(self._press_keep, side),
                allowed=allowed,
                offered=record.resolved_at is None,
                icon="check",
            )
            for side, name in _SIDES.items()
        ]
        # Its form is the table of fields.
        chosen = Button(DECIDE, "Keep what is chosen", self._press_decide, allowed=allowed, offered=False)
        return [*keep_one_side, chosen]

    def _press_keep(self, side: str, request: HttpRequest, conflict: Conflict) -> None:
        resolving.resolve(conflict, dict.fromkeys(conflict.fields, side), asked=asked_by(request))
        self.log_change(request, conflict, f"Kept {_SIDES[side]} values.")
        messages.success(request, f"{_SIDES[side]} values are kept for {conflict.label}.")

    def _press_decide(self, request: HttpRequest, conflict: Conflict) -> None:
        sent = {name: request.POST.get(f"field-{name}", "") for name in conflict.fields}
        choices = {name: side for name, side in sent.items() if side}
        resolving.resolve(conflict, choices, asked=asked_by(request))
        kept = ", ".join(
            f"{label_of(conflict.entity, name)}: {_SIDES[side]}" for name, side in choices.items()
        )
        self.log_change(request, conflict, f"Kept {kept}.")
        messages.success(request, f"{conflict.label} is decided. {kept}.")

    def page_context(self, request: HttpRequest, record: Conflict) -> dict[str, Any]:
        model = mapper_for(record.entity).model
        rows = rows_of(record, names_of(record.organization, [record]))
        return {
            "state_label": self.state(record),
            "about": link(request, model, record.record_id, record.label),
            "rows": [row | {side: shown(row[side]) for side in SIDES} for row in rows],
            "open": record.resolved_at is None,
            "may_decide": self.has_act_permission(request, record),
            "decide_url": reverse("admin:integrations_conflict_press", args=[record.pk, DECIDE]),
        }
