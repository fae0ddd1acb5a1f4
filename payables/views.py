from integrations.views.documents import (
    ContactOptions,
    DocumentEdit,
    DocumentTable,
    DocumentTotals,
    ItemOptions,
    document_columns,
)
from integrations.views.linking import RecordLink, RecordUnlink
from integrations.views.records import RecordDelete, RecordSync, RecordVoid

from .forms import BillForm, BillLineForm


class BillPages:
    entity = "bills"
    list_name = "payables"
    record_name = "payable"
    title = "Accounts Payable"
    singular = "bill"
    contact_word = "beneficiary"
    form_class = BillForm
    line_form_class = BillLineForm
    price_field = "purchase_cost"


class BillTable(BillPages, DocumentTable):
    columns = document_columns("beneficiary", "Beneficiary")
    search_fields = ("number", "beneficiary__name", "memo")
    search_label = "Search number, beneficiary or memo"
    shown_of_related = ("beneficiary__name",)


class BillEdit(BillPages, DocumentEdit):
    pass


class BillTotals(BillPages, DocumentTotals):
    pass


class BillItems(BillPages, ItemOptions):
    pass


class BillContacts(BillPages, ContactOptions):
    pass


class BillSync(BillPages, RecordSync):
    pass


class BillLink(BillPages, RecordLink):
    pass


class BillUnlink(BillPages, RecordUnlink):
    pass


class BillVoid(BillPages, RecordVoid):
    pass


class BillDelete(BillPages, RecordDelete):
    pass
