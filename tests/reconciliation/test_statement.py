"""The statement finds every sown difference in its class, invents none, and leaves nothing unexplained."""

from collections import Counter
from datetime import date

import pytest

from integrations.models import SyncRun
from tests.conftest import signed_in
from tests.factories import push
from tests.portal.pages import text_of
from tests.reconciliation.reading import assert_adds_up, assert_finds, found_in, open_lines, read_statement
from tests.reconciliation.sowing import kinds_of


@pytest.mark.parametrize("stream", ["receivables", "payables"])
def test_where_all_is_in_step_there_is_no_line(field, stream):
    ground = field(stream)
    ground.grow(3)
    statement = read_statement(ground.organization, stream)
    assert found_in(statement) == {}
    assert [(row.currency, row.finmo_count, row.quickbooks_count) for row in statement.currencies.all()] == [
        ("SGD", 3, 3),
        ("USD", 3, 3),
    ]
    assert_adds_up(statement)


@pytest.mark.parametrize("stream", ["receivables", "payables"])
@pytest.mark.parametrize("seed", [1, 2])
def test_every_sown_difference_stands_in_its_class_and_none_is_invented(field, stream, seed):
    ground = field(stream, seed)
    ground.grow(20)
    sown = kinds_of(stream) + ground.random.choices(kinds_of(stream), k=4)
    ground.random.shuffle(sown)
    ground.sow(*sown)
    assert_finds(read_statement(ground.organization, stream), ground)


def test_a_statement_in_step_costs_one_call_for_a_thousand_documents(field):
    ground = field()
    ground.grow(8)
    ground.qbo.reset_calls()
    read_statement(ground.organization, ground.stream)
    assert ground.qbo.calls == Counter(query=1)


def test_what_the_list_does_not_have_is_looked_up_in_one_more_call(field):
    ground = field()
    ground.grow(8)
    for kind in ("deleted there", "deleted there", "dated later there"):
        ground.sow(kind)
    ground.qbo.reset_calls()
    statement = read_statement(ground.organization, ground.stream)
    assert ground.qbo.calls == Counter(query=2)
    assert found_in(statement) == ground.truth


def test_pages_overlap_by_one_document(field, pages_of_ten):
    ground = field()
    ground.grow(14)
    ground.qbo.reset_calls()
    statement = read_statement(ground.organization, ground.stream)
    assert ground.qbo.calls == Counter(query=4)
    assert found_in(statement) == {}
    assert sum(row.quickbooks_count for row in statement.currencies.all()) == 28
    assert (statement.run.total, statement.run.done) == (28, 28)


def test_a_document_deleted_while_pages_are_turned_loses_no_other(field, pages_of_ten):
    ground = field()
    ground.grow(14)
    extra = ground.copy(ground.take(), DocNumber="EXTRA")
    first = min(ground.records, key=lambda record: int(record.qbo_id))

    def delete_the_first():
        held = ground.held(first)
        body = {"Id": held["Id"], "SyncToken": held["SyncToken"]}
        ground.qbo.during_next_call(lambda: ground.qbo.api("POST", "invoice?operation=delete", body))

    ground.qbo.during_next_call(delete_the_first)
    statement = read_statement(ground.organization, ground.stream)
    assert found_in(statement) == {
        (first.pk, first.qbo_id): "deleted",
        (None, extra["Id"]): "only_in_quickbooks",
    }
    assert_adds_up(statement)


def test_a_company_that_takes_no_field_list_is_read_whole(field):
    ground = field()
    ground.grow(2)
    fault = (
        '{"Fault":{"Error":[{"Message":"Invalid query","Detail":"QueryValidationError: Property ExchangeRate not found '
        'for Entity Invoice","code":"4001"}],"type":"ValidationFault"},"time":"2026-10-31T00:00:00.000-07:00"}'
    )
    ground.qbo.answer_next("query", 400, fault)
    ground.qbo.reset_calls()
    assert found_in(read_statement(ground.organization, ground.stream)) == {}
    assert ground.qbo.calls == Counter(query=1)


