"""How long the server takes for a page, and in how many SQL statements, in a process of its own.

`python -m tests.bench.pages '[["NAME", {"argument": …}], …]'` prints the list of results as JSON, in the last line.
"""

from __future__ import annotations

import os

# The product's settings with a known environment, on the database of the house.
os.environ["TEST_DATABASE_URL"] = os.environ["DATABASE_URL"]
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import json
import resource
import statistics
import sys
import time
from collections import Counter
from functools import partial

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from integrations import queueing, services  # noqa: E402
from integrations.mapping import mapper_for  # noqa: E402
from integrations.models import (  # noqa: E402
    Connection,
    Membership,
    Organization,
    QueueStep,
    Role,
    SyncState,
    Trigger,
)
from integrations.services import Asked  # noqa: E402
from tests.bench import filling  # noqa: E402

REQUESTS = 5


fill = filling.fill


def answers(addresses: list[str], staff: bool = False) -> list[tuple[float, int]]:
    """For each address (median milliseconds after a warm-up, SQL statements)."""
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(_staff() if staff else _accountant())
    return [_answer(browser, address) for address in addresses]


def queue_all(entity: str) -> dict[str, float]:
    """What queueing an entity whose records are all changed took: {queued, seconds, statements, megabytes} of the
    request, and seconds_in_lane."""
    organization = Organization.objects.order_by("pk").first()
    model = mapper_for(entity).model
    model.objects.update(sync_state=SyncState.CHANGED, accounting_synced=False, ended="")
    Connection.objects.filter(organization=organization).update(
        status=Connection.Status.CONNECTED, realm_id="1"
    )
    statements: Counter[str] = Counter()
    before, started = _peak(), time.perf_counter()
    with connection.execute_wrapper(partial(_counted, statements)):
        run = services.push(organization, entity, asked=Asked(Trigger.PORTAL), all_unsynced=True)
    asked = time.perf_counter()
    megabytes = round(_peak() - before)
    for step in QueueStep.objects.filter(run=run).order_by("pk"):
        queueing.take_step(step)
    return {
        "queued": run.jobs.count(),
        "seconds": round(asked - started, 1),
        "statements": statements.total(),
        "megabytes": megabytes,
        "seconds_in_lane": round(time.perf_counter() - asked, 1),
    }


def _counted(statements: Counter[str], execute, sql, params, many, context):
    statements[sql[:6]] += 1
    return execute(sql, params, many, context)


def _peak() -> float:
    """The most memory that this process ever held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


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
