"""Linking a record to what QuickBooks has already: a search over there, and a button beside each that it found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from .. import linking, services
from ..ids import read_id
from ..models import Direction, SyncedRecord, SyncRun
from ..progress import progress_of
from ..remedies import address_of
from ..wording import label_of
from .access import Need
from .records import RecordPages
from .starting import refused, start


class RecordLink(RecordPages):
    """GET: the search, and with `run` what it found. POST `search` asks QuickBooks, `quickbooks_id` links.

    A page of its own, or in the sidebar only its panel.
    """

    needs_integration = True
    reads = changes = Need.EDIT

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self.record(pk)
        asked = read_id(request.GET.get("run"))
        run = get_object_or_404(self._searches(), pk=asked) if asked else None
        return self._shown(record, run)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self.record(pk)
        if "quickbooks_id" in request.POST:
            return start(request, self._link(record, request.POST["quickbooks_id"]))
        text = request.POST.get("search", "")
        try:
            run = linking.look_up(self.organization, self.entity, text, asked=self.asked)
        except services.Refused as refusal:
            return refused(request, refusal)
        if self.wants_fragment:
            return self._shown(record, run)
        return redirect(f"{self._address(record)}?{urlencode({'run': run.pk})}")

    def _link(self, record: SyncedRecord, qbo_id: str) -> Callable[[], SyncRun]:
        return lambda: linking.link(self.organization, self.entity, {record.pk: qbo_id}, asked=self.asked)

    def _searches(self) -> Any:
        return SyncRun.objects.filter(
            organization=self.organization, entity=self.entity, direction=Direction.LOOK_UP
        )

    def _address(self, record: SyncedRecord) -> str:
        return reverse(f"{self.record_name}-link", args=[record.pk])

    def _shown(self, record: SyncedRecord, run: SyncRun | None) -> HttpResponse:
        template = "integrations/_link_panel.html" if self.wants_fragment else "integrations/link.html"
        found = linking.candidates(run) if run and run.finished else []
        context = {
            "record": record,
            "address": self._address(record),
            "search": run.options["search"] if run else self.mapper.searched_for(record),
            "run": run,
            "progress": progress_of([run])[0] if run else None,
            "candidates": self._shown_candidates(found),
            "taken": linking.where_all_are_taken(self.entity, found),
        }
        return render(self.request, template, self.context(**context))

    def _shown_candidates(self, found: list[linking.Candidate]) -> list[dict[str, Any]]:
        first = next((each for each in found if each.free), None)
        return [
            {
                "candidate": each,
                "first": each is first,
                "details": [(label_of(self.entity, name), value) for name, value in each.details.items()],
                "bound_url": address_of(self.entity, each.bound.pk) if each.bound else "",
            }
            for each in found
        ]


class RecordUnlink(RecordPages):
    """POST: forgets which record of QuickBooks this is; the page has asked first."""

    needs_integration = True
    changes = Need.EDIT

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self.record(pk)
        return start(
            request, lambda: linking.unlink(self.organization, self.entity, [record.pk], asked=self.asked)
        )
