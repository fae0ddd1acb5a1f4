import logging
import traceback
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import time_machine

from integrations.qbo import oauth
from integrations.qbo.errors import Misconfigured, NeedsReconnect, Refused, Throttled, Unreachable

from .company import HTML

TOKEN_URL = "http://oauth.test/token"
REVOKE_URL = "http://oauth.test/revoke"
NOW = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
ANSWER = {
    "token_type": "bearer",
    "access_token": "eyJ-access-secret",
    "expires_in": 3600,
    "refresh_token": "AB11-refresh-secret",
    "x_refresh_token_expires_in": 8726400,
}
OLD, CODE = "AB11-old-secret", "code-secret"
DEAD = '{"error":"invalid_grant","error_description":"Token invalid"}'


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_person_is_sent_to_intuit_with_our_state(settings, scheme):
    settings.QBO_AUTHORIZE_URL = f"{scheme}://intuit.test/connect/oauth2"

    address = urlsplit(oauth.authorization_url("st&te", "https://finmo.test/callback/"))

    assert (address.scheme, address.netloc, address.path) == (scheme, "intuit.test", "/connect/oauth2")
    assert parse_qs(address.query) == {
        "response_type": ["code"],
        "client_id": ["our-client-id"],
        "redirect_uri": ["https://finmo.test/callback/"],
        "scope": ["com.intuit.quickbooks.accounting"],
        "state": ["st&te"],
    }


def test_a_code_becomes_tokens_with_the_times_that_intuit_says(http):
    http.post(TOKEN_URL, json=ANSWER | {"x_refresh_token_hard_expires_in": 157680000})

    with time_machine.travel(NOW, tick=False):
        tokens = oauth.exchange("the-code", "https://finmo.test/callback/")

    assert tokens == oauth.Tokens(
        access_token="eyJ-access-secret",
        refresh_token="AB11-refresh-secret",
        access_expires_at=NOW + timedelta(hours=1),
        refresh_expires_at=NOW + timedelta(days=101),
        refresh_hard_expires_at=NOW + timedelta(days=1825),
    )
    request = http.calls[0].request
    assert parse_qs(request.body) == {
        "grant_type": ["authorization_code"],
        "code": ["the-code"],
        "redirect_uri": ["https://finmo.test/callback/"],
    }
    assert (
        request.headers["Authorization"] == "Basic " + b64encode(b"our-client-id:our-client-secret").decode()
    )
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert request.headers["Accept"] == "application/json"
    assert request.headers["x-include-refresh-token-hard-expires-in"] == "true"


def test_a_refresh_brings_the_newest_refresh_token(http):
    http.post(TOKEN_URL, json=ANSWER | {"expires_in": "3600", "x_refresh_token_expires_in": "8640000"})

    with time_machine.travel(NOW, tick=False):
        tokens = oauth.refresh("AB11-old")

    assert tokens.refresh_token == "AB11-refresh-secret"
    assert tokens.access_expires_at == NOW + timedelta(hours=1)
    assert tokens.refresh_expires_at == NOW + timedelta(days=100)
    assert tokens.refresh_hard_expires_at is None
    request = http.calls[0].request
    assert parse_qs(request.body) == {"grant_type": ["refresh_token"], "refresh_token": ["AB11-old"]}
    assert request.headers["x-include-refresh-token-hard-expires-in"] == "true"


def test_revoking_names_the_token_and_accepts_an_empty_answer(http):
    http.post(REVOKE_URL, body="")

    assert oauth.revoke("AB11-old") is None

    assert http.calls[0].request.body == b'{"token": "AB11-old"}'
    assert http.calls[0].request.headers["Content-Type"] == "application/json"


CLEAR = [
    (400, DEAD, NeedsReconnect),
    (401, DEAD, NeedsReconnect),
    (400, '{"error":"invalid_grant","error_description":"Incorrect Token type or clientID"}', NeedsReconnect),
    (400, '{"error":"invalid_client"}', Misconfigured),
    (401, '{"error":"invalid_client"}', Misconfigured),
    (401, HTML, Misconfigured),
    (400, '{"error":"unauthorized_client"}', Misconfigured),
    (400, '{"error":"invalid_request"}', Misconfigured),
    (400, '{"error":"unsupported_grant_type"}', Misconfigured),
    (400, '{"error":"something_new"}', Refused),
    (429, "", Throttled),
    (429, '{"error":"invalid_grant"}', Throttled),
]


@pytest.mark.parametrize(("status", "body", "error"), CLEAR)
@pytest.mark.parametrize("call", [lambda: oauth.exchange("c", "https://x/"), lambda: oauth.refresh("r")])
def test_a_clear_refusal_is_asked_for_once(http, status, body, error, call):
    http.post(TOKEN_URL, status=status, body=body, headers={"intuit_tid": "1-tid"})

    with pytest.raises(error) as raised:
        call()

    assert type(raised.value) is error
    assert (raised.value.status, raised.value.intuit_tid) == (status, "1-tid")
    assert len(http.calls) == 1


