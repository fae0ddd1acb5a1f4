import hmac
import json
from base64 import b64encode
from collections import Counter
from hashlib import sha256

import pytest
from django_q.models import OrmQ

from integrations.models import Configuration, Connection, Organization, SyncRun
from receivables.models import Invoice
from tests.factories import make_customer, make_invoice, pull, push
from tests.quickbooks import drain


@pytest.fixture
def automatic(organization):
    Configuration.objects.filter(organization=organization).update(
        receivables_auto_pull=True, payables_auto_pull=True
    )


def post(client, settings, events, content_type="application/cloudevents+json", signature=None):
    body = json.dumps(events).encode() if not isinstance(events, bytes) else events
    signed = b64encode(hmac.digest(settings.QBO_WEBHOOK_VERIFIER_TOKEN.encode(), body, sha256)).decode()
    return client.post(
        "/webhooks/quickbooks/",
        body,
        content_type=content_type,
        headers={"intuit-signature": signed if signature is None else signature},
    )


def event(realm: str, entity: str = "invoice", qbo_id: str = "1", verb: str = "updated") -> dict:
    return {
        "specversion": "1.0",
        "id": f"{realm}-{entity}-{qbo_id}-{verb}",
        "type": f"qbo.{entity}.{verb}.v1",
        "intuitentityid": qbo_id,
        "intuitaccountid": realm,
    }


def test_what_intuit_did_not_sign_is_refused(client, settings, qbo, automatic):
    assert post(client, settings, [event(qbo.realm)], signature="").status_code == 401
    assert not SyncRun.objects.filter(trigger="webhook").exists()


def test_a_burst_becomes_one_pull_that_costs_one_call(client, settings, qbo, organization, automatic):
    customer = make_customer(organization)
    push(customer)
    invoice = make_invoice(organization, customer)
    push(invoice)
    pull(organization, "invoices")
    qbo.change("Invoice", invoice.qbo_id, DueDate="2026-12-24", CustomerRef={"value": customer.qbo_id})
    qbo.reset_calls()
    events = [event(qbo.realm, qbo_id=str(number)) for number in range(99)] + [event("999")]
    assert post(client, settings, events).status_code == 200
    assert post(client, settings, events, content_type="application/json").status_code == 200
    assert SyncRun.objects.filter(trigger="webhook").count() == 1
    drain(organization)
    assert qbo.calls == Counter(cdc=1)
    assert str(Invoice.objects.get(pk=invoice.pk).due_date) == "2026-12-24"


def test_a_payment_tells_of_its_invoice(client, settings, qbo, automatic):
    post(client, settings, [event(qbo.realm, "payment"), event(qbo.realm, "billpayment")])
    assert sorted(SyncRun.objects.filter(trigger="webhook").values_list("entity", flat=True)) == [
        "bills",
        "invoices",
    ]


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b"\xff", b'[{"type":"qbo.invoice.void.v1"}]'])
def test_signed_garbage_is_answered_and_does_nothing(client, settings, qbo, automatic, body):
    assert post(client, settings, body).status_code == 200
    assert not SyncRun.objects.filter(trigger="webhook").exists()


def test_a_switched_off_stream_says_that_changes_wait(client, settings, qbo, organization):
    post(client, settings, [event(qbo.realm), event(qbo.realm, "customer")])
    waiting = Configuration.objects.get(organization=organization).changes_waiting
    assert sorted(waiting) == ["customers", "invoices"]
    assert not SyncRun.objects.filter(trigger="webhook").exists()
    pull(organization, "invoices")
    assert sorted(Configuration.objects.get(organization=organization).changes_waiting) == ["customers"]


def test_the_simulators_own_events_are_understood(client, settings, qbo, organization, automatic):
    """Shaped by QuickBooks' side of the contract."""
    from integrations.simulator import webhooks
    from integrations.simulator.models import Company

    there = qbo.make("Customer", {"DisplayName": "Made there"})
    Configuration.objects.filter(organization=organization).update(contacts_auto_sync=True)
    told = webhooks.events(Company.objects.get(realm_id=qbo.realm))
    assert there["Id"] in [each["intuitentityid"] for each in told]
    assert post(client, settings, told).status_code == 200
    assert SyncRun.objects.filter(trigger="webhook", entity="customers").count() == 1


# --- many companies, any shape, any order ------------------------------------------------------------------------


@pytest.fixture
def neighbour(automatic):
    """Another organization, connected to another company."""
    other = Organization.objects.create(slug="next", name="Next door", quickbooks_enabled=True)
    Connection.objects.filter(organization=other).update(status="connected", realm_id="777")
    Configuration.objects.filter(organization=other).update(receivables_auto_pull=True)
    return other


def pulls() -> list[tuple[str, str]]:
    runs = SyncRun.objects.filter(trigger="webhook").order_by("organization_id", "entity")
    return list(runs.values_list("organization__slug", "entity"))


def test_a_delivery_that_mixes_companies_rings_for_each(client, settings, qbo, neighbour):
    events = [event(qbo.realm), event("777"), event("404"), event(qbo.realm, "bill"), event("777", "bill")]
    assert post(client, settings, events).status_code == 200
    assert pulls() == [("acme", "bills"), ("acme", "invoices"), ("next", "invoices")]
    assert sorted(Configuration.objects.get(organization=neighbour).changes_waiting) == ["bills"]


