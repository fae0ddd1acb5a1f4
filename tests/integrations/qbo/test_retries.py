import pytest
import requests

from integrations.qbo.client import Kind
from integrations.qbo.errors import NeedsReconnect, Refused, Throttled, Unreachable
from integrations.qbo.retry import jittered

from .company import (
    BASE,
    CUSTOMER,
    CUSTOMER_ANSWER,
    EXPIRED,
    EXPIRED_XML,
    FRESH_TOKEN,
    HTML,
    NOT_AUTHORISED,
    THROTTLED_JSON,
    THROTTLED_XML,
    TOKEN,
    fault,
)

pytestmark = pytest.mark.usefixtures("exact_waits")

UNTRUSTWORTHY = {
    "a system fault": {"status": 500, "body": fault("10000", "An application error has occurred")},
    "a system fault in a good answer": {"status": 200, "body": fault("10000", "An application error")},
    "a gateway's page": {"status": 503, "body": HTML},
    "an empty gateway error": {"status": 504, "body": ""},
    "an unknown fault with a server error": {"status": 500, "body": fault("9999", "Something")},
    "a good answer that is a page": {"status": 200, "body": HTML},
    "an empty good answer": {"status": 200, "body": ""},
    "half of a good answer": {"status": 200, "body": CUSTOMER_ANSWER[:-20]},
    "a good answer with broken text": {"status": 200, "body": b'{"Customer":{"DisplayName":"\xff\xfe"}}'},
    "a good answer in XML": {"status": 200, "body": "<IntuitResponse/>"},
    "a list": {"status": 200, "body": "[]"},
    "a redirect": {"status": 302, "body": "", "headers": {"Location": "http://elsewhere.test/"}},
    "a refused connection": {"body": requests.ConnectionError("refused")},
    "a timeout": {"body": requests.ReadTimeout("timed out")},
}
untrustworthy = pytest.mark.parametrize("answer", UNTRUSTWORTHY.values(), ids=UNTRUSTWORTHY.keys())


@untrustworthy
def test_a_read_without_a_trustworthy_answer_is_tried_four_times(company, http, answer):
    http.get(f"{BASE}/customer/1", **answer)

    with pytest.raises(Unreachable) as raised:
        company.client.read("Customer", "1")

    assert len(http.calls) == 4
    assert company.gate.pauses == [1, 4, 15]
    assert company.gate.entered == [Kind.READ] * 4
    assert company.gate.inside == 0
    assert raised.value.code == "unreachable"


@untrustworthy
@pytest.mark.parametrize("send", ["write", "operate", "batch"])
def test_a_write_without_a_trustworthy_answer_is_never_repeated(company, http, answer, send):
    http.post(f"{BASE}/customer", **answer)
    http.post(f"{BASE}/batch", **answer)

    with pytest.raises(Unreachable):
        if send == "write":
            company.client.write("Customer", b"{}", "r1")
        elif send == "operate":
            company.client.operate("Customer", "delete", b"{}", "r1")
        else:
            company.client.batch(b"{}", "r1")

    assert len(http.calls) == 1
    assert company.gate.pauses == []
    assert company.gate.inside == 0


def test_a_read_that_succeeds_at_last_returns_its_answer(company, http):
    http.get(f"{BASE}/customer/1", status=503, body=HTML)
    http.get(f"{BASE}/customer/1", body=requests.ConnectionError())
    http.get(f"{BASE}/customer/1", body=CUSTOMER_ANSWER)

    assert company.client.read("Customer", "1") == CUSTOMER.encode()
    assert company.gate.pauses == [1, 4]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (429, THROTTLED_JSON),
        (429, THROTTLED_XML),
        (429, HTML),
        (429, ""),
        (403, THROTTLED_XML.replace("statusCode=429", "statusCode=403")),
        (400, fault("003001", "ThrottleExceeded")),
        (503, THROTTLED_JSON),
    ],
)
def test_a_throttled_write_goes_out_again_unchanged(company, http, status, body):
    http.post(f"{BASE}/customer", status=status, body=body)
    http.post(f"{BASE}/customer", body=CUSTOMER_ANSWER)

    company.client.write("Customer", b'{"DisplayName":"Acme"}', "r1")

    first, second = (call.request for call in http.calls)
    assert (first.url, first.body) == (second.url, second.body)
    assert "requestid=r1" in first.url
    assert company.gate.pauses == [2]
    assert company.gate.entered == [Kind.WRITE] * 2


