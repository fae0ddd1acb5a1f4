"""The conflict inbox: both sides changed a field, and a person decides which value stays."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from .. import services
from ..mapping import Reference, mapper_for
from ..models import Conflict
from ..remedies import address_of
from .access import PortalView

CONFLICTS_PER_PAGE = 20
SIDES = ("base", "finmo", "quickbooks")


class Conflicts(PortalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        resolved = request.GET.get("state") == "resolved"
        rows = Conflict.objects.filter(organization=self.organization, resolved_at__isnull=not resolved)
        page = Paginator(rows.select_related("resolved_by"), CONFLICTS_PER_PAGE).get_page(
            request.GET.get("page")
        )
        names = Names(self.organization, list(page))
        context = {
            "page": page,
            "resolved": resolved,
            "conflicts": [
                {
                    "conflict": conflict,
                    "url": address_of(conflict.entity, conflict.record_id),
                    "fields": names.rows(conflict),
                }
                for conflict in page
            ],
        }
        return render(request, "integrations/conflicts.html", context)


class ConflictResolve(PortalView):
    """POST `keep` finmo or quickbooks for all fields, or `field-NAME` for each of them."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        conflict = get_object_or_404(Conflict, pk=pk, organization=self.organization)
        keep = request.POST.get("keep")
        choices = {name: keep or request.POST.get(f"field-{name}", "") for name in conflict.fields}
        chosen = {name: side for name, side in choices.items() if side}
        try:
            services.resolve(conflict, chosen, asked=self.asked)
        except services.Refused as refusal:
            messages.error(request, f"{conflict.label}: {refusal}")
        else:
            messages.success(request, f"{conflict.label} is decided. {_what_follows(chosen)}")
        return redirect(reverse("conflicts"))


def _what_follows(chosen: dict[str, str]) -> str:
    if "finmo" in chosen.values():
        return "Finmo's values are on their way to QuickBooks."
    return "Finmo has taken over QuickBooks' values."


class Names:
    """The fields of a page's conflicts in people's words; what a reference points to is read in one query each."""

    def __init__(self, organization: Any, conflicts: list[Conflict]):
        self.labels: dict[tuple[str, str], str] = {}
        wanted: dict[str, set[str]] = {}
        for conflict in conflicts:
            for field in _references(conflict):
                values = conflict.fields[field.name]
                wanted.setdefault(field.to, set()).update(values[side] for side in SIDES if values.get(side))
        for entity, ids in wanted.items():
            records = mapper_for(entity).records(organization).filter(qbo_id__in=ids)
            for record in records.defer("qbo_document", "base"):
                self.labels[(entity, record.qbo_id)] = str(record)

    def rows(self, conflict: Conflict) -> list[dict[str, Any]]:
        references = {field.name: field.to for field in _references(conflict)}
        return [
            {
                "name": name,
                "label": _label(conflict.entity, name),
                "choice": conflict.choices.get(name, ""),
                "has_lines": any(isinstance(values.get(side), list) for side in SIDES),
                **{side: self._shown(references.get(name), values.get(side)) for side in SIDES},
            }
            for name, values in conflict.fields.items()
        ]

    def _shown(self, entity: str | None, value: Any) -> Any:
        if isinstance(value, bool):
            return "Yes" if value else "No"
        if entity and value:
            return self.labels.get((entity, value), f"QuickBooks id {value}")
        return value


def _references(conflict: Conflict) -> list[Reference]:
    fields = mapper_for(conflict.entity).fields
    return [field for field in fields if isinstance(field, Reference) and field.name in conflict.fields]


def _label(entity: str, name: str) -> str:
    model = mapper_for(entity).model
    known = {field.name: str(field.verbose_name) for field in model._meta.concrete_fields}
    return known.get(name, name.replace("_", " ")).capitalize()
