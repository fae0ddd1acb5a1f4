"""The lines of invoices and bills: amounts, references, ids and what QuickBooks fills in."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .. import currencies, jsontext
from ..books import Books
from ..faults import business, fault, missing
from . import references
from .tax import Tax

DEFAULT_ITEM = "1"
BOUGHT = ("AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail")
PRICE_QUANTUM = Decimal("0.0000001")
# A bill line takes every account but those that payments and invoices post to by themselves.
EXPENSE_ACCOUNTS = (
    "Expense", "Cost of Goods Sold", "Other Expense", "Income", "Other Income", "Other Current Asset",
    "Fixed Asset", "Other Asset", "Other Current Liability", "Long Term Liability", "Equity", "Bank",
    "Credit Card",
)  # fmt: skip


@dataclass
class Lines:
    """The lines of one document under construction; `previous` are those that it had before."""

    books: Books
    currency: str
    txn_date: str
    tax: Tax
    previous: list[dict[str, Any]]
    documents: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._previous = {line["Id"]: line for line in self.previous if "Id" in line}
        self._sent_gross: list[dict[str, Any]] = []
        self._last_id = max((int(line_id) for line_id in self._previous), default=0)

    def add(self, sent: dict[str, Any]) -> dict[str, Any]:
        """A line with its id, number, description and amount; the detail is the caller's."""
        kind = sent.get("DetailType")
        if not kind:
            raise missing("DetailType")
        line: dict[str, Any] = {"Id": self._line_id(sent), "LineNum": len(self.documents) + 1}
        if sent.get("Description"):
            line["Description"] = sent["Description"]
        if kind != "DescriptionOnly":
            line["Amount"] = self._amount(sent, sent.get(kind) or {})
            references.check(self.books, sent.get(kind) or {}, None, {"ClassRef": "Class"})
        if kind in BOUGHT:
            # A bill's lines carry their own, empty list of linked transactions (recorded).
            line["LinkedTxn"] = []
        line["DetailType"] = kind
        self.documents.append(line)
        return line

    def before(self, line: dict[str, Any]) -> dict[str, Any]:
        """The detail that the line had before this update, for references that have since become inactive."""
        return self._previous.get(line["Id"], {}).get(line["DetailType"], {})

    def _line_id(self, sent: dict[str, Any]) -> str:
        taken = {line["Id"] for line in self.documents}
        if sent.get("Id") in self._previous and sent["Id"] not in taken:
            return sent["Id"]
        self._last_id += 1
        return str(self._last_id)

    def _amount(self, sent: dict[str, Any], detail: dict[str, Any]) -> Decimal:
        amount = sent.get("Amount")
        if amount is None:
            raise missing("Amount")
        quantity, price = detail.get("Qty"), detail.get("UnitPrice")
        # Two zeros are what clients send that leave both to QuickBooks.
        if quantity is not None and price is not None and (quantity or price):
            if currencies.rounded(quantity * price, self.currency) != currencies.rounded(
                amount, self.currency
            ):
                raise fault(
                    "6070",
                    f"Amount is not equal to UnitPrice * Qty. Supplied value:{jsontext.number(amount):,}",
                    "Line.Amount",
                )
        return currencies.rounded(amount, self.currency)

    def split_gross(self, net_total: Decimal) -> None:
        """Works out the net amount of lines that were sent gross, so that all add up to `net_total`."""
        for line in self._sent_gross:
            detail = line[line["DetailType"]]
            line["Amount"] = self.tax.net_of(detail["TaxInclusiveAmt"], detail["TaxCodeRef"]["value"])
        if self._sent_gross:
            self._sent_gross[-1]["Amount"] += net_total - self.subtotal()
        for line in self._sent_gross:
            detail = line[line["DetailType"]]
            if detail.get("Qty") and "UnitPrice" in detail:
                price = (line["Amount"] / detail["Qty"]).quantize(PRICE_QUANTUM)
                detail["UnitPrice"] = jsontext.number(price)

    def subtotal(self) -> Decimal:
        return sum((line.get("Amount", Decimal(0)) for line in self.documents), Decimal(0))

    # --- details ------------------------------------------------------------------------------

    def add_sale(self, sent: dict[str, Any]) -> None:
        line = self.add(sent)
        detail, before = sent.get("SalesItemLineDetail") or {}, self.before(line)
        reference = detail.get("ItemRef") or {"value": DEFAULT_ITEM}
        item = self._item(reference, "IncomeAccountRef", before)
        line["SalesItemLineDetail"] = self._item_detail(
            detail, item, ("ServiceDate", "DiscountRate", "DiscountAmt")
        )
        self._taxed(line, detail, before, item)

    def add_description(self, sent: dict[str, Any]) -> None:
        line = self.add(sent)
        line["DescriptionLineDetail"] = {
            key: value for key, value in (sent.get("DescriptionLineDetail") or {}).items() if value
        }

    def add_expense(self, sent: dict[str, Any]) -> None:
        line = self.add(sent)
        detail, before = sent.get("AccountBasedExpenseLineDetail") or {}, self.before(line)
        if not detail.get("AccountRef"):
            raise missing("AccountRef")
        account = references.account(
            self.books, detail["AccountRef"], "AccountRef", EXPENSE_ACCOUNTS, before.get("AccountRef")
        )
        line["AccountBasedExpenseLineDetail"] = {"AccountRef": references.named(account)}
        self._billable(line, detail, before)
        self._taxed(line, detail, before, {})

    def add_purchase(self, sent: dict[str, Any]) -> None:
        line = self.add(sent)
        detail, before = sent.get("ItemBasedExpenseLineDetail") or {}, self.before(line)
        if not detail.get("ItemRef"):
            raise fault("6440", "Each line needs an item or an account.", "ItemRef")
        item = self._item(detail["ItemRef"], "ExpenseAccountRef", before)
        line["ItemBasedExpenseLineDetail"] = self._item_detail(detail, item, ())
        self._billable(line, detail, before)
        self._taxed(line, detail, before, item)

    def _item(self, reference: dict[str, str], account: str, before: dict[str, Any]) -> dict[str, Any]:
        item = references.required(self.books, "Item", reference, "ItemRef", before.get("ItemRef")).document()
        if item["Type"] == "Category":
            raise business("A category can't be used on a transaction line. Choose a product or service.")
        if item["Type"] == "Inventory" and self.txn_date < item["InvStartDate"]:
            raise fault(
                "6270",
                "The date of a transaction can't be before the start date of its inventory items. "
                f"{item['Name']} starts on {item['InvStartDate']}.",
                "TxnDate",
            )
        if account not in item:
            side = "sold" if account == "IncomeAccountRef" else "bought"
            raise business(f"The product or service {item['Name']} has no account for when it is {side}.")
        return item

    def _item_detail(
        self, detail: dict[str, Any], item: dict[str, Any], extras: tuple[str, ...]
    ) -> dict[str, Any]:
        result: dict[str, Any] = {"ItemRef": references.named(item)}
        unset = not detail.get("Qty") and not detail.get("UnitPrice")
        for key in ("UnitPrice", "Qty"):
            if detail.get(key) is not None and not unset:
                result[key] = jsontext.number(detail[key])
        for key in (*extras, "ClassRef"):
            if detail.get(key):
                result[key] = detail[key]
        return result

    def _taxed(
        self, line: dict[str, Any], detail: dict[str, Any], before: dict[str, Any], item: dict[str, Any]
    ) -> None:
        code = self.tax.add_line(line["Amount"], detail, item, before.get("TaxCodeRef"))
        target = line[line["DetailType"]]
        if code is None:
            return
        target["TaxCodeRef"] = {"value": code}
        if self.tax.mode == "TaxInclusive" and not self.tax.domestic:
            gross = detail.get("TaxInclusiveAmt") or self.tax.gross_of(line["Amount"], code)
            target["TaxInclusiveAmt"] = currencies.rounded(gross, self.currency)
            untaxed = self.tax.gross_of(line["Amount"], code) == line["Amount"]
            if line["Amount"] == detail.get("TaxInclusiveAmt") and not untaxed:
                self._sent_gross.append(line)

    def _billable(self, line: dict[str, Any], detail: dict[str, Any], before: dict[str, Any]) -> None:
        target = line[line["DetailType"]]
        status = detail.get("BillableStatus") or "NotBillable"
        if status == "HasBeenBilled" and before.get("BillableStatus") != status:
            raise fault("2170", "Invalid Enumeration : HAS_BEEN_BILLED", "BillableStatus")
        if detail.get("CustomerRef"):
            customer = references.required(
                self.books, "Customer", detail["CustomerRef"], "CustomerRef", before.get("CustomerRef")
            )
            target["CustomerRef"] = references.named(customer.document())
        elif status == "Billable":
            raise business("A billable line needs a customer.")
        target["BillableStatus"] = status
