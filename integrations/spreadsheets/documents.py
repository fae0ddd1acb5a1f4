"""Invoices and bills as they are read in: a row for each line, with its document's columns repeated."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from import_export.fields import Field

from .. import editing
from ..document_forms import DocumentForm
from ..lines_grid import LineForm, describe, line_forms
from ..models import Document, DocumentLine, name_key
from .document_rows import LINE_COLUMNS, gathered
from .names import Names
from .records import FormResource, in_columns
from .rows import PLACE, Row

_FORM_FIELDS = {"custom_item": "custom_name"}


class DocumentResource(FormResource):
    """`contact` is the column with the customer's or beneficiary's name; with `_id` behind, their id here."""

    form: ClassVar[type[DocumentForm]]
    line_form: ClassVar[type[LineForm]]
    contact: ClassVar[str]
    # What the page of the import names; more are read, such as those of an exported file.
    line_columns: ClassVar[tuple[str, ...]]
    how = (
        "Each line of a document has a row, with the document's own columns repeated. A row with an id changes the "
        "document that has it, one without adds a document."
    )
    # Suppliers number their bills each for themselves.
    number_is_the_contacts: ClassVar[bool] = False
    needed = "number"
    lines = Field(attribute="spreadsheet_lines", readonly=True)

    def extra_columns(self) -> set[str]:
        return {*LINE_COLUMNS, f"{self.contact}_id", "currency", "total", "balance", "status"}

    def get_import_order(self) -> list[str]:
        return [*super().get_import_order(), "lines"]

    def get_user_visible_fields(self) -> list[Field]:
        own = [field for field in super().get_user_visible_fields() if field.column_name != "lines"]
        return [*own, *(Field(column_name=name) for name in self.line_columns)]

    def records_of(self, rows: list[Row]) -> list[Row]:
        return gathered(rows, self.contact, self.columns)

    @cached_property
    def names(self) -> Names:
        model = self._meta.model
        return Names(self.of, model, model._meta.get_field(self.contact).related_model)

    # --- one document ------------------------------------------------------------------------

    def form_data(self, instance: Document, row: Row) -> tuple[Row, dict[str, str]]:
        data, problems = super().form_data(instance, row)
        named = row.get(self.contact, "")
        contact_id = row["lines"].rows[0].get(f"{self.contact}_id", "")
        found = self.names.contacts.get(name_key(named), []) if named else []
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

    def _lines(self, rows: list[Row]) -> tuple[list[DocumentLine], list[str]]:
        """(the document's lines, what is wrong with them by row)."""
        data: Row = {"lines-TOTAL_FORMS": str(len(rows)), "lines-INITIAL_FORMS": "0"}
        problems: list[str] = []
        for place, row in enumerate(rows):
            values, wrong = self._line_data(row)
            data |= {f"lines-{place}-{name}": value for name, value in values.items()}
            data[f"lines-{place}-ORDER"] = str(place + 1)
            problems += [f"Row {row[PLACE]}: {each}" for each in wrong]
        grid = line_forms(self.line_form, self.names.choices, data=data)
        if not grid.is_valid():
            for form, row in zip(grid.forms, rows, strict=True):
                told = in_columns(form, (*LINE_COLUMNS, "custom_name"))
                problems += [f"Row {row[PLACE]}: {error}" for errors in told.values() for error in errors]
            problems += list(grid.non_form_errors())
        return ([], problems) if problems else (grid.lines(set()), [])

    def _line_data(self, row: Row) -> tuple[Row, list[str]]:
        values = {_FORM_FIELDS.get(name, name): row.get(name, "") for name in LINE_COLUMNS}
        values["quantity"] = values["quantity"] or "1"
        known_by_column = {
            "item": self.names.items,
            "tax_code": self.names.tax_codes,
            "account": self.names.accounts,
        }
        wrong = []
        for name, known in known_by_column.items():
            if values[name]:
                found = known.get(name_key(values[name]), [])
                if len(found) != 1:
                    wrong.append(_unfound(name, values[name], len(found)))
                values[name] = str(found[0]) if len(found) == 1 else ""
        return values, wrong

    # --- writing -----------------------------------------------------------------------------

    def changed(self, instance: Document) -> bool:
        return super().changed(instance) or self.new_lines is not None

    def do_instance_save(self, instance: Document, is_create: bool) -> None:
        editing.save_document(instance, self.new_lines)


def _unfound(column: str, name: str, count: int) -> str:
    what = column.replace("_", " ")
    if count:
        return f"{count} have the name “{name}” as {what}. Write the full name."
    return f"There is no {what} “{name}”. Import it from QuickBooks, or correct the name."
