"""What the tables of customers, beneficiaries, invoices and bills have in common.

A record's address is the table's with the record's sidebar open, so the two are one class. A domain app
subclasses each view, names its entity, and declares its columns.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from .. import editing, services
from ..ids import read_ids
from ..linking import unlink_warning
from ..listing import Between, Column, Filter, Listing, by_cause
from ..mapping import Mapper, mapper_for
from ..models import SyncedRecord, SyncJob, SyncRun
from ..remedies import remedy_of, retry_of
from ..web_links import quickbooks_url
from .access import Need, PortalView
from .starting import start

HISTORY_LENGTH = 20


class RecordPages(PortalView):
    """Names the entity, its addresses and its templates."""

    entity: ClassVar[str]
    # The names of the table's and the record's addresses.
    list_name: ClassVar[str]
    record_name: ClassVar[str]
    title: ClassVar[str]
    singular: ClassVar[str]

    @property
    def mapper(self) -> Mapper:
        return mapper_for(self.entity)

    def records(self) -> QuerySet:
        return self.mapper.records(self.organization)

    def record(self, pk: int) -> SyncedRecord:
        return get_object_or_404(self.records().select_related(*self.mapper.select_related), pk=pk)

    def context(self, **more: Any) -> dict[str, Any]:
        return {
            "page": self,
            "new_name": f"{self.record_name}-new",
            "edit_name": f"{self.record_name}-edit",
            "sync_name": f"{self.record_name}-sync",
            "delete_name": f"{self.record_name}-delete",
            "unlink_name": f"{self.record_name}-unlink",
            **more,
        }


class RecordTable(RecordPages):
    """GET: the table, with the sidebar of one record where its key is in the address. POST: Bulk Sync."""

    template_name: ClassVar[str]
    drawer_template: ClassVar[str]
    columns: ClassVar[tuple[Column, ...]]
    search_fields: ClassVar[tuple[str, ...]]
    search_label: ClassVar[str]
    default_order: ClassVar[str]
    filters: ClassVar[tuple[Filter, ...]] = ()
    between: ClassVar[tuple[Between, ...]] = ()
    shown_of_related: ClassVar[tuple[str, ...]] = ()

    def listing(self) -> Listing:
        return Listing(
            rows=self.records(),
            asked=self.request.GET,
            columns=self.columns,
            search_fields=self.search_fields,
            default_order=self.default_order,
            filters=(*self.filters, *self._by_cause()),
            between=self.between,
            shown_of_related=self.shown_of_related,
            scope={"organization": self.organization},
        )

    def _by_cause(self) -> tuple[Filter, ...]:
        """Offered where the overview led here with one."""
        code = self.request.GET.get("cause", "")
        return (by_cause(code),) if code else ()

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        drawer = self.drawer(self.record(pk)) if pk else {}
        if pk and self.wants_fragment:
            return render(request, self.drawer_template, self.context(**drawer))
        return render(request, self.template_name, self.context(listing=self.listing(), **drawer))

    def drawer(self, record: SyncedRecord) -> dict[str, Any]:
        history = list(
            SyncJob.objects.filter(organization=self.organization, entity=self.entity, record_id=record.pk)
            .select_related("run__requested_by")
            .order_by("-id")[:HISTORY_LENGTH]
        )
        return {
            "record": record,
            "entity": self.entity,
            "history": history,
            "quickbooks_url": quickbooks_url(record),
            "deletable": not editing.heard_of(record),
            "remedy": remedy_of(self.entity, record, record.sync_error_code, self.request.membership),
            "retry": retry_of(self.entity, record, self.request.membership),
            "unlink_means": unlink_warning(self.entity),
        }

    def post(self, request: HttpRequest) -> HttpResponse:
        """Bulk Sync: the ticked rows, or all that match the address, or with no filter all that are not in step."""
        if not self.organization.quickbooks_enabled:
            raise Http404("The integration is not enabled for this organization.")
        return start(request, self._push_chosen)

    def _push_chosen(self) -> SyncRun:
        listing, ticked = self.listing(), self.request.POST.getlist("ids")
        if self.request.POST.get("scope") == "ticked" and ticked:
            ids = read_ids(ticked)
        elif listing.narrowed:
            ids = list(listing.matching.unsynced().values_list("pk", flat=True))
        else:
            return services.push(self.organization, self.entity, asked=self.asked, all_unsynced=True)
        return services.push(self.organization, self.entity, asked=self.asked, ids=ids)


class RecordSync(RecordPages):
    """POST: Sync to QuickBooks for one record; with `with_contacts` its contact first."""

    needs_integration = True
    changes = Need.EDIT

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self.record(pk)
        push = services.push_with_contacts if request.POST.get("with_contacts") else services.push
        return start(request, lambda: push(self.organization, self.entity, asked=self.asked, ids=[record.pk]))


class RecordVoid(RecordPages):
    """POST: voids the record in QuickBooks; here it is voided once QuickBooks agreed."""

    needs_integration = True
    changes = Need.EDIT

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self.record(pk)
        return start(
            request,
            lambda: services.void(self.organization, self.entity, asked=self.asked, ids=[record.pk]),
        )


class RecordDelete(RecordPages):
    """POST: removes a record that QuickBooks never heard of."""

    changes = Need.EDIT

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self.record(pk)
        name = str(record)
        try:
            editing.delete_record(record)
        except services.Refused as refusal:
            messages.error(request, f"{name}: {refusal}")
            return redirect(record)
        messages.success(request, f"{name} is deleted.")
        return redirect(self.list_name)
