from random import Random

import pytest

from tests.reconciliation.sowing import Field


@pytest.fixture
def qbo_options() -> dict:
    return {"country": "SG", "multicurrency": True}


@pytest.fixture
def field(qbo, organization):
    """A stream of the connected company, sown with this seed."""

    def make(stream: str = "receivables", seed: int = 1) -> Field:
        return Field(qbo, organization, stream, Random(seed))

    return make
