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

from .forms import InvoiceForm, InvoiceLineForm


class InvoicePages:
    entity = "invoices"
    list_name = "receivables"
    record_name = "receivable"
    title = "Accounts Receivable"
    singular = "invoice"
    contact_word = "customer"
    form_class = InvoiceForm
    line_form_class = InvoiceLineForm
    price_field = "unit_price"


class InvoiceTable(InvoicePages, DocumentTable):
    columns = document_columns("customer", "Customer")
    search_fields = ("number", "customer__name", "memo")
    search_label = "Search number, customer or memo"
    shown_of_related = ("customer__name",)


class InvoiceEdit(InvoicePages, DocumentEdit):
    pass


class InvoiceTotals(InvoicePages, DocumentTotals):
    pass


class InvoiceItems(InvoicePages, ItemOptions):
    pass


class InvoiceContacts(InvoicePages, ContactOptions):
    pass


class InvoiceSync(InvoicePages, RecordSync):
    pass


class InvoiceLink(InvoicePages, RecordLink):
    pass


class InvoiceUnlink(InvoicePages, RecordUnlink):
    pass


class InvoiceVoid(InvoicePages, RecordVoid):
    pass


class InvoiceDelete(InvoicePages, RecordDelete):
    pass
