from pathlib import Path

import pytest

from .house import House

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    """One after the other, on one of the test run's two processes: they start several, which need the cores."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.processes)
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.xdist_group("houses"))


@pytest.fixture(params=["postgres_and_redis", "sqlite"])
def house(request, tmp_path):
    """Web and embedded QuickBooks run; workers are started by the test."""
    with request.getfixturevalue(request.param).ground() as ground, House(ground, tmp_path) as house:
        yield house
