"""An invoice is QuickBooks' Invoice. A custom line becomes a service item there, found again by name."""

from decimal import Decimal
from typing import Any

from integrations import documents
from integrations.mapping import Company, Problem, Values, register
from integrations.mapping.document import DocumentMapper
from integrations.mapping.lines import DESCRIPTION_ONLY, NOT_TAXABLE, TAXABLE, only_describes
from integrations.models import DocumentLine, Item, SyncedRecord, name_key

from .models import Invoice, InvoiceLine


@register
class InvoiceMapper(DocumentMapper):
    entity = "invoices"
    remote = "Invoice"
    document = documents.Invoice
    model = Invoice
    line_model = InvoiceLine
    stream = "receivables"
    contact, contact_entity, contact_path = "customer", "customers", "CustomerRef"
    memo_path = "CustomerMemo.value"
    default_tax_field = "default_receivable_tax_code"
    default_account_field = "default_receivable_account"
    detail_types = ("SalesItemLineDetail", DESCRIPTION_ONLY)
    ending = "void"
    settled_by = "Payment"
    web_path = "invoice?txnId={id}"

    def line_ours(self, line: DocumentLine, company: Company) -> Values:
        item = line.item or company.items.get(name_key(line.custom_name))
        return {"item": item.qbo_id if item else None, "account": None, "description": line.description}

    def complete(
        self, target: dict, record: Invoice, values: Values, changed: set[str], company: Company
    ) -> None:
        super().complete(target, record, values, changed, company)
        if company.is_us and "Line" in target and (codes := _sales_tax_codes(values)):
            target["TxnTaxDetail"] = {"TxnTaxCodeRef": {"value": codes.pop()}}

    def line_detail(self, values: Values, company: Company) -> tuple[str, dict[str, Any]]:
        if only_describes(values):
            return DESCRIPTION_ONLY, {}
        detail: dict[str, Any] = {
            "Qty": Decimal(values["quantity"]),
            "UnitPrice": Decimal(values["unit_price"]),
        }
        if values["item"]:
            detail["ItemRef"] = {"value": values["item"]}
        return "SalesItemLineDetail", detail

    def refuse(self, record: Invoice, values: Values, changed: set[str], company: Company) -> Problem | None:
        problem = super().refuse(record, values, changed, company)
        if not problem and company.is_us and len(_sales_tax_codes(values)) > 1:
            return Problem(
                "6100",
                "A QuickBooks company in the United States takes one sales tax code for a whole invoice.",
                "Choose the same tax code on all taxable lines, and sync the invoice again.",
            )
        return problem

    def refuse_needed(
        self, record: Invoice, values: Values, changed: set[str], company: Company
    ) -> Problem | None:
        if record.linked and "lines" not in changed:
            return None
        return next(filter(None, (self._refuse_line(line, company) for line in record.lines.all())), None)

    def _refuse_line(self, line: DocumentLine, company: Company) -> Problem | None:
        if line.item is None and not line.custom_name:
            return None
        item = line.item or company.items.get(name_key(line.custom_name))
        if item and item.linked:
            return None
        if item is None and company.configuration.default_receivable_account is None:
            return Problem("no_default_account")
        reason = item.sync_error_message if item else ""
        return Problem(
            item.sync_error_code if item and item.sync_error_code else "2500",
            f"QuickBooks does not have the item “{line.item_name}”. {reason}".strip(),
            item.sync_error_remedy if item and item.sync_error_remedy else "",
        )

    def prepare(self, records: list[SyncedRecord], company: Company) -> None:
        super().prepare(records, company)
        wanted = self._custom_names(records) - company.items.keys()
        found = Item.objects.filter(organization=company.organization, name_key__in=wanted).order_by("id")
        for item in found:
            known = company.items.get(item.name_key)
            if item.type not in ("Category", "Group") and item.is_active and (known is None or item.linked):
                company.items[item.name_key] = item

    def dependencies(self, records: list[SyncedRecord], company: Company) -> list[SyncedRecord]:
        self.prepare(records, company)
        account = company.configuration.default_receivable_account
        names = self._custom_names(records)
        if account is not None:
            for record in records:
                for line in record.lines.all():
                    key = name_key(line.custom_name)
                    if line.item is None and key and key not in company.items:
                        company.items[key] = Item.objects.create(
                            organization=company.organization,
                            name=" ".join(line.custom_name.split()),
                            type="Service",
                            income_account=account,
                        )
        wanted = [company.items[key] for key in names if key in company.items]
        unlinked = [item for item in wanted if not item.linked]
        for item in unlinked:
            if account is not None and item.income_account_id != account.pk:
                # QuickBooks may have refused the account that was chosen when the item was made.
                item.income_account = account
                Item.objects.filter(pk=item.pk).update(income_account=account)
        return unlinked

    def _custom_names(self, records: list[SyncedRecord]) -> set[str]:
        return {
            name_key(line.custom_name)
            for record in records
            for line in record.lines.all()
            if line.item is None and line.custom_name
        }


def _sales_tax_codes(values: Values) -> set[str]:
    """In the United States lines are TAX or NON only; the code that says how much is the invoice's (section 10.7)."""
    return {line["tax_code"] for line in values["lines"]} - {TAXABLE, NOT_TAXABLE}