@pytest.mark.parametrize("method", ["read", "write"])
def test_throttling_that_lasts_ends_after_four_tries(company, http, method):
    http.get(f"{BASE}/customer/1", status=429, body=THROTTLED_JSON)
    http.post(f"{BASE}/customer", status=429, body=THROTTLED_JSON)

    with pytest.raises(Throttled) as raised:
        company.client.read("Customer", "1") if method == "read" else company.client.write(
            "Customer", b"{}", "r"
        )

    assert len(http.calls) == 4
    assert company.gate.pauses == [2, 15, 60]
    assert raised.value.retry_after is None


def test_quickbooks_own_waiting_time_is_kept(company, http):
    http.get(f"{BASE}/customer/1", status=429, headers={"Retry-After": "7"})
    http.get(f"{BASE}/customer/1", body=CUSTOMER_ANSWER)

    company.client.read("Customer", "1")

    assert company.gate.pauses == [7]


def test_a_waiting_time_too_long_for_a_worker_is_left_to_the_caller(company, http):
    http.get(f"{BASE}/customer/1", status=429, headers={"Retry-After": "3600"})

    with pytest.raises(Throttled) as raised:
        company.client.read("Customer", "1")

    assert raised.value.retry_after == 3600
    assert (len(http.calls), company.gate.pauses) == (1, [])


@pytest.mark.parametrize("body", [EXPIRED, EXPIRED_XML, HTML, ""])
@pytest.mark.parametrize("method", ["read", "write"])
def test_a_refused_token_is_renewed_once_and_the_same_request_sent_again(company, http, body, method):
    verb = "GET" if method == "read" else "POST"
    address = f"{BASE}/customer/1" if method == "read" else f"{BASE}/customer"
    http.add(verb, address, status=401, body=body)
    http.add(verb, address, body=CUSTOMER_ANSWER)

    if method == "read":
        company.client.read("Customer", "1")
    else:
        company.client.write("Customer", b'{"Id":"1"}', "r1")

    first, second = (call.request for call in http.calls)
    assert (first.url, first.body) == (second.url, second.body)
    assert second.headers["Authorization"] == f"Bearer {FRESH_TOKEN}"
    assert company.grant.rejected == [TOKEN]
    assert company.gate.pauses == []
    assert len(company.gate.entered) == 2


def test_a_fresh_token_that_is_refused_needs_a_person(company, http):
    http.get(f"{BASE}/customer/1", status=401, body=EXPIRED)

    with pytest.raises(NeedsReconnect) as raised:
        company.client.read("Customer", "1")

    assert len(http.calls) == 2
    assert company.grant.rejected == [TOKEN]
    assert raised.value.code == "needs_reconnect"
    assert raised.value.status == 401


def test_a_dead_grant_ends_the_call(company, http):
    company.grant.revoked = True
    http.get(f"{BASE}/customer/1", status=401, body=EXPIRED)

    with pytest.raises(NeedsReconnect):
        company.client.read("Customer", "1")

    assert len(http.calls) == 1
    assert company.gate.inside == 0


def test_lost_rights_are_not_answered_with_a_fresh_token(company, http):
    http.get(
        f"{BASE}/customer/1",
        status=401,
        body=fault("120", "Authorization Failure", ": -11014-You do not have access"),
    )

    with pytest.raises(NeedsReconnect):
        company.client.read("Customer", "1")

    assert company.grant.rejected == []


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (403, NOT_AUTHORISED, NeedsReconnect),
        (403, fault("5020", "Permission denied"), Refused),
        (403, HTML, Refused),
        (400, fault("6240", "Duplicate Name Exists Error"), Refused),
        (200, fault("6240", "Duplicate Name Exists Error"), Refused),
    ],
)
def test_a_clear_refusal_is_not_tried_again(company, http, status, body, error):
    http.get(f"{BASE}/customer/1", status=status, body=body)

    with pytest.raises(error):
        company.client.read("Customer", "1")

    assert len(http.calls) == 1
    assert company.grant.rejected == []


def test_a_redirect_is_not_followed(company, http):
    http.get(f"{BASE}/customer/1", status=307, headers={"Location": "http://elsewhere.test/"})
    elsewhere = http.get("http://elsewhere.test/", body=CUSTOMER_ANSWER)

    with pytest.raises(Unreachable):
        company.client.read("Customer", "1")

    assert elsewhere.call_count == 0


def test_backoff_is_spread_by_a_fifth(monkeypatch):
    monkeypatch.undo()

    waits = {jittered(15) for _ in range(50)}

    assert len(waits) > 1
    assert all(12 <= seconds <= 18 for seconds in waits)
