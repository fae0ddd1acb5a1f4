"""Documents of QuickBooks in a form that Finmo cannot read: a statement says so, and nothing takes them for deleted."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from integrations import contact_matching, reconciling
from integrations.models import Statement, SyncRun, Trigger
from integrations.services import Asked
from integrations.statements.as_csv import csv_rows
from tests.conftest import signed_in
from tests.portal.pages import text_of
from tests.quickbooks import drain
from tests.reconciliation.reading import assert_adds_up, read_statement

NOTE = "cannot read: id {} (TotalAmt). They are in none of QuickBooks' figures. Open each in QuickBooks and save it"


@pytest.fixture
def ground(field):
    ground = field()
    ground.grow(2, ("SGD",))
    return ground


def hide(ground, qbo_id: str, calls: int, **columns) -> None:
    """The next so many lists tell the document in an odd form."""

    def alter(answer: dict) -> None:
        for rows in answer["QueryResponse"].values():
            for row in rows if isinstance(rows, list) else []:
                if row["Id"] == qbo_id:
                    row.update(columns or {"TotalAmt": {"odd": 1}})

    for _ in range(calls):
        ground.qbo.alter_next("/query", alter)


def kinds(statement: Statement) -> list[tuple]:
    return list(statement.differences.filter(settled_at=None).values_list("kind", "record_id"))


def settle(statement: Statement, fix: str) -> SyncRun:
    run = reconciling.repair(statement, fix, asked=Asked(Trigger.API), kind="unreadable")
    drain(statement.organization)
    statement.refresh_from_db()
    return run


def test_a_linked_document_is_a_difference_until_it_can_be_read(ground, admin_user):
    hidden, _ = ground.records
    hide(ground, hidden.qbo_id, 2)
    statement = read_statement(ground.organization, "receivables")
    assert kinds(statement) == [("unreadable", hidden.pk)]
    assert statement.unread == [{"quickbooks_id": hidden.qbo_id, "field": "TotalAmt"}]
    assert_adds_up(statement)
    page = signed_in(admin_user).get(f"/reconciliation/{statement.pk}/")
    assert NOTE.format(hidden.qbo_id) in text_of(page)

    hide(ground, hidden.qbo_id, 2)
    settle(statement, "pull")
    hidden.refresh_from_db()
    assert (hidden.ended, kinds(statement)) == ("", [("unreadable", hidden.pk)])

    settle(statement, "pull")
    assert (kinds(statement), statement.unread, statement.unread_note) == ([], [], "")
    assert_adds_up(statement)


def test_what_is_not_linked_is_said_beside_the_figures(ground, admin_user):
    made = ground.copy(ground.records[0], DocNumber="QB-1")
    hide(ground, made["Id"], 1)
    statement = read_statement(ground.organization, "receivables")
    assert kinds(statement) == []
    for page in ("", "print/"):
        shown = text_of(signed_in(admin_user).get(f"/reconciliation/{statement.pk}/{page}"))
        assert NOTE.format(made["Id"]) in shown and "Both sides agree" not in shown
    [row] = [row for row in csv_rows(statement) if row[4] == "unread"]
    assert (row[10], row[-1]) == (made["Id"], "Finmo cannot read its TotalAmt.")
    out = StringIO()
    call_command("reconcile", ground.organization.slug, "receivables", "--stored", stdout=out)
    assert NOTE.format(made["Id"]) in out.getvalue()


@pytest.mark.parametrize("odd", ["NaN", "Infinity", "1e400"])
def test_what_is_no_amount_reaches_no_sum(ground, odd):
    hidden, _ = ground.records
    hide(ground, hidden.qbo_id, 2, TotalAmt=odd)
    statement = read_statement(ground.organization, "receivables")
    assert kinds(statement) == [("unreadable", hidden.pk)]
    assert_adds_up(statement)


def test_a_document_that_became_unreadable_is_not_made_a_second_time(ground):
    """The statement still says that it was deleted."""
    record, _ = ground.records
    statement = read_statement(ground.organization, "receivables")
    hide(ground, record.qbo_id, 1, Id="999999")
    hide(ground, record.qbo_id, 1, Id="999999")
    statement = read_statement(ground.organization, "receivables")
    line = statement.differences.get(record_id=record.pk)
    assert line.kind == "deleted"
    hide(ground, record.qbo_id, 1)
    reconciling.repair(statement, "keep_finmo", asked=Asked(Trigger.API), differences=[line.pk])
    drain(ground.organization)
    record.refresh_from_db()
    assert (record.linked, len(ground.qbo.all("Invoice"))) == (True, 2)


@pytest.mark.parametrize("last", ["Id", "TotalAmt"])
def test_a_page_that_ends_with_one_is_followed_by_the_next(field, pages_of_ten, last):
    ground = field()
    ground.grow(12, ("SGD",))
    tenth = ground.qbo.all("Invoice")[9]["Id"]
    hide(ground, tenth, 4, **{last: {"odd": 1}})
    statement = read_statement(ground.organization, "receivables")
    assert statement.run.succeeded == 11
    assert [each["field"] for each in statement.unread] == [last]


def test_a_contact_that_cannot_be_read_is_told_and_not_gone(ground, admin_user):
    customer = ground.records[0].customer
    hide(ground, customer.qbo_id, 2, CurrencyRef="odd")
    contact_matching.compare(ground.organization, "customers", asked=Asked(Trigger.API))
    drain(ground.organization)
    reading = contact_matching.newest(ground.organization, "customers")
    finding = reading.findings.get(record_id=customer.pk)
    assert finding.reason == "Finmo cannot read it in QuickBooks. Open it there and save it again"
    page = text_of(signed_in(admin_user).get("/reconciliation/customers/"))
    assert (
        f"1 contact has a form in QuickBooks that Finmo cannot read: id {customer.qbo_id} (CurrencyRef)."
        in page
    )
