"""Bills from and to spreadsheets, a row for each line."""

from import_export.fields import Field

from integrations.spreadsheets.documents import DocumentResource
from integrations.spreadsheets.lines import LinesResource
from integrations.spreadsheets.records import ALWAYS

from .forms import BillForm, BillLineForm
from .models import Bill

COLUMNS = ("number", "beneficiary", "issue_date", "due_date", "tax_treatment", "exchange_rate", "memo")
LINE_COLUMNS = ("item", "account", "description", "quantity", "unit_price", "tax_code")


class BillResource(DocumentResource):
    form = BillForm
    line_form = BillLineForm
    contact = "beneficiary"
    columns = COLUMNS
    line_columns = LINE_COLUMNS
    number_is_the_contacts = True
    beneficiary = Field(attribute="beneficiary__name", column_name="beneficiary")

    class Meta(DocumentResource.Meta):
        model = Bill
        fields = (*ALWAYS, *COLUMNS, "lines")


class BillLinesResource(LinesResource):
    contact = "beneficiary"
    columns = COLUMNS
    line_columns = LINE_COLUMNS

    class Meta:
        model = Bill
