"""Linking a record to what QuickBooks has already, and unlinking it again."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from .. import linking
from ..ids import read_id
from ..models import Direction, SyncedRecord, SyncRun
from ..progress import progress_of
from ..wording import label_of
from .asking import ask, asked_by, by_organization
from .buttons import Button, ButtonsAdmin
from .confirming import CONFIRMED, question
from .labels import link, page_of


class LinkingAdmin(ButtonsAdmin):
    """Its pages, buttons and actions, for records that are not mirrored."""

    def has_link_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """What is imported is linked by the import."""
        return not self.mapper.mirrors and self.has_sync_permission(request, obj)

    def get_urls(self) -> list[URLPattern]:
        choose = path(
            "<int:object_id>/link/", self.admin_site.admin_view(self.link_view), name=self._name("link")
        )
        return [choose, *super().get_urls()]

    def _name(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def link_page(self, record: SyncedRecord) -> str:
        return reverse(f"admin:{self._name('link')}", args=[record.pk])

    def linking_buttons(self, request: HttpRequest, record: SyncedRecord) -> list[Button]:
        allowed = self.has_link_permission(request, record)
        living = not getattr(record, "ended", "")
        return [
            Button(
                "link",
                "Link to an existing record",
                None,
                allowed=allowed,
                offered=not record.linked and living,
                icon="link",
                page=self.link_page(record),
            ),
            Button(
                "unlink",
                "Unlink",
                self._press_unlink,
                allowed=allowed,
                offered=record.linked and living,
                icon="link_off",
                confirm=linking.unlink_warning(self.mapper.entity),
            ),
        ]

    def _press_unlink(self, request: HttpRequest, record: SyncedRecord) -> None:
        unlink = partial(linking.unlink, record.organization, self.mapper.entity, [record.pk])
        ask(request, record.organization, partial(unlink, asked=asked_by(request)))

    # --- actions -----------------------------------------------------------------------------

    @admin.action(description="Link to an existing record", permissions=["link"])
    def link_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """One after the other, since a person has to choose among what QuickBooks has."""
        first_two = list(queryset[:2])
        if len(first_two) == 1:
            return HttpResponseRedirect(self.link_page(first_two[0]))
        messages.warning(request, "Select one record: for each, you choose which of QuickBooks' it is.")
        return None

    @admin.action(description="Unlink", permissions=["link"])
    def unlink_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """Asks on a page of its own first."""
        if CONFIRMED not in request.POST:
            words = {
                "verb": "Unlink",
                "means": linking.unlink_warning(self.mapper.entity),
                "button": "Unlink",
                "picture": "link_off",
                "nothing": "None of the selected records is linked to QuickBooks.",
            }
            return question(self, request, queryset.linked(), "unlink_selected", **words)
        for organization, ids in by_organization(queryset):
            unlink = partial(linking.unlink, organization, self.mapper.entity, ids, asked=asked_by(request))
            ask(request, organization, unlink)
        return None

    # --- choosing ----------------------------------------------------------------------------

    def link_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """GET: a search, and with `run` what it found. POST: `search` asks QuickBooks, `quickbooks_id` links."""
        record = self.get_object(request, object_id)
        if record is None:
            raise Http404
        if not self.has_link_permission(request, record):
            raise PermissionDenied
        if request.method == "POST" and "quickbooks_id" in request.POST:
            return self._link(request, record, request.POST["quickbooks_id"])
        if request.method == "POST":
            return self._search(request, record, request.POST.get("search", ""))
        return self._choice(request, record)

    def _search(self, request: HttpRequest, record: SyncedRecord, text: str) -> HttpResponse:
        try:
            run = linking.look_up(record.organization, self.mapper.entity, text, asked=asked_by(request))
        except linking.Refused as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(self.link_page(record))
        return HttpResponseRedirect(f"{self.link_page(record)}?{urlencode({'run': run.pk})}")

    def _link(self, request: HttpRequest, record: SyncedRecord, qbo_id: str) -> HttpResponse:
        tie = partial(linking.link, record.organization, self.mapper.entity, {record.pk: qbo_id})
        run = ask(request, record.organization, partial(tie, asked=asked_by(request)))
        return HttpResponseRedirect(self.compare_page(record, run) if run else self.link_page(record))

    def _choice(self, request: HttpRequest, record: SyncedRecord) -> HttpResponse:
        run = self._asked_run(request, record)
        found = linking.candidates(run) if run and run.finished else []
        context = {
            **self.admin_site.each_context(request),
            "title": f"Link {record} to an existing record",
            "opts": self.opts,
            "record": record,
            "search": run.options["search"] if run else self.mapper.searched_for(record),
            "run": run,
            "progress": progress_of([run])[0] if run else None,
            "table": self._table(request, found) if found else None,
            "taken": linking.where_all_are_taken(self.mapper.entity, found),
            "back": page_of(self.model, record.pk),
        }
        return TemplateResponse(request, "admin/integrations/link.html", context)

    def _asked_run(self, request: HttpRequest, record: SyncedRecord) -> SyncRun | None:
        asked = read_id(request.GET.get("run"))
        if asked is None:
            return None
        searches = SyncRun.objects.filter(
            organization=record.organization, entity=self.mapper.entity, direction=Direction.LOOK_UP
        )
        return get_object_or_404(searches, pk=asked)

    def _table(self, request: HttpRequest, found: list[linking.Candidate]) -> dict[str, Any]:
        """The candidates with one column for each detail."""
        names = self.mapper.details
        return {
            "headers": [label_of(self.mapper.entity, name) for name in (self.mapper.key_column, *names)],
            "rows": [
                {
                    "candidate": each,
                    "details": [each.details.get(name, "—") for name in names],
                    "bound": self._bound(request, each),
                }
                for each in found
            ],
        }

    def _bound(self, request: HttpRequest, candidate: linking.Candidate) -> SafeString | str:
        if candidate.bound is None:
            return ""
        return link(request, self.model, candidate.bound.pk, candidate.bound)
