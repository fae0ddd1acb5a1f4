"""Several currencies: rates, refusals, and what QuickBooks does otherwise than asked."""

from datetime import date
from decimal import Decimal

import pytest

from integrations.models import SyncState
from tests.factories import make_beneficiary, make_bill, make_customer, make_invoice, pull, push
from tests.quickbooks import fault_body


@pytest.fixture(params=[True])
def qbo_options(request) -> dict:
    return {"country": "SG", "multicurrency": request.param}


single_currency = pytest.mark.parametrize("qbo_options", [False], indirect=True)


@pytest.fixture
def customer(qbo, organization):
    customer = make_customer(organization, currency="EUR")
    push(customer)
    qbo.reset_calls()
    return customer


@pytest.fixture
def beneficiary(qbo, organization):
    beneficiary = make_beneficiary(organization, currency="USD")
    push(beneficiary)
    qbo.reset_calls()
    return beneficiary


def edited(record, **fields):
    for name, value in fields.items():
        setattr(record, name, value)
    record.save()
    return record


def test_our_rate_is_used(qbo, organization, customer):
    invoice = make_invoice(organization, customer, exchange_rate=Decimal("1.5234"))
    assert push(invoice).status == "succeeded"
    there = qbo.read("Invoice", invoice.qbo_id)
    assert (there["CurrencyRef"]["value"], there["ExchangeRate"]) == ("EUR", Decimal("1.5234"))
    assert there["HomeTotalAmt"] == (invoice.total * Decimal("1.5234")).quantize(Decimal("0.01"))


def test_without_ours_quickbooks_rate_becomes_the_documents(qbo, organization, customer):
    invoice = make_invoice(organization, customer)
    assert push(invoice).status == "succeeded"
    there = qbo.read("Invoice", invoice.qbo_id)
    assert invoice.exchange_rate == there["ExchangeRate"]
    assert qbo.calls["read"] == 0


def test_a_missing_rate_is_read_and_sent(qbo, organization, beneficiary):
    """2410: one more read and one more batch, whatever the number of bills."""
    qbo.switch(exchange_rate_required=True)
    bills = [make_bill(organization, beneficiary) for _ in range(3)]
    run = push(*bills)
    assert (run.status, run.succeeded) == ("succeeded", 3)
    assert (qbo.calls["batch"], qbo.calls["read"]) == (2, 1)
    rate = qbo.api("GET", "exchangerate?sourcecurrencycode=USD&asofdate=2026-10-01")["ExchangeRate"]["Rate"]
    for bill in bills:
        assert qbo.read("Bill", bill.qbo_id)["ExchangeRate"] == rate == bill.exchange_rate


def test_the_rate_that_was_read_is_no_edit_afterwards(qbo, organization, beneficiary):
    qbo.switch(exchange_rate_required=True)
    bill = make_bill(organization, beneficiary)
    push(bill)
    run = push(edited(bill, memo="Thanks"))
    assert run.status == "succeeded"
    assert run.jobs.get().after == {"memo": "Thanks"}


def test_a_bill_whose_rate_quickbooks_does_not_know_says_so(qbo, organization, beneficiary):
    local = make_beneficiary(organization)
    push(local)
    qbo.switch(exchange_rate_required=True)
    for _ in range(3):
        qbo.answer_next("exchangerate", 400, fault_body("6000", "no rate for that day"))
    bills = [make_bill(organization, each) for each in (beneficiary, local)]
    run = push(*bills)
    assert (run.status, run.succeeded, run.failed) == ("partly_failed", 1, 1)
    assert bills[0].sync_error["code"] == "2410"
    assert "exchange rate" in bills[0].sync_error["remedy"]


def test_a_rate_that_cannot_be_read_concerns_nobody_else(qbo, organization, beneficiary):
    local = make_beneficiary(organization)
    push(local)
    qbo.switch(exchange_rate_required=True)
    for _ in range(3):
        qbo.alter_next("exchangerate", lambda answer: answer["ExchangeRate"].update(Rate="about one"))
    bills = [make_bill(organization, each) for each in (beneficiary, local)]
    assert (run := push(*bills)).status == "partly_failed", run.error
    assert (bills[0].sync_error["code"], bills[1].sync_state) == ("2410", SyncState.SYNCED)


def test_of_a_rate_only_the_number_is_needed(qbo, organization, beneficiary):
    qbo.switch(exchange_rate_required=True)
    qbo.alter_next(
        "exchangerate", lambda answer: answer.update(ExchangeRate={"Rate": "1.3", "AsOfDate": "today"})
    )
    bill = make_bill(organization, beneficiary)
    assert push(bill).status == "succeeded"
    assert qbo.read("Bill", bill.qbo_id)["ExchangeRate"] == Decimal("1.3") == bill.exchange_rate


