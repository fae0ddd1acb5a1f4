"""The bases of the admins for documents with lines: invoices and bills."""

from __future__ import annotations

from copy import copy
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter, RangeDateFilter
from unfold.decorators import display

from .. import editing, services
from ..mapping import plain
from ..models import Document, DocumentLine, DocumentStatus
from .asking import ask, asked_by
from .buttons import Button
from .filters import BY_ORGANIZATION, by_fault
from .labels import amount, may, state_label
from .scoping import OrganizationScoped, remember_organization
from .synced import SyncedAdmin

_FIXED_WITH_FOREIGN_LINES = ("exchange_rate", "tax_treatment")


class StatusFilter(DropdownFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin) -> list[tuple[str, str]]:
        return list(DocumentStatus.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.in_status(self.value()) if self.value() else queryset


_WHY_READ_ONLY = (
    "Nobody types these: the totals are made from the lines, the balance follows the payments in QuickBooks, and the "
    "currency is the contact's."
)


class PlainDecimal(forms.DecimalField):
    """A number without the zeros that its column adds."""

    def prepare_value(self, value: Any) -> Any:
        return plain(value) if isinstance(value, Decimal) else value


class LineForms(forms.BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        document = self.instance
        if any(self.errors) or not document.organization_id or not _keeps_lines(document):
            return
        try:
            # Of a copy: where nothing changes, the document keeps the totals that QuickBooks told.
            editing.set_totals(copy(document), _lines(self))
        except ValidationError as refusal:
            raise ValidationError(refusal.messages) from refusal


class LineInline(OrganizationScoped, TabularInline):
    """A document's lines. They are saved with the document, which makes its totals from them."""

    fields = ("item", "custom_name", "description", "quantity", "unit_price", "tax_code", "line_amount")
    readonly_fields = ("line_amount",)
    formset = LineForms
    formfield_overrides = {models.DecimalField: {"form_class": PlainDecimal}}
    verbose_name = "line"
    verbose_name_plural = "lines"
    hide_title = True
    min_num = 1
    extra = 0

    @display(description="Amount")
    def line_amount(self, line: DocumentLine) -> SafeString | str:
        return amount(line.amount, line.document.currency) if line.pk else "—"

    def formfield_for_dbfield(self, db_field, request: HttpRequest, **kwargs: Any):
        """Each cell says which it is: the head of its column is read by nobody who does not see it."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.widget.attrs["aria-label"] = str(field.label)
        return field

    def get_formset(self, request: HttpRequest, obj: Document | None = None, **kwargs: Any):
        remember_organization(request, obj)
        request.form_lines = obj.lines.all() if obj else self.model.objects.none()
        return super().get_formset(request, obj, **kwargs)

    def get_min_num(self, request: HttpRequest, obj: Document | None = None, **kwargs: Any) -> int:
        return 0 if obj else self.min_num

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("document", "item")

    def chosen_labels(self, request: HttpRequest, db_field) -> dict[str, str]:
        """One statement for all lines, however many there are."""
        chosen = db_field.remote_field.model.objects.filter(
            pk__in=request.form_lines.values(db_field.attname)
        )
        return {str(record.pk): str(record) for record in chosen}

    # Who may edit a document may edit its lines: they have no rights of their own.

    def has_view_permission(self, request: HttpRequest, obj: Document | None = None) -> bool:
        return may(request, "view", self.parent_model)

    def has_add_permission(self, request: HttpRequest, obj: Document | None = None) -> bool:
        return _keeps_lines(obj) and may(request, "change" if obj else "add", self.parent_model)

    def has_change_permission(self, request: HttpRequest, obj: Document | None = None) -> bool:
        return self.has_add_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Document | None = None) -> bool:
        return self.has_add_permission(request, obj)


def _keeps_lines(document: Document | None) -> bool:
    """QuickBooks' lines of a kind that we do not have would be lost by rewriting the others."""
    return document is None or not document.has_other_lines


class DocumentAdmin(SyncedAdmin):
    """`contact` is the name of the field with the customer or beneficiary."""

    contact: str
    formfield_overrides = {models.DecimalField: {"form_class": PlainDecimal}}
    list_filter = (
        BY_ORGANIZATION,
        ("sync_state", ChoicesDropdownFilter),
        by_fault("sync_error_code"),
        StatusFilter,
        ("issue_date", RangeDateFilter),
        ("due_date", RangeDateFilter),
    )
    readonly_fields = ("subtotal_shown", "tax_shown", "total_shown", "balance_shown", "status", "currency")

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        dates = ("issue_date", "due_date")
        return (
            "name",
            "organization",
            self.contact,
            *dates,
            "total_shown",
            "balance_shown",
            "status",
            "state",
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        found = super().get_queryset(request).select_related("organization", self.contact)
        return found.light(self.contact)

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return ("number", f"{self.contact}__name", "=qbo_id")

    def visible_fieldsets(self, request: HttpRequest, obj: Document | None) -> list:
        who = ("organization", self.contact, "number")
        terms = (("issue_date", "due_date"), "tax_treatment", "exchange_rate", "memo")
        fieldsets = [(None, {"fields": (*who, *terms)})]
        if obj:
            totals = (("subtotal_shown", "tax_shown", "total_shown"), ("balance_shown", "status", "currency"))
            fieldsets.append(("Totals", {"fields": totals, "description": _WHY_READ_ONLY}))
        return fieldsets

    @display(description="Number", ordering="number")
    def name(self, document: Document) -> str:
        return document.number or "(no number)"

    @display(description="Subtotal")
    def subtotal_shown(self, document: Document) -> SafeString | str:
        return amount(document.subtotal, document.currency)

    @display(description="Tax")
    def tax_shown(self, document: Document) -> SafeString | str:
        return amount(document.tax_total, document.currency)

    @display(description="Total", ordering="total")
    def total_shown(self, document: Document) -> SafeString | str:
        return amount(document.total, document.currency)

    @display(description="Balance", ordering="balance")
    def balance_shown(self, document: Document) -> SafeString | str:
        return amount(document.balance, document.currency)

    @display(description="Status")
    def status(self, document: Document) -> SafeString:
        return state_label(document.status, document.status.label)

    # --- rights ------------------------------------------------------------------------------

    def has_change_permission(self, request: HttpRequest, obj: Document | None = None) -> bool:
        """What was voided, or deleted in QuickBooks, is for reading."""
        if obj is not None and obj.ended:
            return False
        return super().has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Document | None = None) -> tuple[str, ...]:
        fields = super().get_readonly_fields(request, obj)
        return fields if _keeps_lines(obj) else (*fields, *_FIXED_WITH_FOREIGN_LINES)

    def get_buttons(self, request: HttpRequest, record: Document) -> list[Button]:
        there = "voided" if self.mapper.ending == "void" else "deleted"
        return [
            *super().get_buttons(request, record),
            Button(
                "void",
                "Void",
                self._press_void,
                allowed=may(request, "change", self.model),
                offered=record.linked and not record.ended,
                icon="block",
                variant="danger",
                confirm=f"{record} is {there} in QuickBooks, and voided here once QuickBooks agreed. "
                "This cannot be undone.",
            ),
        ]

    def _press_void(self, request: HttpRequest, record: Document) -> None:
        void = partial(services.void, record.organization, self.mapper.entity, ids=[record.pk])
        ask(request, record.organization, lambda: void(asked=asked_by(request)))

    def page_context(self, request: HttpRequest, record: Document) -> dict[str, Any]:
        return {**super().page_context(request, record), "note": _note(record)}

    # --- saving ------------------------------------------------------------------------------

    def save_form(self, request: HttpRequest, form: forms.ModelForm, change: bool) -> Document:
        """The currency follows the contact, until QuickBooks has the document."""
        document = super().save_form(request, form, change)
        if not document.linked:
            document.currency = getattr(document, self.contact).currency
        return document

    def save_model(self, request: HttpRequest, obj: Document, form: forms.ModelForm, change: bool) -> None:
        """A document is saved together with its lines, in `save_formset`."""

    def save_formset(
        self, request: HttpRequest, form: forms.ModelForm, formset: forms.BaseInlineFormSet, change: bool
    ) -> None:
        # The history tells from these which lines were added, changed and removed.
        formset.save(commit=False)
        if not change or form.has_changed() or formset.has_changed():
            lines = _lines(formset) if _keeps_lines(form.instance) else None
            form.instance.editor = asked_by(request)
            editing.save_document(form.instance, lines)


def _lines(formset: forms.BaseInlineFormSet) -> list[DocumentLine]:
    """The lines as the form has them, in its order, without what was removed or left empty."""
    return [
        line_form.instance
        for line_form in formset.forms
        if line_form not in formset.deleted_forms and (line_form.instance.pk or line_form.has_changed())
    ]


def _note(document: Document) -> str:
    if document.ended == Document.Ended.DELETED:
        return "This document was deleted in QuickBooks, so it can only be read. Create a new one if it is needed."
    if document.ended:
        return "This document is voided, so it can only be read."
    if document.has_other_lines:
        return (
            "QuickBooks holds lines of a kind that Finmo does not keep, such as a discount or a bundle. "
            "Change the lines in QuickBooks; Finmo takes over totals and balance."
        )
    return ""
