"""Link, import, push and ignore: what each does on both sides, and that it closes its finding."""

import pytest

from contacts.models import Customer
from integrations import contact_matching
from integrations.models import Conflict, Connection, IgnoredFinding
from integrations.services import NotConnected, Refused, UnknownRecord
from tests.contact_matching.conftest import found_in, read_contacts, settle_now
from tests.factories import make_customer, push
from tests.quickbooks import drain


def only_finding(reading):
    [finding] = contact_matching.open_findings(reading)
    return finding


def test_a_link_makes_one_of_two_and_closes_its_line(qbo, organization, asked):
    customer = make_customer(organization, name="Kestrel Foods")
    held = qbo.make(
        "Customer", {"DisplayName": "Kestrel Foods Ltd", "PrimaryPhone": {"FreeFormNumber": "6222"}}
    )
    reading = read_contacts(organization)
    finding = only_finding(reading)
    [change] = contact_matching.preview(reading, "link", findings=[finding.pk])
    assert (change.side, change.fields) == ("finmo", {"phone": {"from": "", "to": "6222"}})
    run = settle_now(reading, "link", asked, findings=[finding.pk])
    customer.refresh_from_db()
    assert (run.status, customer.qbo_id, customer.phone) == ("succeeded", held["Id"], "6222")
    assert found_in(reading) == set()
    assert found_in(read_contacts(organization)) == {("differs", customer.pk, held["Id"])}


def test_two_are_never_linked_to_one(qbo, organization, asked):
    first = make_customer(organization, name="Kestrel Foods")
    second = make_customer(organization, name="Kestrel Foods Ltd")
    qbo.make("Customer", {"DisplayName": "Kestrel Foods Limited"})
    reading = read_contacts(organization)
    pairs = [each.pk for each in contact_matching.open_findings(reading).filter(kind="possible")]
    qbo.reset_calls()
    with pytest.raises(Refused, match="“Kestrel Foods Limited” would be linked to two contacts of Finmo"):
        contact_matching.settle(reading, "link", asked=asked, findings=pairs)
    with pytest.raises(Refused) as refusal:
        contact_matching.settle(reading, "link", asked=asked, kind="possible")
    assert refusal.value.code == "nothing_to_settle"
    assert not Customer.objects.filter(pk__in=[first.pk, second.pk]).linked().exists()
    assert sum(qbo.calls.values()) == 0


def test_one_is_never_linked_to_two(qbo, organization, asked):
    make_customer(organization, name="Kestrel Foods")
    qbo.make("Customer", {"DisplayName": "Kestrel Foods Ltd"})
    qbo.make("Customer", {"DisplayName": "Kestrel Foods Inc"})
    reading = read_contacts(organization)
    pairs = [each.pk for each in contact_matching.open_findings(reading).filter(kind="possible")]
    with pytest.raises(Refused, match="two contacts of QuickBooks"):
        contact_matching.settle(reading, "link", asked=asked, findings=pairs)


def test_all_sure_pairs_are_linked_in_one_query(qbo, organization, asked):
    names = ("Kestrel Foods", "Marlin Shipping", "Orchid Media")
    records = [make_customer(organization, name=name) for name in names]
    for name in names:
        qbo.make("Customer", {"DisplayName": f"{name} Ltd"})
    reading = read_contacts(organization)
    qbo.reset_calls()
    run = settle_now(reading, "link", asked, kind="possible")
    assert (run.succeeded, qbo.calls["query"], sum(qbo.calls.values())) == (3, 1, 1)
    assert Customer.objects.filter(pk__in=[each.pk for each in records]).linked().count() == 3
    assert found_in(reading) == set()


def test_an_import_adds_the_chosen_and_nobody_else(qbo, organization, asked):
    chosen = qbo.make("Customer", {"DisplayName": "Marlin Shipping", "CompanyName": "Marlin"})["Id"]
    other = qbo.make("Customer", {"DisplayName": "Kestrel Foods"})["Id"]
    reading = read_contacts(organization)
    finding = contact_matching.open_findings(reading).get(quickbooks_id=chosen)
    qbo.reset_calls()
    run = settle_now(reading, "import", asked, findings=[finding.pk])
    made = Customer.objects.get(organization=organization, qbo_id=chosen)
    assert (made.name, made.company_name, made.accounting_synced) == ("Marlin Shipping", "Marlin", True)
    assert (run.direction, run.status, run.succeeded) == ("import", "succeeded", 1)
    assert (qbo.calls["query"], sum(qbo.calls.values())) == (1, 1)
    assert found_in(reading) == {("only_in_quickbooks", other)} == found_in(read_contacts(organization))


def test_a_push_adds_ours_there(qbo, organization, asked):
    customer = make_customer(organization, name="Kestrel Foods")
    reading = read_contacts(organization)
    run = settle_now(reading, "push", asked, kind="only_in_finmo")
    customer.refresh_from_db()
    assert (run.direction, run.succeeded) == ("push", 1)
    assert qbo.read("Customer", customer.qbo_id)["DisplayName"] == "Kestrel Foods"
    assert found_in(reading) == set() == found_in(read_contacts(organization))


