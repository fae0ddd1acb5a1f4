"""What operations counts over all merchants it counts in indexes alone: rows carry whole documents, and to visit each
that failed takes seconds with a million of them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.admin.test_operations import OPERATIONS, failed

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
