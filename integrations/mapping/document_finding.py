"""Which of QuickBooks' invoices or bills is meant: the one that a person looks for, or the one that a record of ours
already is there."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django.db import models

from .. import documents
from ..models import Document, Organization
from .company import Company
from .declared import Condition
from .fields import Values, given, plain
from .mapper import Mapper
from .problem import Problem
from .registry import mapper_for
from .tax import Taxes

# So many contacts of one name are asked for when a person searches for their documents.
MOST_CONTACTS_SEARCHED = 5
_AMOUNT = re.compile(r"\d{1,12}(\.\d{1,5})?")


class FindableDocument(Mapper):
    contact: ClassVar[str]  # our field
    contact_entity: ClassVar[str]
    contact_path: ClassVar[str]
    taxes: ClassVar[Taxes]

    # --- by a person -------------------------------------------------------------------------

    def searched_for(self, record: Document) -> str:
        return super().searched_for(record) or plain(record.total)

    def searches(self, text: str, organization: Organization) -> list[Condition]:
        """By number, by the contacts of that name that are linked, and by amount."""
        conditions = super().searches(text, organization)
        contacts = mapper_for(self.contact_entity).records(organization).linked().filter(name__icontains=text)
        ids = contacts.order_by("name", "pk").values_list("qbo_id", flat=True)[:MOST_CONTACTS_SEARCHED]
        conditions += [(self.contact_path, "=", qbo_id) for qbo_id in ids]
        amount = text.replace(",", "")
        if _AMOUNT.fullmatch(amount):
            conditions.append(("TotalAmt", "=", amount))
        return conditions

    @property
    def details(self) -> tuple[str, ...]:
        return (self.contact, *self.known_by, "total", "balance")

    def shown(self, document: documents.Transaction, company: Company) -> dict[str, Any]:
        told = super().shown(document, company)
        contact = given(getattr(document, self.contact_path))
        name = given(contact.name) if contact else None
        totals = {"total": plain(given(document.TotalAmt)), "balance": plain(given(document.Balance))}
        details = {self.contact: name, **told["details"], **totals}
        return told | {"details": {field: value for field, value in details.items() if value is not None}}

    # --- by the engine -----------------------------------------------------------------------

    def same(self, record: Document, document: Any, company: Company) -> Problem | None:
        theirs = self.theirs(document, company)
        totals = self.totals(document)
        total_agrees = totals["total"] == record.total or (
            not self.taxes.are_ours(record, company) and totals["subtotal"] == record.subtotal
        )
        contact = getattr(record, self.contact)
        if (
            theirs[self.contact] == contact.qbo_id
            and theirs["issue_date"] == record.issue_date.isoformat()
            and theirs["currency"] == record.currency
            and total_agrees
        ):
            return None
        return Problem("number_taken")

    def candidates(
        self, organization: Organization, documents_and_values: list[tuple[Any, Values]]
    ) -> models.QuerySet:
        numbers = {values["number"] for _, values in documents_and_values if values["number"]}
        return (
            self.full_records(organization)
            .filter(qbo_id__isnull=True, ended="", number__in=numbers)
            .exclude(number="")
        )

    def local_match(self, document: Any, values: Values, candidates: list[Document]) -> Document | None:
        total = given(document.TotalAmt)
        for record in candidates:
            if (
                record.number == values["number"]
                and getattr(record, self.contact).qbo_id == values[self.contact]
                and record.issue_date.isoformat() == values["issue_date"]
                and record.currency == values["currency"]
                and record.total == total
            ):
                return record
        return None
