"""Limits, mishaps, counts and switches."""

import base64
import json
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings

from integrations.simulator.models import Company

from .conftest import invoice


def control(quickbooks, path="", method="get", **body):
    send = getattr(quickbooks.client, method)
    address = f"/simulator/control/{quickbooks.realm}/{path}"
    return send(address, body, content_type="application/json") if method != "get" else send(address)


def mishap(quickbooks, kind, **values):
    assert control(quickbooks, "mishaps/", "post", kind=kind, **values).status_code == 201


def count(quickbooks, entity="Customer"):
    return quickbooks.query(f"select count(*) from {entity}")["totalCount"]


# --- mishaps ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "status", "carried_out"),
    [
        ("request_lost", 504, False),
        ("answer_lost", 504, True),
        ("throttled", 429, False),
        ("throttled_after", 429, True),
        ("server_error", 500, False),
        ("server_error_after", 500, True),
        ("unavailable", 503, False),
        ("unavailable_after", 503, True),
        ("token_expired", 401, False),
        ("rights_lost", 401, False),
        ("slow", 200, True),
    ],
)
def test_a_mishap_happens_once_before_or_after_the_call(us, kind, status, carried_out):
    before = count(us)
    mishap(us, kind, matching="/customer")
    us.post("customer", {"DisplayName": "Acme"}, requestid="r-1")
    assert us.status == status
    us.token = control(us, "tokens/", "post").json()["access_token"]
    assert count(us) == before + carried_out
    us.post("customer", {"DisplayName": "Acme"}, requestid="r-1")
    assert us.status == 200
    assert count(us) == before + 1


