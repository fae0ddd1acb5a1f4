"""Invoices and bills as they are taken out: a row for each line, with its document's columns repeated."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import QuerySet
from import_export.fields import Field
from import_export.resources import ModelResource
from tablib import Dataset

from ..mapping import plain
from ..models import Document, DocumentLine
from ..money import rounded
from .cells import guarded
from .records import FormResource
from .rows import Row


class LinesResource(ModelResource):
    """What is exported of documents: a row for each line, the first also where a document has none."""

    columns: ClassVar[tuple[str, ...]]
    contact: ClassVar[str]
    line_columns: ClassVar[tuple[str, ...]]

    def export(self, queryset: QuerySet | None = None, **kwargs: Any) -> Dataset:
        documents = self.get_queryset() if queryset is None else queryset
        names = self.get_export_order()
        data = Dataset(headers=names)
        documents = documents.select_related("organization", self.contact).prefetch_related(
            "lines__item", "lines__tax_code", "lines__account"
        )
        for document in documents.iterator(chunk_size=500):
            told = self._document(document)
            for line in list(document.lines.all()) or [None]:
                row = told | (self._line(line) if line else {})
                cells = [row.get(name, "") for name in names]
                data.append([guarded(cell) if isinstance(cell, str) else cell for cell in cells])
        return data

    def get_export_order(self) -> list[str]:
        about = ("id", "number", self.contact, f"{self.contact}_id")
        terms = tuple(name for name in self.columns if name not in about)
        told = ("currency", "total", "balance", "status", *FormResource.told)
        return [*about, *terms, *self.line_columns, *told]

    def get_user_visible_fields(self) -> list[Field]:
        return [Field(column_name=name) for name in self.get_export_order()]

    def _document(self, document: Document) -> Row:
        own = {name: getattr(document, name) for name in self.columns if name != self.contact}
        contact = getattr(document, self.contact)
        return own | {
            "id": document.pk,
            "exchange_rate": _number(document.exchange_rate),
            self.contact: contact.name,
            f"{self.contact}_id": contact.pk,
            "currency": document.currency,
            "total": rounded(document.total, document.currency),
            "balance": rounded(document.balance, document.currency),
            "status": document.status.value,
            "organization": document.organization.slug,
            "quickbooks_id": document.qbo_id or "",
            "accounting_synced": "yes" if document.accounting_synced else "no",
        }

    def _line(self, line: DocumentLine) -> Row:
        return {
            "item": str(line.item or ""),
            "custom_item": line.custom_name,
            "description": line.description,
            "quantity": _number(line.quantity),
            "unit_price": _number(line.unit_price),
            "tax_code": str(line.tax_code or ""),
            "account": str(line.account or ""),
        }


def _number(value: Decimal | None) -> Decimal | str:
    """Without the zeros that its column adds."""
    return "" if value is None else Decimal(plain(value))
