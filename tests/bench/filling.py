"""Many rows in little time: the database makes them itself, by one INSERT … SELECT per table.

Runs in a process of its own against a house's database, which is empty before. An expression is SQL that both
databases understand; `i` in it counts the rows from 1.
"""

from __future__ import annotations

import json
from datetime import timedelta

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from contacts.models import Beneficiary, Customer
from integrations.models import Conflict, Organization, SyncJob, SyncRun
from payables.models import Bill
from receivables.models import Invoice

# As wide as QuickBooks' own document of an invoice with four lines.
DOCUMENT = json.dumps(
    {
        "Id": "1",
        "Line": [
            {
                "Id": str(number),
                "LineNum": number,
                "Description": f"Consulting in week {number}, with travelling",
                "Amount": 1234.5 * number,
                "DetailType": "SalesItemLineDetail",
                "SalesItemLineDetail": {
                    "ItemRef": {"value": str(100 + number), "name": f"Consulting {number}"},
                    "UnitPrice": 411.5 * number,
                    "Qty": 3,
                    "ItemAccountRef": {"value": "48", "name": "Sales of Product Income"},
                    "TaxCodeRef": {"value": "2"},
                },
            }
            for number in range(1, 10)
        ],
        "MetaData": {
            "CreateTime": "2026-10-01T10:00:00-07:00",
            "LastUpdatedTime": "2026-10-01T10:00:00-07:00",
        },
    }
)
STATE = """CASE i % 20 WHEN 0 THEN 'failed' WHEN 1 THEN 'changed' WHEN 2 THEN 'not_synced'
    WHEN 3 THEN 'not_synced' WHEN 4 THEN 'queued' ELSE 'synced' END"""
FAILED_CODE = """CASE WHEN i % 20 > 0 THEN '' ELSE
    CASE i % 3 WHEN 0 THEN 'no_default_account' WHEN 1 THEN '6240' ELSE '610' END END"""


