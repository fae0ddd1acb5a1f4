"""What a statement found, held against what was sown."""

from __future__ import annotations

from datetime import date

from integrations import reconciling
from integrations.models import Difference, Organization, Statement, SyncRun, Trigger
from integrations.services import Asked
from integrations.statements.report import report_of
from tests.quickbooks import drain
from tests.reconciliation.sowing import AS_OF, Field


def read_statement(organization: Organization, stream: str, as_of: date | None = AS_OF) -> Statement:
    run = reconciling.reconcile(organization, stream, asked=Asked(Trigger.API), as_of=as_of)
    drain(organization)
    run.refresh_from_db()
    assert run.status == SyncRun.Status.SUCCEEDED, run.error
    return run.statement


def open_lines(statement: Statement) -> list[Difference]:
    return list(statement.differences.filter(settled_at=None))


def found_in(statement: Statement) -> dict[tuple[int | None, str | None], str]:
    return {(each.record_id, each.quickbooks_id or None): each.kind for each in open_lines(statement)}


def assert_finds(statement: Statement, ground: Field) -> None:
    """Every sown difference in its class with the others named, none twice, none invented, and to the cent."""
    lines = open_lines(statement)
    found = {(each.currency, each.record_id, each.quickbooks_id or None): each for each in lines}
    assert len(found) == len(lines)
    named = {place: [each.kind, *each.also] for place, each in found.items()}
    assert named == ground.expected(statement.as_of)
    assert_adds_up(statement)


def assert_adds_up(statement: Statement) -> None:
    reports = report_of(statement)
    assert {line.currency for line in open_lines(statement)} <= {report.currency for report in reports}
    for report in reports:
        assert (report.unexplained.total, report.unexplained.balance) == (0, 0), report.currency
