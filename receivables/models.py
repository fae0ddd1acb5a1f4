from typing import ClassVar

from django.db import models
from django.urls import reverse

from contacts.models import Customer
from integrations.models import Document, DocumentLine, SearchIndex, TaxCode

_LIST = (
    *("organization", "-issue_date", "-id", "customer"),
    *("ended", "sync_state", "due_date", "balance", "total"),
)


class Invoice(Document):
    """What a customer owes the merchant."""

    rates_field: ClassVar[str] = "sales_rates"

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="invoices")

    class Meta(Document.Meta):
        indexes = [
            *Document.Meta.indexes,
            models.Index(fields=["organization", "customer", "id"], name="invoice_contact"),
            SearchIndex(
                fields=["number", "memo"],
                beside=_LIST,
                trigrams=("search_text",),
                along=(*_LIST, "search_text_cut", "search_text"),
                name="invoice_search",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("receivable", args=[self.pk])

    def default_tax_code(self) -> TaxCode | None:
        return self.organization.configuration.default_receivable_tax_code

    @property
    def contact(self) -> Customer:
        return self.customer


class InvoiceLine(DocumentLine):
    document = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
