"""Each repair closes its difference: at once in the statement it was asked in, and in a second, fresh one."""

from collections import Counter
from datetime import date

import pytest

from integrations import reconciling
from integrations.models import Connection, Difference, Kind, Statement, SyncRun, Trigger
from integrations.services import Asked, NotConnected, Refused, UnknownRecord
from receivables.models import Invoice
from tests.quickbooks import drain
from tests.reconciliation.copies import multiply
from tests.reconciliation.reading import assert_adds_up, found_in, open_lines, read_statement
from tests.reconciliation.sowing import kinds_of


def repair(statement: Statement, fix: str, **options) -> SyncRun:
    run = reconciling.repair(statement, fix, asked=Asked(Trigger.API), **options)
    drain(statement.organization)
    run.refresh_from_db()
    return run


def figures(statement: Statement) -> list[tuple]:
    rows = statement.currencies.exclude(finmo_count=0, quickbooks_count=0)
    return list(
        rows.values_list(
            *(f"{side}_{name}" for side in ("finmo", "quickbooks") for name in ("count", "total", "balance"))
        )
    )


def only_line(statement: Statement) -> Difference:
    [line] = open_lines(statement)
    return line


def assert_closed(ground, statement: Statement) -> None:
    """The repaired statement says the same as one that is read afresh."""
    assert found_in(statement) == {}
    assert_adds_up(statement)
    second = read_statement(ground.organization, ground.stream)
    assert found_in(second) == {}
    assert_adds_up(second)
    assert figures(statement) == figures(second)


REPAIRS = [
    ("only here", "push"),
    ("failed here", "push"),
    ("only there", "pull"),
    ("same number for another", "pull"),
    ("deleted here", "pull"),
    ("duplicate there", "pull"),
    ("entered twice there", "pull"),
    ("deleted there", "keep_finmo"),
    ("deleted there", "keep_quickbooks"),
    ("gone here alone", "keep_finmo"),
    ("gone here alone", "keep_quickbooks"),
    ("voided here", "keep_finmo"),
    ("voided here", "keep_quickbooks"),
    ("voided there", "keep_finmo"),
    ("voided there", "keep_quickbooks"),
    ("another currency", "keep_quickbooks"),
    ("another rate", "keep_finmo"),
    ("another rate", "keep_quickbooks"),
    ("another contact", "keep_finmo"),
    ("another contact", "keep_quickbooks"),
    ("another amount there", "keep_finmo"),
    ("another amount there", "keep_quickbooks"),
    ("another amount here", "keep_finmo"),
    ("another amount here", "keep_quickbooks"),
    ("another tax", "keep_finmo"),
    ("another tax", "keep_quickbooks"),
    ("paid there", "pull"),
    ("paid there in part", "pull"),
    ("another due date", "keep_finmo"),
    ("another due date", "keep_quickbooks"),
    ("dated later there", "keep_finmo"),
    ("dated later there", "keep_quickbooks"),
    ("dated later here", "keep_finmo"),
    ("dated later here", "keep_quickbooks"),
    ("several at once", "keep_quickbooks"),
]
CASES = [
    (stream, kind, fix)
    for stream in ("receivables", "payables")
    for kind, fix in REPAIRS
    if kind in kinds_of(stream)
]


@pytest.mark.parametrize(("stream", "kind", "fix"), CASES)
def test_a_repair_closes_its_difference(field, stream, kind, fix):
    ground = field(stream)
    ground.grow(2)
    ground.sow(kind)
    statement = read_statement(ground.organization, stream)
    while lines := open_lines(statement):
        run = repair(statement, fix, differences=[lines[0].pk])
        assert (run.status, run.direction, run.failed) == ("succeeded", "repair", 0), list(run.jobs.values())
        assert len(open_lines(statement)) < len(lines)
    assert_closed(ground, statement)


@pytest.mark.parametrize("stream", ["receivables", "payables"])
def test_whatever_settles_a_difference_is_tested_above(field, stream):
    ground = field(stream)
    ground.grow(20)
    names = {}
    for name in kinds_of(stream):
        before = len(ground.sown)
        ground.sow(name)
        names |= {(each.record, each.quickbooks_id): name for each in ground.sown[before:]}
    offered = {
        (names[line.record_id, line.quickbooks_id or None], fix)
        for line in open_lines(read_statement(ground.organization, stream))
        for fix in reconciling.fixes_of(line)
    }
    # A note closes nothing. What waits in the queue goes out by itself. What a payment forbids is tested below.
    known = {*REPAIRS, ("queued here", "push"), ("several at once", "keep_finmo")}
    assert {each for each in offered if each[1] != "accept"} - known == set()


