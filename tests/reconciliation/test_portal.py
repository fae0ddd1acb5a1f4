"""The pages: both streams, one statement with its buttons, what a repair would change, and the CSV."""

import csv
from io import StringIO

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from integrations.models import Connection, Organization, Statement, SyncRun
from tests.conftest import signed_in
from tests.portal.pages import HTMX, text_of
from tests.quickbooks import drain
from tests.reconciliation.reading import open_lines, read_statement


@pytest.fixture
def statement(sown):
    return read_statement(sown.organization, sown.stream)


def statement_with(field, difference: str) -> Statement:
    """Of two documents that agree, and what makes this difference."""
    ground = field()
    ground.grow(2)
    ground.sow(difference)
    return read_statement(ground.organization, ground.stream)


def test_before_the_first_statement_the_page_says_so(browser, qbo):
    page = text_of(browser.get("/reconciliation/"))
    assert page.count("No statement has been read yet.") == 2
    assert "Read a fresh statement" in page


def test_a_fresh_statement_is_read_by_a_button(browser, field):
    ground = field()
    ground.grow(1, ("SGD",))
    answer = browser.post("/reconciliation/receivables/read/", {"as_of": "2026-10-31"}, headers=HTMX)
    assert "Reconcile invoices" in text_of(answer)
    drain(ground.organization)
    run = SyncRun.objects.get(direction="reconcile")
    assert (run.status, run.trigger) == ("succeeded", "portal")
    assert "Both sides agree" in text_of(browser.get("/reconciliation/"))
    seen = browser.get(run.get_absolute_url())
    assert "1 of 1 invoice" in text_of(seen)
    assert f'href="/reconciliation/{run.statement.pk}/"' in seen.content.decode()


def test_a_day_that_is_none_is_refused(browser, qbo):
    answer = browser.post("/reconciliation/receivables/read/", {"as_of": "soon"})
    assert answer.status_code == 302
    assert not SyncRun.objects.filter(direction="reconcile").exists()


def test_the_statement_shows_each_kind_with_what_settles_it(browser, sown, statement):
    page = text_of(browser.get(f"/reconciliation/{statement.pk}/"))
    for line in open_lines(statement):
        assert line.get_kind_display() in page
    assert "Unexplained amounts" not in page
    for words in ("Sync to QuickBooks", "Keep Finmo's", "Keep QuickBooks'", "after the cut-off", "Not there"):
        assert words in page


def test_its_cost_in_sql_does_not_grow_with_its_lines(
    browser, sown, statement, django_assert_max_num_queries
):
    with django_assert_max_num_queries(12):
        browser.get(f"/reconciliation/{statement.pk}/")
    with django_assert_max_num_queries(16):
        browser.get("/reconciliation/")


def test_unexplained_amounts_are_shown_in_words(browser, statement):
    statement.currencies.update(finmo_total=1)
    assert "Unexplained amounts" in text_of(browser.get(f"/reconciliation/{statement.pk}/"))


def test_a_repair_is_looked_at_before_it_is_sent(browser, field):
    statement = statement_with(field, "another due date")
    [line] = open_lines(statement)
    where = reverse("statement-repair", args=[statement.pk])
    page = text_of(browser.get(where, {"fix": "keep_quickbooks", "difference": line.pk}))
    assert "Due date 31 Oct 2026 → 24 Dec 2026" in page
    answer = browser.post(where, {"fix": "keep_quickbooks", "difference": line.pk})
    assert answer.url == f"/reconciliation/{statement.pk}/"
    drain(statement.organization)
    assert open_lines(statement) == []
    assert "Both sides agree" in text_of(browser.get(answer.url))


def test_the_sides_of_a_difference_say_their_days_as_people_write_them(browser, field):
    statement = statement_with(field, "another due date")
    assert "due 24 Dec 2026" in text_of(browser.get(f"/reconciliation/{statement.pk}/"))


def test_a_document_that_ended_there_is_told_to_end_here(browser, field):
    statement = statement_with(field, "deleted there")
    [line] = open_lines(statement)
    where = reverse("statement-repair", args=[statement.pk])
    page = text_of(browser.get(where, {"fix": "keep_quickbooks", "difference": line.pk}))
    assert "Deleted , as it is in QuickBooks: it no longer counts." in page


def test_a_document_that_does_not_go_out_says_why_on_the_statement(browser, field):
    statement = statement_with(field, "failed here")
    page = text_of(browser.get(f"/reconciliation/{statement.pk}/"))
    assert "Not sent: contact is not in QuickBooks" in page


def test_a_repair_that_closed_books_would_refuse_says_so_before_it_is_sent(browser, field):
    statement = statement_with(field, "another due date")
    [line] = open_lines(statement)
    issued = line.finmo["issue_date"]
    where = reverse("statement-repair", args=[statement.pk])
    for closed, fix, told in (
        (None, "keep_finmo", False),
        ("2020-01-31", "keep_finmo", False),
        (issued, "keep_finmo", True),
        (issued, "keep_quickbooks", False),
    ):
        Connection.objects.filter(organization=statement.organization).update(books_closed_until=closed)
        page = text_of(browser.get(where, {"fix": fix, "difference": line.pk}))
        assert ("so it will refuse this. Reopen them there first." in page) == told


def test_what_is_there_twice_leads_to_quickbooks_and_a_pull_says_what_it_would_do(browser, field, settings):
    statement = statement_with(field, "duplicate there")
    [line] = open_lines(statement)
    page = browser.get(f"/reconciliation/{statement.pk}/").content.decode()
    assert f'href="{settings.QBO_API_BASE_URL}/app/invoice?txnId={line.quickbooks_id}"' in page
    asked = browser.get(f"/reconciliation/{statement.pk}/repair/", {"fix": "pull", "difference": line.pk})
    assert "delete one of the two in QuickBooks instead" in text_of(asked)
    accept = browser.get(f"/reconciliation/{statement.pk}/repair/", {"fix": "accept", "difference": line.pk})
    assert "delete one of the two" not in text_of(accept)


