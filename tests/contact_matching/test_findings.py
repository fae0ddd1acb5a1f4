"""What a reading of both lists finds, against the simulator."""

from integrations import contact_matching
from integrations.models import ContactFinding, ContactReading, SyncRun
from tests.contact_matching.conftest import found_in, read_contacts
from tests.factories import make_beneficiary, make_customer, push
from tests.quickbooks import drain, fault_body


def test_each_class_is_found_and_none_is_invented(qbo, organization):
    agreeing, differing = make_customer(organization), make_customer(organization, phone="+65 6111 1111")
    push(agreeing, differing)
    qbo.change("Customer", differing.qbo_id, PrimaryPhone={"FreeFormNumber": "+65 6222 2222"})
    here = make_customer(organization, name="Kestrel Foods")
    there = qbo.make("Customer", {"DisplayName": "Marlin Shipping"})["Id"]
    ours = make_customer(organization, name="Blue Ocean Trading Pte Ltd")
    theirs = qbo.make("Customer", {"DisplayName": "BLUE OCEAN TRADING"})["Id"]
    first = make_customer(organization, name="Häuser & Söhne GmbH")
    second = make_customer(organization, name="Hauser and Sohne, GmbH")
    older = qbo.make("Customer", {"DisplayName": "Orchid Media Ltd"})["Id"]
    younger = qbo.make("Customer", {"DisplayName": "Orchid Media, Limited"})["Id"]
    reading = read_contacts(organization)
    assert found_in(reading) == {
        ("differs", differing.pk, differing.qbo_id),
        ("only_in_finmo", here.pk),
        ("only_in_quickbooks", there),
        ("possible", ours.pk, theirs),
        ("duplicate_in_finmo", first.pk, second.pk),
        ("only_in_finmo", first.pk),
        ("duplicate_in_quickbooks", older, younger),
        ("only_in_quickbooks", older),
    }
    assert (reading.finmo_count, reading.quickbooks_count, reading.agreed_count) == (6, 6, 1)


def test_what_differs_is_named_field_by_field(qbo, organization):
    customer = make_customer(organization, phone="+65 6111 1111", email="one@acme.example")
    push(customer)
    qbo.change("Customer", customer.qbo_id, PrimaryPhone={"FreeFormNumber": "+65 6222 2222"})
    customer.email = "two@acme.example"
    customer.save()
    [finding] = ContactFinding.objects.filter(reading=read_contacts(organization))
    assert finding.fields == {
        "phone": {"finmo": "+65 6111 1111", "quickbooks": "+65 6222 2222"},
        "email": {"finmo": "two@acme.example", "quickbooks": "one@acme.example"},
    }


def test_a_score_has_a_reason_in_words(qbo, organization):
    make_customer(organization, name="Kestrel Foods Pte Ltd", email="ap@kestrel.example")
    qbo.make(
        "Customer", {"DisplayName": "Kestrel Foods", "PrimaryEmailAddr": {"Address": "AP@kestrel.example"}}
    )
    [finding] = ContactFinding.objects.filter(reading=read_contacts(organization))
    assert (finding.kind, finding.score, finding.reason) == (
        "possible",
        96,
        "Same name but for the legal form, same e-mail address",
    )


def test_tax_numbers_meet_although_quickbooks_masks_them(qbo, organization):
    supplier = make_beneficiary(organization, name="Grand Harbour Supplies", tax_number="201912345K")
    held = qbo.make("Vendor", {"DisplayName": "Harbour Supplies", "TaxIdentifier": "2019-12345K"})
    [finding] = ContactFinding.objects.filter(reading=read_contacts(organization, "beneficiaries"))
    assert (finding.record_id, finding.quickbooks_id) == (supplier.pk, held["Id"])
    assert finding.reason == "Tax numbers end alike"


def test_two_currencies_may_be_one_company_but_cannot_be_linked(qbo, organization):
    make_customer(organization, name="Kestrel Foods", currency="USD")
    qbo.make("Customer", {"DisplayName": "Kestrel Foods"})
    [finding] = ContactFinding.objects.filter(reading=read_contacts(organization))
    assert finding.kind == "possible"
    assert not finding.sure
    assert "never changes it, so the two cannot be linked" in finding.obstacle


def test_inactive_contacts_are_nobodys_counterpart(qbo, organization):
    make_customer(organization, name="Kestrel Foods", is_active=False)
    held = qbo.make("Customer", {"DisplayName": "Kestrel Foods Ltd"})
    qbo.change("Customer", held["Id"], Active=False)
    assert found_in(read_contacts(organization)) == set()


def test_a_linked_contact_made_inactive_there_differs(qbo, organization):
    customer = make_customer(organization)
    push(customer)
    qbo.change("Customer", customer.qbo_id, Active=False)
    [finding] = ContactFinding.objects.filter(reading=read_contacts(organization))
    assert (finding.kind, finding.fields) == ("differs", {"is_active": {"finmo": True, "quickbooks": False}})


def test_customers_and_beneficiaries_are_read_apart(qbo, organization):
    make_customer(organization, name="Kestrel Foods")
    held = qbo.make("Vendor", {"DisplayName": "Kestrel Foods"})
    assert found_in(read_contacts(organization, "beneficiaries")) == {("only_in_quickbooks", held["Id"])}


def test_a_thousand_contacts_cost_one_call(qbo, organization):
    for number in range(3):
        qbo.make("Customer", {"DisplayName": f"Number {number}"})
    qbo.reset_calls()
    read_contacts(organization)
    assert qbo.calls == {"query": 1}


def test_a_linked_contact_that_the_list_left_out_is_looked_at_again(qbo, organization):
    customer = make_customer(organization)
    push(customer)
    qbo.reset_calls()
    qbo.answer_next("query", 200, '{"QueryResponse": {}, "time": "2026-11-22T10:00:00.000-08:00"}')
    reading = read_contacts(organization)
    assert (found_in(reading), reading.agreed_count, qbo.calls["query"]) == (set(), 1, 1)


def test_a_reading_that_fails_says_why_and_leaves_the_earlier_one(qbo, organization, asked):
    earlier = read_contacts(organization)
    qbo.answer_next("query", 400, fault_body("4000", "Error parsing query"))
    run = contact_matching.compare(organization, "customers", asked=asked)
    drain(organization)
    run.refresh_from_db()
    assert (run.status, run.error_code) == (SyncRun.Status.FAILED, "4000")
    assert contact_matching.newest(organization, "customers") == earlier


def test_only_the_newest_readings_are_kept(qbo, organization):
    readings = [read_contacts(organization) for _ in range(4)]
    assert list(ContactReading.objects.order_by("pk")) == readings[1:]
