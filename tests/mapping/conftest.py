import pytest


@pytest.fixture(autouse=True)
def unlimited(settings):
    """Many examples a second are the point here; limits have tests of their own."""
    settings.QBO_REQUESTS_PER_SECOND = 10_000
    settings.QBO_REQUESTS_PER_MINUTE = 10_000
    settings.QBO_BATCHES_PER_MINUTE = 10_000
