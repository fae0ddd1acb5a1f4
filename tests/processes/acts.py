"""What people and operators do in a house, each in a process of its own.

`python -m tests.processes.acts '[["NAME", {"argument": …}], …]'` prints the list of results as JSON, in the last line.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import django

django.setup()

import requests  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db.models import F  # noqa: E402
from django.utils import timezone  # noqa: E402

from contacts.models import Beneficiary, Contact, Customer  # noqa: E402
from integrations import connecting, contact_matching, reconciling, resolving, services, tasks  # noqa: E402
from integrations.groups import account_managers  # noqa: E402
from integrations.mapping import mapper_for  # noqa: E402
from integrations.models import (  # noqa: E402
    Conflict,
    Connection,
    Document,
    Item,
    Lane,
    Organization,
    PushBatch,
    Role,
    SyncJob,
    SyncRun,
    Trigger,
)
from integrations.services import Asked  # noqa: E402
from integrations.statements.report import report_of  # noqa: E402
from payables.models import Bill  # noqa: E402
from receivables.models import Invoice, InvoiceLine  # noqa: E402
from tests.conftest import choose_defaults, make_user  # noqa: E402
from tests.factories import invoice_line, make_customer, make_invoice  # noqa: E402
from tests.processes.house import WORKING, until  # noqa: E402
from tests.proof.mortal import die_at  # noqa: E402, F401
from tests.reconciliation.copies import multiply  # noqa: E402

ASKED = Asked(Trigger.API)
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


def reconcile(slug: str, stream: str) -> int:
    return reconciling.reconcile(Organization.objects.get(slug=slug), stream, asked=ASKED).pk


def statement(run: int) -> dict[str, Any]:
    """{currencies, documents: QuickBooks' count, kinds: {kind: lines}, unexplained: [amounts]}."""
    read = SyncRun.objects.get(pk=run).statement
    reports = report_of(read)
    return {
        "currencies": len(reports),
        "documents": sum(report.quickbooks.count for report in reports),
        "kinds": Counter(line.kind for report in reports for line in report.differences),
        "unexplained": [
            str(amount)
            for report in reports
            for amount in (report.unexplained.total, report.unexplained.balance)
            if amount
        ],
    }


def push(slug: str, entity: str = "invoices", numbers: str = "") -> int:
    """All that is not in step, or those whose number begins with `numbers`. Returns the run's id."""
    organization = Organization.objects.get(slug=slug)
    if not numbers:
        return services.push(organization, entity, asked=ASKED, all_unsynced=True).pk
    chosen = Invoice.objects.filter(organization=organization, number__startswith=numbers)
    ids = list(chosen.values_list("pk", flat=True))
    return services.push(organization, entity, asked=ASKED, ids=ids).pk


def void(slug: str, numbers: str) -> int:
    organization = Organization.objects.get(slug=slug)
    chosen = Invoice.objects.filter(organization=organization, number__startswith=numbers)
    return services.void(
        organization, "invoices", asked=ASKED, ids=list(chosen.values_list("pk", flat=True))
    ).pk


def pull(slug: str, entity: str) -> int:
    return services.pull(Organization.objects.get(slug=slug), entity, asked=ASKED).pk


def drain(slug: str) -> None:
    """Works off what is asked for, together with whatever worker is at it already."""
    organization = Organization.objects.get(slug=slug)
    under_way = SyncRun.objects.filter(
        organization=organization, status__in=[SyncRun.Status.QUEUED, SyncRun.Status.RUNNING]
    )
    tasks.drain(organization.pk)
    until(lambda: not under_way.exists() or tasks.drain(organization.pk), WORKING, "the lane to be empty")


def ring() -> None:
    """The sweep, every second, until the process is killed."""
    while True:
        tasks.sweep()
        time.sleep(1)


def let_time_pass(slug: str, minutes: int) -> None:
    """Whatever is under way began, moved and was held so much earlier."""
    earlier = timedelta(minutes=minutes)
    of_it = {"organization": Organization.objects.get(slug=slug)}
    runs = SyncRun.objects.filter(**of_it, status__in=SyncRun.UNFINISHED)
    SyncJob.objects.filter(run__in=runs).update(finished_at=F("finished_at") - earlier)
    Lane.objects.filter(**of_it).update(expires_at=F("expires_at") - earlier)
    runs.update(created_at=F("created_at") - earlier, started_at=F("started_at") - earlier)


def sweep() -> None:
    """The worker's schedule does it every minute."""
    tasks.sweep()


def expire_token(slug: str) -> None:
    """The access token that the product holds has come to its end."""
    Connection.objects.filter(organization__slug=slug).update(access_expires_at=timezone.now())


def finished(seconds: float = 120.0) -> bool:
    """Whether no run was left unfinished within so many seconds."""
    end = time.monotonic() + seconds
    while SyncRun.objects.filter(status__in=SyncRun.UNFINISHED).exists():
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


def seconds(run: int) -> float:
    """How long a run took, as the product itself says."""
    told = SyncRun.objects.get(pk=run)
    return (told.finished_at - told.started_at).total_seconds()


def report(slug: str, numbers: str = "") -> dict[str, Any]:
    """What the product believes of invoices whose number begins so, and of the organization's runs and jobs.

    {links: {number: QuickBooks id}, states, ended, outcomes, open_jobs, open_batches, connection,
    runs: [[status, total, succeeded, failed, error code]]}.
    """
    organization = Organization.objects.get(slug=slug)
    jobs = SyncJob.objects.filter(organization=organization, entity="invoices")
    runs = SyncRun.objects.filter(organization=organization, entity="invoices").order_by("pk")
    records = Invoice.objects.filter(organization=organization, number__startswith=numbers)
    return {
        "links": dict(records.values_list("number", "qbo_id")),
        "states": Counter(records.values_list("sync_state", flat=True)),
        "ended": Counter(records.values_list("ended", flat=True)),
        "outcomes": Counter(jobs.values_list("outcome", flat=True)),
        "open_jobs": jobs.exclude(status=SyncJob.Status.DONE).count(),
        "open_batches": PushBatch.objects.filter(organization=organization, settled_at=None).count(),
        "runs": [[run.status, run.total, run.succeeded, run.failed, run.error_code] for run in runs],
        "connection": organization.connection.status,
    }


if __name__ == "__main__":
    print(json.dumps([globals()[name](**arguments) for name, arguments in json.loads(sys.argv[1])]))
