"""What the mapping tests do with the company: contacts in several currencies, other tax rates, documents as drawn."""

from __future__ import annotations

from decimal import Decimal

from integrations import documents
from integrations.mapping import Values, company_of, mapper_of
from integrations.models import Document, Organization, SyncedRecord, TaxCode
from integrations.simulator.models import StoredObject
from integrations.sync import merge
from payables.models import BillLine
from tests.factories import invoice_line, make_bill, make_customer, make_invoice, pull, push
from tests.mapping.examples import DrawnDocument
from tests.quickbooks import QuickBooks


def set_rates(qbo: QuickBooks, organization: Organization, percents: list[Decimal]) -> list[TaxCode]:
    """Gives the company's tax rates other percents, and returns the tax codes as Finmo then knows them."""
    rates = StoredObject.objects.filter(company__realm_id=qbo.realm, entity="TaxRate").order_by("number")
    for row, percent in zip(rates, percents, strict=False):
        row.body = documents.encode(row.document() | {"RateValue": percent}).decode()
        row.save()
    pull(organization, "tax-codes")
    codes = TaxCode.objects.filter(organization=organization, is_active=True)
    return list(codes.exclude(sales_rates=[]).exclude(purchase_rates=[]).order_by("pk"))


def synced_contacts(organization: Organization, currencies: tuple[str, ...], make=make_customer) -> list:
    contacts = [make(organization, currency=currency) for currency in currencies]
    assert push(*contacts).status == "succeeded"
    return contacts


def invoice_of(organization: Organization, customers: list, codes: list, drawn: DrawnDocument):
    lines = [
        invoice_line(
            quantity=line.quantity,
            unit_price=line.unit_price,
            description=line.description,
            tax_code=codes[line.tax % len(codes)] if codes else None,
        )
        for line in drawn.lines
    ]
    return make_invoice(
        organization,
        customers[drawn.currency % len(customers)],
        lines=lines,
        tax_treatment=drawn.treatment,
        memo=drawn.memo,
    )


def bill_of(organization: Organization, beneficiaries: list, codes: list, drawn: DrawnDocument):
    lines = [
        BillLine(
            custom_name="Rent",
            quantity=line.quantity,
            unit_price=line.unit_price,
            description=line.description,
            tax_code=codes[line.tax % len(codes)] if codes else None,
        )
        for line in drawn.lines
    ]
    return make_bill(
        organization,
        beneficiaries[drawn.currency % len(beneficiaries)],
        lines=lines,
        tax_treatment=drawn.treatment,
        memo=drawn.memo,
    )


def push_all(records: list[Document]) -> None:
    """Pushes what can be pushed: a document whose total is below zero, QuickBooks accepts from nobody."""
    chosen = [record for record in records if record.total > 0]
    if chosen:
        run = push(*chosen)
        failed = run.jobs.filter(outcome="failed").values_list("code", "message", "detail")
        assert run.status == "succeeded", list(failed)


def assert_totals_agree(records: list[Document]) -> None:
    for record in records:
        if record.linked:
            assert (record.qbo_total, record.qbo_tax_total) == (record.total, record.tax_total), record.pk
            assert record.difference is None


def both_sides(qbo: QuickBooks, records: list[SyncedRecord]) -> list[tuple[Values, Values]]:
    """For each record that is there: our values, and QuickBooks' as it holds them now."""
    linked = [record for record in records if record.linked]
    if not linked:
        return []
    mapper, company = mapper_of(linked[0]), company_of(linked[0].organization)
    fresh = list(mapper.full_records(company.organization).filter(pk__in=[record.pk for record in linked]))
    mapper.prepare(fresh, company)
    ids = ", ".join(f"'{record.qbo_id}'" for record in fresh)
    there = {each["Id"]: each for each in qbo.all(mapper.remote, f"where Id in ({ids})")}
    typed = {id: documents.decode(documents.encode(each), mapper.document) for id, each in there.items()}
    return [(mapper.ours(each, company), mapper.theirs(typed[each.qbo_id], company)) for each in fresh]


def differing(ours: Values, theirs: Values) -> set[str]:
    """Our fields that QuickBooks has otherwise."""
    return {name for name in theirs if not merge.equal(ours[name], theirs[name])}
