"""The conflict inbox: both sides changed a field, and a person decides which value stays."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from .. import resolving
from ..conflicts import KEEPS, MOST_AT_ONCE, names_of, rows_of
from ..ids import read_id, read_ids
from ..models import Conflict
from ..remedies import address_of
from ..services import Refused
from ..wording import label_of
from .access import PortalView

CONFLICTS_PER_PAGE = 20


class Conflicts(PortalView):
    """`entity` and `record` in the address: those of one record alone."""

    def get(self, request: HttpRequest) -> HttpResponse:
        resolved = request.GET.get("state") == "resolved"
        rows = Conflict.objects.filter(organization=self.organization, resolved_at__isnull=not resolved)
        entity, record = request.GET.get("entity", ""), read_id(request.GET.get("record", ""))
        of_one = bool(entity) and record is not None
        if of_one:
            rows = rows.filter(entity=entity, record_id=record)
        page = Paginator(rows.select_related("edited_by", "resolved_by"), CONFLICTS_PER_PAGE).get_page(
            request.GET.get("page")
        )
        names = names_of(self.organization, page)
        context = {
            "page": page,
            "resolved": resolved,
            "of_one": of_one,
            "conflicts": [
                {
                    "conflict": conflict,
                    "url": address_of(conflict.entity, conflict.record_id),
                    "fields": rows_of(conflict, names),
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
        left = [label_of(conflict.entity, name) for name in choices if name not in chosen]
        if left and conflict.resolved_at is None:
            messages.error(request, f"{conflict.label}: Choose whose value to keep for {', '.join(left)}.")
            return redirect(reverse("conflicts"))
        try:
            resolving.resolve(conflict, chosen, asked=self.asked)
        except Refused as refusal:
            messages.error(request, f"{conflict.label}: {refusal}")
        else:
            messages.success(request, f"{conflict.label} is decided. {_what_follows(chosen)}")
        return redirect(reverse("conflicts"))


class ConflictsResolve(PortalView):
    """POST `keep` finmo or quickbooks for the conflicts in `ids`, or with `scope` all for all that are open."""

    def post(self, request: HttpRequest) -> HttpResponse:
        keep = request.POST.get("keep")
        chosen = Conflict.objects.filter(organization=self.organization, resolved_at=None).order_by("id")
        if request.POST.get("scope") != "all":
            chosen = chosen.filter(pk__in=read_ids(request.POST.getlist("ids")))
        if keep not in KEEPS:
            messages.error(request, "Choose whose values to keep.")
        else:
            decided = resolving.resolve_many(chosen[:MOST_AT_ONCE], keep, asked=self.asked)
            self._tell(keep, decided)
        return redirect(reverse("conflicts"))

    def _tell(self, keep: str, decided: int) -> None:
        if not decided:
            messages.warning(self.request, "Tick at least one conflict that is still open.")
            return
        are = "conflict is" if decided == 1 else "conflicts are"
        follows = _what_follows({"": keep})
        messages.success(self.request, f"{decided:,} {are} decided. {follows}")


def _what_follows(chosen: dict[str, str]) -> str:
    if "finmo" in chosen.values():
        return "Finmo's values are on their way to QuickBooks."
    return "Finmo has taken over QuickBooks' values."
