"""What an invoice and a bill have in common towards QuickBooks. The two differ in their lines and their contact."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models

from .. import documents
from ..models import Document, DocumentLine, Organization, SyncedRecord, TaxTreatment
from .company import Company
from .document_finding import FindableDocument
from .fields import Day, Field, Links, Number, Reference, Values, given, plain
from .lines import (
    LINE_REFERENCES,
    NOT_TAXABLE,
    TAXABLE,
    line_references,
    make_net,
    read_line,
    write_line,
)
from .problem import Problem
from .refusals import refuse_change, refuse_contact, refuse_lines
from .tax import Taxes
from .voids import is_voided

_TREATMENTS = {
    TaxTreatment.EXCLUSIVE: "TaxExcluded",
    TaxTreatment.INCLUSIVE: "TaxInclusive",
    TaxTreatment.NONE: "NotApplicable",
}
# A change of these rewrites what was paid or declared.
MONEY_FIELDS = {"lines", "currency", "tax_treatment", "exchange_rate"}
# A change of these sends all lines anew.
REWRITES_LINES = {"lines", "tax_treatment"}
# What a reconciliation reads of each document, beside its contact: neither lines nor history.
FIGURES = (
    "Id, SyncToken, DocNumber, TxnDate, DueDate, CurrencyRef, ExchangeRate, TotalAmt, Balance, TxnTaxDetail, "
    "PrivateNote"
)


class Treatment(Field):
    def ours(self, record: Document) -> str:
        return record.tax_treatment

    def theirs(self, document: documents.Transaction) -> str:
        told = given(document.GlobalTaxCalculation)
        return next((ours for ours, theirs in _TREATMENTS.items() if theirs == told), TaxTreatment.EXCLUSIVE)

    def send(self, target: dict, value: str) -> None:
        super().send(target, _TREATMENTS[TaxTreatment(value)])


class DocumentMapper(FindableDocument):
    """Subclasses say which contact and which lines, and where QuickBooks keeps them."""

    rank = 30
    key, key_column = "DocNumber", "number"
    taken_code = "number_taken"
    even_inactive = everything = ""
    merged_whole = frozenset(MONEY_FIELDS)
    line_texts = frozenset({"description"})
    found_in_order = "TxnDate DESC"
    known_by = ("issue_date", "due_date", "currency")
    # Set by the subclasses:
    memo_path: ClassVar[str]
    default_tax_field: ClassVar[str]
    default_account_field: ClassVar[str]
    figures: ClassVar[str]
    line_model: ClassVar[type[DocumentLine]]
    detail_types: ClassVar[tuple[str, ...]]  # the kinds of line that we keep

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.fields = (
            Reference(cls.contact, cls.contact_path, to=cls.contact_entity),
            Field("number", "DocNumber", longest=21),
            Day("issue_date", "TxnDate"),
            Day("due_date", "DueDate"),
            Field("currency", "CurrencyRef.value", create_only=True),
            Number("exchange_rate", "ExchangeRate"),
            Treatment("tax_treatment", "GlobalTaxCalculation"),
            Field("memo", cls.memo_path, longest=1000),
        )
        cls.taxes = Taxes(cls.default_tax_field, cls.model.rates_field)
        cls.figures = f"{FIGURES}, {cls.contact_path}"
        cls.select_related = (cls.contact, f"{cls.contact}__merged_into", "organization")
        cls.prefetch_related = ("lines__item", "lines__tax_code", "lines__account")
        cls.always_sent = cls.needs = (cls.contact,)
        cls.repaired_by = {
            "no_default_account": cls.default_account_field,
            "tax_code_missing": cls.default_tax_field,
        }
        cls.decided_with = {cls.contact: "currency"}
        cls.required_columns = frozenset({f"{cls.contact}_id"})

    def linked_and_living(self, organization: Organization) -> models.QuerySet:
        return self.records(organization).filter(qbo_id__isnull=False, ended="")

    # --- hooks -------------------------------------------------------------------------------

    def line_ours(self, line: DocumentLine, company: Company) -> Values:
        """Kind-specific parts of a line's values: item, account, description."""
        raise TypeError("a subclass says it")

    def line_detail(self, values: Values, company: Company) -> tuple[str, dict[str, Any]]:
        """(DetailType, detail) for a line's values."""
        raise TypeError("a subclass says it")

    # --- values ------------------------------------------------------------------------------

    def ours(self, record: Document, company: Company) -> Values:
        values = super().ours(record, company)
        if not company.is_foreign(record.currency):
            values["exchange_rate"] = None
        elif record.exchange_rate is None:
            values["exchange_rate"] = plain(company.rates.get((record.currency, record.issue_date)))
        if company.is_us:
            values["tax_treatment"] = record.tax_treatment or TaxTreatment.EXCLUSIVE
        values["lines"] = [self._line_ours(record, line, company) for line in record.lines.all()]
        return values

    def _line_ours(self, record: Document, line: DocumentLine, company: Company) -> Values:
        return {
            "id": line.qbo_line_id,
            "quantity": plain(line.quantity),
            "unit_price": plain(line.unit_price),
            "amount": plain(line.amount),
            "tax_code": self.taxes.code_id(record, line, company),
            **self.line_ours(line, company),
        }

    def theirs(self, document: documents.Transaction, company: Company) -> Values:
        values = super().theirs(document, company)
        values["currency"] = values["currency"] or company.home_currency
        if not company.is_foreign(values["currency"]):
            values["exchange_rate"] = None
        inclusive = values["tax_treatment"] == TaxTreatment.INCLUSIVE
        untaxed = values["tax_treatment"] == TaxTreatment.NONE
        values["lines"] = []
        for line in given(document.Line) or []:
            if given(line.DetailType) in self.detail_types:
                told = read_line(document, line, inclusive=inclusive, currency=values["currency"])
                values["lines"].append(told | ({"tax_code": None} if untaxed else {}))
        return values

    def references(self, document: documents.Transaction) -> Iterable[tuple[str, str]]:
        yield from super().references(document)
        for line in given(document.Line) or []:
            yield from line_references(line)

    # --- refusals ----------------------------------------------------------------------------

    def waits_for(self, record: Document) -> tuple[tuple[str, SyncedRecord], ...]:
        return ((self.contact_entity, getattr(record, self.contact)),)

    def refuse(self, record: Document, values: Values, changed: set[str], company: Company) -> Problem | None:
        contact = getattr(record, self.contact)
        return (
            refuse_contact(record, contact, self.contact in changed, company)
            or refuse_change(record, changed & (MONEY_FIELDS | {self.contact}), company)
            or refuse_lines(record, values, bool(changed & REWRITES_LINES), company)
        )

    def rate_needed(self, record: Document, company: Company) -> tuple[str, date] | None:
        if record.exchange_rate is not None or not company.connection.multicurrency:
            return None
        return (record.currency, record.issue_date) if company.is_foreign(record.currency) else None

    # --- what is sent ------------------------------------------------------------------------

    def complete(
        self, target: dict, record: Document, values: Values, changed: set[str], company: Company
    ) -> None:
        says_treatment = company.connection.uses_sales_tax and not company.is_us
        if not says_treatment:
            target.pop("GlobalTaxCalculation", None)
        if not record.linked and not company.connection.multicurrency:
            target.pop("CurrencyRef", None)
        if not record.linked or changed & REWRITES_LINES:
            target["Line"] = self._compose_lines(record, values, company)
            if record.linked and says_treatment:
                Treatment("tax_treatment", "GlobalTaxCalculation").send(target, values["tax_treatment"])

    def _compose_lines(self, record: Document, values: Values, company: Company) -> list[dict[str, Any]]:
        held = {line["Id"]: line for line in self.held(record).get("Line", []) if line.get("Id")}
        inclusive = values["tax_treatment"] == TaxTreatment.INCLUSIVE
        composed = []
        for line in values["lines"]:
            detail_type, detail = self.line_detail(line, company)
            if line["tax_code"]:
                taxable = company.is_us and line["tax_code"] != NOT_TAXABLE
                detail["TaxCodeRef"] = {"value": TAXABLE if taxable else line["tax_code"]}
            amount = Decimal(line["amount"])
            if inclusive:
                rates = self.taxes.rates(line["tax_code"], company)
                amount = make_net(detail, amount, rates, record.currency)
            composed.append(write_line(line, detail_type, detail, amount, held.get(line["id"])))
        return composed

    def prepare(self, records: list[SyncedRecord], company: Company) -> None:
        self.taxes.remember_rates(records, company)

    # --- what is stored ----------------------------------------------------------------------

    def mirrored(
        self, document: documents.Transaction, company: Company, known: Document | None = None
    ) -> dict[str, Any]:
        total = given(document.TotalAmt) or Decimal(0)
        told = given(document.Balance)
        balance = total if told is None else told
        tax = given(document.TxnTaxDetail)
        lines = given(document.Line) or []
        return {
            "qbo_total": total,
            "qbo_tax_total": (given(tax.TotalTax) if tax else None) or Decimal(0),
            "paid": total - balance,
            "balance": balance,
            "has_other_lines": any(given(line.DetailType) not in self.kept_types for line in lines),
            "ended": Document.Ended.VOIDED if self.voided(document, known) else Document.Ended.NO,
        }

    @property
    def kept_types(self) -> tuple[str, ...]:
        return (*self.detail_types, "SubTotalLineDetail")

    def voided(self, document: documents.Transaction, known: Document | None = None) -> bool:
        return is_voided(document, known)

    def totals(self, document: documents.Transaction) -> dict[str, Any]:
        """Our totals, taken from QuickBooks' document."""
        total = given(document.TotalAmt) or Decimal(0)
        tax = given(document.TxnTaxDetail)
        tax_total = (given(tax.TotalTax) if tax else None) or Decimal(0)
        return {"total": total, "tax_total": tax_total, "subtotal": total - tax_total}

    def unresolved(self, values: Values, links: Links) -> bool:
        return any(
            line[name] and (entity, line[name]) not in links
            for line in values["lines"]
            for name, entity in LINE_REFERENCES.items()
        )

    def usable(self, document: documents.Transaction) -> bool:
        return given(getattr(document, self.contact_path)) is not None and given(document.TxnDate) is not None

    def lines(self, values: Values, links: Links) -> list[models.Model]:
        return [
            self.line_model(
                position=position,
                item_id=links.get(("items", line["item"])),
                account_id=links.get(("accounts", line["account"])),
                tax_code_id=links.get(("tax-codes", line["tax_code"])),
                description=line["description"],
                quantity=Decimal(line["quantity"]),
                unit_price=Decimal(line["unit_price"]),
                amount=Decimal(line["amount"]),
                qbo_line_id=line["id"],
            )
            for position, line in enumerate(values["lines"], start=1)
        ]

    def computed(self, record: Document, document: Any, company: Company) -> dict[str, Any]:
        """QuickBooks' totals, where its tax is not ours to compute, or where we come to the same: a default tax code
        that was chosen after the document was entered counts from the day it is sent."""
        totals = self.totals(document)
        if (
            not self.taxes.are_ours(record, company)
            or self.taxes.total_now(record, company) == totals["total"]
        ):
            return totals
        return {}