@pytest.mark.parametrize("currency", ["JPY", "KWD"])
def test_currencies_without_and_with_three_decimals(qbo, organization, currency):
    customer = make_customer(organization, currency=currency)
    push(customer)
    invoice = make_invoice(organization, customer)
    assert push(invoice).status == "succeeded"
    assert qbo.read("Invoice", invoice.qbo_id)["TotalAmt"] == invoice.total == 109
    assert invoice.difference is None


def test_bills_go_to_the_payable_account_of_their_currency(qbo, organization, beneficiary):
    pull(organization, "accounts")
    bill = make_bill(organization, beneficiary)
    push(bill)
    assert qbo.read("Bill", bill.qbo_id)["APAccountRef"]["name"] == "Accounts Payable (A/P) - USD"


def test_document_and_contact_must_share_a_currency(qbo, organization, customer):
    other = make_invoice(organization, customer, currency="USD")
    fine = make_invoice(organization, customer)
    run = push(other, fine)
    assert (run.status, run.succeeded, run.failed) == ("partly_failed", 1, 1)
    assert other.sync_error["code"] == "currency_mismatch"
    assert "USD" in other.sync_error["message"] and "EUR" in other.sync_error["message"]
    assert qbo.calls["batch"] == 3  # the look, the custom item, and the one invoice


def test_a_synced_contacts_currency_stays(qbo, organization, customer):
    push(edited(customer, currency="USD"))
    assert customer.sync_error["code"] == "currency_mismatch"
    assert sum(qbo.calls.values()) == 0
    assert push(edited(customer, currency="EUR")).status == "succeeded"


def test_a_namesake_in_another_currency_is_not_the_same(qbo, organization):
    qbo.make("Customer", {"DisplayName": "Acme", "CurrencyRef": {"value": "USD"}})
    customer = make_customer(organization, name="Acme", currency="EUR")
    push(customer)
    assert customer.sync_error["code"] == "currency_mismatch"
    assert not customer.linked


def test_a_contact_whose_currency_quickbooks_ignored_says_so(qbo, organization):
    qbo.switch(contact_currency_ignored=True)
    beneficiary = make_beneficiary(organization, currency="EUR")
    fine = make_beneficiary(organization)
    run = push(beneficiary, fine)
    assert (run.status, run.succeeded, run.failed) == ("partly_failed", 1, 1)
    assert beneficiary.sync_error["code"] == "currency_mismatch"
    assert "SGD instead of EUR" in beneficiary.sync_error["message"]
    assert beneficiary.linked, "it is there, and must not be created again"


def test_it_keeps_saying_so_until_somebody_acts(qbo, organization):
    qbo.switch(contact_currency_ignored=True)
    beneficiary = make_beneficiary(organization, currency="EUR")
    push(beneficiary)
    assert push(beneficiary).status == "failed"
    assert (beneficiary.sync_state, beneficiary.sync_error["code"]) == (SyncState.FAILED, "currency_mismatch")
    bill = make_bill(organization, beneficiary)
    push(bill)
    assert bill.sync_error["code"] == "currency_mismatch"
    assert push(edited(beneficiary, currency="SGD")).status == "succeeded"
    assert len(qbo.all("Vendor")) == 1


@single_currency
def test_a_foreign_contact_is_refused_before_any_call_where_it_is_not_enabled(qbo, organization):
    customer = make_customer(organization, currency="EUR")
    push(customer)
    assert customer.sync_error["code"] == "currency_not_enabled"
    assert sum(qbo.calls.values()) == 0


@single_currency
def test_a_foreign_document_is_refused_where_it_is_not_enabled(qbo, organization):
    customer = make_customer(organization)
    push(customer)
    invoice = make_invoice(organization, customer, currency="EUR")
    push(invoice)
    assert invoice.sync_error["code"] in ("currency_not_enabled", "currency_mismatch")


@single_currency
def test_a_single_currency_company_is_told_no_currency(qbo, organization):
    customer = make_customer(organization)
    push(customer)
    invoice = make_invoice(organization, customer, issue_date=date(2026, 10, 2), exchange_rate=Decimal(1))
    assert push(invoice).status == "succeeded"
    there = qbo.read("Invoice", invoice.qbo_id)
    assert there["CurrencyRef"]["value"] == "SGD" and "ExchangeRate" not in there
