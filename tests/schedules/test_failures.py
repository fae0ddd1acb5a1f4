"""What failed for a person to repair: the schedule leaves it alone until something changed, or a day has passed."""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine

from integrations import services, tasks
from integrations.faults import TABLE
from integrations.models import Configuration, Connection, SyncRun, Trigger
from receivables.models import Invoice
from tests.factories import make_customer, make_invoice, pull, push
from tests.quickbooks import answer_bells, drain

NUMBER = 10
INTERVAL = timedelta(minutes=16)


@pytest.fixture
def time():
    with time_machine.travel("2026-11-23 08:00Z") as traveller:
        yield traveller


@pytest.fixture
def company(time, qbo):
    return qbo


@pytest.fixture
def customer(company, organization):
    customer = make_customer(organization)
    push(customer)
    return customer


@pytest.fixture
def refused(company, organization, customer) -> list[Invoice]:
    """Ten invoices whose numbers QuickBooks has given to others, tried by the schedule."""
    other = company.make("Customer", {"DisplayName": "Somebody else"})
    line = {
        "Amount": 10,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}, "TaxCodeRef": {"value": "NON"}},
    }
    codes = organization.configuration.default_receivable_tax_code
    line["SalesItemLineDetail"]["TaxCodeRef"] = {"value": codes.qbo_id}
    for n in range(NUMBER):
        company.make(
            "Invoice", {"DocNumber": f"T-{n}", "CustomerRef": {"value": other["Id"]}, "Line": [line]}
        )
    invoices = [make_invoice(organization, customer, number=f"T-{n}") for n in range(NUMBER)]
    Configuration.objects.filter(organization=organization).update(
        **dict.fromkeys(Configuration.DOCUMENT_SWITCHES, True)
    )
    tick_and_work()
    for invoice in invoices:
        invoice.refresh_from_db()
        assert (invoice.sync_state, invoice.sync_error_code) == ("failed", "number_taken")
    return invoices


def tick_and_work() -> None:
    tasks.tick()
    answer_bells()


def pushes() -> list[SyncRun]:
    return list(
        SyncRun.objects.filter(trigger=Trigger.SCHEDULE, direction="push", entity="invoices").order_by("pk")
    )


def test_an_idle_tick_with_ten_failed_records_costs_one_call(company, refused, time):
    for _ in range(3):
        time.shift(INTERVAL)
        company.reset_calls()
        tick_and_work()
        assert company.calls == Counter(cdc=1)
    assert len(pushes()) == 1


def test_they_are_tried_again_once_a_day(company, refused, time):
    time.shift(timedelta(hours=23))
    tick_and_work()
    assert len(pushes()) == 1
    for _ in range(3):
        time.shift(timedelta(hours=1))
        tick_and_work()
    assert [run.total for run in pushes()] == [NUMBER, NUMBER]


def test_what_was_edited_goes_out_at_the_next_tick_and_the_others_stay(company, refused, time):
    refused[0].number = "FREE-1"
    refused[0].save()
    time.shift(INTERVAL)
    tick_and_work()
    assert [(run.total, run.status) for run in pushes()[1:]] == [(1, "succeeded")]
    states = Counter(Invoice.objects.values_list("sync_state", flat=True))
    assert states["failed"] == NUMBER - 1


def test_a_person_who_retries_does_not_wait(company, organization, refused, asked):
    run = services.push(organization, "invoices", asked=asked, all_unsynced=True)
    assert run.total == NUMBER


def test_a_new_connection_tries_them_at_once(company, organization, admin_user, refused, time):
    Connection.objects.filter(organization=organization).update(status="needs_reconnect")
    company.connect(organization, admin_user)
    time.shift(INTERVAL)
    tick_and_work()
    assert [run.total for run in pushes()] == [NUMBER, NUMBER]


def failed(invoice: Invoice, code: str) -> None:
    Invoice.objects.filter(pk=invoice.pk).update(sync_error_code=code)


def test_what_passes_by_itself_is_tried_at_each_tick(company, refused, time):
    codes = [code for code, entry in TABLE.items() if entry.passes_by_itself][: NUMBER - 1]
    for invoice, code in zip(refused, codes, strict=False):
        failed(invoice, code)
    time.shift(INTERVAL)
    tick_and_work()
    assert pushes()[-1].total == len(codes) > 1


def test_a_document_goes_out_once_its_contact_is_in_quickbooks(company, organization, refused, time):
    late = make_invoice(organization, make_customer(organization))
    time.shift(INTERVAL)
    tick_and_work()
    late.refresh_from_db()
    assert late.sync_error_code == "contact_not_synced"
    time.shift(INTERVAL)
    tick_and_work()
    assert len(pushes()) == 2
    push(late.customer)
    time.shift(INTERVAL)
    tick_and_work()
    late.refresh_from_db()
    assert (len(pushes()), late.sync_state) == (3, "synced")


def test_a_period_that_is_reopened_is_noticed_with_the_companys_settings(
    company, organization, customer, time
):
    company.switch(book_close_date="2026-10-31")
    Connection.objects.filter(organization=organization).update(company_read_at=None)
    old = make_invoice(organization, customer)
    Configuration.objects.filter(organization=organization).update(receivables_auto_push=True)
    tick_and_work()
    old.refresh_from_db()
    assert old.sync_error_code == "period_closed"
    company.switch(book_close_date=None)
    time.shift(timedelta(hours=2))
    push(make_customer(organization))
    time.shift(INTERVAL)
    tick_and_work()
    old.refresh_from_db()
    assert old.sync_state == "synced"


def test_a_document_of_a_name_that_was_merged_away_goes_out_for_the_survivor(
    company, organization, customer, refused, time
):
    survivor = make_customer(organization, name="Survivor")
    linked = make_invoice(organization, customer, number="LINKED")
    push(survivor)
    push(linked)
    pull(organization, "invoices")
    late = make_invoice(organization, customer, number="LATE")
    company.merge("Customer", customer.qbo_id, survivor.qbo_id)
    push(late)
    assert late.sync_state == "failed"
    drain(organization)
    time.shift(INTERVAL)
    tick_and_work()
    time.shift(INTERVAL)
    tick_and_work()
    late.refresh_from_db()
    assert (late.customer, late.sync_state) == (survivor, "synced")