def differing(qbo, organization):
    """Linked; QuickBooks changed the phone, and nobody pulled."""
    customer = make_customer(organization, name="Kestrel Foods", phone="6111")
    push(customer)
    qbo.change("Customer", customer.qbo_id, PrimaryPhone={"FreeFormNumber": "6222"})
    return customer


def test_pushing_what_differs_keeps_ours_although_quickbooks_is_newer(qbo, organization, asked):
    customer = differing(qbo, organization)
    reading = read_contacts(organization)
    [change] = contact_matching.preview(reading, "push", kind="differs")
    assert (change.side, change.fields) == ("quickbooks", {"phone": {"from": "6222", "to": "6111"}})
    settle_now(reading, "push", asked, kind="differs")
    assert qbo.read("Customer", customer.qbo_id)["PrimaryPhone"]["FreeFormNumber"] == "6111"
    assert found_in(reading) == set() == found_in(read_contacts(organization))


def test_importing_what_differs_keeps_theirs_over_an_edit_and_its_conflict(qbo, organization, asked):
    customer = differing(qbo, organization)
    customer.refresh_from_db()
    customer.phone = "6333"
    customer.save()
    Conflict.objects.create(
        organization=organization,
        entity="customers",
        record_id=customer.pk,
        fields={"phone": {"base": "6111", "finmo": "6333", "quickbooks": "6222"}},
    )
    reading = read_contacts(organization)
    settle_now(reading, "import", asked, kind="differs")
    customer.refresh_from_db()
    assert (customer.phone, customer.accounting_synced) == ("6222", True)
    assert Conflict.objects.get().choices == {"phone": "quickbooks"}
    assert found_in(reading) == set() == found_in(read_contacts(organization))


def test_what_is_ignored_stays_so_with_name_and_note_until_it_is_shown_again(qbo, organization, asked):
    customer = make_customer(organization, name="Kestrel Foods")
    reading = read_contacts(organization)
    qbo.reset_calls()
    assert settle_now(reading, "ignore", asked, findings=[only_finding(reading).pk], note="A test") is None
    assert sum(qbo.calls.values()) == 0
    later = read_contacts(organization)
    assert found_in(reading) == set() == found_in(later)
    [ignored] = contact_matching.ignored_findings(later)
    assert (ignored.record_id, ignored.ignored.by, ignored.ignored.note) == (
        customer.pk,
        asked.user,
        "A test",
    )
    settle_now(later, "restore", asked, findings=[ignored.pk])
    assert found_in(later) == {("only_in_finmo", customer.pk)} == found_in(read_contacts(organization))
    assert not IgnoredFinding.objects.exists()


def test_an_ignored_pair_is_two_contacts_from_then_on(qbo, organization, asked):
    customer = make_customer(organization, name="Kestrel Foods")
    held = qbo.make("Customer", {"DisplayName": "Kestrel Foods Ltd"})["Id"]
    settle_now(read_contacts(organization), "ignore", asked, kind="possible")
    assert found_in(read_contacts(organization)) == {
        ("only_in_finmo", customer.pk),
        ("only_in_quickbooks", held),
    }


def test_an_ignored_difference_is_news_when_another_field_differs(qbo, organization, asked):
    customer = differing(qbo, organization)
    settle_now(read_contacts(organization), "ignore", asked, kind="differs")
    assert found_in(read_contacts(organization)) == set()
    qbo.change("Customer", customer.qbo_id, CompanyName="Kestrel")
    assert found_in(read_contacts(organization)) == {("differs", customer.pk, customer.qbo_id)}


def test_what_is_not_offered_is_refused_with_the_remedy(qbo, organization, asked):
    qbo.make("Customer", {"DisplayName": "Kestrel Foods"})
    qbo.make("Customer", {"DisplayName": "Kestrel Foods Ltd"})
    reading = read_contacts(organization)
    duplicate = contact_matching.open_findings(reading).get(kind="duplicate_in_quickbooks")
    with pytest.raises(Refused, match="Merge the two in QuickBooks"):
        contact_matching.settle(reading, "link", asked=asked, findings=[duplicate.pk])
    with pytest.raises(UnknownRecord):
        contact_matching.settle(reading, "ignore", asked=asked, findings=[duplicate.pk, 10**9])


def test_another_company_or_none_is_refused(qbo, organization, asked):
    make_customer(organization)
    reading = read_contacts(organization)
    Connection.objects.filter(organization=organization).update(realm_id="9")
    with pytest.raises(Refused) as refusal:
        contact_matching.settle(reading, "push", asked=asked, kind="only_in_finmo")
    assert refusal.value.code == "different_company"
    Connection.objects.filter(organization=organization).update(status="needs_reconnect")
    with pytest.raises(NotConnected):
        contact_matching.settle(reading, "push", asked=asked, kind="only_in_finmo")


def test_an_import_that_waited_takes_nothing_from_another_company(qbo, organization, asked):
    qbo.make("Customer", {"DisplayName": "Kestrel Foods"})
    reading = read_contacts(organization)
    run = contact_matching.settle(reading, "import", asked=asked, kind="only_in_quickbooks")
    Connection.objects.filter(organization=organization).update(realm_id="9")
    qbo.reset_calls()
    drain(organization)
    run.refresh_from_db()
    assert (run.status, run.error_code, run.jobs.count()) == ("failed", "different_company", 0)
    assert qbo.calls.total() == 0
