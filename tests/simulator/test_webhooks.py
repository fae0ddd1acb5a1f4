"""Webhooks: what changed, as signed CloudEvents, sent when asked."""

import base64
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.conf import settings

from .conftest import bill, invoice
from .test_control import control


@pytest.fixture
def receiver():
    """A web server that keeps what it is sent: (headers, body). `status` is what it answers."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.received.append((self.headers, body))
            self.send_response(server.status)
            self.end_headers()

        def log_message(self, *arguments):
            """Tests print nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.received, server.status = [], 200
    server.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def test_changes_are_told_once_as_signed_cloud_events(us, receiver):
    us.switch(webhook_url=receiver.url)
    created = us.create("Invoice", invoice())
    us.post("invoice", {"Id": created["Id"], "SyncToken": "0"}, operation="void")
    payable = us.create("Bill", bill())
    us.post("bill", {"Id": payable["Id"], "SyncToken": "0"}, operation="delete")
    assert control(us, "webhooks/", "post").json() == {"sent": 4, "status": 200, "error": ""}
    assert control(us, "webhooks/", "post").json()["sent"] == 0
    [(headers, body)] = receiver.received
    digest = hmac.new(settings.QBO_WEBHOOK_VERIFIER_TOKEN.encode(), body, hashlib.sha256).digest()
    assert headers["intuit-signature"] == base64.b64encode(digest).decode()
    assert headers["Content-Type"] == "application/cloudevents+json"
    events = json.loads(body)
    assert [(event["type"], event["intuitentityid"]) for event in events] == [
        ("qbo.invoice.created.v1", created["Id"]),
        ("qbo.invoice.void.v1", created["Id"]),
        ("qbo.bill.created.v1", payable["Id"]),
        ("qbo.bill.deleted.v1", payable["Id"]),
    ]
    assert {event["intuitaccountid"] for event in events} == {us.realm}
    assert len({event["id"] for event in events}) == 4


def test_what_is_made_inactive_is_told_of_as_deleted(us, receiver):
    """No name can be deleted, and so the word is free (contract section 7.3). Terms have no such word."""
    made = {
        "Customer": {"DisplayName": "Acme"},
        "Vendor": {"DisplayName": "Acme Ltd"},
        "Item": {"Name": "Tea", "Type": "Service", "IncomeAccountRef": {"value": "14"}},
        "Account": {"Name": "Fees", "AccountType": "Income"},
        "Term": {"Name": "Net 90", "DueDays": 90},
    }
    for entity, body in made.items():
        created = us.create(entity, body)
        for token, active in (("0", False), ("1", True), ("2", True)):
            named = {"Id": created["Id"], "SyncToken": token, "sparse": True, "Active": active}
            us.create(
                entity, named | {"DisplayName" if "DisplayName" in body else "Name": f"{entity} {token}"}
            )
    control(us, "webhooks/", "post", url=receiver.url)
    told = [event["type"].split(".")[1:3] for event in json.loads(receiver.received[0][1])]
    of_names = ["created", "deleted", "updated", "updated"]
    of_terms = ["created", "updated", "updated", "updated"]
    assert told == [
        [entity.lower(), verb] for entity in made for verb in (of_terms if entity == "Term" else of_names)
    ]


def test_what_was_not_acknowledged_is_told_again(us, receiver):
    us.create("Customer", {"DisplayName": "Acme"})
    receiver.status = 500
    assert control(us, "webhooks/", "post", url=receiver.url).json()["status"] == 500
    receiver.status = 200
    assert control(us, "webhooks/", "post", url=receiver.url).json() == {
        "sent": 1,
        "status": 200,
        "error": "",
    }
    assert receiver.received[0][1] == receiver.received[1][1]


def test_events_may_come_twice_in_disorder_and_with_the_other_word_for_void(us, receiver):
    us.switch(webhook_duplicates=True, webhook_reversed=True, webhook_void_verb="voided")
    created = us.create("Invoice", invoice())
    us.post("invoice", {"Id": created["Id"], "SyncToken": "0"}, operation="void")
    control(us, "webhooks/", "post", url=receiver.url)
    types = [event["type"] for event in json.loads(receiver.received[0][1])]
    assert types == ["qbo.invoice.voided.v1", "qbo.invoice.created.v1"] * 2


def test_an_event_may_lack_what_intuits_own_sample_lacks(us, receiver):
    us.switch(webhook_bare=True)
    us.create("Customer", {"DisplayName": "Acme"})
    control(us, "webhooks/", "post", url=receiver.url)
    [event] = json.loads(receiver.received[0][1])
    assert set(event) == {"specversion", "id", "source", "type", "time", "intuitentityid", "intuitaccountid"}


def test_a_currency_that_comes_into_use_is_told_of(world, receiver):
    world.create("CompanyCurrency", {"Code": "NOK"})
    control(world, "webhooks/", "post", url=receiver.url)
    [event] = json.loads(receiver.received[0][1])
    assert event["type"] == "qbo.currency.created.v1"


def test_one_delivery_tells_of_all_companies_with_the_same_address(us, sg, receiver):
    for company in (us, sg):
        company.switch(webhook_url=receiver.url)
        company.create("Customer", {"DisplayName": "Acme"})
    assert control(us, "webhooks/", "post").json()["sent"] == 2
    assert control(sg, "webhooks/", "post").json()["sent"] == 0
    [(_, body)] = receiver.received
    assert [event["intuitaccountid"] for event in json.loads(body)] == [us.realm, sg.realm]


def test_without_an_address_there_is_nobody_to_tell(us):
    assert control(us, "webhooks/", "post").status_code == 400
    assert control(us, "webhooks/", "post", url="http://127.0.0.1:9/").json()["status"] == 0
