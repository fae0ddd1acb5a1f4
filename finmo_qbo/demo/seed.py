"""Fills an empty demo with its merchant, people, contacts and documents. Nothing of it is in QuickBooks yet."""

from datetime import timedelta
from decimal import Decimal

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from contacts.models import Beneficiary, Contact, Customer
from integrations.groups import account_managers
from integrations.models import Membership, Organization, TaxTreatment
from payables.models import Bill, BillLine
from receivables.models import Invoice, InvoiceLine

from . import merchant, trade

FIRST_NUMBER = 2401


def seed() -> None:
    """Does nothing where the merchant exists: a second start goes on with what people did."""
    if Organization.objects.filter(slug=merchant.SLUG).exists():
        return
    with transaction.atomic():
        organization = Organization.objects.create(
            slug=merchant.SLUG,
            name=merchant.NAME,
            country=merchant.COUNTRY,
            currency=merchant.CURRENCY,
            quickbooks_enabled=True,
        )
        _add_people(organization)
        customers = _add_parties(organization, Customer, merchant.CUSTOMERS)
        beneficiaries = _add_parties(organization, Beneficiary, merchant.BENEFICIARIES)
        _add_invoices(organization, customers)
        _add_bills(organization, beneficiaries)


def _add_people(organization: Organization) -> None:
    users = get_user_model().objects
    for email, role, _ in merchant.PEOPLE:
        user = users.create_user(username=email, email=email, password=merchant.PASSWORD)
        Membership.objects.create(organization=organization, user=user, role=role)
    manager = users.create_superuser(
        username=merchant.ACCOUNT_MANAGER, email=merchant.ACCOUNT_MANAGER, password=merchant.PASSWORD
    )
    manager.groups.add(account_managers())


def _add_parties(
    organization: Organization, model: type[Contact], parties: dict[str, merchant.Party]
) -> dict[str, Contact]:
    return {
        key: model.objects.create(
            organization=organization,
            name=party.name,
            company_name=party.name,
            currency=party.currency,
            email=party.email,
            phone=party.phone,
            address_line1=party.line1,
            address_city=party.city,
            address_postal_code=party.postal_code,
            address_country=party.country,
        )
        for key, party in parties.items()
    }


def _add_invoices(organization: Organization, customers: dict[str, Contact]) -> None:
    for number, (days, key, to_pay, lines) in enumerate(trade.INVOICES, start=FIRST_NUMBER):
        customer = customers[key]
        invoice = Invoice(
            organization=organization,
            customer=customer,
            number=f"INV-{number}",
            **_terms(days, to_pay, customer),
            memo="Thank you for your business.",
        )
        invoice.replace_lines(
            [
                InvoiceLine(
                    custom_name=item,
                    quantity=Decimal(quantity),
                    unit_price=Decimal(merchant.PRICES[item][customer.currency]),
                )
                for item, quantity in lines
            ]
        )


def _add_bills(organization: Organization, beneficiaries: dict[str, Contact]) -> None:
    for days, key, number, to_pay, lines in trade.BILLS:
        beneficiary = beneficiaries[key]
        bill = Bill(
            organization=organization,
            beneficiary=beneficiary,
            number=number,
            **_terms(days, to_pay, beneficiary),
        )
        bill.replace_lines(
            [
                BillLine(
                    custom_name=what, description=what, quantity=Decimal(quantity), unit_price=Decimal(price)
                )
                for what, quantity, price in lines
            ]
        )


def _terms(days: int, to_pay: int, contact: Contact) -> dict:
    """Dates and currency. Nothing is taxed: tax codes come from QuickBooks, and none is imported yet."""
    issued = timezone.localdate() - timedelta(days=days)
    return {
        "issue_date": issued,
        "due_date": issued + timedelta(days=to_pay),
        "currency": contact.currency,
        "tax_treatment": TaxTreatment.NONE,
    }