LOST = [
    {"status": 500, "body": '{"error":"invalid_grant"}'},
    {"status": 503, "body": HTML},
    {"status": 400, "body": HTML},
    {"status": 302, "body": "", "headers": {"Location": "http://elsewhere.test/"}},
    {"body": requests.ConnectionError()},
    {"body": requests.ReadTimeout()},
]
WITHOUT_TOKENS = [
    {"status": 200, "body": HTML},
    {"status": 200, "body": ""},
    {"status": 200, "body": "[]"},
    {"status": 200, "json": ANSWER | {"access_token": ""}},
    {"status": 200, "json": ANSWER | {"access_token": 7}},
]
WITHOUT_REFRESH_TOKEN = [
    {"status": 200, "json": {"access_token": "eyJ-access-secret"}},
    {"status": 200, "json": ANSWER | {"refresh_token": None}},
]


@pytest.mark.parametrize("answer", LOST + WITHOUT_TOKENS + WITHOUT_REFRESH_TOKEN)
def test_a_lost_exchange_is_never_repeated(http, answer):
    http.post(TOKEN_URL, **answer)

    with pytest.raises(Unreachable):
        oauth.exchange("the-code", "https://finmo.test/callback/")

    assert len(http.calls) == 1


@pytest.mark.parametrize("answer", LOST)
def test_a_lost_refresh_is_tried_once_more_with_the_same_token(http, answer):
    http.post(TOKEN_URL, **answer)

    with pytest.raises(Unreachable):
        oauth.refresh("AB11-old")

    first, second = (call.request for call in http.calls)
    assert first.body == second.body


@pytest.mark.parametrize("answer", WITHOUT_TOKENS)
def test_a_refresh_that_was_answered_is_not_sent_again(http, answer):
    """The token that it carried may be spent, and sending it again ends the grant."""
    http.post(TOKEN_URL, **answer)

    with pytest.raises(Unreachable):
        oauth.refresh("AB11-old")

    assert len(http.calls) == 1


@pytest.mark.parametrize("answer", WITHOUT_REFRESH_TOKEN)
def test_a_refresh_without_a_new_refresh_token_keeps_the_old_one(http, answer):
    http.post(TOKEN_URL, **answer)

    tokens = oauth.refresh("AB11-old")

    assert (tokens.access_token, tokens.refresh_token) == ("eyJ-access-secret", "AB11-old")


@pytest.mark.parametrize("told", [None, "", "soon", [], "NaN", 1e300, 0, -1])
def test_expiries_that_cannot_be_read_are_the_usual_ones(http, told):
    names = ("expires_in", "x_refresh_token_expires_in", "x_refresh_token_hard_expires_in")
    http.post(TOKEN_URL, json=ANSWER | dict.fromkeys(names, told))

    with time_machine.travel(NOW, tick=False):
        tokens = oauth.refresh("AB11-old")

    assert tokens.access_expires_at == NOW + timedelta(hours=1)
    assert tokens.refresh_expires_at == NOW + timedelta(days=100)
    assert tokens.refresh_hard_expires_at is None


def test_an_answer_of_two_tokens_is_enough(http):
    http.post(TOKEN_URL, json={name: ANSWER[name] for name in ("access_token", "refresh_token")})

    with time_machine.travel(NOW, tick=False):
        tokens = oauth.exchange("the-code", "https://finmo.test/callback/")

    assert tokens.refresh_token == "AB11-refresh-secret"
    assert tokens.access_expires_at == NOW + timedelta(hours=1)
    assert tokens.refresh_expires_at == NOW + timedelta(days=100)


def test_the_second_try_of_a_refresh_may_succeed(http):
    http.post(TOKEN_URL, body=requests.ReadTimeout())
    http.post(TOKEN_URL, json=ANSWER)

    assert oauth.refresh("AB11-old").access_token == "eyJ-access-secret"


def test_throttling_tells_how_long_to_wait(http):
    http.post(TOKEN_URL, status=429, headers={"Retry-After": "30"})

    with pytest.raises(Throttled) as raised:
        oauth.refresh("r")

    assert raised.value.retry_after == 30


def test_a_grant_that_ended_before_it_was_revoked_is_told(http):
    http.post(REVOKE_URL, status=400, body=DEAD)

    with pytest.raises(NeedsReconnect) as raised:
        oauth.revoke("AB11-old")

    assert raised.value.detail == "invalid_grant: Token invalid"


def test_no_secret_is_shown(http, caplog):
    caplog.set_level(logging.DEBUG)
    http.post(TOKEN_URL, json=ANSWER)
    http.post(REVOKE_URL, json=ANSWER)
    tokens = oauth.refresh(OLD)
    oauth.exchange(CODE, "https://finmo.test/")
    oauth.revoke(OLD)
    http.replace("POST", TOKEN_URL, json=ANSWER | {"access_token": ""})
    with pytest.raises(Unreachable) as raised:
        oauth.refresh(OLD)

    shown = "".join(traceback.format_exception(raised.value))
    for text in (repr(tokens), str(tokens), caplog.text, shown, repr(raised.value.__dict__)):
        for secret in (OLD, CODE, ANSWER["access_token"], ANSWER["refresh_token"], "our-client-secret"):
            assert secret not in text
