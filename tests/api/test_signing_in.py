import pytest
from django.test import Client
from knox.models import AuthToken
from rest_framework.test import APIClient

from integrations.models import SyncRun
from tests.conftest import PASSWORD
from tests.factories import make_customer

from .conftest import Api


def sign_in(**body):
    return APIClient().post("/api/v1/auth/token/", body)


def test_user_name_and_password_are_traded_for_a_token(accountant):
    answer = sign_in(username="accountant@acme.example", password=PASSWORD)
    assert answer.status_code == 200
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {answer.data['token']}")
    assert client.get("/api/v1/customers/").status_code == 200


def test_a_wrong_password_is_refused(accountant):
    answer = sign_in(username="accountant@acme.example", password="guess")
    assert answer.status_code == 400
    assert answer.data == {"code": "invalid_credentials", "detail": "User name or password is wrong."}


def test_someone_deactivated_gets_no_token(accountant):
    accountant.is_active = False
    accountant.save()
    assert sign_in(username="accountant@acme.example", password=PASSWORD).status_code == 400


def test_the_twenty_first_sign_in_of_a_minute_is_throttled(accountant):
    answers = [sign_in(username="accountant@acme.example", password="guess") for _ in range(21)]
    assert [answer.status_code for answer in answers] == [400] * 20 + [429]
    assert answers[-1].data["code"] == "throttled"
    assert int(answers[-1]["Retry-After"]) <= 60


def test_an_invented_forwarding_header_does_not_escape_the_throttle(accountant):
    for number in range(20):
        APIClient().post("/api/v1/auth/token/", {}, headers={"x-forwarded-for": f"10.0.0.{number}"})
    assert sign_in().status_code == 429


def test_a_user_is_throttled_after_600_calls_a_minute(api):
    # No list takes a PUT, which is a call all the same.
    codes = {api.put("customers/").status_code for _ in range(600)}
    assert codes == {405}
    assert api.get("customers/").status_code == 429


def test_a_revoked_token_ends(accountant):
    api = Api(accountant)
    assert api.post("auth/token/revoke/").status_code == 204
    assert api.get("customers/").status_code == 401
    assert not AuthToken.objects.exists()


@pytest.mark.parametrize("header", ["Token wrong", "Token", "Token a b", "Token \xff\xfe"])
def test_a_bad_token_is_401_in_the_shape_of_all_errors(db, header):
    answer = APIClient().get("/api/v1/customers/", headers={"authorization": header})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Token")
    assert answer.data["code"] == "authentication_failed"


def test_nobody_is_401(db):
    answer = APIClient().get("/api/v1/customers/")
    assert answer.status_code == 401
    assert set(answer.data) == {"code", "detail"}
    assert answer.data["code"] == "not_authenticated"


def test_a_session_needs_the_csrf_token_and_counts_as_the_portal(qbo, organization, accountant):
    customer = make_customer(organization)
    client = Client(enforce_csrf_checks=True)
    client.force_login(accountant)
    body = {
        "path": "/api/v1/customers/sync/",
        "data": {"ids": [customer.pk]},
        "content_type": "application/json",
    }
    assert client.post(**body).status_code == 403
    client.cookies["csrftoken"] = "x" * 32
    answer = client.post(**body, headers={"x-csrftoken": "x" * 32})
    assert answer.status_code == 202
    assert answer.json()["trigger"] == "portal"


def test_a_call_with_a_token_has_the_trigger_api(qbo, organization, api, accountant):
    run = api.post("customers/sync/", {"ids": [make_customer(organization).pk]}).data
    assert run["trigger"] == "api"
    assert SyncRun.objects.get(pk=run["id"]).requested_by == accountant
