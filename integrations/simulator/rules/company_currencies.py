"""The list of foreign currencies that a company uses."""

from __future__ import annotations

from typing import Any

from .. import currencies
from ..books import Books
from ..faults import business, fault, missing
from ..models import StoredObject
from . import currency, naming


def build_company_currency(
    books: Books, values: dict[str, Any], row: StoredObject | None, previous: dict[str, Any] | None
) -> dict[str, Any]:
    code = (previous or {}).get("Code") or values.get("Code")
    if not code:
        raise missing("Code")
    if not currencies.known(code):
        raise fault("2220", f"Invalid Currency Type : {code}", "Code")
    currency.refuse_foreign(books, code)
    if code == books.home:
        raise business("The home currency can't be added as a foreign currency.")
    document: dict[str, Any] = {"Code": code, "Name": currencies.CURRENCIES[code][0]}
    document["Active"] = values.get("Active") is not False
    if document["Active"]:
        naming.refuse_duplicate(books, ["CompanyCurrency"], document["Name"], row)
    return document
