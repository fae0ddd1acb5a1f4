import hmac
import json
from base64 import b64encode
from collections import Counter
from hashlib import sha256

import pytest

from integrations.models import Configuration, SyncRun
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
