from random import Random

import pytest

from integrations.qbo import client
from integrations.sync import sides
from tests.reconciliation.sowing import Field, kinds_of


@pytest.fixture
def qbo_options() -> dict:
    return {"country": "SG", "multicurrency": True}


@pytest.fixture
def field(qbo, organization):
    """A stream of the connected company, sown with this seed."""

    def make(stream: str = "receivables", seed: int = 1) -> Field:
        return Field(qbo, organization, stream, Random(seed))

    return make


@pytest.fixture
def sown(field):
    """Twenty receivables in step, and every kind of difference beside them."""
    ground = field()
    ground.grow(20)
    ground.sow(*kinds_of(ground.stream))
    return ground


@pytest.fixture
def pages_of_ten(monkeypatch):
    """QuickBooks' largest page, made small, so that few documents make many pages."""
    monkeypatch.setattr(client, "PAGE_SIZE", 10)
    monkeypatch.setattr(sides, "PAGE_SIZE", 10)
    real = client.Client.select
    monkeypatch.setattr(
        client.Client,
        "select",
        lambda self, entity, **options: real(self, entity, **(options | {"size": 10})),
    )
