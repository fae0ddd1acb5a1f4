"""What most tests begin with is put back, not made: it must be the same."""

from django.db import transaction
from django.forms import model_to_dict

from integrations.models import Account, Connection, SyncJob
from integrations.simulator.models import StoredObject
from tests.conftest import connect
from tests.factories import make_customer, push
from tests.quickbooks import QuickBooks
from tests.snapshots import COMPANIONS, Snapshots


def rows_of(organization) -> list:
    own = [each.objects.get(organization=organization) for each in COMPANIONS]
    lists = [model.objects.order_by("pk").values() for model in (Account, SyncJob, StoredObject)]
    return [*map(model_to_dict, own), *map(list, lists)]


def test_a_company_that_is_put_back_is_the_one_that_was_made(http, organization, asked, admin_user, stranger):
    snapshots = Snapshots()
    kind = snapshots.kind(organization, {"country": "SG"})
    assert snapshots.put_back(kind, organization, admin_user) == ""
    with transaction.atomic():
        company = QuickBooks(http, country="SG")
        connect(company, organization, asked)
        snapshots.take(kind, organization, company.realm)
        made = rows_of(organization)
        assert snapshots.kind(organization, {"country": "SG"}) == ""
        transaction.set_rollback(True)

    assert snapshots.put_back(kind, organization, admin_user) == company.realm

    assert rows_of(organization) == made
    back = QuickBooks(http, realm=company.realm)
    assert back.calls.total() == 0
    push(make_customer(organization, name="Acme Stores"))
    assert [each["DisplayName"] for each in back.all("Customer")] == ["Acme Stores"]
    assert back.calls == {"query": 1, "batch": 1}


def test_it_belongs_to_who_asks_for_it(http, organization, asked, stranger):
    snapshots = Snapshots()
    kind = snapshots.kind(organization, {"country": "SG"})
    other = stranger.memberships.get().organization
    with transaction.atomic():
        company = QuickBooks(http, country="SG")
        connect(company, organization, asked)
        snapshots.take(kind, organization, company.realm)
        transaction.set_rollback(True)

    snapshots.put_back(kind, other, stranger)

    connection = Connection.objects.get(organization=other)
    assert (connection.realm_id, connection.connected_by) == (company.realm, stranger)
    assert set(SyncJob.objects.values_list("organization", flat=True)) == {other.pk}
    assert not Account.objects.filter(organization=organization).exists()
