"""A worker dies at each point of its way; whoever comes next leaves every record in QuickBooks exactly once."""

import pytest

from tests.proof.matrix import crash_rows
from tests.proof.stage import SETTINGS, Stage

from .house import House

ROWS = crash_rows()


@pytest.fixture(scope="module")
def stage(sqlite, tmp_path_factory):
    with sqlite.ground() as ground, House(ground, tmp_path_factory.mktemp("house"), **SETTINGS) as house:
        yield Stage(house)


@pytest.mark.parametrize("what", ROWS)
def test_after_a_crash_every_record_is_there_once(stage, what):
    result = ROWS[what](stage)
    assert result.once
    assert "succeeded" in result.says
