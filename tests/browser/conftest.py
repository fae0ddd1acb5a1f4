"""The product as real processes, and people at browsers. One house serves the whole folder.

    def test_…(house, worker, person):
        house.acts(("merchant", {"slug": "acme", "realm": house.company().realm}))
        someone = person("admin@acme.example")
        someone.go("/customers/")
        someone.press("Bulk Sync")
        assert not violations_in_both_schemes(someone.page)

`person` fails the test where the browser complained: an error on the console, a refused script or style, a request
that failed. Every test makes a merchant of its own, so that none sees what another one did.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.processes.backends import missing_services
from tests.processes.house import House

from .person import Person, person_at

HERE = Path(__file__).parent
NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


def pytest_collection_modifyitems(items):
    """One after the other on one of the test run's two processes, after tests/processes: they share the house."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("houses"))


# Scoped to the package, not to the session: while playwright runs, Django takes the process for an asynchronous
# one, and tests of other folders could not use the database.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip(
            f"There is no Chromium here: none of {', '.join(NAMES)} is on the PATH, CHROMIUM is not set"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def house(
    chromium: Browser, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """Web and embedded QuickBooks, on PostgreSQL and Redis where both answer, else on SQLite."""
    backend = request.getfixturevalue("sqlite" if missing_services() else "postgres_and_redis")
    folder = tmp_path_factory.mktemp("browser")
    settings = {"DEBUG": 1, "DJANGO_SETTINGS_MODULE": "finmo_qbo.demo.settings"}
    with backend.ground() as ground, House(ground, folder, **settings) as house:
        yield house


@pytest.fixture(scope="package")
def worker(house: House) -> Any:
    """`manage.py qcluster`, as a process of its own."""
    return house.start_worker(Q_WORKERS=1)


@pytest.fixture(scope="package")
def account_manager(house: House) -> str:
    """The e-mail of one of Finmo's people, who may do what the group allows and no more."""
    house.act("account_manager")
    return "manager@finmo.example"


@pytest.fixture(scope="package")
def sessions() -> dict[str, list]:
    """The cookies of who has signed in, by e-mail."""
    return {}


@pytest.fixture
def person(chromium: Browser, house: House, sessions: dict[str, list]) -> Iterator[Callable[..., Person]]:
    """`person(email)` is somebody who is signed in, in a browser of their own; `at="/admin/"` for Finmo's people.

    `width` and `scheme` ("light", "dark") are the browser's. Without an e-mail nobody is signed in.
    """
    with ExitStack() as browsers:

        def make(email: str = "", *, at: str = "/", **options: Any) -> Person:
            made = browsers.enter_context(person_at(chromium, house.address, sessions, **options))
            if email:
                made.sign_in(email, at=at)
            return made

        yield make
