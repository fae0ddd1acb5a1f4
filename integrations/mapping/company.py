"""An organization and its QuickBooks company, as mapping needs to know them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ..models import Account, Configuration, Connection, Item, Organization


@dataclass
class Company:
    """What mapping needs to know of an organization and its QuickBooks company, read once per round."""

    organization: Organization
    connection: Connection
    configuration: Configuration
    # (currency, date) → home units for one unit, read from QuickBooks where a document has no rate of its own.
    rates: dict[tuple[str, date], Decimal] = field(default_factory=dict)
    # name_key → item, for custom items
    items: dict[str, Item] = field(default_factory=dict)
    # currency → ids of the accounts payable in it
    payable_accounts: dict[str, list[str]] = field(default_factory=dict)
    # TaxRate id → percent
    tax_rates: dict[str, Decimal] = field(default_factory=dict)
    # ("sales_rates" or "purchase_rates", tax code's QuickBooks id) → [[TaxRate id, percent], …]
    rates_by_code: dict[tuple[str, str], list[list[str]]] = field(default_factory=dict)

    @property
    def is_us(self) -> bool:
        return self.connection.is_us

    @property
    def home_currency(self) -> str:
        return self.connection.home_currency or self.organization.currency

    def is_foreign(self, currency: str) -> bool:
        return currency != self.home_currency


def company_of(organization: Organization) -> Company:
    """Reads connection and configuration afresh."""
    connection = Connection.objects.get(organization=organization)
    configuration = Configuration.objects.select_related(
        "default_receivable_account",
        "default_payable_account",
        "default_receivable_tax_code",
        "default_payable_tax_code",
    ).get(organization=organization)
    payable: dict[str, list[str]] = {}
    accounts = Account.objects.filter(
        organization=organization, account_type="Accounts Payable", is_active=True, qbo_id__isnull=False
    )
    for currency, qbo_id in accounts.values_list("currency", "qbo_id"):
        payable.setdefault(currency, []).append(qbo_id)
    return Company(organization, connection, configuration, payable_accounts=payable)
