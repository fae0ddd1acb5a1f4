"""How long the server takes for a page, and in how many SQL statements, in a process of its own.

`python -m tests.bench.pages '[["NAME", {"argument": …}], …]'` prints the list of results as JSON, in the last line.
"""

from __future__ import annotations

import os

# The product's settings with a known environment, on the database of the house.
os.environ["TEST_DATABASE_URL"] = os.environ["DATABASE_URL"]
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import json
import statistics
import sys
import time

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from integrations.models import Membership, Organization, Role  # noqa: E402
from tests.bench import filling  # noqa: E402

REQUESTS = 5


fill = filling.fill


def answers(addresses: list[str], staff: bool = False) -> list[tuple[float, int]]:
    """For each address (median milliseconds after a warm-up, SQL statements)."""
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(_staff() if staff else _accountant())
    return [_answer(browser, address) for address in addresses]


def _answer(browser: Client, address: str) -> tuple[float, int]:
    with CaptureQueriesContext(connection) as statements:
        _get(browser, address)
    count = len(statements)
    took = [_get(browser, address) for _ in range(REQUESTS)]
    return round(statistics.median(took), 1), count


def _get(browser: Client, address: str) -> float:
    started = time.perf_counter()
    answer = browser.get(address)
    took = (time.perf_counter() - started) * 1000
    assert answer.status_code == 200, f"{address} answered {answer.status_code}"
    return took


def _staff():
    return get_user_model().objects.get_or_create(
        username="staff@finmo.example", defaults={"is_staff": True, "is_superuser": True}
    )[0]


def _accountant():
    user, _ = get_user_model().objects.get_or_create(username="accountant@merchant.example")
    first = Organization.objects.order_by("pk").first()
    Membership.objects.get_or_create(user=user, organization=first, defaults={"role": Role.ACCOUNTANT})
    return user


if __name__ == "__main__":
    print(json.dumps([globals()[name](**arguments) for name, arguments in json.loads(sys.argv[1])]))
