"""A stream of a company as a test's ground: documents in step on both sides, and what people do in QuickBooks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from integrations.models import Document, Organization, TaxCode, TaxTreatment
from tests.factories import (
    bill_line,
    invoice_line,
    make_beneficiary,
    make_bill,
    make_customer,
    make_invoice,
    push,
)
from tests.quickbooks import QuickBooks

REMOTE = {"receivables": "Invoice", "payables": "Bill"}
CONTACT = {"receivables": "CustomerRef", "payables": "VendorRef"}
TERM = timedelta(days=30)


@dataclass
class Ground:
    """`records` are in step, and nothing was sown in them yet."""

    qbo: QuickBooks
    organization: Organization
    stream: str
    random: Random
    records: list[Document] = field(default_factory=list)
    contacts: dict[tuple[str, str], Any] = field(default_factory=dict)

    @property
    def remote(self) -> str:
        return REMOTE[self.stream]

    # --- growing -----------------------------------------------------------------------------

    def grow(self, count: int, currencies: tuple[str, ...] = ("SGD", "USD"), days: int = 0) -> None:
        """Documents in step on both sides, so many in each currency: by turns taxed, zero-rated and tax-inclusive,
        issued on October 1st or within so many days after it."""
        for currency in currencies:
            contact = self.contact(currency)
            push(contact)
            made = [self.make(contact, **self._variant(number, days)) for number in range(count)]
            push(*made)
            self.records += made
        assert all(record.accounting_synced for record in self.records), [r.sync_error for r in self.records]

    def _variant(self, number: int, days: int) -> dict[str, Any]:
        issued = date(2026, 10, 1) + timedelta(days=self.random.randint(0, days))
        inclusive = TaxTreatment.INCLUSIVE if number % 5 == 4 else TaxTreatment.EXCLUSIVE
        return {
            "issue_date": issued,
            "due_date": issued + TERM,
            "tax_treatment": inclusive,
            "tax_code": self.zero_rated if number % 5 == 3 else None,
        }

    def contact(self, currency: str):
        make = make_customer if self.stream == "receivables" else make_beneficiary
        return make(self.organization, currency=currency)

    def other_contact(self, currency: str, *, pushed: bool = True):
        """One more contact with this currency; the same each time."""
        key = (currency, "there" if pushed else "here alone")
        if key not in self.contacts:
            self.contacts[key] = self.contact(currency)
            if pushed:
                push(self.contacts[key])
        return self.contacts[key]

    @property
    def zero_rated(self) -> TaxCode:
        side = "sales_rate" if self.stream == "receivables" else "purchase_rate"
        codes = TaxCode.objects.filter(organization=self.organization, is_active=True)
        return codes.filter(**{side: 0}).earliest("pk")

    def make(self, contact, *, tax_code: TaxCode | None = None, **fields: Any) -> Document:
        line = {"unit_price": Decimal(self.random.randint(100, 99_999)) / 100, "tax_code": tax_code}
        if self.stream == "receivables":
            return make_invoice(self.organization, contact, [invoice_line(**line)], **fields)
        return make_bill(self.organization, contact, [bill_line(**line)], **fields)

    def take(self, *currencies: str, taxed: bool = False) -> Document:
        """A record in which nothing was sown yet."""
        places = [
            place
            for place, record in enumerate(self.records)
            if (not currencies or record.currency in currencies) and (not taxed or is_taxed(record))
        ]
        return self.records.pop(self.random.choice(places))

    # --- what people do in QuickBooks --------------------------------------------------------

    def held(self, record: Document) -> dict:
        return self.qbo.read(self.remote, record.qbo_id)

    def change(self, record: Document, **fields: Any) -> dict:
        """Bills are updated with their lines (contract section 4)."""
        held = self.held(record)
        kept = {"Line": held["Line"], "VendorRef": held["VendorRef"]} if self.stream == "payables" else {}
        return self.qbo.change(self.remote, record.qbo_id, **(kept | fields))

    def copy(self, record: Document, **fields: Any) -> dict:
        held = self.held(record)
        names = (
            CONTACT[self.stream],
            "DocNumber",
            "TxnDate",
            "DueDate",
            "CurrencyRef",
            "GlobalTaxCalculation",
        )
        body = {name: held[name] for name in names if name in held}
        lines = [line for line in held["Line"] if line["DetailType"] != "SubTotalLineDetail"]
        body["Line"] = [{name: part for name, part in line.items() if name != "Id"} for line in lines]
        address = f"{self.remote.lower()}?include=allowduplicatedocnum"
        return self.qbo.api("POST", address, body | fields)[self.remote]

    def end(self, record: Document, operation: str) -> None:
        held = self.held(record)
        body = {"Id": held["Id"], "SyncToken": held["SyncToken"]}
        self.qbo.api("POST", f"{self.remote.lower()}?operation={operation}", body)

    def pay(self, record: Document, amount: Decimal) -> None:
        held = self.held(record)
        line = {"Amount": amount, "LinkedTxn": [{"TxnId": record.qbo_id, "TxnType": self.remote}]}
        body = {"TotalAmt": amount, "CurrencyRef": held["CurrencyRef"], "Line": [line]}
        body[CONTACT[self.stream]] = held[CONTACT[self.stream]]
        if self.stream == "receivables":
            self.qbo.make("Payment", body)
            return
        [bank, *_] = self.qbo.all("Account", "where AccountType = 'Bank'")
        check = {"PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": bank["Id"]}}}
        self.qbo.make("BillPayment", body | check)


def is_taxed(record: Document) -> bool:
    """Its tax is added to its lines, and is not nil."""
    return bool(record.tax_total) and record.tax_treatment == TaxTreatment.EXCLUSIVE
