"""Both sides of a record on one page, with everything that can be done about a difference."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode

from .. import comparing, linking
from ..ids import read_id
from ..models import SyncedRecord, SyncRun
from ..progress import progress_of
from ..web_links import quickbooks_url
from .asking import ask, asked_by
from .buttons import Button, ButtonsAdmin
from .labels import page_of

COMPARE = "compare"


class ComparisonAdmin(ButtonsAdmin):
    """Its page and buttons."""

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_compare"
        compare = path("<int:object_id>/compare/", self.admin_site.admin_view(self.compare_view), name=name)
        return [compare, *super().get_urls()]

    def compare_page(self, record: Model, run: SyncRun | None = None) -> str:
        """Its address; with a run the page follows it."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_compare"
        query = f"?{urlencode({'run': run.pk})}" if run else ""
        return reverse(name, args=[record.pk]) + query

    def page_after(self, request: HttpRequest, record: Model) -> str:
        if request.GET.get("back") != COMPARE:
            return super().page_after(request, record)
        return self.compare_page(record, getattr(request, "started_run", None))

    def comparing_buttons(self, request: HttpRequest, record: SyncedRecord) -> list[Button]:
        return [
            Button(
                COMPARE,
                "Compare",
                None,
                allowed=self.has_view_permission(request, record),
                icon="compare_arrows",
                page=self.compare_page(record),
            ),
            Button(
                "read-again",
                "Read again from QuickBooks",
                self._press_read_again,
                allowed=self.has_sync_permission(request, record),
                offered=record.linked,
                icon="sync",
            ),
        ]

    def _press_read_again(self, request: HttpRequest, record: SyncedRecord) -> None:
        read = partial(linking.read_again, record.organization, self.mapper.entity, [record.pk])
        ask(request, record.organization, partial(read, asked=asked_by(request)))

    def compare_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        # Read before the record: where it ends in between, the page comes again and shows what it did.
        run = SyncRun.objects.filter(pk=read_id(request.GET.get("run"))).first()
        record = self.get_object(request, object_id)
        if record is None:
            raise Http404
        if not self.has_view_permission(request, record):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": f"Compare {record}",
            "opts": self.opts,
            "record": record,
            "comparison": comparing.compare(record),
            "state_label": self.state(record),
            "quickbooks_url": quickbooks_url(record),
            "button_groups": self._other_buttons(request, record),
            "record_page": page_of(self.model, record.pk),
            "mirrored": self.mapper.mirrors,
            **self._followed(run, record),
        }
        return TemplateResponse(request, "admin/integrations/compare.html", context)

    def _other_buttons(self, request: HttpRequest, record: SyncedRecord) -> list[dict[str, Any]]:
        groups = self.button_groups(request, record, back=COMPARE)
        for group in groups:
            group["buttons"] = [each for each in group["buttons"] if each["button"].name != COMPARE]
        return groups

    def _followed(self, run: SyncRun | None, record: SyncedRecord) -> dict[str, Any]:
        """The run that was started here, while it moves."""
        if run is None or run.organization_id != record.organization_id:
            return {}
        return {"run": run, "progress": progress_of([run])[0]}
