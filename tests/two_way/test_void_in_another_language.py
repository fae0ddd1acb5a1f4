"""Voids of a QuickBooks company whose language is not English: the word in the note is another one, so what was emptied
tells of it."""

from __future__ import annotations

import pytest

from integrations import services
from integrations.models import Statement, Trigger
from integrations.services import Asked
from receivables.models import Invoice
from tests.factories import invoice_line, make_customer, make_invoice, pull, push
from tests.quickbooks import drain
from tests.reconciliation.reading import read_statement


@pytest.fixture
def qbo_options() -> dict:
    return {"country": "SG", "void_word": "Annulé"}


@pytest.fixture
def invoice(qbo, organization) -> Invoice:
    customer = make_customer(organization)
    push(customer)
    made = make_invoice(organization, customer)
    push(made)
    assert made.accounting_synced, made.sync_error
    return made


def void_there(qbo, invoice: Invoice) -> None:
    held = qbo.read("Invoice", invoice.qbo_id)
    qbo.make("Invoice", {"Id": held["Id"], "SyncToken": held["SyncToken"]}, "void")
    assert qbo.read("Invoice", invoice.qbo_id)["PrivateNote"].startswith("Annulé")


def give_away(qbo, invoice: Invoice) -> None:
    """Somebody sets the price to 0 in QuickBooks."""
    [line, *_] = qbo.read("Invoice", invoice.qbo_id)["Line"]
    detail = line["SalesItemLineDetail"] | {"UnitPrice": 0}
    qbo.change("Invoice", invoice.qbo_id, Line=[line | {"Amount": 0, "SalesItemLineDetail": detail}])


def read_back(invoice: Invoice) -> Invoice:
    pull(invoice.organization, "invoices")
    return Invoice.objects.get(pk=invoice.pk)


def test_it_is_voided_here_and_keeps_what_it_was(qbo, invoice):
    void_there(qbo, invoice)
    held = read_back(invoice)
    assert (held.status, held.balance, held.accounting_synced) == ("voided", 0, True)
    assert (held.total, held.lines.get().amount) == (invoice.total, invoice.lines.get().amount)


def test_it_ends_an_edit_that_waited_here(qbo, invoice):
    invoice.memo = "Pay soon"
    invoice.save()
    void_there(qbo, invoice)
    held = read_back(invoice)
    assert (held.status, held.sync_state, held.total) == ("voided", "synced", invoice.total)


def test_it_stays_voided_when_its_note_is_edited_there(qbo, invoice):
    void_there(qbo, invoice)
    read_back(invoice)
    qbo.change("Invoice", invoice.qbo_id, PrivateNote="En double")
    assert read_back(invoice).status == "voided"


def test_filled_again_there_it_counts_again(qbo, invoice):
    lines = qbo.read("Invoice", invoice.qbo_id)["Line"]
    void_there(qbo, invoice)
    read_back(invoice)
    qbo.change("Invoice", invoice.qbo_id, Line=[line for line in lines if "Id" in line])
    held = read_back(invoice)
    assert (held.status, held.balance, held.total) == ("overdue", invoice.total, invoice.total)


def test_what_was_given_away_is_open_with_0(qbo, invoice):
    give_away(qbo, invoice)
    held = read_back(invoice)
    assert (held.ended, held.total, held.balance) == ("", 0, 0)


def test_what_always_was_of_0_is_no_void(qbo, organization, invoice):
    sample = make_invoice(organization, invoice.customer, [invoice_line(unit_price=0)])
    push(sample)
    assert sample.accounting_synced, sample.sync_error
    qbo.change("Invoice", sample.qbo_id, PrivateNote="Échantillon")
    assert read_back(sample).ended == ""


def test_what_is_empty_when_it_is_first_seen_is_taken_as_it_is(qbo, organization, invoice):
    held = qbo.read("Invoice", invoice.qbo_id)
    body = {name: held[name] for name in ("CustomerRef", "TxnDate", "Line")} | {"DocNumber": "QB-1"}
    made = qbo.make("Invoice", body)
    qbo.make("Invoice", {"Id": made["Id"], "SyncToken": made["SyncToken"]}, "void")
    pull(organization, "invoices")
    unknown = Invoice.objects.get(qbo_id=made["Id"])
    assert (unknown.ended, unknown.total, unknown.balance) == ("", 0, 0)


def test_a_lost_answer_to_our_own_void_is_found_by_looking(qbo, invoice, clock):
    qbo.mishap("answer_lost", matching="operation=void")
    qbo.reset_calls()
    services.void(invoice.organization, "invoices", asked=Asked(Trigger.API), ids=[invoice.pk])
    drain(invoice.organization)
    invoice.refresh_from_db()
    assert (invoice.status, invoice.balance, invoice.sync_state) == ("voided", 0, "synced")
    assert (qbo.calls["write"], qbo.read("Invoice", invoice.qbo_id)["SyncToken"]) == (1, "1")


def differences(statement: Statement) -> list[tuple]:
    return list(statement.differences.values_list("kind", "record_id", "finmo__ended", "quickbooks__ended"))


def test_a_statement_says_voided_at_the_price_of_one_call(qbo, invoice, organization):
    read_statement(organization, "receivables")
    qbo.reset_calls()
    void_there(qbo, invoice)
    qbo.reset_calls()
    statement = read_statement(organization, "receivables")
    assert differences(statement) == [("voided", invoice.pk, "", "voided")]
    assert qbo.calls["query"] == 2
    read_back(invoice)
    qbo.reset_calls()
    assert differences(read_statement(organization, "receivables")) == []
    assert qbo.calls["query"] == 1


def test_a_statement_knows_what_was_given_away_from_a_void(qbo, invoice, organization):
    give_away(qbo, invoice)
    statement = read_statement(organization, "receivables")
    assert differences(statement) == [("amount", invoice.pk, "", "")]
