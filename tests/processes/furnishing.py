"""Who and what is in a house: merchants, their people, contacts and documents."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import requests
from django.conf import settings

from contacts.models import Beneficiary, Contact, Customer
from integrations import connecting, contact_matching, reconciling, resolving, services, tasks
from integrations.groups import account_managers
from integrations.mapping import mapper_for
from integrations.models import (
    Conflict,
    Document,
    Item,
    Organization,
    Role,
)
from payables.models import Bill
from receivables.models import Invoice, InvoiceLine
from tests.conftest import choose_defaults, make_user
from tests.factories import invoice_line, make_customer, make_invoice
from tests.processes.reporting import finished
from tests.processes.working import ASKED, drain, pull, push
from tests.reconciliation.copies import multiply

CALLBACK = f"http://127.0.0.1:{settings.PORT}/integrations/quickbooks/callback/"


def merchant(slug: str, realm: str, customers: int = 5, beneficiaries: int = 0) -> None:
    """An organization that is connected, has imported its lists and pushed its contacts."""
    newcomer(slug, enabled=True)
    organization = Organization.objects.get(slug=slug)
    connect(slug, realm)
    for entity in ("accounts", "items", "tax-codes"):
        services.pull(organization, entity, asked=ASKED)
    drain(slug)
    choose_defaults(organization)
    for number in range(customers):
        Customer.objects.create(organization=organization, name=f"Customer {number}", currency="SGD")
    for number in range(beneficiaries):
        Beneficiary.objects.create(organization=organization, name=f"Supplier {number}", currency="SGD")
    services.push(organization, "customers", asked=ASKED, all_unsynced=True)
    if beneficiaries:
        services.push(organization, "beneficiaries", asked=ASKED, all_unsynced=True)
    drain(slug)
    assert Customer.objects.filter(organization=organization, qbo_id=None).count() == 0


def newcomer(slug: str, enabled: bool = False) -> None:
    """An organization with its admin, admin@SLUG.example."""
    organization = Organization.objects.create(
        slug=slug, name=slug.title(), country="SG", currency="SGD", quickbooks_enabled=enabled
    )
    make_user(f"admin@{slug}.example", organization)


def colleague(slug: str, role: str) -> None:
    """ROLE@SLUG.example."""
    make_user(f"{role}@{slug}.example", Organization.objects.get(slug=slug), Role(role))


def account_manager() -> None:
    """Finmo's own manager@finmo.example, who may do nothing but what the group allows."""
    make_user("manager@finmo.example", is_staff=True).groups.add(account_managers())


def superuser(email: str = "staff@finmo.example") -> None:
    """Finmo's own, who may do everything in admin."""
    make_user(email, is_staff=True, is_superuser=True)


def customer(slug: str, name: str) -> None:
    """A customer that was never pushed."""
    organization = Organization.objects.get(slug=slug)
    Customer.objects.create(organization=organization, name=name, currency="SGD")


def connect(slug: str, realm: str) -> None:
    """The consent, as a person's browser goes through it."""
    organization = Organization.objects.get(slug=slug)
    user = organization.memberships.get(role=Role.ADMIN).user
    address = connecting.begin(organization, user, redirect_uri=CALLBACK, return_to="/")
    answer = requests.post(
        address, data={"realm_id": realm, "decision": "connect"}, allow_redirects=False, timeout=60
    )
    came_back = parse_qs(urlsplit(answer.headers["Location"]).query)
    [state], [code] = came_back["state"], came_back["code"]
    connecting.finish(user, state=state, code=code, realm_id=realm, error="")


def invoices(slug: str, prefix: str, count: int, lines: int = 1) -> None:
    """Invoices PREFIX-0 … of lines that name items of QuickBooks, none of them pushed."""
    organization = Organization.objects.get(slug=slug)
    items = list(mapper_for("items").records(organization).filter(type="Service", is_active=True)[:lines])
    _documents(organization, Invoice, Customer, prefix, count, [items[n % len(items)] for n in range(lines)])


def bills(slug: str, prefix: str, count: int) -> None:
    """Bills PREFIX-0 … of one line each that names no item, none of them pushed."""
    _documents(Organization.objects.get(slug=slug), Bill, Beneficiary, prefix, count, [None])


