"""QuickBooks' lists: chart of accounts, items, tax codes."""

from decimal import Decimal
from typing import Any

from . import documents
from .mapping import (
    FORBIDDEN_IN_NAMES,
    Company,
    Field,
    Flag,
    Links,
    Mapper,
    Number,
    Problem,
    Reference,
    Values,
    given,
    register,
)
from .mapping.lines import NOT_TAXABLE, TAXABLE, TYPED_IN_BY_HAND
from .models import Account, Item, SyncedRecord, TaxCode, name_key


@register
class AccountMapper(Mapper):
    entity = "accounts"
    remote = "Account"
    document = documents.Account
    model = Account
    rank = 0
    mirrors = True
    stream = "accounts"
    pushes = updates = False
    key, key_column = "Name", "name"
    known_by = ("number", "account_type", "currency")
    fields = (
        Field("name", "Name"),
        Field("full_name", "FullyQualifiedName"),
        Field("number", "AcctNum"),
        Field("account_type", "AccountType"),
        Field("account_subtype", "AccountSubType"),
        Field("classification", "Classification"),
        Field("currency", "CurrencyRef.value"),
        Flag("is_active", "Active"),
    )


@register
class TaxCodeMapper(Mapper):
    """`company.tax_rates` is {TaxRate id: percent}; without it a code's rate is unknown."""

    entity = "tax-codes"
    remote = "TaxCode"
    document = documents.TaxCode
    model = TaxCode
    rank = 0
    mirrors = True
    stream = "tax_codes"
    pushes = updates = False
    in_change_feed = False
    needs_tax_rates = True
    named_ids = frozenset({TAXABLE, NOT_TAXABLE})
    key, key_column = "Name", "name"
    fields = (
        Field("name", "Name"),
        Field("description", "Description"),
        Flag("is_active", "Active"),
    )

    def theirs(self, document: documents.TaxCode, company: Company) -> Values:
        """The code for a tax that somebody typed in by hand is listed, and refused on every transaction (6160)."""
        values = super().theirs(document, company)
        return values | ({"is_active": False} if document.Id == TYPED_IN_BY_HAND else {})

    def mirrored(
        self, document: documents.TaxCode, company: Company, known: TaxCode | None = None
    ) -> dict[str, Any]:
        sales = _rates(given(document.SalesTaxRateList), company)
        purchase = _rates(given(document.PurchaseTaxRateList), company)
        return {
            "sales_rates": sales or [],
            "purchase_rates": purchase or [],
            "sales_rate": _combined(sales),
            "purchase_rate": _combined(purchase),
        }


def _rates(listed: documents.TaxRateList | None, company: Company) -> list[list[str]] | None:
    """[[TaxRate id, percent]], or None where the code is not for that side or a rate is unknown."""
    if listed is None or not listed.TaxRateDetail:
        return None
    ids = [detail.TaxRateRef.value for detail in listed.TaxRateDetail]
    if any(rate_id not in company.tax_rates for rate_id in ids):
        return None
    return [[rate_id, str(company.tax_rates[rate_id])] for rate_id in ids]


def _combined(rates: list[list[str]] | None) -> Decimal | None:
    return sum((Decimal(percent) for _, percent in rates), Decimal()) if rates else None


@register
class ItemMapper(Mapper):
    """Items are QuickBooks' to keep; the one thing we add is a service item for a custom line."""

    entity = "items"
    remote = "Item"
    document = documents.Item
    model = Item
    rank = 20
    mirrors = True
    stream = "items"
    updates = False
    looks_first = True
    key, key_column = "Name", "name"
    searched = ("Name", "Sku")
    known_by = ("sku", "type", "unit_price")
    select_related = ("income_account", "expense_account")
    web_path = "items"
    fields = (
        Field("name", "Name"),
        Field("full_name", "FullyQualifiedName"),
        Field("sku", "Sku"),
        Field("description", "Description"),
        Field("type", "Type"),
        Number("unit_price", "UnitPrice"),
        Number("purchase_cost", "PurchaseCost"),
        Reference("income_account", "IncomeAccountRef", to="accounts"),
        Reference("expense_account", "ExpenseAccountRef", to="accounts"),
        Flag("is_active", "Active"),
    )

    def refuse(
        self, record: SyncedRecord, values: Values, changed: set[str], company: Company
    ) -> Problem | None:
        if any(mark in record.name for mark in FORBIDDEN_IN_NAMES):
            return Problem("name_invalid")
        if not values["income_account"]:
            return Problem("no_default_account")
        return None

    def complete(
        self, target: dict, record: Item, values: Values, changed: set[str], company: Company
    ) -> None:
        for read_only in ("FullyQualifiedName", "Active"):
            target.pop(read_only, None)

    def columns(self, values: Values, links: Links) -> dict[str, Any]:
        columns = super().columns(values, links)
        if "name" in columns:
            columns["name"] = columns["name"][:100]
            columns["name_key"] = name_key(columns["name"])
        return columns

    def same(self, record: Item, document: documents.Item, company: Company) -> Problem | None:
        """A service or product of that name will do; a category cannot stand on a line."""
        taken = Problem(
            "name_taken",
            f"QuickBooks already has “{document.Name}”, and it cannot stand on a line.",
            "Give the custom item another name, and sync the document again.",
        )
        if given(document.Type) in ("Category", "Group") or given(document.Active) is False:
            return taken
        return None if name_key(str(document.Name)) == record.name_key else taken
