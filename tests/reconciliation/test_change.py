"""Two stored statements compared: then and now, closed, new, and what remains since when; by API and on a page."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from integrations import reconciling
from integrations.models import Statement, Trigger
from integrations.services import Asked, Refused
from integrations.statements.change import change_between
from integrations.statements.report import Figures
from tests.api.conftest import Api, api, as_stranger, as_viewer, fresh_throttles  # noqa: F401
from tests.conftest import signed_in
from tests.factories import push
from tests.portal.pages import text_of
from tests.reconciliation.reading import read_statement


@pytest.fixture
def ground(field):
    ground = field()
    ground.grow(6, ("SGD",))
    return ground


def read(ground, days_ago: int) -> Statement:
    statement = read_statement(ground.organization, "receivables")
    statement.read_at = timezone.now() - timedelta(days=days_ago)
    statement.save(update_fields=["read_at"])
    return statement


def numbers(lines) -> list[str]:
    return sorted(line.number for line in lines)


@pytest.fixture
def story(ground):
    """Ninety days ago one stayed; sixty days ago three more differed, of which one was repaired at once and one was
    pushed later; today there is a new one, and the amount of one has grown."""
    stays = ground.make(ground.records[0].contact, number="STAYS")
    first = read(ground, 90)
    contact = ground.records[0].contact
    ground.make(contact, number="REPAIRED")
    sent = ground.make(contact, number="SENT")
    grown = ground.take()
    ground.write(grown, total=grown.total + 5, balance=grown.balance + 5, subtotal=grown.subtotal + 5)
    older = read(ground, 60)
    line = older.differences.get(number="REPAIRED")
    reconciling.repair(older, "push", asked=Asked(Trigger.API), differences=[line.pk])
    push(sent)
    ground.write(grown, total=grown.total + 9, balance=grown.balance + 9, subtotal=grown.subtotal + 9)
    ground.make(ground.records[0].contact, number="NEW")
    return {"first": first, "older": older, "newer": read(ground, 0), "grown": grown, "stays": stays}


def test_each_difference_is_closed_new_or_remains_since_it_was_first_seen(story):
    change = change_between(story["newer"], story["older"])
    assert (change.older, change.newer) == (story["older"], story["newer"])
    [sgd] = change.currencies
    assert numbers(sgd.closed) == ["REPAIRED", "SENT"]
    assert numbers(sgd.new) == ["NEW"]
    ages = {line.now.number: (line.age.days, line.changed) for line in sgd.remaining}
    assert ages == {"STAYS": (90, False), story["grown"].number: (60, True)}
    [grown] = [line for line in sgd.remaining if line.changed]
    assert (grown.then.total, grown.now.total) == (Decimal(5), Decimal(9))


def test_the_figures_then_and_now_are_those_of_the_statements(story):
    [sgd] = change_between(story["older"], story["newer"]).currencies
    rows = {each.pk: each.currencies.get() for each in (story["older"], story["newer"])}
    for report, statement in ((sgd.then, story["older"]), (sgd.now, story["newer"])):
        row = rows[statement.pk]
        assert (report.finmo.total, report.quickbooks.total) == (row.finmo_total, row.quickbooks_total)
        assert report.unexplained == Figures(0, 0, 0)


def test_two_unlinked_that_were_linked_are_one_that_remains_and_one_that_is_closed(ground):
    known = ground.records[0]
    ours = ground.make(known.contact, number="TWICE-1")
    twin = ground.copy(known, DocNumber="TWICE-1", DueDate="2026-12-24")
    older = read(ground, 30)
    ground.write(ours, qbo_id=twin["Id"], sync_state="changed")
    [sgd] = change_between(older, read(ground, 0)).currencies
    assert (len(sgd.closed), len(sgd.remaining), sgd.new) == (1, 1, [])


def test_a_currency_that_only_one_of_them_has_is_there(field):
    ground = field()
    ground.grow(1, ("SGD",))
    older = read(ground, 30)
    ground.make(ground.other_contact("USD"), number="NEW")
    sgd, usd = change_between(older, read(ground, 0)).currencies
    assert (sgd.currency, sgd.new, sgd.closed) == ("SGD", [], [])
    assert (usd.currency, numbers(usd.new), usd.then.finmo.count) == ("USD", ["NEW"], 0)


def test_its_cost_in_sql_does_not_grow_with_its_lines(story, django_assert_num_queries):
    with django_assert_num_queries(7):
        change_between(story["older"], story["newer"])


@pytest.mark.parametrize(
    ("columns", "code"),
    [({"stream": "payables"}, "different_stream"), ({"realm_id": "1"}, "different_company")],
)
def test_what_cannot_be_compared_is_refused(ground, columns, code):
    older, newer = read(ground, 30), read(ground, 0)
    Statement.objects.filter(pk=older.pk).update(**columns)
    with pytest.raises(Refused) as refusal:
        change_between(Statement.objects.get(pk=older.pk), newer)
    assert refusal.value.code == code
    with pytest.raises(Refused, match="another statement"):
        change_between(newer, newer)


def test_the_api_compares_two(api, as_stranger, as_viewer, story):  # noqa: F811
    where = f"reconciliation/receivables/{story['newer'].pk}/compare/{story['older'].pk}/"
    shown = as_viewer.get(where).json()
    assert (shown["older"]["id"], shown["newer"]["id"]) == (story["older"].pk, story["newer"].pk)
    [sgd] = shown["currencies"]
    stored = api.get(f"reconciliation/receivables/{story['newer'].pk}/").json()["currencies"][0]
    for name in ("finmo", "quickbooks", "difference", "unexplained"):
        assert sgd["now"][name] == stored[name]
    assert [line["number"] for line in sgd["new"]] == ["NEW"]
    assert sgd["new"][0] in stored["differences"]
    closed = {line["number"]: bool(line["settled_at"]) for line in sgd["closed"]}
    assert closed == {"REPAIRED": True, "SENT": False}
    [grown] = [each for each in sgd["remaining"] if each["changed"]]
    assert (grown["days"], grown["before"]["total"], grown["difference"]["total"]) == (60, "5.00", "9.00")
    assert as_stranger.get(where).status_code == 404
    same = api.get(f"reconciliation/receivables/{story['newer'].pk}/compare/{story['newer'].pk}/")
    assert (same.status_code, same.json()["code"]) == (409, "same_statement")
    assert (
        api.get(f"reconciliation/payables/{story['newer'].pk}/compare/{story['older'].pk}/").status_code
        == 404
    )


def test_the_page_compares_with_the_one_before_unless_told_otherwise(accountant, story):
    browser = signed_in(accountant)
    page = text_of(browser.get(f"/reconciliation/{story['newer'].pk}/compare/"))
    for words in ("Still open 2", "New 1", "Closed 2", "60 days", "90 days", "Repaired", "STAYS"):
        assert words in page
    named = browser.get(f"/reconciliation/{story['newer'].pk}/compare/", {"with": story["first"].pk})
    assert "Still open 1" in text_of(named)


def test_with_nothing_to_compare_with_the_page_says_so(accountant, ground):
    browser = signed_in(accountant)
    statement = read(ground, 0)
    answer = browser.get(f"/reconciliation/{statement.pk}/compare/", follow=True)
    assert "There is no other statement of this kind yet." in text_of(answer)


@pytest.mark.parametrize("named", ["x", "0", "9" * 30])
def test_a_statement_that_is_none_is_not_found(accountant, ground, named):
    statement = read(ground, 0)
    page = signed_in(accountant).get(f"/reconciliation/{statement.pk}/compare/", {"with": named})
    assert page.status_code == 404


def test_strangers_see_nothing_and_viewers_read(stranger, viewer, story):
    where = f"/reconciliation/{story['newer'].pk}/compare/"
    assert signed_in(stranger).get(where).status_code == 404
    assert signed_in(viewer).get(where).status_code == 200


def test_statements_of_many_months_can_be_opened_again(accountant, ground):
    statement = read(ground, 0)
    copies = [
        Statement(
            organization=ground.organization,
            realm_id=statement.realm_id,
            stream="payables",
            as_of=statement.as_of,
            read_at=statement.read_at,
        )
        for _ in range(25)
    ]
    Statement.objects.bulk_create(copies)
    browser = signed_in(accountant)
    assert f"/reconciliation/{statement.pk}/" in browser.get("/reconciliation/?page=2").content.decode()
