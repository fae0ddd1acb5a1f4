"""Consent, codes, tokens and their ends."""

import base64
import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from integrations.simulator.models import Company
from integrations.simulator.seed import seed_company

CALLBACK = "https://finmo.example/callback/"


class Browser:
    """A person at the consent page and an app at the token endpoint."""

    def __init__(self):
        self.client = Client()
        self.basic = base64.b64encode(
            f"{settings.QBO_CLIENT_ID}:{settings.QBO_CLIENT_SECRET}".encode()
        ).decode()

    def asked(self, **changes):
        return {
            "client_id": settings.QBO_CLIENT_ID,
            "response_type": "code",
            "scope": "com.intuit.quickbooks.accounting",
            "redirect_uri": CALLBACK,
            "state": "s1",
        } | changes

    def open(self, **changes):
        return self.client.get("/simulator/connect/oauth2", self.asked(**changes))

    def decide(self, decision="connect", **form):
        """The query of the address that the browser is sent back to."""
        response = self.client.post(
            "/simulator/connect/oauth2", {"decision": decision} | form, query_params=self.asked()
        )
        assert response["Location"].startswith(CALLBACK)
        return {key: value[0] for key, value in parse_qs(urlsplit(response["Location"]).query).items()}

    def token(self, authorization=None, headers=None, **body):
        response = self.client.post(
            "/simulator/oauth2/v1/tokens/bearer",
            body,
            headers={"Authorization": authorization or f"Basic {self.basic}"} | (headers or {}),
        )
        return response.status_code, json.loads(response.content)

    def exchange(self, code, redirect_uri=CALLBACK):
        return self.token(grant_type="authorization_code", code=code, redirect_uri=redirect_uri)

    def refresh(self, refresh_token, **headers):
        return self.token(grant_type="refresh_token", refresh_token=refresh_token, headers=headers)

    def preferences(self, realm, access_token):
        return self.client.get(
            f"/simulator/v3/company/{realm}/preferences", headers={"Authorization": f"Bearer {access_token}"}
        ).status_code


@pytest.fixture
def browser(db):
    return Browser()


@pytest.fixture
def company(db):
    return seed_company(country="SG", documents=False)


@pytest.fixture
def connected(browser, company):
    """(realm, the first answer of the token endpoint)"""
    code = browser.decide(realm_id=company.realm_id)["code"]
    return company.realm_id, browser.exchange(code)[1]


def test_the_consent_page_offers_the_companies_and_cannot_be_framed(browser, company):
    response = browser.open()
    assert company.name in response.content.decode()
    assert response["X-Frame-Options"] == "DENY"


def test_consent_without_a_company_creates_one_in_the_chosen_country(browser):
    answer = browser.decide(country="AU")
    company = Company.objects.get(realm_id=answer["realmId"])
    assert (company.country, company.home_currency) == ("AU", "AUD")
    assert answer["state"] == "s1"


def test_refusing_consent_tells_the_app_and_gives_no_code(browser, company):
    assert browser.decide("cancel", realm_id=company.realm_id) == {"error": "access_denied", "state": "s1"}


@pytest.mark.parametrize(
    "change", [{"client_id": "another"}, {"redirect_uri": "not-an-address"}, {"redirect_uri": ""}]
)
def test_an_unknown_app_or_address_is_told_to_the_person_only(browser, change):
    response = browser.open(**change)
    assert response.status_code == 400
    assert "Location" not in response


def test_a_registered_list_of_addresses_is_matched_exactly(browser, settings):
    settings.SIMULATOR_REDIRECT_URIS = [CALLBACK]
    assert browser.open().status_code == 200
    assert browser.open(redirect_uri=CALLBACK + "?next=1").status_code == 400


def test_the_products_own_callback_is_the_registered_one(browser, settings):
    settings.QBO_REDIRECT_URI = CALLBACK
    assert browser.open().status_code == 200
    assert browser.open(redirect_uri="https://elsewhere.example/callback/").status_code == 400


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("http://localhost:8000/callback/", 200),
        ("https://elsewhere.example/callback/?next=1", 400),
        ("https://elsewhere.example/callback/#top", 400),
    ],
)
def test_without_a_list_an_address_has_no_parameters(browser, address, status):
    assert browser.open(redirect_uri=address).status_code == status


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"scope": "com.intuit.quickbooks.accounting openid"}, "invalid_scope"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"state": ""}, "invalid_request"),
    ],
)
def test_a_malformed_request_goes_back_with_an_error(browser, change, error):
    assert f"error={error}" in browser.open(**change)["Location"]


def test_a_code_becomes_tokens_with_their_lives(connected):
    _, tokens = connected
    assert tokens["token_type"] == "bearer"
    assert tokens["expires_in"] == 3600
    assert tokens["x_refresh_token_expires_in"] == 8726400
    assert "x_refresh_token_hard_expires_in" not in tokens


def test_the_hard_expiry_is_told_to_who_asks_for_it(browser, connected):
    status, tokens = browser.refresh(
        connected[1]["refresh_token"], **{"x-include-refresh-token-hard-expires-in": "true"}
    )
    assert status == 200
    assert tokens["x_refresh_token_hard_expires_in"] == pytest.approx(157680000, abs=5)


def test_a_code_used_twice_ends_the_tokens_that_it_gave(browser, company):
    code = browser.decide(realm_id=company.realm_id)["code"]
    _, tokens = browser.exchange(code)
    assert browser.exchange(code)[0] == 400
    assert browser.exchange(code)[1]["error"] == "invalid_grant"
    assert browser.preferences(company.realm_id, tokens["access_token"]) == 401
    assert browser.refresh(tokens["refresh_token"])[1]["error"] == "invalid_grant"


