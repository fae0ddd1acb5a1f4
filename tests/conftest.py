import gc
import os
from pathlib import Path

import hypothesis
import pytest
import responses
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from integrations import services
from integrations.models import Account, Membership, Organization, Role, TaxCode, Trigger
from integrations.services import Asked
from tests.migrated import migrated_memory, migrated_sqlite
from tests.processes.backends import PostgresAndRedis, SQLite, missing_services
from tests.quickbooks import QuickBooks, drain
from tests.snapshots import Snapshots

PASSWORD = "correct horse battery"

# A busy machine draws examples slowly, which says nothing of the product.
hypothesis.settings.register_profile(
    "suite",
    hypothesis.settings(),
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("suite")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """What starts processes begins first, beside it what takes long; short tests fill up the end evenly.

    While one process of the run migrates SQLite for all, the other migrates PostgreSQL.
    """
    items.sort(
        key=lambda item: (
            not item.get_closest_marker("xdist_group"),
            not item.get_closest_marker("slow"),
            _stands_on_sqlite(item),
        )
    )


def pytest_collection_finish():
    """What is there now stays to the end; looking through it again and again for garbage took a twentieth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _stands_on_sqlite(item: pytest.Item) -> bool:
    chosen = item.callspec.params.get("house") if hasattr(item, "callspec") else None
    return chosen == "sqlite" or "sqlite" in item.fixturenames


def make_user(email: str, organization: Organization | None = None, role: Role = Role.ADMIN, **flags):
    user = get_user_model().objects.create_user(username=email, email=email, password=PASSWORD, **flags)
    if organization:
        Membership.objects.create(organization=organization, user=user, role=role)
    return user


@pytest.fixture
def organization(db) -> Organization:
    return Organization.objects.create(
        slug="acme", name="Acme Trading", country="SG", currency="SGD", quickbooks_enabled=True
    )


@pytest.fixture
def admin_user(organization):
    return make_user("admin@acme.example", organization, Role.ADMIN)


@pytest.fixture
def accountant(organization):
    return make_user("accountant@acme.example", organization, Role.ACCOUNTANT)


@pytest.fixture
def viewer(organization):
    return make_user("viewer@acme.example", organization, Role.VIEWER)


@pytest.fixture
def stranger(db):
    other = Organization.objects.create(slug="other", name="Other", quickbooks_enabled=True)
    return make_user("stranger@other.example", other, Role.ADMIN)


@pytest.fixture
def staff(db):
    return make_user("staff@finmo.example", is_staff=True, is_superuser=True)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def browser(accountant) -> Client:
    """An accountant's signed-in browser."""
    return signed_in(accountant)


@pytest.fixture
def asked(admin_user) -> Asked:
    return Asked(Trigger.API, admin_user)


@pytest.fixture
def http():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


class Clock:
    """Waiting costs no time; `slept` says how long it would have been."""

    def __init__(self):
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def clock(monkeypatch) -> Clock:
    """The clock of what waits before a call."""
    clock = Clock()
    monkeypatch.setattr("integrations.sync.gate.time", clock)
    return clock


@pytest.fixture
def qbo_options() -> dict:
    """What the simulated company is like; a test module overrides it."""
    return {"country": "SG"}


@pytest.fixture(scope="session")
def snapshots() -> Snapshots:
    return Snapshots()


@pytest.fixture
def qbo(http, organization, admin_user, asked, qbo_options, snapshots) -> QuickBooks:
    """A connected company whose lists were imported and whose default accounts are chosen."""
    kind = snapshots.kind(organization, qbo_options)
    if realm := snapshots.put_back(kind, organization, admin_user):
        return QuickBooks(http, realm=realm)
    company = QuickBooks(http, **qbo_options)
    connect(company, organization, asked)
    snapshots.take(kind, organization, company.realm)
    return company


def connect(company: QuickBooks, organization: Organization, asked: Asked) -> None:
    company.connect(organization, asked.user)
    for entity in ("accounts", "items", "tax-codes"):
        services.pull(organization, entity, asked=asked)
    drain(organization)
    choose_defaults(organization)
    company.reset_calls()


def choose_defaults(organization: Organization) -> None:
    configuration = organization.configuration
    configuration.refresh_from_db()
    accounts = Account.objects.filter(organization=organization, is_active=True)
    configuration.default_receivable_account = accounts.filter(account_type="Income").first()
    configuration.default_payable_account = accounts.filter(account_type="Expense").first()
    codes = TaxCode.objects.filter(organization=organization, is_active=True)
    configuration.default_receivable_tax_code = codes.filter(sales_rate__gt=0).first()
    configuration.default_payable_tax_code = codes.filter(purchase_rate__gt=0).first()
    configuration.save(
        update_fields=[
            "default_receivable_account",
            "default_payable_account",
            "default_receivable_tax_code",
            "default_payable_tax_code",
        ]
    )


# --- what is migrated once ------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory) -> Path:
    """For all processes of the test run."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, run_folder):
    """pytest-django's place for what comes before its own migrating."""
    if connection.vendor != "sqlite":
        yield
        return
    with migrated_memory(migrated_sqlite(run_folder)):
        yield


# --- what a house stands on, in tests/processes and tests/browser ---------------------------------------


@pytest.fixture(scope="session")
def postgres_and_redis():
    if reason := missing_services():
        pytest.skip(reason)
    backend = PostgresAndRedis()
    yield backend
    backend.close()


@pytest.fixture(scope="session")
def sqlite(run_folder):
    backend = SQLite(run_folder)
    yield backend
    backend.close()
