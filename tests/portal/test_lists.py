"""The tables: columns, search, filters, order, pages, Bulk Sync, and what they cost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts.models import Customer
from integrations import searching
from integrations.models import SyncJob, SyncRun, SyncState
from tests.factories import make_beneficiary, make_bill, make_customer, make_invoice

from .pages import document_form, fragment, text_of

MOST_STATEMENTS = 8


def names(response) -> list[str]:
    return [str(record) for record in response.context["listing"].page.object_list]


def put_in_state(record, state: SyncState) -> None:
    linked = {"qbo_id": str(record.pk)} if state != SyncState.NOT_SYNCED else {}
    type(record).objects.filter(pk=record.pk).update(
        sync_state=state, accounting_synced=state == SyncState.SYNCED, **linked
    )


@pytest.fixture
def connected(organization):
    organization.connection.status = "connected"
    organization.connection.realm_id = "123"
    organization.connection.save()
    return organization


@pytest.mark.parametrize(
    "path", ["customers", "beneficiaries", "receivables", "payables", "sync-history", "conflicts"]
)
def test_a_list_takes_eight_statements_at_most_however_long_it_is(connected, browser, path):
    for _ in range(60):
        {"customers": make_customer, "beneficiaries": make_beneficiary, "payables": make_bill}.get(
            path, make_invoice
        )(connected)
    SyncRun.objects.bulk_create(
        SyncRun(organization=connected, direction="push", entity="invoices", trigger="portal")
        for _ in range(60)
    )
    SyncRun.objects.update(created_at=timezone.now() - timedelta(hours=1))
    browser.post("/customers/")
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(f"/{path}/?page=2").status_code == 200
    assert len(captured) <= MOST_STATEMENTS, [query["sql"][:120] for query in captured]


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("customers", ["q=customer&page=2", "synced=no&sort=-email", "active=yes&sort=currency&page=2"]),
        (
            "receivables",
            ["q=inv&sort=-contact", "status=open&synced=no&sort=-balance", "issued_from=2026-01-01"],
        ),
    ],
)
def test_a_narrowed_list_takes_no_more_statements(connected, browser, path, queries):
    for _ in range(60):
        make_invoice(connected, due_date=None)
    for query in queries:
        with CaptureQueriesContext(connection) as captured:
            assert len(names(browser.get(f"/{path}/?{query}"))) >= 10
        assert len(captured) <= MOST_STATEMENTS, [each["sql"][:120] for each in captured]


@pytest.mark.parametrize("path", ["customers", "beneficiaries", "receivables", "payables"])
def test_no_list_reads_what_it_does_not_show_of_a_heavy_record(connected, browser, path):
    make_invoice(connected)
    make_bill(connected)
    with CaptureQueriesContext(connection) as captured:
        assert names(browser.get(f"/{path}/"))

    read = " ".join(query["sql"] for query in captured)
    for heavy in ("qbo_document", '"base"', "access_token"):
        assert heavy not in read


def test_a_runs_records_take_no_more_statements(connected, browser):
    run = SyncRun.objects.create(
        organization=connected, direction="push", entity="invoices", trigger="portal", status="partly_failed"
    )
    SyncJob.objects.bulk_create(
        SyncJob(
            organization=connected, run=run, direction="push", entity="invoices", record_id=make_invoice(connected).pk,
            status="done", outcome="failed", code="6240",
        )
        for _ in range(60)
    )  # fmt: skip
    for query in ("", "?page=2", "?outcome=failed"):
        with CaptureQueriesContext(connection) as captured:
            assert "Retry failed" in text_of(browser.get(f"/sync-history/{run.pk}/{query}"))
        assert len(captured) <= MOST_STATEMENTS, [each["sql"][:120] for each in captured]


def test_a_contact_is_found_among_few_and_among_many(organization, browser, monkeypatch):
    invoice = make_invoice(organization, make_customer(organization, name="Cedar & Sons"), number="C-1")
    make_invoice(organization, make_customer(organization, name="Birch & Sons"), number="B-1")
    assert names(browser.get("/receivables/?q=cedar")) == ["C-1"]
    monkeypatch.setattr(searching, "MOST_RELATED", 1)
    assert names(browser.get("/receivables/?q=cedar")) == ["C-1"]
    assert names(browser.get("/receivables/?q=sons&sort=contact")) == ["B-1", invoice.number]


def test_another_organizations_contacts_are_not_looked_up(organization, stranger, browser):
    other = make_customer(stranger.memberships.get().organization, name="Cedar")
    with CaptureQueriesContext(connection) as captured:
        assert names(browser.get("/receivables/?q=cedar")) == []
    assert not any(f" IN ({other.pk})" in each["sql"] for each in captured)


def test_customers_say_true_or_false_and_receivables_yes_or_no(organization, browser):
    customer = make_customer(organization, name="Aster")
    invoice = make_invoice(organization, customer, number="INV-9")
    assert "Accounting Synced Aster – – SGD False" in text_of(browser.get("/customers/"))
    put_in_state(customer, SyncState.SYNCED)
    put_in_state(invoice, SyncState.FAILED)
    assert "Aster – – SGD True" in text_of(browser.get("/customers/"))
    assert "Is Accounting Synced INV-9 Aster" in text_of(browser.get("/receivables/"))
    assert "No Failed" in text_of(browser.get("/receivables/"))


def test_search_filters_order_and_pages_live_in_the_address(organization, browser):
    for name in ("Aster", "Birch", "Cedar"):
        make_customer(organization, name=name, email=f"{name.lower()}@trees.example")
    put_in_state(Customer.objects.get(name="Birch"), SyncState.FAILED)
    assert names(browser.get("/customers/?q=CEDAR")) == ["Cedar"]
    assert names(browser.get("/customers/?q=trees.example&sort=-name")) == ["Cedar", "Birch", "Aster"]
    assert names(browser.get("/customers/?synced=failed")) == ["Birch"]
    assert names(browser.get("/customers/?synced=yes")) == []
    assert names(browser.get("/customers/?synced=nonsense&sort=nonsense&page=nonsense")) == [
        "Aster",
        "Birch",
        "Cedar",
    ]


def test_the_order_goes_along_with_the_filters(organization, browser):
    """In a field of the filters' form, which stands in the list so that it is always the list's own."""
    make_customer(organization, name="Aster")
    page = browser.get("/customers/?sort=-email").content.decode()
    shown = (
        page.partition('id="list"')[2].partition('name="sort" form="filters"')[2].partition("</select>")[0]
    )
    assert [option.split('"')[0] for option in shown.split('value="')[1:]][:2] == ["name", "-name"]
    assert 'value="-email" selected' in shown and shown.count("selected") == 1
    assert 'name="sort"' not in page.partition('id="list"')[0]


def test_documents_are_filtered_by_status_and_by_date(organization, browser):
    make_invoice(organization, number="OLD", issue_date="2026-01-05", due_date="2026-02-05")
    make_invoice(organization, number="NEW", issue_date="2026-10-05", due_date="2999-01-01")
    assert names(browser.get("/receivables/?status=overdue")) == ["OLD"]
    assert names(browser.get("/receivables/?status=open")) == ["NEW"]
    assert names(browser.get("/receivables/?issued_from=2026-06-01")) == ["NEW"]
    assert names(browser.get("/receivables/?issued_to=2026-06-01&issued_from=2026-13-99")) == ["OLD"]


def test_another_organizations_rows_are_not_listed(organization, stranger, browser):
    other = stranger.memberships.get().organization
    make_customer(other, name="Not yours")
    assert "Not yours" not in text_of(browser.get("/customers/?q=Not"))


def test_an_empty_table_says_what_to_do(organization, browser):
    assert "No customers yet." in text_of(browser.get("/customers/"))
    assert "New customer" in text_of(browser.get("/customers/"))
    make_customer(organization)
    assert "Nothing matches." in text_of(browser.get("/customers/?q=zzz"))


def queued(entity: str) -> set[int]:
    return set(SyncJob.objects.filter(entity=entity, status="queued").values_list("record_id", flat=True))


def test_bulk_sync_without_a_selection_takes_all_that_are_not_in_step(connected, browser):
    fresh, synced = make_customer(connected), make_customer(connected)
    put_in_state(synced, SyncState.SYNCED)
    answer = fragment(browser, "/customers/", {"scope": "all"})
    assert queued("customers") == {fresh.pk}
    assert "Sync customers to QuickBooks" in text_of(answer)
    assert SyncRun.objects.get().requested_by.username == "accountant@acme.example"
    assert SyncRun.objects.get().trigger == "portal"


def test_bulk_sync_of_the_ticked_rows_takes_only_those(connected, browser):
    one, two = make_invoice(connected), make_invoice(connected)
    fragment(browser, "/receivables/", {"scope": "ticked", "ids": [two.pk]})
    assert queued("invoices") == {two.pk}
    assert one.pk not in queued("invoices")


def test_bulk_sync_of_all_that_match_reaches_across_pages_and_leaves_the_rest(connected, browser):
    matching = {make_customer(connected, name=f"Match {number}").pk for number in range(60)}
    make_customer(connected, name="Other")
    fragment(browser, "/customers/?q=match", {"scope": "all", "ids": [min(matching)]})
    assert queued("customers") == matching


def test_a_selection_with_another_organizations_record_is_refused_as_a_whole(connected, stranger, browser):
    other = make_customer(stranger.memberships.get().organization)
    answer = fragment(browser, "/customers/", {"scope": "ticked", "ids": [other.pk]})
    assert "does not exist" in text_of(answer)
    assert not SyncRun.objects.exists()


def test_bulk_sync_without_a_connection_says_where_to_connect(organization, browser):
    make_customer(organization)
    answer = fragment(browser, "/customers/", {"scope": "all"})
    assert 'href="/settings/integrations/"' in answer.content.decode()
    assert not SyncRun.objects.exists()


def test_without_script_bulk_sync_leads_to_the_run(connected, browser):
    make_customer(connected)
    answer = browser.post("/customers/", {"scope": "all"})
    assert answer["Location"] == SyncRun.objects.get().get_absolute_url()


def test_ids_that_no_record_can_have_choose_nothing(qbo, organization, browser, accountant):
    invoice = make_invoice(organization)
    huge = str(10**20)
    assert fragment(browser, "/customers/", {"scope": "ticked", "ids": huge}).status_code < 500
    assert browser.post("/conflicts/resolve/", {"keep": "finmo", "ids": huge}).status_code == 302
    assert browser.post("/sync-history/tray/", {"run": huge}).status_code == 302
    assert browser.get(f"/customers/{invoice.customer_id}/link/?run={huge}").status_code == 200
    for name in ("lines-0-item", "customer", "lines-0-line"):
        sent = document_form({"customer": invoice.customer_id}, {"unit_price": "5", "custom_name": "x"})
        for address in ("/receivables/new/", "/receivables/totals/"):
            assert browser.post(address, sent | {name: huge}).status_code in (200, 302)
