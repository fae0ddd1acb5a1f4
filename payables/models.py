from typing import ClassVar

from django.db import models
from django.urls import reverse

from contacts.models import Beneficiary
from integrations.models import Document, DocumentLine, SearchIndex, TaxCode

_LIST = (
    *("organization", "-issue_date", "-id", "beneficiary"),
    *("ended", "sync_state", "due_date", "balance", "total"),
)


class Bill(Document):
    """What the merchant owes a beneficiary."""

    rates_field: ClassVar[str] = "purchase_rates"

    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="bills")

    class Meta(Document.Meta):
        indexes = [
            *Document.Meta.indexes,
            models.Index(fields=["organization", "beneficiary", "id"], name="bill_contact"),
            SearchIndex(
                fields=["number", "memo"],
                beside=_LIST,
                trigrams=("search_text",),
                along=(*_LIST, "search_text_cut", "search_text"),
                name="bill_search",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("payable", args=[self.pk])

    def default_tax_code(self) -> TaxCode | None:
        return self.organization.configuration.default_payable_tax_code

    @property
    def contact(self) -> Beneficiary:
        return self.beneficiary


class BillLine(DocumentLine):
    document = models.ForeignKey(Bill, on_delete=models.CASCADE, related_name="lines")
