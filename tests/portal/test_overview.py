"""The overview: what is open and overdue per currency, how old it is, and what waits for a person."""

from datetime import date, timedelta
from decimal import Decimal

from finmo_qbo.aging import aging_of
from integrations.models import Connection, SyncState
from receivables.models import Invoice
from tests.factories import invoice_line, make_customer, make_invoice

from .pages import text_of

TODAY = date(2026, 10, 31)


def due(organization, days_overdue: int, amount: str, **fields) -> Invoice:
    return make_invoice(
        organization,
        fields.pop("customer", None),
        lines=[invoice_line(quantity=Decimal(1), unit_price=Decimal(amount))],
        due_date=TODAY - timedelta(days=days_overdue),
        **fields,
    )


def test_open_amounts_are_put_into_buckets_of_thirty_days_per_currency(organization):
    for days, amount in (
        (0, "10"),
        (1, "20"),
        (30, "30"),
        (31, "40"),
        (60, "50"),
        (61, "60"),
        (90, "70"),
        (91, "80"),
    ):
        due(organization, days, amount)
    due(organization, 5, "7", customer=make_customer(organization, currency="USD"))
    paid, voided = due(organization, 5, "1000"), due(organization, 5, "1000")
    Invoice.objects.filter(pk=paid.pk).update(balance=0, paid=paid.total)
    Invoice.objects.filter(pk=voided.pk).update(ended="voided")
    dollars, usd = aging_of(Invoice.objects.filter(organization=organization), TODAY)
    assert [(each.key, each.amount) for each in dollars.segments] == [
        ("current", Decimal(10)),
        ("days30", Decimal(50)),
        ("days60", Decimal(90)),
        ("days90", Decimal(130)),
        ("older", Decimal(80)),
    ]
    assert (dollars.currency, dollars.open, dollars.overdue, dollars.documents) == (
        "SGD",
        Decimal(360),
        Decimal(350),
        8,
    )
    assert (usd.currency, usd.overdue) == ("USD", Decimal(7))
    assert sum(each.width for each in dollars.segments) == 1000


def test_the_overview_names_what_needs_attention_and_leads_there(organization, browser):
    invoice = make_invoice(organization)
    Invoice.objects.filter(pk=invoice.pk).update(sync_state=SyncState.FAILED)
    Connection.objects.update(status="needs_reconnect", realm_id="1")
    page = browser.get("/")
    assert "1 invoice failed to sync" in text_of(page)
    assert 'href="/receivables/?synced=failed"' in page.content.decode()
    assert "QuickBooks has to be reconnected." in text_of(page)


def test_an_overview_without_anything_says_so(organization, browser):
    page = text_of(browser.get("/"))
    assert page.count("Nothing is open.") == 2
    assert "Needs attention" not in page
