import hmac
import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta, timezone

import pytest

from integrations.qbo.webhooks import BadNotification, Event, parse, verify

# Test vector of Intuit's Java SDK (WebhooksServiceTest).
TOKEN = "b5771f19b12ddb4bcdb9f08bdc50bc63878a"
BODY = (
    b'{"eventNotifications":[{"realmId":"1185883450","dataChangeEvent":{"entities":[{"name":"Customer","id":"1",'
    b'"operation":"Create","lastUpdated":"2015-10-05T14:42:19-0700"}]}}]}'
)
SIGNATURE = "JC2GUwciPmRBwEO7WvrRmKqu9tGOKL8FFallocTFi8Q="


def event(**changes):
    return {
        "specversion": "1.0",
        "id": "88cd52aa",
        "source": "intuit.dsnBgbse=",
        "type": "qbo.account.created.v1",
        "datacontenttype": "application/json",
        "time": "2025-09-10T21:31:25.179851517Z",
        "intuitentityid": "1234",
        "intuitaccountid": "310687",
        "data": {},
    } | changes


def parsed(*events):
    return parse(json.dumps(events).encode())


def test_intuits_own_vector_is_genuine():
    assert verify(BODY, SIGNATURE, TOKEN)


@pytest.mark.parametrize(
    ("body", "signature", "token"),
    [
        (BODY + b" ", SIGNATURE, TOKEN),
        (BODY, SIGNATURE, TOKEN + "x"),
        (BODY, SIGNATURE[:-2], TOKEN),
        (BODY, "", TOKEN),
        (BODY, "é" * 44, TOKEN),
        (BODY, "", ""),
        (BODY, SIGNATURE, ""),
    ],
)
def test_anything_else_is_not(body, signature, token):
    assert not verify(body, signature, token)


def test_nothing_is_genuine_without_a_verifier_token():
    signed_with_nothing = b64encode(hmac.digest(b"", BODY, "sha256")).decode()

    assert not verify(BODY, signed_with_nothing, "")


def test_a_cloud_event_is_read():
    assert parsed(event()) == [
        Event(
            realm_id="310687",
            entity="account",
            id="1234",
            operation="created",
            deleted_id="",
            event_id="88cd52aa",
            time=datetime(2025, 9, 10, 21, 31, 25, 179851, UTC),
        )
    ]


def test_the_older_shape_is_read():
    assert parse(BODY) == [
        Event(
            realm_id="1185883450",
            entity="customer",
            id="1",
            operation="created",
            deleted_id="",
            event_id="",
            time=datetime(2015, 10, 5, 14, 42, 19, tzinfo=timezone(timedelta(hours=-7))),
        )
    ]


def test_one_delivery_may_be_about_several_companies():
    events = parsed(event(intuitaccountid="1"), event(intuitaccountid="2"), event(intuitaccountid="1"))

    assert [each.realm_id for each in events] == ["1", "2", "1"]


@pytest.mark.parametrize(
    ("type", "entity", "operation"),
    [
        ("qbo.invoice.void.v1", "invoice", "voided"),
        ("qbo.invoice.voided.v1", "invoice", "voided"),
        ("QBO.Invoice.VOID.v1", "invoice", "voided"),
        ("qbo.billpayment.updated.v1", "billpayment", "updated"),
        ("qbo.customer.merged.v1", "customer", "merged"),
        ("qbo.payment.emailed.v1", "payment", "emailed"),
        ("qbo.novelty.deleted.v2", "novelty", "deleted"),
    ],
)
def test_the_type_names_entity_and_operation(type, entity, operation):
    (found,) = parsed(event(type=type))

    assert (found.entity, found.operation) == (entity, operation)


@pytest.mark.parametrize("operation", ["Create", "Update", "Delete", "Merge", "Void", "Emailed"])
def test_older_operations_have_the_same_names(operation):
    entity = {
        "name": "Invoice",
        "id": "145",
        "operation": operation,
        "lastUpdated": "2025-09-08T20:52:31.657Z",
    }
    body = {"eventNotifications": [{"realmId": "1", "dataChangeEvent": {"entities": [entity]}}]}

    (found,) = parse(json.dumps(body).encode())

    names = {
        "Create": "created",
        "Update": "updated",
        "Delete": "deleted",
        "Merge": "merged",
        "Void": "voided",
    }
    assert found.operation == names.get(operation, "emailed")


@pytest.mark.parametrize("name", ["deletedid", "deletedId"])
def test_a_merge_names_the_id_that_is_gone(name):
    (found,) = parsed(event(type="qbo.customer.merged.v1", data={name: "27"}))
    older = {"name": "Customer", "id": "1", "operation": "Merge", name: "27"}
    (legacy,) = parse(
        json.dumps(
            {"eventNotifications": [{"realmId": "1", "dataChangeEvent": {"entities": [older]}}]}
        ).encode()
    )

    assert found.deleted_id == legacy.deleted_id == "27"


@pytest.mark.parametrize("digits", range(10))
def test_a_time_may_have_up_to_nine_digits_of_fraction(digits):
    fraction = "." + "123456789"[:digits] if digits else ""

    (found,) = parsed(event(time=f"2025-09-10T21:31:25{fraction}Z"))

    assert found.time == datetime(2025, 9, 10, 21, 31, 25, int("123456"[:digits].ljust(6, "0")), UTC)


@pytest.mark.parametrize("time", [None, "", "yesterday", 5, "2025-09-10T21:31:25"])
def test_an_unreadable_time_loses_no_event(time):
    assert parsed(event(time=time))[0].time is None


@pytest.mark.parametrize("missing", ["data", "datacontenttype", "time", "id", "specversion"])
def test_what_is_not_needed_may_be_missing(missing):
    sparse = {name: value for name, value in event().items() if name != missing}

    assert parsed(sparse)[0].id == "1234"


def test_an_event_that_cannot_be_read_costs_no_other():
    assert [
        each.id for each in parsed(event(intuitentityid=None), event(), event(type="xero.invoice.x.v1"))
    ] == ["1234"]


def test_nothing_to_tell_is_no_error():
    assert parse(b"[]") == []
    assert parse(b'{"eventNotifications":[]}') == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"\xff\xfe",
        b"null",
        b"5",
        b'"text"',
        b"{}",
        b"[null]",
        b"[1]",
        b'[{"specversion":"1.0"}]',
        json.dumps([event(type=None)]).encode(),
        json.dumps([event(type="qbo")]).encode(),
        json.dumps([event(type="xero.invoice.created.v1")]).encode(),
        json.dumps([event(intuitaccountid=None)]).encode(),
        json.dumps([event(intuitentityid={})]).encode(),
        json.dumps([event(data="text")]).encode(),
        json.dumps([event(intuitaccountid="1\u0000")]).encode(),
        json.dumps([event(intuitentityid="1" * 100_000)]).encode(),
        json.dumps([event(data={"deletedid": ["27"]})]).encode(),
        b"[" * 100_000,
        b'{"eventNotifications":null}',
        b'{"eventNotifications":[{"realmId":"1"}]}',
        b'{"eventNotifications":[{"realmId":"1","dataChangeEvent":{"entities":[{"name":5,"id":"1"}]}}]}',
    ],
)
def test_garbage_is_refused(body):
    with pytest.raises(BadNotification):
        parse(body)
