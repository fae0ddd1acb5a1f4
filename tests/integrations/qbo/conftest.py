import pytest

from integrations.qbo.client import Client

from .company import Company, FakeGate, FakeGrant


@pytest.fixture(autouse=True)
def endpoints(settings):
    settings.QBO_API_BASE_URL = "http://quickbooks.test"
    settings.QBO_TOKEN_URL = "http://oauth.test/token"
    settings.QBO_REVOKE_URL = "http://oauth.test/revoke"
    settings.QBO_CLIENT_ID = "our-client-id"
    settings.QBO_CLIENT_SECRET = "our-client-secret"
    settings.QBO_TIMEOUT = 5.0


@pytest.fixture
def company(endpoints):
    grant, gate = FakeGrant(), FakeGate()
    return Company(Client(grant, gate), grant, gate)


@pytest.fixture
def exact_waits(monkeypatch):
    """Backoff without its randomness."""
    monkeypatch.setattr("integrations.qbo.retry.random.uniform", lambda low, high: 1.0)
