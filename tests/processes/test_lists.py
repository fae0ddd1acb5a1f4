"""What the portal's lists find and how they order it, the same on both databases: the statements differ."""

import json
import os
import subprocess
import sys

import pytest

from .backends import ROOT

EXPECTED = {
    "/receivables/?sort=contact": ["A1", "B1", "B2", "C1"],
    "/receivables/?sort=-contact": ["C1", "B2", "B1", "A1"],
    "/receivables/?sort=contact&q=birch": ["B1", "B2", "C1"],
    "/receivables/?q=path&sort=number": ["B2", "C1"],
    # Beyond what an index has room for.
    "/receivables/?q=at+the+end": ["A1"],
    "/receivables/?q=END&status=overdue": ["A1"],
    # Signs that mean something to the database, and a letter whose upper case is two.
    "/receivables/?q=50%25": ["B1"],
    "/receivables/?q=path_to": ["C1"],
    "/receivables/?q=to\\here": ["C1"],
    "/receivables/?q=stra%C3%9Fe": ["B1"],
}


@pytest.mark.parametrize("backend", ["postgres_and_redis", "sqlite"])
def test_what_is_found_and_in_which_order(request, backend):
    with request.getfixturevalue(backend).ground() as ground:
        command = [sys.executable, "-m", "tests.processes.listed", *EXPECTED]
        environment = os.environ | {"DATABASE_URL": ground.database_url}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == EXPECTED