@pytest.mark.parametrize("side", ["only_in_finmo", "only_in_quickbooks"])
def test_two_that_are_one_are_linked_from_either_line(field, side):
    ground = field()
    ground.grow(1)
    contact = ground.records[0].contact
    unlinked = ground.make(contact, number="TWICE-1")
    twin = ground.copy(ground.records[0], DocNumber="TWICE-1")
    statement = read_statement(ground.organization, ground.stream)
    assert len(open_lines(statement)) == 2
    line = statement.differences.get(kind=side)
    assert reconciling.fixes_of(line)[0] == "link"
    assert repair(statement, "link", differences=[line.pk]).status == "succeeded"
    unlinked.refresh_from_db()
    assert unlinked.qbo_id == twin["Id"]
    assert not statement.differences.filter(
        settled_at=None, kind__in=["only_in_finmo", "only_in_quickbooks"]
    ).exists()
    assert_adds_up(statement)
    assert found_in(statement) == found_in(read_statement(ground.organization, ground.stream))


def test_a_document_is_never_linked_to_two(field):
    ground = field()
    ground.grow(1)
    contact = ground.records[0].contact
    ours = ground.make(contact, number="TWICE-1")
    twin = ground.copy(ground.records[0], DocNumber="TWICE-1")
    statement = read_statement(ground.organization, ground.stream)
    line = statement.differences.get(record_id=ours.pk)
    other = ground.make(contact, number="TWICE-2")
    type(other).objects.filter(pk=other.pk).update(qbo_id=twin["Id"])
    repair(statement, "link", differences=[line.pk])
    ours.refresh_from_db()
    assert ours.qbo_id is None


def test_an_accepted_line_stays_with_its_note_and_name_and_is_known_again(field, accountant):
    ground = field()
    ground.grow(1)
    ground.sow("only there")
    statement = read_statement(ground.organization, ground.stream)
    line = only_line(statement)
    asked = Asked(Trigger.PORTAL, accountant)
    with pytest.raises(Refused) as refusal:
        reconciling.repair(statement, "accept", asked=asked, differences=[line.pk], note=" ")
    assert refusal.value.code == "note_required"
    run = reconciling.repair(
        statement, "accept", asked=asked, differences=[line.pk], note="Booked in November"
    )
    assert (run.status, run.succeeded, run.direction) == ("succeeded", 1, "repair")
    for each in (statement, read_statement(ground.organization, ground.stream)):
        line = only_line(each)
        assert (line.note, line.accepted_by) == ("Booked in November", accountant)
        assert reconciling.fixes_of(line) == []
        assert_adds_up(each)


def test_a_push_brings_the_contact_along(field):
    ground = field()
    ground.grow(1)
    made = ground.make(ground.contact("SGD"))
    statement = read_statement(ground.organization, ground.stream)
    run = repair(statement, "push", differences=[only_line(statement).pk])
    assert (run.status, run.succeeded) == ("succeeded", 1)
    made.refresh_from_db()
    assert made.accounting_synced
    assert_closed(ground, statement)


def test_what_cannot_be_repaired_stays_open_with_the_reason(field):
    ground = field()
    ground.grow(2)
    record = ground.take("SGD")
    ground.pay(record, record.total / 2)
    ground.records.append(record)
    lines = list(record.lines.all())
    for line in lines:
        line.pk, line.unit_price = None, line.unit_price + 7
    record.replace_lines(lines)
    statement = read_statement(ground.organization, ground.stream)
    line = only_line(statement)
    assert (line.kind, line.also) == ("amount", ["tax", "balance"])
    run = repair(statement, "keep_finmo", differences=[line.pk])
    assert (run.status, run.failed) == ("failed", 1)
    assert run.jobs.get().code == "paid_document"
    assert only_line(statement).pk == line.pk
    assert_adds_up(statement)


def test_an_amount_that_closed_books_refuse_leaves_ours_open_by_its_own_total(field):
    ground = field()
    ground.grow(2)
    ground.sow("another amount there")
    statement = read_statement(ground.organization, ground.stream)
    before = only_line(statement)
    ground.qbo.switch(book_close_date="2026-12-31")

    run = repair(statement, "keep_finmo", differences=[before.pk])

    record, line = Invoice.objects.get(pk=before.record_id), only_line(statement)
    assert (run.status, record.sync_error_code) == ("failed", "6210")
    assert record.balance == record.total
    assert (line.kind, line.total, line.balance) == (before.kind, before.total, before.balance)
    assert_adds_up(statement)


