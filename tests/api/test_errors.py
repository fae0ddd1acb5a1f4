import io

import pytest
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient

from contacts.models import Customer
from tests.factories import make_customer


@pytest.mark.parametrize(
    ("call", "path", "status", "code"),
    [
        ("get", "customers/999999/", 404, "not_found"),
        ("get", "customers/99999999999999999999/", 404, "not_found"),
        ("get", "customers/abc/", 404, "not_found"),
        ("get", "nothing/here/", 404, "not_found"),
        ("get", "customers/?page=99", 404, "not_found"),
        ("delete", "customers/", 405, "method_not_allowed"),
        ("put", "items/1/", 405, "method_not_allowed"),
    ],
)
def test_every_refusal_has_a_code_and_a_sentence(api, call, path, status, code):
    answer = getattr(api, call)(path)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/json"
    assert (answer.json()["code"], set(answer.json())) == (code, {"code", "detail"})


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{", "parse_error"),
        ("[" * 100000, "parse_error"),
        ("[]", "invalid"),
        ("null", "invalid"),
        ("1", "invalid"),
    ],
)
def test_a_body_that_cannot_be_read_is_400(api, body, code):
    answer = api._client.generic("POST", "/api/v1/customers/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize(
    "path", ["customers/", "invoices/", "bills/", "sync-runs/", "integrations/quickbooks/"]
)
def test_what_a_resource_offers_can_be_asked(api, path):
    assert api._client.options(f"/api/v1/{path}").status_code == 200


def test_another_content_type_is_415(api):
    answer = api._client.post("/api/v1/customers/", {"name": "x"}, format="multipart")
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_a_failure_of_ours_is_logged_and_says_nothing_of_its_cause(api, organization, monkeypatch, caplog):
    def broken(*args, **kwargs):
        raise RuntimeError("secret")

    monkeypatch.setattr(Customer, "save", broken)
    answer = api.post("customers/", {"name": "Acme"})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret" not in answer.content.decode()
    assert "RuntimeError: secret" in caplog.text


def test_an_address_without_its_last_slash_keeps_method_and_body(api, organization):
    answer = api._client.post("/api/v1/customers?x=1", {"name": "Acme"}, follow=True)
    assert answer.redirect_chain == [("/api/v1/customers/?x=1", 308)]
    assert answer.status_code == 201


def test_the_openapi_document_is_valid_and_complete(db):
    out = io.StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=out)
    document = out.getvalue()
    assert "openapi: 3.1.0" in document
    for path in ("invoices/{id}/void/", "sync-runs/{id}/records/", "integrations/quickbooks/connect/"):
        assert f"/api/v1/{path}:" in document
    for header in ("X-Organization", "Idempotency-Key", "If-Match"):
        assert f"name: {header}" in document


def test_schema_and_page_need_a_sign_in_or_a_token(api, viewer):
    assert Client().get("/api/schema/").status_code == 401
    page = Client().get("/api/docs/")
    assert (page.status_code, page["Location"]) == (302, "/login/?next=/api/docs/")
    client = Client()
    client.force_login(viewer)
    for caller in (client, api._client):
        assert caller.get("/api/schema/").status_code == 200
        assert "swagger" in caller.get("/api/docs/").content.decode()


def test_a_wrong_token_on_the_page_is_401(db):
    answer = APIClient().get("/api/docs/", headers={"authorization": "Token wrong"})
    assert answer.status_code == 401


def test_a_refused_change_changes_nothing(api, organization):
    customer = make_customer(organization, name="Acme")
    assert api.put(f"customers/{customer.pk}/", {"name": "New", "currency": "XXX"}).status_code == 400
    customer.refresh_from_db()
    assert (customer.name, customer.revision) == ("Acme", 1)


@pytest.mark.parametrize(
    ("path", "field"), [("invoices/", "tax_treatment"), ("customers/", "name"), ("auth/token/", "username")]
)
def test_half_of_a_character_is_400(api, path, field):
    body = f'{{"{field}": "\\ud800"}}'
    answer = api._client.generic("POST", f"/api/v1/{path}", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")
    assert "half of a character" in answer.json()["detail"]
    whole = f'{{"{field}": "\\ud83c\\udfe6"}}'
    answer = api._client.generic("POST", f"/api/v1/{path}", whole, content_type="application/json")
    assert answer.status_code in (201, 400) and answer.json().get("code") != "parse_error"


def test_a_sign_in_that_is_nested_too_deeply_is_400(db):
    body = "[" * 100000
    answer = APIClient(raise_request_exception=False).generic(
        "POST", "/api/v1/auth/token/", body, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_statement_of_a_day_that_nobody_means_is_400(api, organization, day):
    for answer in (
        api.post("reconciliation/receivables/", {"as_of": day}),
        api.get(f"reconciliation/receivables/?as_of={day}"),
    ):
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["as_of"])
        assert "Write a day from 1990 to 2100." in answer.json()["fields"]["as_of"][0]


@pytest.mark.parametrize(
    ("sent", "field", "told"),
    [
        ({}, "name", "This field is needed. Send it."),
        ({"name": None}, "name", "This field cannot be null. Send a value."),
        ({"name": ""}, "name", "This field cannot be empty. Send some text."),
        ({"name": "A", "phone": "1" * 31}, "phone", "Send at most 30 characters."),
        ({"name": "A", "email": "a"}, "email", "Send an e-mail address, such as name@example.com."),
        ({"name": "A", "is_active": "maybe"}, "is_active", "Send true or false."),
    ],
)
def test_what_is_wrong_with_a_value_is_told_with_what_to_send(api, organization, sent, field, told):
    answer = api.post("customers/", sent)
    assert (answer.status_code, answer.json()["fields"]) == (400, {field: [told]})
