"""Every address of the portal, taken from the product's own list: whose it is, and who may press it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from integrations.models import Conflict, ContactReading, Statement, SyncRun
from tests.conftest import signed_in
from tests.factories import make_beneficiary, make_bill, make_customer, make_invoice

from .addresses import portal

# What an address names besides a record.
NAMED = {
    "code": "contact_not_synced",
    "direction": "push",
    "entity": "customers",
    "stream": "receivables",
}
# What stands behind an address without which there is no page, whoever asks.
ASKED = {
    "contacts-act": "?act=ignore&kind=only_in_finmo",
    "statement-repair": "?fix=accept&kind=only_in_finmo",
}
# What everybody may send: signing in and out, the organization that they look at, a message that they put away.
EVERYBODYS = {"login", "logout", "switch-organization", "sync-tray"}


# {name: what it takes}
TAKES = {each.name: {*each.pattern.regex.groupindex} for each in portal()}
OF_RECORDS = sorted(name for name, takes in TAKES.items() if "pk" in takes)
ALL = sorted(TAKES.keys() - EVERYBODYS)


@pytest.fixture
def records(organization) -> dict[str, int]:
    """The key of a record of each kind, by the beginning of its addresses' names."""
    run = SyncRun.objects.create(organization=organization, direction="push", entity="invoices")
    values = {"fields": {"email": {"finmo": "a", "quickbooks": "b"}}, "record_id": 1}
    return {
        "customer": make_customer(organization).pk,
        "beneficiary": make_beneficiary(organization).pk,
        "receivable": make_invoice(organization).pk,
        "payable": make_bill(organization).pk,
        "sync-run": run.pk,
        "contacts": ContactReading.objects.create(
            organization=organization, entity="customers", read_at=timezone.now()
        ).pk,
        "conflict": Conflict.objects.create(organization=organization, entity="customers", **values).pk,
        "statement": Statement.objects.create(
            organization=organization, stream="receivables", as_of="2026-10-31", read_at=timezone.now()
        ).pk,
    }


def address(name: str, records: dict[str, int]) -> str:
    keys = [key for kind, key in records.items() if name.startswith(kind)]
    known = NAMED | {"pk": keys[0]} if keys else NAMED
    return reverse(name, kwargs={each: known[each] for each in TAKES[name]}) + ASKED.get(name, "")


def test_ones_own_records_are_there(records, admins):
    for name in OF_RECORDS:
        assert admins.get(address(name, records)).status_code in (200, 302, 405), name


def test_another_organizations_records_are_not_there(records, stranger):
    client = signed_in(stranger)
    for name in OF_RECORDS:
        path = address(name, records)
        answers = {client.get(path).status_code, client.post(path).status_code}
        assert 404 in answers and answers <= {404, 405}, name


def test_a_viewer_can_send_nothing(records, viewers):
    for name in ALL:
        assert viewers.post(address(name, records)).status_code in (403, 405), name


def test_nobody_sees_anything_before_they_sign_in(records, client):
    for name in ALL:
        for answer in (client.get(address(name, records)), client.post(address(name, records))):
            assert answer.status_code == 405 or answer.url.startswith("/login/"), name
