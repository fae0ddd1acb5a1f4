from typing import ClassVar

from integrations.document_forms import DAY, DocumentForm
from integrations.forms import NumberField
from integrations.lines_grid import LineForm

from .models import Bill, BillLine


class BillForm(DocumentForm):
    contact = "beneficiary"

    class Meta:
        model = Bill
        fields = (*DocumentForm.fields_of_all, "beneficiary")
        field_classes: ClassVar = {"exchange_rate": NumberField}
        widgets = {"issue_date": DAY, "due_date": DAY}


class BillLineForm(LineForm):
    asks_account = True

    class Meta(LineForm.Meta):
        model = BillLine
