"""Which currency a contact and its documents are in, and at what rate."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .. import currencies, jsontext
from ..books import Books, name_key
from ..entities import ENTITIES
from ..faults import business, fault, missing
from .accounts import account_document

CONTACT_ACCOUNTS = {"Customer": "Accounts Receivable", "Vendor": "Accounts Payable"}
ACCOUNT_NAMES = {
    "Accounts Receivable": "Accounts Receivable (A/R)",
    "Accounts Payable": "Accounts Payable (A/P)",
}


def refuse_foreign(books: Books, code: str) -> None:
    if code != books.home and not books.company.multicurrency:
        raise business("Multi currency should be enabled to perform this operation.")


def of_contact(
    books: Books, entity: str, values: dict[str, Any], previous: dict[str, Any] | None
) -> dict[str, str]:
    """A contact's currency: chosen when it is created, the home currency unless named, never changed after."""
    sent = (values.get("CurrencyRef") or {}).get("value")
    if previous:
        if sent and sent != previous["CurrencyRef"]["value"]:
            raise business(f"You can't change the currency of a {entity.lower()}.")
        return previous["CurrencyRef"]
    code = sent or books.home
    refuse_foreign(books, code)
    if books.company.contact_currency_ignored:
        code = books.home
    enable(books, code)
    account_for(books, CONTACT_ACCOUNTS[entity], code)
    return currencies.reference(code)


def enable(books: Books, code: str) -> None:
    """A foreign currency joins the company's list when it is first used."""
    if code == books.home or books.holder(
        ["CompanyCurrency"], "full_name_key", name_key(currencies.CURRENCIES[code][0])
    ):
        return
    books.create(
        ENTITIES["CompanyCurrency"], {"Code": code, "Name": currencies.CURRENCIES[code][0], "Active": True}
    )


def account_for(books: Books, account_type: str, code: str) -> dict[str, Any]:
    """The receivable or payable account in a currency; QuickBooks adds one per foreign currency."""
    name = ACCOUNT_NAMES[account_type] + ("" if code == books.home else f" - {code}")
    row = books.holder(["Account"], "full_name_key", name_key(name))
    if row is None:
        document = account_document(name, account_type, currency=code)
        row = books.create(ENTITIES["Account"], document)
    return row.document()


def of_transaction(books: Books, values: dict[str, Any], contact: dict[str, Any]) -> str:
    """The contact's currency, which a transaction must share."""
    sent = (values.get("CurrencyRef") or {}).get("value")
    if sent is None and books.company.multicurrency:
        raise missing("CurrencyRef")
    if sent:
        refuse_foreign(books, sent)
    code = contact["CurrencyRef"]["value"]
    if sent and sent != code:
        raise business("You can only use one foreign currency per transaction.")
    return code


def exchange(books: Books, values: dict[str, Any], code: str, *, purchase: bool = False) -> Decimal | None:
    """Home units for one unit of the transaction's currency: 1 in the home currency where the company has several,
    None where it has one."""
    if code == books.home:
        return Decimal(1) if books.company.multicurrency else None
    sent = values.get("ExchangeRate")
    if sent:
        if sent < 0:
            raise fault("2080", f"ExchangeRate should be positive. Supplied value:{sent}", "ExchangeRate")
        return jsontext.number(sent)
    if purchase and books.company.exchange_rate_required:
        raise fault(
            "2410", "ExchangeRate is required for a transaction in a foreign currency.", "ExchangeRate"
        )
    return jsontext.number(currencies.rate(code, books.home))


def apply(books: Books, document: dict[str, Any], code: str, rate: Decimal | None) -> None:
    """Writes the currency, and where the company has several the rate and the amounts in home currency."""
    document["CurrencyRef"] = currencies.reference(code)
    if rate is None:
        return
    document["ExchangeRate"] = rate
    document["HomeTotalAmt"] = currencies.rounded(document["TotalAmt"] * rate, books.home)
    document["HomeBalance"] = currencies.rounded(document["Balance"] * rate, books.home)
