"""The tax of an invoice or bill: which code a line has, and whether Finmo can compute what it comes to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ..models import Document, DocumentLine, TaxCode, TaxTreatment
from ..money import Rates, tax_of
from .company import Company
from .lines import NOT_TAXABLE


@dataclass(frozen=True)
class Taxes:
    """Of one kind of document: the setting that names its default tax code, and the rates of a code that it goes by,
    "sales_rates" or "purchase_rates"."""

    default_field: str
    rates_field: str

    def code(self, line: DocumentLine, company: Company) -> TaxCode | None:
        return line.tax_code or getattr(company.configuration, self.default_field)

    def code_id(self, record: Document, line: DocumentLine, company: Company) -> str | None:
        """As a line's values have it."""
        code = None if record.tax_treatment == TaxTreatment.NONE else self.code(line, company)
        if code:
            return code.qbo_id
        return NOT_TAXABLE if company.is_us else None

    def remember_rates(self, records: Iterable[Document], company: Company) -> None:
        """For `rates`, which knows codes by their ids alone."""
        for record in records:
            for line in record.lines.all():
                code = self.code(line, company)
                if code and code.qbo_id:
                    company.rates_by_code[self.rates_field, code.qbo_id] = getattr(code, self.rates_field)

    def rates(self, code_id: str | None, company: Company) -> Rates:
        return company.rates_by_code.get((self.rates_field, code_id), []) if code_id else []

    def are_ours(self, record: Document, company: Company) -> bool:
        """Whether Finmo can compute the document's tax: it knows the rate of every line's code."""
        lines = record.lines.all()
        if company.is_us:
            return all(self.code_id(record, line, company) == NOT_TAXABLE for line in lines)
        if record.tax_treatment == TaxTreatment.NONE:
            return True
        codes = [self.code(line, company) for line in lines]
        return all(code is not None and getattr(code, self.rates_field) for code in codes)

    def total_now(self, record: Document, company: Company) -> Decimal:
        """The document's total with the tax codes as they stand. Only where `are_ours`."""
        lines = list(record.lines.all())
        net = sum((line.amount for line in lines), Decimal())
        if company.is_us or record.tax_treatment in (TaxTreatment.NONE, TaxTreatment.INCLUSIVE):
            return net
        taxed = [(line.amount, getattr(self.code(line, company), self.rates_field)) for line in lines]
        return net + tax_of(taxed, inclusive=False, currency=record.currency)