@pytest.mark.parametrize("kind", ["cut_off", "broken_json"])
def test_an_answer_may_arrive_damaged(us, kind):
    mishap(us, kind)
    response = us.client.post(
        f"/simulator/v3/company/{us.realm}/customer",
        {"DisplayName": "Acme"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {us.token}"},
    )
    with pytest.raises(json.JSONDecodeError):
        json.loads(response.content)
    assert us.query("select * from Customer where DisplayName = 'Acme'")["Customer"]


def test_a_revoked_grant_stays_revoked(us):
    mishap(us, "grant_revoked")
    us.get("preferences")
    assert us.status == 401
    us.get("preferences")
    assert us.status == 401


def test_a_forgotten_request_id_is_carried_out_again(us):
    us.create("Invoice", invoice(), requestid="r-1")
    before = count(us, "Invoice")
    mishap(us, "requestid_forgotten", matching="requestid=r-1")
    us.create("Invoice", invoice(), requestid="r-1")
    assert count(us, "Invoice") == before + 1


def test_mishaps_wait_for_their_address_and_their_number_of_calls(us):
    mishap(us, "throttled", count=2, matching="/batch")
    assert us.read("Customer", "1")
    statuses = []
    for _ in range(3):
        us.post("batch", {"BatchItemRequest": []})
        statuses.append(us.status)
    assert statuses == [429, 429, 200]
    assert control(us, "mishaps/").json()["waiting"] == []


def test_an_unknown_mishap_names_the_known_ones(us):
    response = control(us, "mishaps/", "post", kind="earthquake")
    assert (response.status_code, "answer_lost" in response.json()["detail"]) == (400, True)


def test_a_refreshs_answer_can_be_lost_too(us):
    tokens = control(us, "tokens/", "post").json()
    us.switch(rotate_every_time=True)
    mishap(us, "answer_lost", matching="tokens/bearer")
    basic = base64.b64encode(f"{settings.QBO_CLIENT_ID}:{settings.QBO_CLIENT_SECRET}".encode()).decode()
    body = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    for status in (504, 400):  # the lost answer carried the new token
        response = us.client.post(
            "/simulator/oauth2/v1/tokens/bearer", body, headers={"Authorization": f"Basic {basic}"}
        )
        assert response.status_code == status


# --- limits -----------------------------------------------------------------------------------


def test_no_limit_holds_in_a_new_company(us):
    for _ in range(15):
        us.read("Customer", "1")
    assert us.status == 200


@pytest.mark.parametrize(("switch", "window"), [("requests_per_minute", 60), ("requests_per_second", 1)])
def test_a_sliding_window_limits_calls(us, switch, window):
    us.switch(**{switch: 3})
    with time_machine.travel("2031-01-01T00:00:00Z", tick=False) as traveller:
        us.token = control(us, "tokens/", "post").json()["access_token"]
        statuses = []
        for _ in range(5):
            us.get("preferences")
            statuses.append(us.status)
        assert statuses == [200, 200, 200, 429, 429]
        traveller.shift(window)
        us.get("preferences")
        assert us.status == 200


def test_batches_have_a_limit_of_their_own(us):
    us.switch(batches_per_minute=1)
    for status in (200, 429):
        us.post("batch", {"BatchItemRequest": []})
        assert us.status == status
    us.get("preferences")
    assert us.status == 200


def test_only_so_many_calls_wait_for_their_answer_at_once(us):
    us.switch(requests_at_once=2)
    for path in ("invoice", "bill"):
        us.company.calls.create(kind="write", method="POST", path=path, tid="t")
    us.get("preferences")
    assert us.status == 429
    us.company.calls.filter(path="bill").update(status=200)
    us.get("preferences")
    assert us.status == 200


def test_a_call_that_was_cut_waits_for_no_answer(us):
    us.switch(requests_at_once=1)
    us.company.calls.create(kind="write", method="POST", path="invoice", tid="t")
    with time_machine.travel(us.company.calls.get().at + timedelta(seconds=121), tick=False):
        us.get("preferences")
    assert us.status == 200


def test_a_throttled_call_is_told_in_the_gateways_envelope_or_in_xml(us):
    us.switch(requests_per_minute=0)
    answer = us.get("preferences")
    assert answer["fault"]["error"][0] == {
        "message": "message=ThrottleExceeded; errorCode=003001; statusCode=429",
        "detail": "The request limit was reached.  Try again later",
        "code": "3001",
        "element": None,
    }
    assert answer["fault"]["type"] == "SERVICE"
    us.switch(throttle_as_xml=True)
    assert b'<Error code="3001">' in us.get("preferences")


def test_without_a_token_nobody_gets_in(us):
    us.token = ""
    assert us.get("preferences")["fault"]["error"][0]["code"] == "3202"
    us.token = "made-up"
    assert us.get("preferences")["fault"]["error"][0]["code"] == "3200"
    assert us.status == 401


def test_another_companys_token_is_forbidden(us, sg):
    us.token = sg.token
    answer = us.get("preferences")
    assert (us.status, answer["fault"]["error"][0]["code"]) == (403, "3100")


# --- counts, switches -------------------------------------------------------------------------


def test_every_call_is_counted_by_kind(us):
    us.read("Customer", "1")
    us.query("select * from Customer")
    us.get("cdc", entities="Invoice", changedSince="2020-01-01")
    us.post("batch", {"BatchItemRequest": []})
    us.create("Customer", {"DisplayName": "Acme"}, requestid="r-1")
    counts = control(us, "calls/").json()
    newest = counts.pop("calls")
    assert counts == {"total": 5, "read": 1, "query": 1, "cdc": 1, "batch": 1, "write": 1, "token": 0}
    assert (newest[0]["request_id"], newest[0]["status"], newest[2]["status"]) == ("r-1", 200, 400)
    assert control(us, "calls/", "delete").status_code == 204
    assert control(us, "calls/").json()["total"] == 0


def test_calls_for_tokens_are_counted_too(us):
    refresh_token = control(us, "tokens/", "post").json()["refresh_token"]
    us.switch(rotate_every_time=True)
    body = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    body |= {"client_id": settings.QBO_CLIENT_ID, "client_secret": settings.QBO_CLIENT_SECRET}
    for _ in range(2):
        us.client.post("/simulator/oauth2/v1/tokens/bearer", body)
    counts = control(us, "calls/").json()
    assert (counts["token"], [call["status"] for call in counts["calls"]]) == (2, [400, 200])


def test_companies_are_made_and_switched_over_http(client, db):
    body = {
        "country": "AU",
        "name": "Sydney Pty",
        "multicurrency": True,
        "seed": False,
        "custom_txn_numbers": True,
    }
    made = client.post("/simulator/control/", body, content_type="application/json").json()
    assert (made["country"], made["home_currency"], made["custom_txn_numbers"]) == ("AU", "AUD", True)
    address = f"/simulator/control/{made['realm_id']}/"
    changed = client.patch(
        address, {"book_close_date": "2026-01-31", "latency_ms": 5}, content_type="application/json"
    )
    assert changed.json()["book_close_date"] == "2026-01-31"
    assert client.get("/simulator/control/").json()["companies"][0]["name"] == "Sydney Pty"
    assert client.delete(address).status_code == 204
    assert not Company.objects.exists()


@pytest.mark.parametrize(
    "change",
    [{"colour": "red"}, {"ast": "yes"}, {"latency_ms": "slow"}, {"book_close_date": "x"}, {"counters": {}}],
)
def test_an_unknown_switch_or_value_is_refused(us, change):
    assert control(us, "", "patch", **change).status_code == 400


def test_a_company_takes_intuits_own_limits_when_asked(us, client):
    numbers = {
        "requests_per_minute": 500,
        "requests_per_second": 10,
        "batches_per_minute": 40,
        "requests_at_once": 10,
    }
    made = client.post(
        "/simulator/control/", {"seed": False, "intuit_limits": True}, content_type="application/json"
    )
    assert made.json().items() >= numbers.items()
    patched = control(us, method="patch", intuit_limits=True, requests_per_second=5).json()
    assert patched.items() >= (numbers | {"requests_per_second": 5}).items()