def test_the_older_shape_that_mixes_companies_rings_for_each(client, settings, qbo, neighbour):
    entity = {"name": "Invoice", "id": "1", "operation": "Void", "lastUpdated": "2026-11-23T08:00:00Z"}
    notices = [
        {"realmId": realm, "dataChangeEvent": {"entities": [entity]}} for realm in (qbo.realm, "777", "404")
    ]
    body = {"eventNotifications": notices}
    assert post(client, settings, body, content_type="application/json").status_code == 200
    assert pulls() == [("acme", "invoices"), ("next", "invoices")]


@pytest.mark.parametrize("verb", ["void", "voided", "VOID"])
def test_a_void_rings_however_it_is_spelt(client, settings, qbo, automatic, verb):
    assert post(client, settings, [event(qbo.realm, verb=verb)]).status_code == 200
    assert pulls() == [("acme", "invoices")]


def test_what_is_repeated_or_out_of_order_is_read_once_and_changes_nothing_twice(
    client, settings, qbo, organization, automatic
):
    invoice = make_invoice(organization, make_customer(organization))
    push(invoice, with_contacts=True)
    pull(organization, "invoices")
    qbo.change(
        "Invoice", invoice.qbo_id, DueDate="2026-12-24", CustomerRef={"value": invoice.customer.qbo_id}
    )
    events = [event(qbo.realm, verb=verb) for verb in ("updated", "created", "updated", "emailed")]
    for delivery in (events, events[::-1], events):
        post(client, settings, delivery)
    drain(organization)
    post(client, settings, events)
    drain(organization)
    jobs = SyncRun.objects.filter(trigger="webhook").values_list("succeeded", "skipped")
    assert sorted(jobs) == [(0, 1), (1, 0)]


def test_a_megabyte_with_100_events_takes_as_few_statements_as_one_event_whatever_is_queued(
    client, settings, qbo, organization, neighbour, django_assert_max_num_queries
):
    SyncRun.objects.bulk_create(
        SyncRun(organization=organization, direction="push", entity="invoices", trigger="api")
        for _ in range(500)
    )
    padding = {"data": {"filler": "x" * 10_300}}
    events = [event(realm, qbo_id=str(n)) | padding for n in range(50) for realm in (qbo.realm, "777")]
    assert len(json.dumps(events)) > 1_000_000
    with django_assert_max_num_queries(8):
        assert post(client, settings, events).status_code == 200
    assert pulls() == [("acme", "invoices"), ("next", "invoices")]


def test_the_bells_of_many_companies_ring_in_one_statement(
    client, settings, qbo, neighbour, django_capture_on_commit_callbacks, django_assert_num_queries
):
    with django_capture_on_commit_callbacks() as callbacks:
        post(client, settings, [event(qbo.realm), event("777")])
    with django_assert_num_queries(1):
        for ring in callbacks:
            ring()
    assert OrmQ.objects.count() == 2


@pytest.mark.parametrize("body", [b"[" * 200_000, b"\x00" * 1000, b'[{"type":"qbo.invoice.void.v1"}' * 1000])
def test_garbage_is_never_an_error_of_ours(client, settings, qbo, automatic, body):
    assert post(client, settings, body, signature="bm90IHNpZ25lZA==").status_code == 401
    assert post(client, settings, body).status_code == 200
    assert not pulls()


def test_a_body_beyond_all_bounds_is_not_read(client, settings, qbo, automatic):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100_000
    assert post(client, settings, b"[" + b" " * 100_000 + b"]").status_code == 400


def test_a_burst_of_everything_costs_two_calls_at_most(client, settings, qbo, organization, automatic):
    """An invoice for a customer that nobody here knows: the feed, and the customer."""
    Configuration.objects.filter(organization=organization).update(contacts_auto_sync=True)
    for entity in ("customers", "beneficiaries", "invoices", "bills"):
        pull(organization, entity)
    there = qbo.make("Customer", {"DisplayName": "New there"})
    line = {
        "Amount": 10,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}},
    }
    made = qbo.make(
        "Invoice",
        {"CustomerRef": {"value": there["Id"]}, "Line": [line], "GlobalTaxCalculation": "NotApplicable"},
    )
    kinds = ("invoice", "bill", "customer", "vendor", "payment", "billpayment", "item", "account", "term")
    events = [event(qbo.realm, kinds[n % len(kinds)], str(n)) for n in range(100)]
    qbo.reset_calls()
    post(client, settings, events)
    drain(organization)
    assert qbo.calls == Counter(cdc=1, query=1)
    assert Invoice.objects.get(qbo_id=made["Id"]).customer.name == "New there"


def test_the_echo_of_our_own_writes_costs_one_call_and_changes_nothing(
    client, settings, qbo, organization, automatic
):
    from integrations.simulator import webhooks
    from integrations.simulator.models import Company

    pull(organization, "invoices")
    invoice = make_invoice(organization, make_customer(organization))
    push(invoice, with_contacts=True)
    before = Invoice.objects.filter(pk=invoice.pk).values().get()
    qbo.reset_calls()
    post(client, settings, webhooks.events(Company.objects.get(realm_id=qbo.realm)))
    drain(organization)
    assert qbo.calls == Counter(cdc=1)
    assert Invoice.objects.filter(pk=invoice.pk).values().get() == before
    assert set(SyncRun.objects.filter(trigger="webhook").values_list("succeeded", flat=True)) == {0}