@pytest.mark.parametrize(
    ("fix", "sentence"),
    [("accept", "1 difference accepted. Nothing was sent."), ("keep_quickbooks", "1 of 1 invoice repaired.")],
)
def test_the_run_of_a_repair_says_what_it_did_and_leads_to_its_statement(browser, field, fix, sentence):
    statement = statement_with(field, "another due date")
    [line] = open_lines(statement)
    where = reverse("statement-repair", args=[statement.pk])
    browser.post(where, {"fix": fix, "difference": line.pk, "note": "Agreed"})
    drain(statement.organization)
    page = browser.get(SyncRun.objects.get(direction="repair").get_absolute_url())
    assert sentence in text_of(page) and "No single record was touched" not in text_of(page)
    assert f'href="/reconciliation/{statement.pk}/"' in page.content.decode()


def test_all_of_a_kind_are_those_of_the_currency_that_the_button_stands_in(browser, field):
    ground = field()
    ground.grow(2)
    sgd, _, usd = (ground.make(ground.contact(currency)) for currency in ("SGD", "SGD", "USD"))
    statement = read_statement(ground.organization, ground.stream)
    page = browser.get(f"/reconciliation/{statement.pk}/").content.decode()
    assert "fix=accept&amp;kind=only_in_finmo&amp;currency=SGD" in page
    # One alone has buttons of its own.
    assert "currency=USD" not in page

    where = reverse("statement-repair", args=[statement.pk])
    asked_for = {"fix": "accept", "kind": "only_in_finmo", "currency": "USD"}
    shown = browser.get(where, asked_for)
    assert usd.number in text_of(shown) and sgd.number not in text_of(shown)
    assert 'name="currency" value="USD"' in shown.content.decode()
    browser.post(where, asked_for | {"note": "Sent in November"})

    accepted = statement.differences.exclude(accepted_at=None)
    assert list(accepted.values_list("record_id", flat=True)) == [usd.pk]


def test_accepting_asks_for_a_note_and_shows_it(browser, accountant, field):
    ground = field()
    ground.grow(1)
    ground.sow("only here")
    statement = read_statement(ground.organization, ground.stream)
    where = reverse("statement-repair", args=[statement.pk])
    asked_for = {"fix": "accept", "kind": "only_in_finmo"}
    assert "Why is it accepted?" in text_of(browser.get(where, asked_for))
    refused = browser.post(where, asked_for | {"note": ""})
    assert "Say in a note" in " ".join(map(str, get_messages(refused.wsgi_request)))
    browser.post(where, asked_for | {"note": "Sent in November"})
    page = text_of(browser.get(f"/reconciliation/{statement.pk}/"))
    assert f"Accepted by {accountant.username}" in page
    assert "Sent in November" in page


@pytest.mark.parametrize(
    "query", ["", "fix=push", "fix=burn&kind=date", "fix=push&kind=none", "fix=push&difference=x"]
)
def test_an_address_that_asks_for_nothing_is_not_there(browser, field, query):
    statement = read_statement(field().organization, "receivables")
    assert browser.get(f"/reconciliation/{statement.pk}/repair/?{query}").status_code == 404


def test_the_csv_has_every_line(browser, sown, statement):
    answer = browser.get(f"/reconciliation/{statement.pk}/csv/")
    assert answer["Content-Disposition"] == 'attachment; filename="acme-receivables-2026-10-31.csv"'
    rows = list(csv.DictReader(StringIO(answer.getvalue().decode())))
    lines = [row for row in rows if row["quickbooks_id"] or row["record"]]
    assert len(lines) == len(sown.expected())


def test_viewers_read_and_strangers_see_nothing(viewer, stranger, statement):
    viewers = signed_in(viewer)
    page = viewers.get(f"/reconciliation/{statement.pk}/")
    assert page.status_code == 200
    assert "?fix=" not in page.content.decode()
    repair = f"/reconciliation/{statement.pk}/repair/"
    assert viewers.get(repair, {"fix": "accept", "kind": "date"}).status_code == 403
    assert viewers.post(repair, {"fix": "accept", "kind": "date"}).status_code == 403
    assert viewers.post("/reconciliation/receivables/read/").status_code == 403
    strangers = signed_in(stranger)
    for address in ("", "csv/", "repair/?fix=accept&kind=date"):
        assert strangers.get(f"/reconciliation/{statement.pk}/{address}").status_code == 404


def test_without_a_connection_it_says_what_to_do(browser, qbo, organization):
    Connection.objects.filter(organization=organization).update(status="needs_reconnect")
    assert browser.get("/reconciliation/").status_code == 200
    answer = browser.post("/reconciliation/receivables/read/", headers=HTMX)
    assert "Press Reconnect" in text_of(answer)


def test_where_the_integration_is_off_there_is_no_such_page(browser, organization):
    Organization.objects.filter(pk=organization.pk).update(quickbooks_enabled=False)
    assert browser.get("/reconciliation/").status_code == 404


def test_a_day_that_nobody_means_reads_nothing(qbo, organization, browser):
    for day, told in (
        ("9999-12-31", "Write a day from 1990 to 2100."),
        ("soon", "Write the day like 2026-10-31."),
    ):
        answer = browser.post("/reconciliation/receivables/read/", {"as_of": day}, follow=True)
        assert told in answer.content.decode()
    assert not SyncRun.objects.filter(direction="reconcile").exists()
