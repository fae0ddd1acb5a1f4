"""Records from and to spreadsheets, judged by the same forms as what people type.

A file is of one organization. Nothing of it is written unless every row is good.
"""

from __future__ import annotations

import logging
from typing import Any, ClassVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import ModelForm
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.results import Result, RowResult
from import_export.widgets import BooleanWidget
from tablib import Dataset

from ..forms import RecordForm
from ..ids import read_id
from ..models import Organization, SyncedRecord
from ..services import Asked, Refused
from .cells import guarded, in_kind
from .rows import PLACE, Problems, Row, read_rows

logger = logging.getLogger(__name__)

# The fields of every resource beside its own columns.
ALWAYS = (PLACE, "id", "organization", "quickbooks_id", "accounting_synced")


class FormResource(ModelResource):
    """Rows with or without an `id`: with one, the organization's record of that id is changed; without, one is added.

    `columns` are those that may be filled in; `told` are written into an exported file and left alone in a read
    one. What a file does not have as a column stays as it is.
    """

    form: ClassVar[type[RecordForm]]
    columns: ClassVar[tuple[str, ...]]
    told: ClassVar[tuple[str, ...]] = ("organization", "quickbooks_id", "accounting_synced")
    # One of these is on every row.
    needed: ClassVar[str]
    # How a file is made, told where one is chosen.
    how: ClassVar[str] = "A row with an id changes the record that has it, one without adds a record."

    # Where a record of the file stands in it, beside what the file says of it in the preview.
    row = Field(attribute="spreadsheet_row", readonly=True)
    quickbooks_id = Field(attribute="qbo_id", readonly=True)
    accounting_synced = Field(attribute="accounting_synced", widget=BooleanWidget(), readonly=True)
    organization = Field(attribute="organization__slug", readonly=True)

    class Meta:
        import_id_fields = ("id",)
        use_transactions = True
        report_skipped = True

    def __init__(self, organization: Organization | None = None, asked: Asked | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.of, self.asked = organization, asked
        self.given: set[str] = set()

    # --- columns -----------------------------------------------------------------------------

    def get_import_order(self) -> list[str]:
        """What the file has of what may be filled in; before a file is read, all of it."""
        return [PLACE, *(name for name in self.columns if name in self.given or not self.given)]

    def get_import_fields(self) -> list[Field]:
        return [self.fields[name] for name in self.get_import_order()]

    def get_export_order(self) -> list[str]:
        return ["id", *self.columns, *self.told]

    def get_user_visible_fields(self) -> list[Field]:
        return [self.fields["id"], *self.get_import_fields()[1:]]

    # --- reading a file ----------------------------------------------------------------------

    def import_data(self, dataset: Dataset, *args: Any, **kwargs: Any) -> Result:
        self.given = {name for name in dataset.headers or () if name}
        return super().import_data(dataset, *args, **kwargs)

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        """Raises Problems with what is wrong with the file as a whole; no row of it is looked at then."""
        headers = list(dataset.headers or ())
        try:
            self._check_columns(headers)
            records = self.records_of(read_rows(dataset))
        except Problems:
            dataset.wipe()
            raise
        order = [*self.get_import_order(), "id"]
        dataset.wipe()
        dataset.headers = order
        for record in records:
            dataset.append([record.get(name, "") for name in order])

    def records_of(self, rows: list[Row]) -> list[Row]:
        """One for each record; here a row is a record."""
        return rows

    def _check_columns(self, headers: list[str]) -> None:
        known = {"id", *self.columns, *self.told, *self.extra_columns()}
        unknown = [name for name in headers if name and name not in known]
        if unknown:
            raise Problems(
                f"The file has columns that are not known: {', '.join(unknown)}. Rename or remove them. "
                f"Known are: {', '.join(sorted(known))}."
            )
        if "id" not in headers and self.needed not in headers:
            raise Problems(f"The file has neither a column “{self.needed}” nor a column “id”. Add one.")

    def extra_columns(self) -> set[str]:
        return set()

    # --- one record --------------------------------------------------------------------------

    def own(self) -> Any:
        return self._meta.model.objects.filter(organization=self.of)

    def get_or_init_instance(self, instance_loader: Any, row: Row) -> tuple[SyncedRecord, bool]:
        key = row["id"]
        if not key:
            return self._meta.model(organization=self.of, currency=self.of.currency), True
        found = self.own().filter(pk=read_id(key)).first()
        if found is None:
            raise ValidationError(
                {
                    "id": f"{self.of} has no {self._meta.model._meta.verbose_name} {key}. "
                    "Leave the id empty to add a new one."
                }
            )
        return found, False

    def import_instance(self, instance: SyncedRecord, row: Row, **kwargs: Any) -> None:
        """Raises ValidationError with what the form says of the row."""
        self.is_new = instance._state.adding
        instance.spreadsheet_row = row[PLACE]
        instance.editor = self.asked
        data, problems = self.form_data(instance, row)
        self.bound = self.form(data, instance=instance)
        if not self.bound.is_valid():
            problems = in_columns(self.bound, self.columns) | problems
        problems = self.refused_here(instance, row) | problems
        if problems:
            raise ValidationError(problems)

    def form_data(self, instance: SyncedRecord, row: Row) -> tuple[Row, dict[str, str]]:
        """What a person would have sent, and what cannot be taken for a value of its kind."""
        shown = self.form(instance=instance)
        data, problems = {}, {}
        for name, field in shown.fields.items():
            # A field with a default is compared with what the form showed, which a browser sends back.
            data[name] = data[shown[name].html_initial_name] = shown[name].value()
            if name in self.given and name in self.columns:
                try:
                    data[name] = in_kind(field, row[name])
                except ValueError as error:
                    problems[name] = str(error)
        return data, problems

    def refused_here(self, instance: SyncedRecord, row: Row) -> dict[str, str]:
        """{column: what speaks against the row beyond its form}."""
        return {}

    def skip_row(self, instance, original, row, import_validation_errors=None) -> bool:
        return not import_validation_errors and not self.is_new and not self.changed(instance)

    def changed(self, instance: SyncedRecord) -> bool:
        return self.bound.has_changed()

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True) -> None:
        """The form has looked at it."""
        if import_validation_errors:
            raise ValidationError(import_validation_errors)

    def import_row(self, row: Row, instance_loader: Any, **kwargs: Any) -> RowResult:
        """A refusal is the row's, in its own words; anything else is a fault of ours and says so."""
        result = super().import_row(row, instance_loader, **kwargs)
        for error in result.errors:
            if isinstance(error.error, Refused):
                result.import_type = RowResult.IMPORT_TYPE_INVALID
                result.validation_error = ValidationError({NON_FIELD_ERRORS: [str(error.error)]})
            else:
                logger.error("Row %s could not be imported", row[PLACE], exc_info=error.error)
        if result.validation_error is not None:
            result.errors = []
        return result

    def export_resource(
        self, instance: SyncedRecord, selected_fields: Any = None, **kwargs: Any
    ) -> list[Any]:
        cells = super().export_resource(instance, selected_fields, **kwargs)
        return [guarded(cell) if isinstance(cell, str) else cell for cell in cells]


def in_columns(form: ModelForm, columns: tuple[str, ...]) -> dict[str, Any]:
    """The form's errors by column; those of no column together."""
    found: dict[str, Any] = {}
    for name, errors in form.errors.items():
        found.setdefault(name if name in columns else NON_FIELD_ERRORS, []).extend(errors)
    return found