def test_all_of_a_kind_goes_in_batches(field):
    ground = field()
    ground.grow(1)
    contact = ground.records[0].contact
    for _ in range(45):
        ground.make(contact)
    statement = read_statement(ground.organization, ground.stream)
    ground.qbo.reset_calls()
    run = repair(statement, "push", kind="only_in_finmo")
    assert (run.status, run.succeeded) == ("succeeded", 45)
    # Looked for before they go out, and read for the statement afterwards.
    assert ground.qbo.calls == Counter(batch=2, query=2)
    assert_closed(ground, statement)


@pytest.fixture
def five_hundred(field):
    """Due at Christmas here, and at the end of October there."""
    ground = field()
    ground.grow(1, ("SGD",))
    multiply(ground.records, ground.qbo.realm, 499)
    Invoice.objects.update(due_date=date(2026, 12, 24), sync_state="changed", accounting_synced=False)
    return ground


@pytest.mark.parametrize(
    ("fix", "side", "before", "after", "calls"),
    [
        # Seventeen batches of thirty; the documents are read before and after, 300 to a call.
        ("keep_finmo", "quickbooks", "2026-10-31", "2026-12-24", Counter(batch=17, query=4)),
        ("keep_quickbooks", "finmo", "2026-12-24", "2026-10-31", Counter(query=4)),
    ],
)
def test_five_hundred_are_previewed_field_by_field_and_repaired_in_few_calls(
    five_hundred, fix, side, before, after, calls
):
    statement = read_statement(five_hundred.organization, "receivables")
    five_hundred.qbo.reset_calls()
    changes = reconciling.preview(statement, fix, kind="date")
    assert len({change.difference.record_id for change in changes}) == 500
    assert {change.side for change in changes} == {side}
    assert all(change.fields == {"due_date": {"from": before, "to": after}} for change in changes)
    assert five_hundred.qbo.calls == Counter()
    run = repair(statement, fix, kind="date")
    assert (run.status, run.succeeded, run.failed) == ("succeeded", 500, 0)
    assert five_hundred.qbo.calls == calls
    assert_closed(five_hundred, statement)


def test_the_preview_names_side_and_fields_and_sends_nothing(field):
    ground = field()
    ground.grow(2)
    ground.sow("another due date")
    ground.sow("only here")
    statement = read_statement(ground.organization, ground.stream)
    ground.qbo.reset_calls()
    before = SyncRun.objects.count()
    [change] = reconciling.preview(statement, "keep_finmo", kind="date")
    assert change.side == "quickbooks"
    assert change.fields == {"due_date": {"from": "2026-12-24", "to": "2026-10-31"}}
    [change] = reconciling.preview(statement, "push", kind="only_in_finmo")
    assert change.side == "quickbooks"
    assert change.fields["number"] == {"from": None, "to": change.difference.number}
    assert (SyncRun.objects.count(), sum(ground.qbo.calls.values())) == (before, 0)


def test_what_is_not_offered_is_refused(field, organization):
    ground = field()
    ground.grow(2)
    ground.sow("only here")
    statement = read_statement(organization, ground.stream)
    asked = Asked(Trigger.API)
    line = only_line(statement)
    with pytest.raises(Refused, match="does not settle"):
        reconciling.repair(statement, "pull", asked=asked, differences=[line.pk])
    with pytest.raises(Refused) as refusal:
        reconciling.repair(statement, "pull", asked=asked, kind=Kind.ONLY_IN_QUICKBOOKS)
    assert refusal.value.code == "nothing_to_repair"
    with pytest.raises(UnknownRecord):
        reconciling.repair(statement, "push", asked=asked, differences=[line.pk + 1])
    connections = Connection.objects.filter(organization=organization)
    connections.update(realm_id="another")
    with pytest.raises(Refused) as refusal:
        reconciling.repair(statement, "push", asked=asked, differences=[line.pk])
    assert refusal.value.code == "different_company"
    connections.update(status="not_connected")
    with pytest.raises(NotConnected):
        reconciling.repair(statement, "push", asked=asked, differences=[line.pk])
    with pytest.raises(NotConnected):
        reconciling.reconcile(organization, ground.stream, asked=asked)


def test_a_repair_that_waited_touches_nothing_in_another_company(field, organization):
    ground = field()
    ground.grow(2)
    ground.sow("only here")
    statement = read_statement(organization, ground.stream)
    line = only_line(statement)
    run = reconciling.repair(statement, "push", asked=Asked(Trigger.API), differences=[line.pk])
    Connection.objects.filter(organization=organization).update(realm_id="another")
    ground.qbo.reset_calls()
    drain(organization)
    run.refresh_from_db()
    assert (run.status, run.error_code, run.jobs.count()) == ("failed", "different_company", 0)
    assert ground.qbo.calls.total() == 0
