"""Invoices and bills from and to spreadsheets: a row for each line, with its document's columns repeated."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from import_export.fields import Field
from import_export.resources import ModelResource
from tablib import Dataset

from . import editing
from .cells import guarded
from .document_forms import DocumentForm, LineChoices, LineForm, describe, line_forms, usable_items
from .mapping import plain
from .models import Document, DocumentLine, name_key
from .money import rounded
from .spreadsheets import PLACE, FormResource, Problems, Row, in_columns

LINE_COLUMNS = ("item", "custom_item", "description", "quantity", "unit_price", "tax_code", "account")
_FORM_FIELDS = {"custom_item": "custom_name"}


class DocumentResource(FormResource):
    """`contact` is the column with the customer's or beneficiary's name; with `_id` behind, their id here.

    Rows of one document stand together. They have the same id or number; a row without id, number and contact is
    one more line of the document above it.
    """

    form: ClassVar[type[DocumentForm]]
    line_form: ClassVar[type[LineForm]]
    contact: ClassVar[str]
    needed = "number"
    lines = Field(attribute="spreadsheet_lines", readonly=True)

    def extra_columns(self) -> set[str]:
        return {*LINE_COLUMNS, f"{self.contact}_id", "currency", "total", "balance", "status"}

    def get_import_order(self) -> list[str]:
        return [*super().get_import_order(), "lines"]

    # --- rows to documents -------------------------------------------------------------------

    def records_of(self, rows: list[Row]) -> list[Row]:
        documents: list[Row] = []
        for row in rows:
            if not documents or not self._continues(documents[-1], row):
                documents.append({**row, "lines": []})
            self._take(documents[-1], row)
        for document in documents:
            places = [line[PLACE] for line in document["lines"]]
            document[PLACE] = places[0] if len(places) == 1 else f"{places[0]}–{places[-1]}"
        self._refuse_scattered(documents)
        return [{**document, "lines": Lines(document["lines"])} for document in documents]

    def _continues(self, document: Row, row: Row) -> bool:
        names = ("id", "number", self.contact, f"{self.contact}_id")
        said = {name: row.get(name, "") for name in names if row.get(name, "")}
        if not said:
            return True
        key = "id" if said.get("id") or document.get("id") else "number"
        return bool(document.get(key)) and all(document.get(name) == value for name, value in said.items())

    def _take(self, document: Row, row: Row) -> None:
        """Raises Problems where a later row of a document says something else of it than its first."""
        for name in (*self.columns, f"{self.contact}_id"):
            if row.get(name) and document.get(name) and row[name] != document[name]:
                raise Problems(
                    f"Row {row[PLACE]}: “{name}” is {row[name]}, but {document[name]} on the first row of the same "
                    "document. Make them equal, or give the documents different numbers."
                )
            document[name] = document.get(name) or row.get(name, "")
        document["lines"].append(row)

    def _refuse_scattered(self, documents: list[Row]) -> None:
        places: dict[tuple, str] = {}
        for document in documents:
            key = (document.get("id"), document.get("number"), document.get(self.contact))
            if not any(key[:2]):
                continue
            if key in places:
                raise Problems(
                    f"Rows {places[key]} and {document[PLACE]} are of the same document. Put its rows together."
                )
            places[key] = document[PLACE]

    # --- one document ------------------------------------------------------------------------

    def form_data(self, instance: Document, row: Row) -> tuple[Row, dict[str, str]]:
        data, problems = super().form_data(instance, row)
        named = row.get(self.contact, "")
        contact_id = row["lines"].rows[0].get(f"{self.contact}_id", "")
        found = self.contacts.get(name_key(named), []) if named else []
        if self.contact in self.given or f"{self.contact}_id" in self.given:
            data[self.contact] = contact_id or (found[0] if len(found) == 1 else "")
        if named and not data.get(self.contact):
            problems[self.contact] = (
                f"{len(found)} have the name “{named}”. Write the id of the right one into “{self.contact}_id”."
                if found
                else f"There is no {self.contact} “{named}”. Add it first, or correct the name."
            )
        return data, problems

    def refused_here(self, instance: Document, row: Row) -> dict[str, str]:
        self.new_lines = None
        if instance.pk:
            editing.require_living(instance)
        problems = self._number_taken(instance, row)
        if not self.is_new and not self.given & set(LINE_COLUMNS):
            return problems
        lines, of_lines = self._lines(row["lines"].rows)
        instance.spreadsheet_lines = " | ".join(map(describe, lines))
        if not of_lines and not self._keeps(instance, lines):
            of_lines = [
                "QuickBooks holds lines of a kind that Finmo does not keep, such as a discount. Change them in "
                "QuickBooks, and leave this document's lines as they are."
            ]
        if of_lines:
            problems["lines"] = of_lines
        return problems

    def _keeps(self, instance: Document, lines: list[DocumentLine]) -> bool:
        """Whether these lines may be this document's; notes them where they are others than it has."""
        if not self.is_new and editing.alike(lines, editing.held_lines(instance)):
            return True
        self.new_lines = lines
        return not instance.has_other_lines

    def _number_taken(self, instance: Document, row: Row) -> dict[str, str]:
        """A file that is read twice adds nothing twice."""
        number = row.get("number")
        if not self.is_new or not number:
            return {}
        taken = self.own().filter(number=number)
        if self.number_is_the_contacts and getattr(instance, f"{self.contact}_id"):
            taken = taken.filter(**{self.contact: getattr(instance, f"{self.contact}_id")})
        held = taken.first()
        if held is None:
            return {}
        return {
            "number": f"{number} exists already. Write {held.pk} into the column “id” to change it, or choose "
            "another number."
        }

    # Suppliers number their bills each for themselves.
    number_is_the_contacts: ClassVar[bool] = False

    def _lines(self, rows: list[Row]) -> tuple[list[DocumentLine], list[str]]:
        """(the document's lines, what is wrong with them by row)."""
        data: Row = {"lines-TOTAL_FORMS": str(len(rows)), "lines-INITIAL_FORMS": "0"}
        problems: list[str] = []
        for place, row in enumerate(rows):
            values, wrong = self._line_data(row)
            data |= {f"lines-{place}-{name}": value for name, value in values.items()}
            data[f"lines-{place}-ORDER"] = str(place + 1)
            problems += [f"Row {row[PLACE]}: {each}" for each in wrong]
        grid = line_forms(self.line_form, self.choices, data=data)
        if not grid.is_valid():
            for form, row in zip(grid.forms, rows, strict=True):
                told = in_columns(form, (*LINE_COLUMNS, "custom_name"))
                problems += [f"Row {row[PLACE]}: {error}" for errors in told.values() for error in errors]
            problems += list(grid.non_form_errors())
        return ([], problems) if problems else (grid.lines(set()), [])

    def _line_data(self, row: Row) -> tuple[Row, list[str]]:
        values = {_FORM_FIELDS.get(name, name): row.get(name, "") for name in LINE_COLUMNS}
        values["quantity"] = values["quantity"] or "1"
        wrong = []
        for name, known in (("item", self.items), ("tax_code", self.tax_codes), ("account", self.accounts)):
            if values[name]:
                found = known.get(name_key(values[name]), [])
                if len(found) != 1:
                    wrong.append(_unfound(name, values[name], len(found)))
                values[name] = str(found[0]) if len(found) == 1 else ""
        return values, wrong

    # --- what the names in the file mean -----------------------------------------------------

    @cached_property
    def choices(self) -> LineChoices:
        return LineChoices(self.of, self._meta.model(organization=self.of).default_tax_code())

    @cached_property
    def contacts(self) -> dict[str, list[int]]:
        model = self._meta.model._meta.get_field(self.contact).related_model
        rows = model.objects.filter(organization=self.of, is_active=True).values_list("name", "pk")
        return by_name(rows)

    @cached_property
    def items(self) -> dict[str, list[int]]:
        found = usable_items(self.of).values_list("name", "full_name", "pk")
        return by_name((name, pk) for short, full, pk in found for name in {short, full} if name)

    @cached_property
    def tax_codes(self) -> dict[str, list[int]]:
        return by_name((code.name, pk) for pk, code in self.choices.tax_codes.items())

    @cached_property
    def accounts(self) -> dict[str, list[int]]:
        found = self.choices.accounts.items()
        return by_name(
            (name, pk)
            for pk, account in found
            for name in {account.name, account.full_name, account.number, str(account)}
            if name
        )

    # --- writing -----------------------------------------------------------------------------

    def changed(self, instance: Document) -> bool:
        return super().changed(instance) or self.new_lines is not None

    def do_instance_save(self, instance: Document, is_create: bool) -> None:
        editing.save_document(instance, self.new_lines)


class Lines:
    """A document's rows in one cell, which the preview shows as text."""

    def __init__(self, rows: list[Row]):
        self.rows = rows

    def __str__(self) -> str:
        return " | ".join(", ".join(row[name] for name in LINE_COLUMNS if row.get(name)) for row in self.rows)


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


def by_name(rows: Iterable[tuple[str, Any]]) -> dict[str, list]:
    found: dict[str, list] = {}
    for name, key in rows:
        found.setdefault(name_key(name), []).append(key)
    return found


def _unfound(column: str, name: str, count: int) -> str:
    what = column.replace("_", " ")
    if count:
        return f"{count} have the name “{name}” as {what}. Write the full name."
    return f"There is no {what} “{name}”. Import it from QuickBooks, or correct the name."
