"""One line of an invoice or bill, both ways: amounts, quantity and price, tax, and what QuickBooks alone keeps.

A line's values are {id, item, account, description, quantity, unit_price, amount, tax_code}. In a tax-inclusive
document `unit_price` and `amount` are gross here; in QuickBooks Amount and UnitPrice are net, with the gross
amount beside them as TaxInclusiveAmt.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from .. import documents
from ..money import Rates, rounded
from .fields import given, plain

DESCRIPTION_ONLY = "DescriptionOnly"
# In the United States a line knows no other codes (contract section 10.7).
TAXABLE, NOT_TAXABLE = "TAX", "NON"
TYPED_IN_BY_HAND = "CustomSalesTax"
# A line's parts that refer to another record, and whose record that is.
LINE_REFERENCES = {"item": "items", "account": "accounts", "tax_code": "tax-codes"}
REFERENCES = (("ItemRef", "items"), ("AccountRef", "accounts"), ("TaxCodeRef", "tax-codes"))
# Parts of a line's detail that we own: what QuickBooks held there before says nothing any more.
_OWNED = {"ItemRef", "AccountRef", "Qty", "UnitPrice", "TaxCodeRef", "TaxInclusiveAmt", "TaxAmount"}
# Decimals of quantities and prices, here and (as far as anybody saw) in QuickBooks.
_PRECISION = Decimal("0.0000001")

LineValues = dict[str, Any]


def only_describes(line: LineValues) -> bool:
    """A line of text: it sells nothing, so it has no tax code either."""
    return not line["item"] and not line["account"] and not Decimal(line["amount"])


# --- from QuickBooks -----------------------------------------------------------------------------


def read_line(
    document: documents.Transaction, line: documents.Line, *, inclusive: bool, currency: str
) -> LineValues:
    detail = _detail(line)
    amount = given(line.Amount) or Decimal(0)
    if inclusive:
        amount = _gross(document, detail, amount, currency)
    quantity, unit_price = _quantity_and_price(detail, amount, inclusive, currency)
    return {
        "id": str(given(line.Id) or ""),
        "item": _reference(detail, "ItemRef"),
        "account": _reference(detail, "AccountRef"),
        "description": str(given(line.Description) or "")[:4000],
        "quantity": plain(quantity),
        "unit_price": plain(unit_price),
        "amount": plain(amount),
        "tax_code": _reference(detail, "TaxCodeRef"),
    }


def line_references(line: documents.Line) -> Iterable[tuple[str, str]]:
    """(entity, QuickBooks id) of what the line names."""
    detail = _detail(line)
    for name, entity in REFERENCES:
        if value := _reference(detail, name):
            yield entity, value


def _detail(line: documents.Line) -> Any:
    return given(getattr(line, str(given(line.DetailType)), None))


def _reference(detail: Any, name: str) -> str | None:
    reference = given(getattr(detail, name, None))
    return reference.value if reference else None


def _gross(document: documents.Transaction, detail: Any, amount: Decimal, currency: str) -> Decimal:
    """As QuickBooks tells it; else the line's share of the document's tax."""
    told = given(getattr(detail, "TaxInclusiveAmt", None))
    if told is not None:
        return told
    total = given(document.TotalAmt) or Decimal(0)
    tax = given(document.TxnTaxDetail)
    tax_total = (given(tax.TotalTax) if tax else None) or Decimal(0)
    if not tax_total or total == tax_total:
        return amount
    return rounded(amount * total / (total - tax_total), currency)


def _quantity_and_price(
    detail: Any, amount: Decimal, inclusive: bool, currency: str
) -> tuple[Decimal, Decimal]:
    """As QuickBooks has them where they make the amount; else one of the amount."""
    quantity = given(getattr(detail, "Qty", None))
    price = given(getattr(detail, "UnitPrice", None))
    if quantity and (inclusive or price is None):
        price = amount / quantity
    if quantity is not None and price is not None:
        quantity, price = quantity.quantize(_PRECISION), price.quantize(_PRECISION)
        if rounded(quantity * price, currency) == amount:
            return quantity, price
    return Decimal(1), amount


# --- to QuickBooks -------------------------------------------------------------------------------


def write_line(
    line: LineValues, detail_type: str, detail: dict[str, Any], amount: Decimal, held: dict[str, Any] | None
) -> dict[str, Any]:
    """The line over QuickBooks' own version of it (`held`), so that what we do not own survives."""
    known = {"Id": line["id"]} if line["id"] else {}
    if detail_type == DESCRIPTION_ONLY:
        return {"DetailType": detail_type, "Description": line["description"]} | known
    base = dict(held) if held and held.get("DetailType") == detail_type else {}
    kept = {name: part for name, part in base.get(detail_type, {}).items() if name not in _OWNED}
    base |= {"DetailType": detail_type, "Amount": amount, detail_type: kept | detail} | known
    base.pop("Description", None)
    return base | ({"Description": line["description"]} if line["description"] else {})


def make_net(detail: dict[str, Any], gross: Decimal, rates: Rates, currency: str) -> Decimal:
    """Puts a gross line into QuickBooks' terms: returns the net Amount, with the rest in `detail`.

    Quantity × unit price must equal the net amount to the cent (6070), so a price that no number of decimals
    can express is left out.
    """
    percent = sum((Decimal(part) for _, part in rates), Decimal())
    net = rounded(gross * 100 / (100 + percent), currency)
    detail["TaxInclusiveAmt"] = gross
    if "UnitPrice" in detail:
        quantity = detail["Qty"]
        price = (net / quantity).quantize(_PRECISION) if quantity else net
        detail["UnitPrice"] = price
        if rounded(price * quantity, currency) != net:
            del detail["UnitPrice"], detail["Qty"]
    return net
