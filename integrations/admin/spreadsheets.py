"""Import and export on the lists of admin: a file, a preview with each row's errors, then all of it or nothing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from import_export.admin import ImportExportMixin
from import_export.formats.base_formats import CSV, XLSX
from import_export.forms import ConfirmImportForm
from import_export.results import Result
from unfold.contrib.import_export.forms import ExportForm, ImportForm
from unfold.widgets import UnfoldAdminSelectWidget

from ..models import Organization
from ..spreadsheets.records import FormResource
from .asking import asked_by
from .labels import may


class SpreadsheetForm(ImportForm):
    organization = forms.ModelChoiceField(
        Organization.objects.order_by("name"),
        widget=UnfoldAdminSelectWidget,
        help_text="Everything in the file is this organization's.",
    )
    field_order = ("organization", "resource", "import_file", "format")


class SpreadsheetConfirmForm(ConfirmImportForm):
    organization = forms.ModelChoiceField(Organization.objects.all(), widget=forms.HiddenInput())


class SpreadsheetAdmin(ImportExportMixin):
    """For a SyncedAdmin; `resource` reads files, `export_resource` writes them."""

    resource: type[FormResource]
    export_resource: type[FormResource]
    formats = (XLSX, CSV)
    import_form_class = SpreadsheetForm
    confirm_form_class = SpreadsheetConfirmForm
    export_form_class = ExportForm

    def has_import_permission(self, request: HttpRequest) -> bool:
        """A file may add and change."""
        return may(request, "add", self.model) and may(request, "change", self.model)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return may(request, "view", self.model)

    def get_import_resource_classes(self, request: HttpRequest) -> list[type[FormResource]]:
        return [self.resource]

    def get_export_resource_classes(self, request: HttpRequest) -> list[type[FormResource]]:
        return [self.export_resource]

    def get_import_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_import_context_data(**kwargs) | {"how": self.resource.how}

    def get_import_resource_kwargs(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.get("form")
        organization = getattr(form, "cleaned_data", {}).get("organization")
        return {"organization": organization, "asked": asked_by(request)}

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return {"rollback_on_validation_errors": True}

    def get_confirm_form_initial(
        self, request: HttpRequest, import_form: forms.Form | None
    ) -> dict[str, Any]:
        initial = super().get_confirm_form_initial(request, import_form)
        return (
            initial | {"organization": import_form.cleaned_data["organization"].pk}
            if import_form
            else initial
        )

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            return super().process_import(request, **kwargs)
        except FileNotFoundError:
            messages.warning(
                request,
                "This file was imported already, or waited too long. Look at the list; else upload it again.",
            )
            return HttpResponseRedirect(self._address("changelist"))

    def process_result(self, result: Result, request: HttpRequest) -> HttpResponse:
        """What was good in the preview may not be any more; then nothing is written."""
        if result.has_errors() or result.has_validation_errors():
            messages.error(
                request,
                "Nothing was imported: records changed since the preview. Upload the file again to see where.",
            )
            return HttpResponseRedirect(self._address("import"))
        return super().process_result(result, request)

    def _address(self, page: str) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}")
