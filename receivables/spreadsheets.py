"""Invoices from and to spreadsheets, a row for each line."""

from import_export.fields import Field

from integrations.spreadsheets.documents import DocumentResource
from integrations.spreadsheets.lines import LinesResource
from integrations.spreadsheets.records import ALWAYS

from .forms import InvoiceForm, InvoiceLineForm
from .models import Invoice

COLUMNS = ("number", "customer", "issue_date", "due_date", "tax_treatment", "exchange_rate", "memo")
LINE_COLUMNS = ("item", "custom_item", "description", "quantity", "unit_price", "tax_code")


class InvoiceResource(DocumentResource):
    form = InvoiceForm
    line_form = InvoiceLineForm
    contact = "customer"
    columns = COLUMNS
    line_columns = LINE_COLUMNS
    customer = Field(attribute="customer__name", column_name="customer")

    class Meta(DocumentResource.Meta):
        model = Invoice
        fields = (*ALWAYS, *COLUMNS, "lines")


class InvoiceLinesResource(LinesResource):
    contact = "customer"
    columns = COLUMNS
    line_columns = LINE_COLUMNS

    class Meta:
        model = Invoice
