"""What a controller takes away: the workbook and the pages on paper, with the figures of the statement."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from integrations.aging import bucket_of, no_ages
from integrations.models import Difference, Kind, StatementCurrency
from integrations.statements.aging_chart import chart_of
from integrations.statements.report import report_of
from tests.conftest import signed_in
from tests.portal.pages import text_of
from tests.quickbooks import drain
from tests.reconciliation.reading import open_lines, read_statement
from tests.reconciliation.sowing import kinds_of


@pytest.fixture
def statement(field):
    ground = field()
    ground.grow(20)
    ground.sow(*kinds_of(ground.stream))
    return read_statement(ground.organization, ground.stream)


@pytest.fixture
def one_line(field):
    """A statement with one difference, of the class "amount"."""
    ground = field()
    ground.grow(1, ("SGD",))
    ground.sow("another amount there")
    return read_statement(ground.organization, ground.stream)


def workbook(browser, statement):
    answer = browser.get(f"/reconciliation/{statement.pk}/xlsx/")
    assert answer["Content-Disposition"] == 'attachment; filename="acme-receivables-2026-10-31.xlsx"'
    return load_workbook(BytesIO(answer.getvalue()))


def figures_in(sheet) -> dict:
    """{(currency, what): (documents, total, open balance)} of the summary, down to the ages."""
    rows = list(sheet.iter_rows(min_row=8, values_only=True))
    return {(row[0], row[1]): row[2:5] for row in rows if row[0] and len(row[0]) == 3 and row[5] is None}


def test_the_workbook_has_the_figures_of_the_statement_and_a_sheet_for_each_class(browser, statement):
    book = workbook(browser, statement)
    told = figures_in(book["Summary"])
    for report in report_of(statement):
        for name, figures in (
            ("Finmo", report.finmo),
            ("QuickBooks", report.quickbooks),
            ("Both sides agree on", report.agreed),
            *((each.kind.label, each.figures) for each in report.kinds),
        ):
            count, total, balance = told[report.currency, name]
            assert (count, Decimal(str(total)), Decimal(str(balance))) == (
                figures.count,
                figures.total,
                figures.balance,
            )
        assert told[report.currency, "Unexplained"] == (None, 0, 0)
    occurring = [kind for kind in Kind if statement.differences.filter(kind=kind).exists()]
    assert len(book.sheetnames) == 1 + len(occurring)
    for kind, name in zip(occurring, book.sheetnames[1:], strict=True):
        lines = list(book[name].iter_rows(min_row=2))
        assert len(lines) == statement.differences.filter(kind=kind).count()


def test_its_cells_are_numbers_and_dates_under_a_frozen_head(browser, one_line):
    [line] = open_lines(one_line)
    sheet = workbook(browser, one_line)["Amount differs"]
    [row] = sheet.iter_rows(min_row=2)
    assert row[4].value.date() == date.fromisoformat(line.finmo["issue_date"])
    assert (row[6].value, row[6].number_format) == (
        float(line.finmo["total"]),
        "[$SGD] #,##0.00;[Red]-[$SGD] #,##0.00",
    )
    assert (row[16].value, row[16].data_type) == (float(line.total), "n")
    assert sheet.freeze_panes == "A2"
    assert round(sheet.column_dimensions["C"].width) == 33


def test_no_cell_of_it_is_a_formula(browser, one_line):
    Difference.objects.update(contact='=HYPERLINK("//x")\x07', note="+1")
    sheet = workbook(browser, one_line)["Amount differs"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert any(str(cell.value).startswith("=HYPERLINK") for cell in cells)
    assert "f" not in [cell.data_type for cell in cells]


def test_both_sides_ages_add_up_to_their_open_balances_also_after_a_repair(browser, field, asked):
    ground = field()
    ground.grow(4, ("SGD",))
    ground.sow("another due date")
    ground.sow("paid there")
    statement = read_statement(ground.organization, ground.stream)
    for kind in ("date", "balance"):
        assert_ages_add_up(statement)
        browser.post(
            f"/reconciliation/{statement.pk}/repair/",
            {"fix": "pull" if kind == "balance" else "keep_quickbooks", "kind": kind},
        )
        drain(ground.organization)
    assert open_lines(statement) == []
    assert_ages_add_up(statement)
    [report] = report_of(statement)
    assert report.finmo_ages == report.quickbooks_ages


def assert_ages_add_up(statement) -> None:
    for report in report_of(statement):
        assert sum(report.finmo_ages.values()) == report.finmo.balance
        assert sum(report.quickbooks_ages.values()) == report.quickbooks.balance


@pytest.mark.parametrize(
    ("due", "bucket"),
    [
        (None, "current"),
        ("2026-10-31", "current"),
        ("2026-10-30", "days30"),
        ("2026-10-01", "days30"),
        ("2026-09-30", "days60"),
        ("2026-09-01", "days60"),
        ("2026-08-31", "days90"),
        ("2026-08-02", "days90"),
        ("2026-08-01", "older"),
    ],
)
def test_a_bucket_begins_where_the_one_before_ends(due, bucket):
    assert bucket_of(due, "2026-10-31") == bucket


def test_the_chart_is_drawn_to_scale_and_told_in_words():
    chart = chart_of("SGD", no_ages() | {"current": Decimal(200)}, no_ages() | {"current": Decimal(50)})
    ours, theirs = chart.pairs[0].bars
    assert (ours.width, theirs.width, chart.pairs[1].bars[0].width) == (440, 110, 0)
    assert "Not due: Finmo 200.00, QuickBooks 50.00; 1–30 days: Finmo 0.00" in chart.description
    assert (chart.difference, chart.pairs[0].difference) == (150, 150)


def test_the_print_view_says_on_each_page_what_it_is_and_needs_no_explanation(browser, accountant, statement):
    answer = browser.get(f"/reconciliation/{statement.pk}/print/")
    page = text_of(answer)
    reports = report_of(statement)
    assert answer.content.count(b'<article class="sheet"') == len(reports) == 2
    for report in reports:
        assert f"Receivables reconciliation in {report.currency}" in page
        assert f"Agreed document by document {report.agreed.count}" in page
        assert f"{len(report.differences)} documents differ." in page
        for each in report.kinds:
            assert f"{each.kind.label} {each.meaning} {each.figures.count}" in page
    assert page.count(f"Printed by {accountant.username}") == 2
    assert page.count("less than a minute before this print") == 2
    assert b"style=" not in answer.content
    assert b"<script>" not in answer.content


def test_paper_names_what_was_accepted_by_whom_and_why(browser, accountant, one_line, monkeypatch):
    [line] = open_lines(one_line)
    where = f"/reconciliation/{one_line.pk}/"
    assert "Accepted, by whom and why" not in text_of(browser.get(f"{where}print/"))

    note = "Agreed with the customer"
    browser.post(f"{where}repair/", {"fix": "accept", "difference": line.pk, "note": note})

    page = text_of(browser.get(f"{where}print/"))
    assert f"{line.number} {line.contact} {note} {accountant.username}, " in page
    monkeypatch.setattr("integrations.views.taking_away.MOST_ACCEPTED", 0)
    assert "The 0 with the largest open amounts of 1;" in text_of(browser.get(f"{where}print/"))


def test_an_old_statement_says_that_it_kept_no_ages(browser, field):
    ground = field()
    ground.grow(1, ("SGD",))
    statement = read_statement(ground.organization, ground.stream)
    StatementCurrency.objects.update(finmo_aging={}, quickbooks_aging={})
    page = text_of(browser.get(f"/reconciliation/{statement.pk}/print/"))
    assert "read before ages were kept" in page
    assert "Both sides agree on all 1 document, to the cent." in page
    assert "by days past" not in str(list(workbook(browser, statement)["Summary"].values))


def test_viewers_take_it_away_and_strangers_do_not(viewer, stranger, field):
    statement = read_statement(field().organization, "receivables")
    for address in ("xlsx/", "print/"):
        assert signed_in(viewer).get(f"/reconciliation/{statement.pk}/{address}").status_code == 200
        assert signed_in(stranger).get(f"/reconciliation/{statement.pk}/{address}").status_code == 404
