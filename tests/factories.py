"""Records with defaults; a test overrides what it is about."""

from datetime import date
from decimal import Decimal
from itertools import count

from contacts.models import Beneficiary, Customer
from integrations import services
from integrations.models import Organization, SyncRun, Trigger
from integrations.services import Asked
from payables.models import Bill, BillLine
from receivables.models import Invoice, InvoiceLine
from tests.quickbooks import drain

_number = count(1)


def make_customer(organization: Organization, **fields) -> Customer:
    defaults = {"name": f"Customer {next(_number)}", "currency": organization.currency}
    return Customer.objects.create(organization=organization, **(defaults | fields))


def make_beneficiary(organization: Organization, **fields) -> Beneficiary:
    defaults = {"name": f"Supplier {next(_number)}", "currency": organization.currency}
    return Beneficiary.objects.create(organization=organization, **(defaults | fields))


def invoice_line(**fields) -> InvoiceLine:
    defaults = {"custom_name": "Consulting", "quantity": Decimal(2), "unit_price": Decimal("50.00")}
    return InvoiceLine(**(defaults | fields))


def bill_line(**fields) -> BillLine:
    defaults = {"custom_name": "Rent", "quantity": Decimal(1), "unit_price": Decimal("80.00")}
    return BillLine(**(defaults | fields))


def make_invoice(
    organization: Organization, customer: Customer | None = None, lines=None, **fields
) -> Invoice:
    customer = customer or make_customer(organization)
    defaults = {
        "number": f"INV-{next(_number)}",
        "issue_date": date(2026, 10, 1),
        "due_date": date(2026, 10, 31),
        "currency": customer.currency,
    }
    invoice = Invoice(organization=organization, customer=customer, **(defaults | fields))
    invoice.replace_lines(lines or [invoice_line()])
    return invoice


def make_bill(
    organization: Organization, beneficiary: Beneficiary | None = None, lines=None, **fields
) -> Bill:
    beneficiary = beneficiary or make_beneficiary(organization)
    defaults = {
        "number": f"B-{next(_number)}",
        "issue_date": date(2026, 10, 1),
        "due_date": date(2026, 10, 31),
        "currency": beneficiary.currency,
    }
    bill = Bill(organization=organization, beneficiary=beneficiary, **(defaults | fields))
    bill.replace_lines(lines or [bill_line()])
    return bill


def push(*records, **options) -> SyncRun:
    """Pushes records of one entity, and works the lane off."""
    from integrations.mapping import mapper_of

    organization = records[0].organization
    asked = Asked(Trigger.API)
    entity = mapper_of(records[0]).entity
    run = services.push(organization, entity, asked=asked, ids=[record.pk for record in records], **options)
    drain(organization)
    for record in records:
        record.refresh_from_db()
    run.refresh_from_db()
    return run


def pull(organization: Organization, entity: str, **options) -> SyncRun:
    run = services.pull(organization, entity, asked=Asked(Trigger.API), **options)
    drain(organization)
    run.refresh_from_db()
    return run
