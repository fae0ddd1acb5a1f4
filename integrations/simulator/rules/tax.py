"""Sales and purchase tax.

In the United States a line is TAX or NON and the transaction names one tax code. Elsewhere each line names its
code. Tax is computed per rate on the summed base, so that it can differ by a cent from the sum over lines.

A line's Amount is always net; under TaxInclusive, TaxInclusiveAmt carries the gross amount. A line whose Amount
equals its TaxInclusiveAmt was sent gross: its net amount is worked out.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from .. import currencies, jsontext
from ..books import Books
from ..faults import business, fault
from . import references

WORDS = {"GB": "VAT", "CA": "GST/HST"}
US_CODES = ("TAX", "NON")
AST_CODE = "2"
FOR_OTHER_FORMS = "CustomSalesTax"
HUNDRED = Decimal(100)


class Tax:
    """The tax of one transaction under construction. `side` is Sales or Purchase."""

    def __init__(
        self, books: Books, currency: str, side: str, values: dict[str, Any], exempt: bool = False
    ) -> None:
        self._books = books
        self._currency = currency
        self._side = side
        self._exempt = exempt
        self._sent = values.get("TxnTaxDetail") or {}
        self.domestic = books.company.country == "US"
        self.mode = values.get("GlobalTaxCalculation") or "TaxExcluded"
        if (
            not self.domestic
            and self.mode == "NotApplicable"
            and (self._sent.get("TotalTax") or self._sent.get("TaxLine") or self._sent.get("TxnTaxCodeRef"))
        ):
            raise fault(
                "6170",
                "TxnTaxDetail is not allowed when GlobalTaxCalculation is NotApplicable.",
                "TxnTaxDetail",
            )
        self._net: dict[str, Decimal] = defaultdict(Decimal)
        self._gross: dict[str, Decimal] = defaultdict(Decimal)
        self._rates: dict[str, list[tuple[str, Decimal]]] = {}

    # --- lines --------------------------------------------------------------------------------

    def add_line(
        self, amount: Decimal, detail: dict[str, Any], item: dict[str, Any], before: dict[str, str] | None
    ) -> str | None:
        """Takes a line's amount into its code's base; returns the code to write on the line."""
        sent = (detail.get("TaxCodeRef") or {}).get("value")
        if self.domestic:
            code = self._domestic_code(sent, item)
        elif self.mode == "NotApplicable":
            self._net["none"] += amount
            return None
        else:
            code = self._foreign_code(sent, before)
        if not self.domestic and self.mode == "TaxInclusive":
            # As the line is stored, so that sending it again as it stands changes no total.
            gross = detail.get("TaxInclusiveAmt") or self.gross_of(amount, code)
            self._gross[code] += currencies.rounded(gross, self._currency)
        else:
            self._net[code] += amount
        return code

    def discount(self, share: Decimal) -> None:
        """Takes `share` (0 to 1) off every base, for a discount that comes before tax."""
        for bases in (self._net, self._gross):
            for code in bases:
                bases[code] -= bases[code] * share

    def _domestic_code(self, sent: str | None, item: dict[str, Any]) -> str:
        if sent is None:
            return (
                "TAX" if self._books.company.ast and self._side == "Sales" and item.get("Taxable") else "NON"
            )
        if sent not in US_CODES:
            raise fault(
                "6100",
                f"Valid Line TaxCodes for US should be TAX or NON. Supplied value:{sent}",
                "TaxCodeRef",
            )
        return sent

    def _foreign_code(self, sent: str | None, before: dict[str, str] | None) -> str:
        word = WORDS.get(self._books.company.country, "GST")
        if sent is None:
            raise business(f"Make sure all your transactions have a {word} rate before you save.")
        row = references.required(self._books, "TaxCode", {"value": sent}, "TaxCodeRef", before)
        if sent not in self._rates:
            self._rates[sent] = self._rates_of(row.document())
            if not self._rates[sent]:
                side = "sales" if self._side == "Sales" else "purchases"
                raise business(f"The {word} code {row.document()['Name']} can't be used for {side}.")
        return sent

    def _rates_of(self, code: dict[str, Any]) -> list[tuple[str, Decimal]]:
        """The rates that apply on this side, as (id of the tax rate, percent)."""
        details = code.get(f"{self._side}TaxRateList", {}).get("TaxRateDetail", [])
        rates = []
        for detail in details:
            row = references.required(
                self._books, "TaxRate", detail["TaxRateRef"], "TaxRateRef", detail["TaxRateRef"]
            )
            rates.append((row.qbo_id, Decimal(row.document()["RateValue"])))
        return rates

    # --- result -------------------------------------------------------------------------------

    def result(self) -> tuple[dict[str, Any], Decimal]:
        """TxnTaxDetail, and the transaction's total with tax."""
        amount = sum(self._net.values(), Decimal(0)) + sum(self._gross.values(), Decimal(0))
        if self.domestic:
            detail, added = self._domestic_result()
            return detail, amount + added
        bases, percents = self._bases()
        taxes = {
            rate: currencies.rounded(bases[rate] * percents[rate] / HUNDRED, self._currency)
            for rate in percents
        }
        self._override(taxes)
        total = sum(taxes.values(), Decimal(0))
        lines = [self._tax_line(rate, taxes[rate], percents[rate], bases[rate]) for rate in percents]
        detail = {"TotalTax": total or 0} | ({"TaxLine": lines} if lines else {})
        return detail, amount + self._added(total)

    def net_of(self, gross: Decimal, code: str) -> Decimal:
        """The net part of a gross amount under a code."""
        return currencies.rounded(gross * HUNDRED / self._whole(code), self._currency)

    def gross_of(self, net: Decimal, code: str) -> Decimal:
        return currencies.rounded(net * self._whole(code) / HUNDRED, self._currency)

    def _whole(self, code: str) -> Decimal:
        """What a hundred becomes with the code's tax."""
        return sum((percent for _, percent in self._rates.get(code, [])), HUNDRED)

    def _bases(self) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
        """The net amount and the percent of each tax rate."""
        bases: dict[str, Decimal] = defaultdict(Decimal)
        percents: dict[str, Decimal] = {}
        for code, rates in self._rates.items():
            for rate, percent in rates:
                percents[rate] = percent
                bases[rate] += self._net[code] + self._gross[code] * HUNDRED / self._whole(code)
        return bases, percents

    def _added(self, total: Decimal) -> Decimal:
        """The part of the tax that comes on top, and is not inside gross amounts already."""
        if not any(self._gross.values()):
            return total
        if not any(self._net.values()):
            return Decimal(0)
        inside: dict[str, Decimal] = defaultdict(Decimal)
        for code, rates in self._rates.items():
            for rate, percent in rates:
                inside[rate] += self._gross[code] * percent / self._whole(code)
        return total - sum((currencies.rounded(tax, self._currency) for tax in inside.values()), Decimal(0))

    def _override(self, taxes: dict[str, Decimal]) -> None:
        """TaxLine amounts that were sent stand in for those that were computed."""
        for line in self._sent.get("TaxLine") or []:
            rate = ((line.get("TaxLineDetail") or {}).get("TaxRateRef") or {}).get("value")
            if rate not in taxes:
                raise business("The tax rate of a TaxLine is not one of those that the lines use.")
            if line.get("Amount") is not None:
                taxes[rate] = currencies.rounded(line["Amount"], self._currency)

    def _domestic_result(self) -> tuple[dict[str, Any], Decimal]:
        company = self._books.company
        sent = self._sent.get("TxnTaxCodeRef")
        if sent is None and company.ast and self._side == "Sales" and self._net["TAX"] and not self._exempt:
            sent = {"value": AST_CODE}
        if sent is None or sent["value"] in US_CODES or self._side == "Purchase":
            return {"TotalTax": 0}, Decimal(0)
        if sent["value"] == FOR_OTHER_FORMS:
            raise fault(
                "6160", "CustomSalesTax can't be used as the tax code of a transaction.", "TxnTaxCodeRef"
            )
        row = references.required(self._books, "TaxCode", sent, "TxnTaxCodeRef", sent)
        base = self._net["TAX"]
        rates = self._rates_of(row.document())
        taxes = {
            rate: currencies.rounded(base * percent / HUNDRED, self._currency) for rate, percent in rates
        }
        if self._sent.get("TotalTax") is not None:
            _spread(taxes, currencies.rounded(self._sent["TotalTax"], self._currency))
        total = sum(taxes.values(), Decimal(0))
        lines = [self._tax_line(rate, taxes[rate], percent, base) for rate, percent in rates]
        return {"TxnTaxCodeRef": {"value": row.qbo_id}, "TotalTax": total or 0, "TaxLine": lines}, total

    def _tax_line(self, rate: str, amount: Decimal, percent: Decimal, base: Decimal) -> dict[str, Any]:
        return {
            "Amount": amount or 0,
            "DetailType": "TaxLineDetail",
            "TaxLineDetail": {
                "TaxRateRef": {"value": rate},
                "PercentBased": True,
                "TaxPercent": jsontext.number(percent),
                "NetAmountTaxable": currencies.rounded(base, self._currency),
            },
        }


def _spread(taxes: dict[str, Decimal], total: Decimal) -> None:
    """Spreads an explicit total over the rates in proportion; the last one takes the rest."""
    computed = sum(taxes.values(), Decimal(0))
    rest = total
    for rate in list(taxes)[:-1]:
        share = taxes[rate] / computed if computed else Decimal(0)
        taxes[rate] = (total * share).quantize(Decimal("0.01"))
        rest -= taxes[rate]
    if taxes:
        taxes[list(taxes)[-1]] = rest
