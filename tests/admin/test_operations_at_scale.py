"""What operations counts over all merchants it counts in indexes alone: rows carry whole documents, and to visit each
that failed takes seconds with a million of them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.models import (
    Organization,
)
from tests.admin.journal import make_job
from tests.admin.pages import FAULTS, OPERATIONS
from tests.admin.test_operations import failed

COUNTED = (
    "contacts_beneficiary",
    "contacts_customer",
    "integrations_conflict",
    "integrations_syncjob",
    "integrations_syncrun",
    "integrations_webhookreceipt",
    "payables_bill",
    "receivables_invoice",
)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="The plan is read in PostgreSQL's words.")
def test_what_is_counted_over_all_merchants_is_counted_in_an_index_alone(superuser, connected):
    failed(connected, "6240", 3)
    with CaptureQueriesContext(connection) as captured:
        superuser.get(OPERATIONS)
    for table in COUNTED:
        asked = [each["sql"] for each in captured if f'FROM "{table}" WHERE' in each["sql"]]
        counting = [statement for statement in asked if "COUNT(" in statement]
        assert counting, table
        for statement in counting:
            assert "Index Only Scan" in plan_of(statement), statement


def plan_of(statement: str) -> str:
    """As it would be for a table that is too long to be read."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN {statement}")
        return str(cursor.fetchall())


@pytest.mark.parametrize("page", [OPERATIONS, FAULTS])
def test_a_page_takes_no_more_statements_for_fifty_rows_than_for_five(superuser, staff, page):
    def fill(numbers) -> int:
        for number in numbers:
            organization = Organization.objects.create(slug=f"o{number}", name=f"O {number}")
            make_job(organization, outcome="failed", code=str(6000 + number * 10))
        with CaptureQueriesContext(connection) as captured:
            assert superuser.get(page).status_code == 200
        return len(captured)

    few = fill(range(5))
    assert fill(range(5, 50)) <= few <= 25