def fill(rows: int, organizations: int = 1, document_every: int = 1) -> None:
    """So many customers, beneficiaries, invoices, bills, runs and jobs, and a tenth as many conflicts.

    They are dealt out to the organizations in turn. The last run holds half of the jobs. One synced record of
    `document_every` carries QuickBooks' document, which is what takes time to write.
    """
    _hurry()
    first = _organizations(organizations)
    each = rows // organizations
    organization = f"{first} + i % {organizations}"
    contact = f"{organizations} * (1 + (i * 37) % {each - 1}) + i % {organizations}"
    for model in (Customer, Beneficiary):
        name = f"'{model._meta.verbose_name.capitalize()} ' || i || ' Trading'"
        _insert(
            model, rows, organization_id=organization, **_synced(document_every), name=name, name_key=f"lower({name})",
            company_name="'Company ' || i % 1000 || ' Pte Ltd'", email="'finance' || i || '@trading.example'",
            phone="'+65 6' || i", currency="CASE i % 4 WHEN 0 THEN 'USD' ELSE 'SGD' END", is_active="i % 50 > 0",
            created_at=_moment(f"{rows} - i"),
        )  # fmt: skip
    for model, column in ((Invoice, "customer_id"), (Bill, "beneficiary_id")):
        _insert(
            model, rows, organization_id=organization, **_synced(document_every), **{column: contact},
            number="'N-' || i", memo="'Order ' || i || ' of the framework contract'", currency="'SGD'",
            issue_date=_day("i % 700"), due_date=_day("i % 700 + 30"), subtotal="i * 1.25", total="i * 1.25",
            balance="CASE i % 3 WHEN 0 THEN i * 1.25 WHEN 1 THEN 0 ELSE i END",
            ended="CASE WHEN i % 100 = 7 THEN 'voided' ELSE '' END",
        )  # fmt: skip
    _insert(
        SyncRun, rows, organization_id=organization, entity="CASE i % 2 WHEN 0 THEN 'invoices' ELSE 'customers' END",
        direction="CASE i % 3 WHEN 0 THEN 'pull' ELSE 'push' END", total="10", succeeded="10",
        trigger="CASE i % 5 WHEN 0 THEN 'portal' WHEN 1 THEN 'webhook' ELSE 'schedule' END",
        status="CASE i % 20 WHEN 0 THEN 'partly_failed' WHEN 1 THEN 'failed' ELSE 'succeeded' END",
        error_code="CASE i % 20 WHEN 1 THEN 'unreachable' ELSE '' END", **_times(rows),
    )  # fmt: skip
    _insert(
        SyncJob, rows, organization_id=organization, direction="'push'", entity="'invoices'", record_id="i",
        run_id=f"CASE WHEN i % 2 = 0 THEN {rows} ELSE i END", label="'N-' || i", status="'done'",
        outcome="CASE i % 20 WHEN 0 THEN 'failed' WHEN 1 THEN 'unchanged' WHEN 2 THEN 'updated' ELSE 'created' END",
        code=FAILED_CODE, quickbooks_id="'' || i", **_times(rows),
    )  # fmt: skip
    _insert(
        Conflict, rows // 10, organization_id=organization, entity="'invoices'", record_id="i", label="'N-' || i",
        fields="""'{"memo": {"base": "a", "finmo": "b", "quickbooks": "c"}}'""",
        opened_at=_moment("i"), resolved_at=f"CASE WHEN i % 2 = 0 THEN {_moment('i')} END",
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _hurry() -> None:
    """What is made here is thrown away: PostgreSQL need neither flush it nor look up what each row refers to."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off; SET jit = off; SET maintenance_work_mem = '256MB'")
        cursor.execute("SELECT current_setting('is_superuser')")
        if cursor.fetchone() == ("on",):
            cursor.execute("SET session_replication_role = replica")


def _organizations(count: int) -> int:
    made = [
        Organization.objects.create(
            slug=f"merchant-{number}", name=f"Merchant {number}", country="SG", quickbooks_enabled=True
        )
        for number in range(count)
    ]
    return made[0].pk


def _synced(document_every: int) -> dict[str, str]:
    synced = "i % 20 > 4"
    return {
        "qbo_id": f"CASE WHEN {synced} THEN '' || i END",
        "qbo_document": f"CASE WHEN {synced} AND i % {document_every} = 0 THEN {{DOCUMENT}} ELSE '' END",
        "accounting_synced": synced,
        "accounting_synced_at": f"CASE WHEN {synced} THEN {_moment('i')} END",
        "sync_state": STATE,
        "sync_error_code": FAILED_CODE,
    }


def _times(rows: int) -> dict[str, str]:
    return {"created_at": _moment(f"{rows} - i"), "finished_at": _moment(f"{rows} - i")}


def _day(ago: str) -> str:
    if connection.vendor == "postgresql":
        return f"date '2026-11-22' - ({ago})"
    return f"date('2026-11-22', '-' || ({ago}) || ' days')"


def _moment(minutes_ago: str) -> str:
    if connection.vendor == "postgresql":
        return f"timestamptz '2026-11-22 00:00Z' - ({minutes_ago}) * interval '1 minute'"
    return f"datetime('2026-11-22', '-' || ({minutes_ago}) || ' minutes')"


def _insert(model: type[Model], rows: int, **expressions: str) -> None:
    """What no expression names has the column's default. Its indexes are made once the rows are there."""
    with connection.schema_editor() as editor:
        for index in model._meta.indexes:
            editor.remove_index(model, index)
    with connection.cursor() as cursor:
        cursor.execute(*_statement(model, rows, expressions))
    with connection.schema_editor() as editor:
        for index in model._meta.indexes:
            editor.add_index(model, index)


def _statement(model: type[Model], rows: int, expressions: dict[str, str]) -> tuple[str, list]:
    names, values, parameters = [], [], []
    for field in model._meta.concrete_fields:
        if field.primary_key or field.generated:
            continue
        names.append(connection.ops.quote_name(field.column))
        if field.attname in expressions:
            expression = expressions[field.attname].replace("%", "%%")
            parameters += [DOCUMENT] * expression.count("{DOCUMENT}")
            values.append(expression.replace("{DOCUMENT}", "%s"))
        else:
            auto = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
            default = timezone.now() - timedelta(days=1) if auto else field.get_default()
            values.append("%s")
            parameters.append(field.get_db_prep_save(default, connection))
    statement = (
        f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({', '.join(names)}) "
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) "
        f"SELECT {', '.join(values)} FROM n"
    )
    return statement, parameters
