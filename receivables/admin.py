from django import forms
from django.contrib import admin

from contacts.models import allowed_in_names
from integrations.admin.document import DocumentAdmin, LineInline
from integrations.admin.spreadsheets import SpreadsheetAdmin

from .models import Invoice, InvoiceLine
from .spreadsheets import InvoiceLinesResource, InvoiceResource


class InvoiceLineForm(forms.ModelForm):
    def clean_custom_name(self) -> str:
        name = self.cleaned_data["custom_name"]
        allowed_in_names(name)
        return name

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("item"):
            cleaned["custom_name"] = ""
        elif not cleaned.get("custom_name") and not self.has_error("custom_name"):
            self.add_error("custom_name", "Choose an item, or write the name of a custom one.")
        return cleaned


class InvoiceLineInline(LineInline):
    model = InvoiceLine
    form = InvoiceLineForm


@admin.register(Invoice)
class InvoiceAdmin(SpreadsheetAdmin, DocumentAdmin):
    resource = InvoiceResource
    export_resource = InvoiceLinesResource
    contact = "customer"
    inlines = (InvoiceLineInline,)
