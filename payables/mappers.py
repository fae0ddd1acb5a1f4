"""A bill is QuickBooks' Bill. A custom line is booked to its own account or the default payables account."""

from decimal import Decimal
from typing import Any

from integrations import documents
from integrations.mapping import Company, Problem, Values, register
from integrations.mapping.document import DocumentMapper
from integrations.models import DocumentLine
from integrations.money import rounded

from .models import Bill, BillLine


@register
class BillMapper(DocumentMapper):
    entity = "bills"
    remote = "Bill"
    document = documents.Bill
    model = Bill
    line_model = BillLine
    stream = "payables"
    contact, contact_entity, contact_path = "beneficiary", "beneficiaries", "VendorRef"
    memo_path = "PrivateNote"
    default_tax_field = "default_payable_tax_code"
    default_account_field = "default_payable_account"
    detail_types = ("AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail")
    ending = "delete"
    settled_by = "BillPayment"
    web_path = "bill?txnId={id}"
    repeated = (
        "DocNumber",
        "TxnDate",
        "DueDate",
        "SalesTermRef",
        "CurrencyRef",
        "ExchangeRate",
        "GlobalTaxCalculation",
        "PrivateNote",
        "APAccountRef",
        "DepartmentRef",
    )

    def line_ours(self, line: DocumentLine, company: Company) -> Values:
        default = company.configuration.default_payable_account
        account = None if line.item else line.account or default
        description = line.description
        if line.custom_name:
            description = f"{line.custom_name}: {description}" if description else line.custom_name
        return {
            "item": line.item.qbo_id if line.item else None,
            "account": account.qbo_id if account else None,
            "description": description,
        }

    def text_columns(self, line: DocumentLine, values: Values) -> dict[str, Any]:
        """QuickBooks' description begins with a custom item's name, unless somebody changed that too."""
        name, _, rest = values["description"].partition(": ")
        if line.custom_name and name == line.custom_name:
            return {"custom_name": name, "description": rest}
        return {"custom_name": "", "description": values["description"]}

    def line_detail(self, values: Values, company: Company) -> tuple[str, dict[str, Any]]:
        if values["item"]:
            return "ItemBasedExpenseLineDetail", {
                "ItemRef": {"value": values["item"]},
                "Qty": Decimal(values["quantity"]),
                "UnitPrice": Decimal(values["unit_price"]),
            }
        return "AccountBasedExpenseLineDetail", {"AccountRef": {"value": values["account"]}}

    def refuse(self, record: Bill, values: Values, changed: set[str], company: Company) -> Problem | None:
        problem = super().refuse(record, values, changed, company)
        if problem or (record.linked and "lines" not in changed):
            return problem
        if any(not line["item"] and not line["account"] for line in values["lines"]):
            return Problem("no_default_account")
        return None

    def complete(
        self, target: dict, record: Bill, values: Values, changed: set[str], company: Company
    ) -> None:
        super().complete(target, record, values, changed, company)
        if record.linked and "Line" not in target:
            target["Line"] = self._held_lines(record)
        payable = company.payable_accounts.get(record.currency, [])
        if not record.linked and len(payable) == 1:
            target["APAccountRef"] = {"value": payable[0]}

    def _held_lines(self, record: Bill) -> list[dict[str, Any]]:
        """QuickBooks' own lines: Intuit documents no sparse update of bills, so the required lines go along unchanged.

        A quantity and price that do not make the amount, as people can enter them there, would be refused (6070).
        """
        lines = self.held(record).get("Line", [])
        for line in lines:
            detail = line.get("ItemBasedExpenseLineDetail") or {}
            if "Qty" in detail and "UnitPrice" in detail:
                amount = rounded(Decimal(detail["Qty"]) * Decimal(detail["UnitPrice"]), record.currency)
                if amount != line.get("Amount"):
                    del detail["Qty"], detail["UnitPrice"]
        return lines
