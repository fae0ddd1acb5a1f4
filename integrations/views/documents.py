"""What the pages of invoices and bills have in common: table, sidebar, form, and what the form asks while typing."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from .. import editing
from ..document_forms import DocumentForm
from ..lines_grid import LineChoices, LineForm, LineForms, line_forms, usable_items
from ..listing import Between, Column, Filter, by_state
from ..models import Document, DocumentLine, DocumentStatus
from ..services import Refused
from .access import Need
from .editing import RecordEdit
from .records import RecordPages, RecordTable

MOST_OPTIONS = 20


def by_status() -> Filter:
    def apply(rows, value):
        return rows.in_status(value)

    return Filter("status", "Status", tuple(DocumentStatus.choices), apply)


def document_columns(contact: str, contact_label: str) -> tuple[Column, ...]:
    return (
        Column("number", "Number", "number"),
        Column("contact", contact_label, f"{contact}__name"),
        Column("issued", "Issued", "issue_date", spare=True),
        Column("due", "Due", "due_date", tight=True),
        Column("total", "Total", "total", numeric=True, spare=True),
        Column("balance", "Balance", "balance", numeric=True),
        Column("status", "Status"),
        Column("synced", "Is Accounting Synced", "sync_state"),
    )


class DocumentTable(RecordTable):
    template_name = "documents/table.html"
    drawer_template = "documents/_drawer.html"
    default_order = "-issued"
    filters = (by_state("Yes", "No", "Is Accounting Synced"), by_status())
    between = (Between("issued", "Issued", "issue_date"),)

    def drawer(self, record: Document) -> dict[str, Any]:
        lines = record.lines.select_related("item", "tax_code", "account")
        return super().drawer(record) | {"lines": lines}


class DocumentPages(RecordPages):
    form_class: ClassVar[type[DocumentForm]]
    line_form_class: ClassVar[type[LineForm]]
    # Which of an item's two prices fills the line.
    price_field: ClassVar[str]
    contact_word: ClassVar[str]

    def context(self, **more: Any) -> dict[str, Any]:
        names = {f"{part}_name": f"{self.record_name}-{part}" for part in ("totals", "items", "contacts")}
        return super().context(**names, **more)

    def choices(self, document: Document) -> LineChoices:
        held = list(document.lines.all()) if document.pk else ()
        return LineChoices(self.organization, document.default_tax_code(), held)


class DocumentEdit(DocumentPages, RecordEdit):
    template_name = "documents/form.html"

    def closed(self, record: Document) -> HttpResponse | None:
        try:
            editing.require_living(record)
        except Refused as refusal:
            messages.error(self.request, str(refusal))
            return redirect(record)
        return None

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        with transaction.atomic():
            record = self.locked(pk)
            closed = self.closed(record)
            if closed:
                return closed
            form = self.form_class(request.POST, instance=record)
            lines = self.sent_lines(record)
            # Both are checked, so that the summary names every field at once.
            good = all([form.is_valid(), lines is None or lines.is_valid()])
            if not good:
                return self.shown(form, lines=lines)
            if record.pk and not form.has_changed() and self._as_held(record, lines):
                return self.unchanged(record)
            if not self._saves(form, lines):
                return self.shown(form, lines=lines)
        return self.saved(record)

    def _as_held(self, document: Document, lines: LineForms | None) -> bool:
        held = editing.held_lines(document)
        return lines is None or editing.alike(lines.lines({line.pk for line in held}), held)

    def sent_lines(self, document: Document) -> LineForms | None:
        """None where QuickBooks holds lines that we do not keep, and ours must stay as they are."""
        if document.has_other_lines:
            return None
        return line_forms(self.line_form_class, self.choices(document), data=self.request.POST)

    def _saves(self, form: DocumentForm, lines: LineForms | None) -> bool:
        """Saves, unless what both make together is refused; the form then says why."""
        document = form.save(commit=False)
        held = set(document.lines.values_list("pk", flat=True)) if document.pk else set()
        try:
            editing.save_document(document, lines if lines is None else lines.lines(held))
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
            return False
        return True

    def shown(self, form: DocumentForm, lines: LineForms | None = None) -> HttpResponse:
        document = form.instance
        if lines is None and not document.has_other_lines:
            stored = document.lines.select_related("item") if document.pk else ()
            lines = line_forms(self.line_form_class, self.choices(document), lines=list(stored))
        default = document.default_tax_code()
        return super().shown(
            form,
            lines=lines,
            totals=totals_of(form, lines),
            differences=form.differences_with(lines),
            contact_field=form[form.contact],
            default_tax=default.pk if default else "",
        )


class DocumentTotals(DocumentPages):
    """POST: the totals of what is typed so far, computed as they will be when it is saved."""

    def post(self, request: HttpRequest) -> HttpResponse:
        document = self.mapper.model(organization=self.organization, currency=self.organization.currency)
        form = self.form_class(request.POST, instance=document)
        form.is_valid()
        choices = LineChoices(self.organization, document.default_tax_code(), held=None)
        lines = line_forms(self.line_form_class, choices, data=request.POST)
        lines.is_valid()
        # A line that was removed leaves a gap in the numbering, and has no amount on the page to be renewed.
        sent = [row for row in lines.forms if row.add_prefix("quantity") in request.POST]
        context = {"totals": totals_of(form, lines), "lines": sent}
        return render(request, "documents/_totals.html", context)


def totals_of(form: DocumentForm, lines: LineForms | None) -> dict[str, Any]:
    """The totals of what can be read so far, and each line's amount under its form's prefix; saves nothing."""
    document: Document = form.instance
    if form.is_bound and lines is not None:
        contact = form.chosen_contact
        document.currency = contact.currency if contact else document.currency
        built = {row.prefix: _readable(row) for row in lines.forms}
        document.set_totals([line for line in built.values() if line])
    elif document.pk and lines is not None:
        built = {row.prefix: line for row, line in zip(lines.forms, document.lines.all(), strict=False)}
    else:
        built = {}
    return {
        "document": document,
        "amounts": {prefix: line.amount for prefix, line in built.items() if line},
    }


def _readable(row: LineForm) -> DocumentLine | None:
    cleaned = getattr(row, "cleaned_data", {})
    if cleaned.get("quantity") is None or cleaned.get("unit_price") is None:
        return None
    return row._meta.model(
        quantity=cleaned["quantity"], unit_price=cleaned["unit_price"], tax_code=cleaned.get("tax_code")
    )


class ItemOptions(DocumentPages):
    """GET `q`: the items of QuickBooks that match, for the dropdown of a line."""

    reads = Need.EDIT

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("q", "").strip()
        items = usable_items(self.organization).light()
        if asked:
            items = items.filter(
                Q(name__icontains=asked) | Q(sku__icontains=asked) | Q(full_name__icontains=asked)
            )
        found = list(items[:MOST_OPTIONS])
        options = [{"item": item, "price": getattr(item, self.price_field)} for item in found]
        context = {
            "options": options,
            "asked": asked,
            "more": len(found) == MOST_OPTIONS,
            "currency": self.organization.currency,
        }
        return render(request, "documents/_item_options.html", self.context(**context))


class ContactOptions(DocumentPages):
    """GET `q`: the contacts that match, for the dropdown of a document."""

    reads = Need.EDIT

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("q", "").strip()
        field = self.mapper.model._meta.get_field(self.form_class.contact)
        contacts = field.related_model.objects.filter(organization=self.organization)
        if asked:
            contacts = contacts.filter(Q(name__icontains=asked) | Q(email__icontains=asked))
        contacts = contacts.light()
        found = list(contacts.filter(is_active=True)[:MOST_OPTIONS])
        # Whoever is told that nobody is called so creates them once more.
        retired = contacts.filter(is_active=False).first() if asked and not found else None
        context = {"contacts": found, "asked": asked, "more": len(found) == MOST_OPTIONS, "retired": retired}
        return render(request, "documents/_contact_options.html", self.context(**context))
