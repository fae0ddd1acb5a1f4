from typing import ClassVar

from integrations.document_forms import DAY, DocumentForm
from integrations.forms import NumberField
from integrations.lines_grid import LineForm

from .models import Invoice, InvoiceLine


class InvoiceForm(DocumentForm):
    contact = "customer"

    class Meta:
        model = Invoice
        fields = (*DocumentForm.fields_of_all, "customer")
        field_classes: ClassVar = {"exchange_rate": NumberField}
        widgets = {"issue_date": DAY, "due_date": DAY}


class InvoiceLineForm(LineForm):
    requires_name = True

    class Meta(LineForm.Meta):
        model = InvoiceLine
