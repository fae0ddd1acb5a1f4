"""Seeds accounts, taxes, terms, items and people, and remembers their ids by name."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from .. import jsontext
from ..books import Books
from ..entities import ENTITIES
from ..rules.accounts import account_document
from ..writing import write
from . import charts, taxes, trade


class Directory:
    """The books, and the id of everything seeded so far by (entity, name)."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.country = books.company.country
        self._ids: dict[tuple[str, str], str] = {}

    def add(self, entity: str, document: dict[str, Any], name: str = "") -> dict[str, Any]:
        """Creates an object as a client would."""
        created = write(self.books, ENTITIES[entity], "create", document)
        self._ids[entity, name or str(created.get("Name") or created.get("DisplayName"))] = created["Id"]
        return created

    def remember(self, entity: str, name: str, qbo_id: str) -> None:
        self._ids[entity, name] = qbo_id

    def ref(self, entity: str, name: str) -> dict[str, str]:
        return {"value": self._ids[entity, name]}

    def deactivate(self, entity: str, name: str) -> None:
        row = self.books.find(entity, self._ids[entity, name])
        assert row is not None
        body = {"Id": row.qbo_id, "SyncToken": str(row.sync_token), "sparse": True, "Active": False}
        write(self.books, ENTITIES[entity], "update", body)


def add_accounts(directory: Directory) -> None:
    books = directory.books
    for name, account_type, sub_type, parent in charts.ACCOUNTS:
        document = account_document(name, account_type, sub_type, books.home)
        if parent:
            document |= {"SubAccount": True, "ParentRef": directory.ref("Account", parent)}
            document |= {"Level": 1, "FullyQualifiedName": f"{parent}:{name}"}
        directory.remember("Account", name, books.create(ENTITIES["Account"], document).qbo_id)
    for name in charts.INACTIVE_ACCOUNTS:
        directory.deactivate("Account", name)


def add_taxes(directory: Directory) -> None:
    books, country = directory.books, directory.country
    agency = books.create(
        ENTITIES["TaxAgency"],
        {"DisplayName": "Tax office", "TaxTrackedOnPurchases": country != "US", "TaxTrackedOnSales": True},
    )
    for name, percent in taxes.RATES[country]:
        document = {
            "Name": name,
            "Description": name,
            "Active": True,
            "RateValue": Decimal(percent),
            "AgencyRef": {"value": agency.qbo_id},
            "SpecialTaxType": "NONE",
            "DisplayType": "ReadOnly",
        }
        books.create(ENTITIES["TaxRate"], document)
    for qbo_id, name, description, taxable, sales, purchases in taxes.CODES[country]:
        document = _tax_code(name, description, taxable)
        document["SalesTaxRateList"] = _rate_list(country, sales)
        document["PurchaseTaxRateList"] = _rate_list(country, purchases)
        books.create(ENTITIES["TaxCode"], document, qbo_id=qbo_id)
    if country == "US":
        for qbo_id, taxable in taxes.PSEUDO_CODES.items():
            document = _tax_code(qbo_id, qbo_id, taxable) | {"TaxGroup": False}
            row = books.create(ENTITIES["TaxCode"], document, qbo_id=qbo_id)
            # Recorded: the pseudo codes carry no sync token.
            del document["SyncToken"]
            row.body = jsontext.encode(document).decode()


def _tax_code(name: str, description: str, taxable: bool) -> dict[str, Any]:
    return {"Name": name, "Description": description, "Active": True, "Taxable": taxable, "TaxGroup": True}


def _rate_list(country: str, positions: tuple[int, ...]) -> dict[str, Any]:
    details = [
        {
            "TaxRateRef": {"value": str(position), "name": taxes.RATES[country][position - 1][0]},
            "TaxTypeApplicable": "TaxOnAmount",
            "TaxOrder": 0,
        }
        for position in positions
    ]
    return {"TaxRateDetail": details}


def add_terms(directory: Directory) -> None:
    for term in charts.TERMS:
        directory.add("Term", dict(term))


def add_items(directory: Directory, founded: datetime) -> None:
    references = {"income": "IncomeAccountRef", "expense": "ExpenseAccountRef", "asset": "AssetAccountRef"}
    for item in charts.ITEMS:
        document: dict[str, Any] = {}
        for key, value in item.items():
            if key in references:
                document[references[key]] = directory.ref("Account", str(value))
            elif key == "parent":
                document |= {"SubItem": True, "ParentRef": directory.ref("Item", str(value))}
            else:
                document[key] = value
        if item["Type"] == "Inventory":
            document |= {"TrackQtyOnHand": True, "InvStartDate": founded.date().isoformat()}
        directory.add("Item", document)
    for name in charts.INACTIVE_ITEMS:
        directory.deactivate("Item", name)


def add_people(directory: Directory) -> None:
    for position, (name, given, family, term) in enumerate(trade.CUSTOMERS):
        directory.add("Customer", _contact(directory, position, name, given, family, "SalesTermRef", term))
    job, parent = trade.JOB
    directory.add(
        "Customer", {"DisplayName": job, "Job": True, "ParentRef": directory.ref("Customer", parent)}
    )
    for position, (name, given, family, term) in enumerate(trade.VENDORS, start=20):
        directory.add("Vendor", _contact(directory, position, name, given, family, "TermRef", term))
    given, family = trade.EMPLOYEE
    directory.add("Employee", {"GivenName": given, "FamilyName": family})
    for name in trade.INACTIVE_CUSTOMERS:
        directory.deactivate("Customer", name)
    for name in trade.INACTIVE_VENDORS:
        directory.deactivate("Vendor", name)
    if directory.books.company.multicurrency:
        currency = {"CurrencyRef": {"value": trade.FOREIGN[directory.country]}}
        directory.add("Customer", {"DisplayName": trade.FOREIGN_CUSTOMER} | currency)
        directory.add("Vendor", {"DisplayName": trade.FOREIGN_VENDOR} | currency)


def _contact(
    directory: Directory, position: int, name: str, given: str, family: str, term_key: str, term: str
) -> dict[str, Any]:
    city, state, postal_code, phone, domain = trade.PLACES[directory.country]
    local = "".join(letter for letter in name.lower() if letter.isalnum())[:20]
    document: dict[str, Any] = {
        "DisplayName": name,
        "CompanyName": name,
        "PrimaryEmailAddr": {"Address": f"{local}@{domain}"},
        "PrimaryPhone": {"FreeFormNumber": f"{phone}{100 + position}"},
        "BillAddr": {"Line1": f"{position + 1} Finch Street", "City": city, "PostalCode": postal_code},
    }
    if state:
        document["BillAddr"]["CountrySubDivisionCode"] = state
    if given:
        document |= {"GivenName": given, "FamilyName": family}
    if term:
        document[term_key] = directory.ref("Term", term)
    return document