def _documents(
    organization: Organization,
    model: type[Document],
    contact_model: type[Contact],
    prefix: str,
    count: int,
    items: list[Item | None],
) -> None:
    own = contact_model.objects.filter(organization=organization)
    contacts = list(own.linked()) or list(own)
    line_model = model._meta.get_field("lines").related_model
    made = []
    for number in range(count):
        contact = contacts[number % len(contacts)]
        document = model(
            organization=organization,
            number=f"{prefix}-{number}",
            issue_date=date(2026, 10, 1) + timedelta(days=number % 28),
            currency=contact.currency,
            **{contact._meta.model_name: contact},
        )
        of_it = [
            line_model(item=item, description="Freight", quantity=Decimal(n + 1), unit_price=Decimal("12.50"))
            for n, item in enumerate(items)
        ]
        document.set_totals(of_it)
        document.balance = document.total
        made.append((document, of_it))
    model.objects.bulk_create([document for document, _ in made], batch_size=500)
    line_model.objects.bulk_create([line for _, of_it in made for line in of_it], batch_size=1000)


def invoices_of_all_sizes(slug: str) -> None:
    """One of the currency and amount that need most room, and a common one, whose number says that it is small."""
    organization = Organization.objects.get(slug=slug)
    for currency, price, number in (
        ("KWD", "-493827160.5625", "INV-2026-KWT-00000193"),
        ("SGD", "1147.50", "small-2429"),
    ):
        customer = make_customer(organization, name="Tanjong Retail Holdings Pte. Ltd.", currency=currency)
        make_invoice(organization, customer, [invoice_line(unit_price=Decimal(price))], number=number)


def stranger_to_quickbooks(slug: str, customer: str, number: str) -> None:
    """A customer that was never pushed, and an invoice to it."""
    organization = Organization.objects.get(slug=slug)
    never_pushed = Customer.objects.create(organization=organization, name=customer, currency="SGD")
    invoice = Invoice(
        organization=organization,
        customer=never_pushed,
        number=number,
        issue_date=date(2026, 10, 1),
        currency=never_pushed.currency,
    )
    invoice.replace_lines(
        [InvoiceLine(custom_name="Courier", quantity=Decimal(1), unit_price=Decimal("75.50"))]
    )


def every_state(slug: str) -> dict[str, int]:
    """Of a merchant whose customers 0 and 1 got another e-mail in QuickBooks: a record in every state, both sides of
    the contacts, and two statements.

    The beneficiary and a customer have the longest names without a space. Returns the keys of one of each kind.
    """
    beneficiary, stranger = "W" * 80, "Kopi" * 20
    organization = Organization.objects.get(slug=slug)
    invoices(slug, "S", 2)
    Beneficiary.objects.create(organization=organization, name=beneficiary, currency="SGD")
    bills(slug, "S", 1)
    push(slug)
    drain(slug)
    stranger_to_quickbooks(slug, stranger, "F-1")
    failing = push(slug)
    for customer in Customer.objects.filter(organization=organization, name__in=["Customer 0", "Customer 1"]):
        customer.email = "here@example.com"
        customer.save()
    pull(slug, "customers")
    drain(slug)
    kept, decided = Conflict.objects.filter(organization=organization).order_by("pk")
    resolving.resolve(decided, {"email": "quickbooks"}, asked=ASKED)
    for _ in range(2):
        reconciling.reconcile(organization, "receivables", asked=ASKED)
        drain(slug)
    contact_matching.compare(organization, "customers", asked=ASKED)
    drain(slug)
    statement = reconciling.newest(organization, "receivables")
    return {
        "synced": Invoice.objects.get(organization=organization, number="S-0").pk,
        "failed": Invoice.objects.get(organization=organization, number="F-1").pk,
        "bill": Bill.objects.get(organization=organization, number="S-0").pk,
        "beneficiary": Beneficiary.objects.get(organization=organization, name=beneficiary).pk,
        "conflict": kept.record_id,
        "stranger": Customer.objects.get(organization=organization, name=stranger).pk,
        "reading": contact_matching.newest(organization, "customers").pk,
        "run": failing,
        "statement": statement.pk,
        "difference": statement.differences.get(number="F-1").pk,
    }


def documents_in_step(slug: str, realm: str, currencies: list[str], count: int, different: int) -> None:
    """So many invoices that both sides have, by turns in each currency; ours of the first so many have another due
    date than QuickBooks'."""
    organization = Organization.objects.get(slug=slug)
    made = []
    for currency in currencies:
        customer = Customer.objects.create(
            organization=organization, name=f"In {currency}", currency=currency
        )
        services.push(organization, "customers", asked=ASKED, ids=[customer.pk])
        made += [make_invoice(organization, customer) for _ in range(3)]
    services.push(organization, "invoices", asked=ASKED, ids=[invoice.pk for invoice in made])
    tasks.drain(organization.pk)
    # Where there is a worker, it may hold the lane.
    assert finished()
    originals = list(Invoice.objects.filter(organization=organization, accounting_synced=True))
    assert len(originals) == len(made)
    copies = multiply(originals, realm, count - len(made))
    Invoice.objects.filter(pk__in=[each.pk for each in copies[:different]]).update(
        due_date=date(2026, 12, 24), accounting_synced=False, sync_state="changed"
    )
