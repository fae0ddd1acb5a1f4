"""New and Edit of a record: one form, saved in one transaction, with the version that the person saw."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from ..forms import RecordForm
from ..models import SyncedRecord
from .access import Need
from .records import RecordPages


class RecordEdit(RecordPages):
    """Without `pk` a new record."""

    reads = Need.EDIT
    form_class: ClassVar[type[RecordForm]]
    template_name: ClassVar[str]

    def new_record(self) -> SyncedRecord:
        return self.mapper.model(organization=self.organization, currency=self.organization.currency)

    def locked(self, pk: int | None) -> SyncedRecord:
        """The record as it is now, held until the transaction ends, for the person to edit."""
        found = get_object_or_404(self.records().select_for_update(), pk=pk) if pk else self.new_record()
        found.editor = self.asked
        return found

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        record = self.record(pk) if pk else self.new_record()
        return self.closed(record) or self.shown(self.form_class(instance=record))

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        with transaction.atomic():
            record = self.locked(pk)
            closed = self.closed(record)
            if closed:
                return closed
            form = self.form_class(request.POST, instance=record)
            if not form.is_valid():
                return self.shown(form)
            if record.pk and not form.has_changed():
                return self.unchanged(record)
            form.save()
        return self.saved(record)

    def closed(self, record: SyncedRecord) -> HttpResponse | None:
        """Where the person is sent instead when the record can no longer be changed."""
        return None

    def saved(self, record: SyncedRecord) -> HttpResponse:
        messages.success(self.request, f"{record} is saved.")
        return redirect(record)

    def unchanged(self, record: SyncedRecord) -> HttpResponse:
        """Nothing was edited, so the record is as much in step as it was."""
        messages.success(self.request, f"{record} was not changed.")
        return redirect(record)

    def shown(self, form: RecordForm, **more: Any) -> HttpResponse:
        context = {"form": form, "record": form.instance, "differences": form.differences} | more
        return render(self.request, self.template_name, self.context(**context))