def test_what_is_pushed_while_it_is_read_is_no_difference(field, asked, pages_of_ten):
    from integrations import services

    ground = field()
    ground.grow(14)
    record = min(ground.records, key=lambda each: int(each.qbo_id))
    lines = list(record.lines.all())
    for line in lines:
        line.pk, line.unit_price = None, line.unit_price + 1
    record.replace_lines(lines)

    def click():
        services.push(ground.organization, "invoices", asked=asked, ids=[record.pk])

    ground.qbo.during_next_call(click)
    assert found_in(read_statement(ground.organization, ground.stream)) == {}
    record.refresh_from_db()
    assert record.accounting_synced


def test_what_neither_side_counts_is_left_out(field):
    ground = field()
    ground.grow(3)
    push(ground.make(ground.records[0].contact, issue_date=date(2026, 11, 20), due_date=None))
    ground.make(ground.records[0].contact, issue_date=date(2026, 11, 20), due_date=None)
    statement = read_statement(ground.organization, ground.stream)
    assert found_in(statement) == {}
    later = read_statement(ground.organization, ground.stream, date(2026, 11, 30))
    assert [line.kind for line in open_lines(later)] == ["only_in_finmo"]
    assert sum(row.finmo_count for row in later.currencies.all()) == 8


def test_a_document_in_another_currency_stands_in_both(field):
    ground = field()
    ground.grow(2)
    record = ground.take("USD")
    type(record).objects.filter(pk=record.pk).update(currency="SGD")
    statement = read_statement(ground.organization, ground.stream)
    assert [(line.currency, line.kind, line.record_id) for line in open_lines(statement)] == [
        ("SGD", "currency", record.pk),
        ("USD", "currency", record.pk),
    ]
    assert_adds_up(statement)


def test_another_organizations_documents_are_not_in_it(field, stranger):
    ground = field()
    ground.grow(1)
    other = type(ground.organization).objects.get(slug="other")
    type(ground.records[0]).objects.filter(pk=ground.records[0].pk).update(organization=other)
    statement = read_statement(ground.organization, ground.stream)
    assert list(found_in(statement).values()) == ["only_in_quickbooks"]


def test_a_contact_that_quickbooks_tells_by_its_id_alone_bears_our_name(field):
    ground = field()
    ground.grow(2, ("SGD",))
    ground.copy(ground.records[0], DocNumber="X-1")

    def without_names(answer: dict) -> None:
        for row in answer["QueryResponse"]["Invoice"]:
            del row["CustomerRef"]["name"]

    ground.qbo.alter_next("/query", without_names)
    statement = read_statement(ground.organization, ground.stream)
    assert [line.contact for line in open_lines(statement)] == [ground.records[0].customer.name]


def test_a_refusal_ends_the_run_with_its_reason(field, asked):
    from integrations import reconciling
    from tests.quickbooks import drain

    ground = field()
    fault = (
        '{"Fault":{"Error":[{"Message":"No rights","Detail":"No rights","code":"120"}],'
        '"type":"AuthorizationFault"},"time":"2026-10-31T00:00:00.000-07:00"}'
    )
    ground.qbo.answer_next("query", 400, fault)
    run = reconciling.reconcile(ground.organization, "payables", asked=asked)
    drain(ground.organization)
    run.refresh_from_db()
    assert (run.status, run.error_code) == (SyncRun.Status.FAILED, "120")


def test_what_is_only_here_says_how_far_it_is_on_its_way(field, accountant):
    ground = field()
    ground.grow(4, ("SGD",))
    ground.sow("only here", "failed here", "queued here")
    statement = read_statement(ground.organization, ground.stream)
    states = [line.finmo["sync_state"] for line in open_lines(statement)]
    assert states == ["not_synced", "failed", "queued"]
    page = text_of(signed_in(accountant).get(f"/reconciliation/{statement.pk}/"))
    for words in ("never synced", "sync failed", "queued"):
        assert words in page