def test_a_code_needs_the_very_address_that_it_was_sent_to(browser, company):
    code = browser.decide(realm_id=company.realm_id)["code"]
    assert browser.exchange(code, CALLBACK.rstrip("/"))[1]["error"] == "invalid_grant"
    assert browser.exchange(code)[0] == 200


def test_a_wrong_secret_is_the_apps_fault_and_not_the_grants(browser, connected):
    wrong = base64.b64encode(f"{settings.QBO_CLIENT_ID}:wrong".encode()).decode()
    status, answer = browser.token(
        f"Basic {wrong}", grant_type="refresh_token", refresh_token=connected[1]["refresh_token"]
    )
    assert (status, answer) == (401, {"error": "invalid_client"})
    assert browser.refresh(connected[1]["refresh_token"])[0] == 200


def test_the_apps_credentials_may_stand_in_the_body(browser, connected):
    status, _ = browser.token(
        "none",
        grant_type="refresh_token",
        refresh_token=connected[1]["refresh_token"],
        client_id=settings.QBO_CLIENT_ID,
        client_secret=settings.QBO_CLIENT_SECRET,
    )
    assert status == 200


def test_an_unknown_grant_type_is_refused(browser):
    assert browser.token(grant_type="password") == (400, {"error": "unsupported_grant_type"})


def test_an_access_token_is_no_refresh_token(browser, connected):
    answer = browser.refresh(connected[1]["access_token"])[1]
    assert answer == {"error": "invalid_grant", "error_description": "Incorrect Token type or clientID"}


def test_the_refresh_token_stays_for_a_day_and_then_changes(browser, connected):
    first = connected[1]["refresh_token"]
    assert browser.refresh(first)[1]["refresh_token"] == first
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        second = browser.refresh(first)[1]["refresh_token"]
        assert second != first
        assert browser.refresh(first)[1]["error"] == "invalid_grant"
        assert browser.refresh(second)[0] == 200


def test_a_stale_refresh_token_ends_the_grant_of_a_strict_company(browser, connected):
    realm, tokens = connected
    Company.objects.update(rotate_every_time=True, kill_grant_on_stale_refresh=True)
    newer = browser.refresh(tokens["refresh_token"])[1]
    assert browser.refresh(tokens["refresh_token"])[1]["error"] == "invalid_grant"
    assert browser.refresh(newer["refresh_token"])[1]["error"] == "invalid_grant"
    assert browser.preferences(realm, newer["access_token"]) == 401


def test_disuse_ends_a_grant_and_use_prolongs_it(browser, connected):
    start, token = timezone.now(), connected[1]["refresh_token"]
    with time_machine.travel(start + timedelta(days=90)):
        token = browser.refresh(token)[1]["refresh_token"]
    with time_machine.travel(start + timedelta(days=180)):
        assert browser.refresh(token)[0] == 200
    with time_machine.travel(start + timedelta(days=290)):
        assert browser.refresh(token)[1]["error"] == "invalid_grant"


def test_no_refresh_prolongs_a_grant_past_five_years(browser, connected):
    start, token = timezone.now(), connected[1]["refresh_token"]
    for days in range(90, 1825, 90):
        with time_machine.travel(start + timedelta(days=days)):
            token = browser.refresh(token)[1]["refresh_token"]
    with time_machine.travel(start + timedelta(days=1826)):
        assert browser.refresh(token)[1]["error"] == "invalid_grant"


def test_an_access_token_dies_after_an_hour(browser, connected):
    realm, tokens = connected
    assert browser.preferences(realm, tokens["access_token"]) == 200
    with time_machine.travel(timezone.now() + timedelta(seconds=3601)):
        assert browser.preferences(realm, tokens["access_token"]) == 401


def test_a_token_opens_its_own_company_only(browser, connected):
    other = seed_company(country="US", documents=False)
    assert browser.preferences(other.realm_id, connected[1]["access_token"]) == 403
    assert browser.preferences("123", connected[1]["access_token"]) == 403


@pytest.mark.parametrize("which", ["refresh_token", "access_token"])
def test_revoking_either_token_ends_both(browser, connected, which):
    realm, tokens = connected
    response = browser.client.post(
        "/simulator/v2/oauth2/tokens/revoke",
        {"token": tokens[which]},
        content_type="application/json",
        headers={"Authorization": f"Basic {browser.basic}"},
    )
    assert (response.status_code, response.content) == (200, b"")
    assert browser.preferences(realm, tokens["access_token"]) == 401
    assert browser.refresh(tokens["refresh_token"])[1]["error"] == "invalid_grant"


@pytest.mark.parametrize("name", ["openid_configuration", "openid_sandbox_configuration"])
def test_discovery_names_the_endpoints(browser, name):
    document = browser.client.get(f"/simulator/.well-known/{name}/").json()
    assert document["token_endpoint"] == "http://testserver/simulator/oauth2/v1/tokens/bearer"
    assert document["authorization_endpoint"] == "http://testserver/simulator/connect/oauth2"


def test_every_answer_carries_an_intuit_tid(browser, connected):
    response = browser.client.post("/simulator/oauth2/v1/tokens/bearer", {})
    assert response["intuit_tid"]
    assert browser.client.get("/simulator/v3/company/1/preferences")["intuit_tid"]


def test_what_discovery_names_is_there(client, db):
    told = client.get("/simulator/.well-known/openid_configuration/").json()
    assert told["scopes_supported"] == ["com.intuit.quickbooks.accounting", "com.intuit.quickbooks.payment"]
    assert client.get(urlsplit(told["jwks_uri"]).path).json() == {"keys": []}
    refused = client.get(urlsplit(told["userinfo_endpoint"]).path)
    assert (refused.status_code, refused.json()["error"]) == (403, "insufficient_scope")
