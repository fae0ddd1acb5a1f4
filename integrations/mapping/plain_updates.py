"""An update for a QuickBooks that refused the first one as something that it does not know.

Updates repeat what QuickBooks told, so that what Finmo does not keep survives, and are sparse also where Intuit
documents full ones only. Whether either is taken everywhere nobody confirmed (contract section 4), so what is refused
goes out once more with nothing but what Intuit documents.
"""

from __future__ import annotations

from typing import Any

_ADDRESS = {
    *(f"Line{number}" for number in range(1, 6)),
    *("Id", "City", "Country", "CountrySubDivisionCode", "PostalCode"),
}
_LINE = {"Id", "LineNum", "Description", "Amount", "DetailType", "LinkedTxn"}
_DETAIL = {
    *("ItemRef", "AccountRef", "CustomerRef", "ClassRef", "TaxCodeRef", "MarkupInfo", "BillableStatus"),
    *("Qty", "UnitPrice", "ServiceDate", "TaxInclusiveAmt", "TaxAmount", "DiscountRate", "DiscountAmt"),
}


def plain_update(body: dict[str, Any], *, sparse: bool) -> dict[str, Any]:
    """`body` as Intuit documents it. Not `sparse`: a full one, for what repeats everything anyway."""
    plain = dict(body) if sparse else _only(body, body.keys() - {"sparse"})
    if address := body.get("BillAddr"):
        plain["BillAddr"] = _only(address, _ADDRESS)
    if lines := body.get("Line"):
        plain["Line"] = [_plain_line(line) for line in lines]
    return plain


def _plain_line(line: dict[str, Any]) -> dict[str, Any]:
    detail_type = line["DetailType"]
    plain = _only(line, _LINE)
    return plain | ({detail_type: _only(line[detail_type], _DETAIL)} if detail_type in line else {})


def _only(values: dict[str, Any], names: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in names}
