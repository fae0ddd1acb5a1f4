import pytest
from django.core.cache import cache
from knox.models import AuthToken
from rest_framework.test import APIClient

from integrations.models import Item, TaxCode
from tests.factories import make_customer


class Api:
    """A program with a token of this person's. Paths are below /api/v1/."""

    def __init__(self, user, **headers: str):
        self._client = APIClient(raise_request_exception=False)
        token = AuthToken.objects.create(user)[1]
        self._client.credentials(
            HTTP_AUTHORIZATION=f"Token {token}",
            **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
        )

    def get(self, path: str, **headers: str):
        return self._client.get(f"/api/v1/{path}", headers=_named(headers))

    def post(self, path: str, body=None, **headers: str):
        return self._client.post(f"/api/v1/{path}", body or {}, headers=_named(headers))

    def put(self, path: str, body=None, **headers: str):
        return self._client.put(f"/api/v1/{path}", body or {}, headers=_named(headers))

    def patch(self, path: str, body=None, **headers: str):
        return self._client.patch(f"/api/v1/{path}", body or {}, headers=_named(headers))

    def delete(self, path: str, **headers: str):
        return self._client.delete(f"/api/v1/{path}", headers=_named(headers))


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@pytest.fixture(autouse=True)
def fresh_throttles():
    cache.clear()


@pytest.fixture
def api(accountant) -> Api:
    return Api(accountant)


@pytest.fixture
def as_admin(admin_user) -> Api:
    return Api(admin_user)


@pytest.fixture
def as_viewer(viewer) -> Api:
    return Api(viewer)


@pytest.fixture
def as_stranger(stranger) -> Api:
    return Api(stranger)


@pytest.fixture
def customer(organization):
    return make_customer(organization, name="Acme")


@pytest.fixture
def gst(organization):
    return TaxCode.objects.create(
        organization=organization, name="GST 9%", sales_rate=9, sales_rates=[["1", "9"]], qbo_id="1"
    )


@pytest.fixture
def item(organization):
    return Item.objects.create(organization=organization, name="Hours", type="Service", qbo_id="7")
