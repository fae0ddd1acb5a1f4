from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from contacts.models import Customer
from integrations.models import Connection, SyncRun
from tests.factories import make_beneficiary, make_bill, make_customer, make_invoice, push


class Ran:
    """What the command wrote, and whether it ended well."""

    def __init__(self, *arguments: object):
        out, err = StringIO(), StringIO()
        try:
            call_command("sync", *map(str, arguments), stdout=out, stderr=err)
            self.refusal = ""
        except CommandError as refusal:
            self.refusal = str(refusal)
        self.out, self.err = out.getvalue(), err.getvalue()


def test_a_push_without_entities_takes_what_people_keep_here_in_order(qbo, organization):
    invoice, bill = make_invoice(organization), make_bill(organization)
    ran = Ran("acme", "push", "--wait")
    assert ran.refusal == ""
    for record in (invoice, bill, invoice.customer, bill.beneficiary):
        record.refresh_from_db()
        assert record.accounting_synced
    runs = SyncRun.objects.filter(trigger="command").order_by("pk")
    assert [run.entity for run in runs[:4]] == ["beneficiaries", "customers", "bills", "invoices"]
    assert all(run.requested_by is None for run in runs)


def test_without_waiting_it_only_starts(qbo, organization):
    customer = make_customer(organization)
    ran = Ran("acme", "push", "customers")
    assert (ran.refusal, ran.err) == ("", "")
    assert "customers" in ran.out and "1 queued" in ran.out
    customer.refresh_from_db()
    assert customer.sync_state == "queued"


def test_ids_choose_the_records(qbo, organization):
    one, other = make_customer(organization), make_customer(organization)
    Ran("acme", "push", "customers", "--ids", one.pk, "--wait")
    assert set(Customer.objects.filter(accounting_synced=True)) == {one}
    assert not Customer.objects.get(pk=other.pk).linked


def test_a_pull_reads_everything(qbo, organization):
    ran = Ran("acme", "pull", "--wait")
    assert ran.refusal == ""
    pulled = SyncRun.objects.filter(trigger="command", direction="pull")
    assert {run.entity for run in pulled} == {
        "accounts",
        "tax-codes",
        "items",
        "customers",
        "beneficiaries",
        "invoices",
        "bills",
    }
    assert {run.status for run in pulled} == {"succeeded"}


def test_what_failed_is_listed_and_the_status_is_1(qbo, organization):
    invoice = make_invoice(organization)
    ran = Ran("acme", "push", "invoices", "--wait")
    assert ran.refusal == "1 failed."
    assert (
        f"{invoice.number}: The customer or beneficiary on this document is not in QuickBooks yet. "
        "Sync the contact first, then sync this document again."
    ) in ran.err
    assert "failed, 1 of 1" in ran.out


def test_progress_is_plain_lines_where_there_is_no_terminal(qbo, organization):
    make_customer(organization)
    make_beneficiary(organization)
    assert "2 of 2\n" in Ran("acme", "push", "customers", "beneficiaries", "--wait").err


def test_work_that_has_to_wait_ends_the_command_with_the_reason(qbo, organization):
    make_customer(organization)
    Connection.objects.filter(organization=organization).update(pause=Connection.Pause.NEEDS_RECONNECT)
    ran = Ran("acme", "push", "customers", "--wait")
    assert ran.refusal == "1 failed."
    assert "Press Reconnect" in ran.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nobody", "push"), "no organization"),
        (("acme", "push", "payments"), "Unknown: payments"),
        (("acme", "push", "--ids", "1"), "one entity"),
        (("acme", "pull", "customers", "--ids", "1"), "one entity"),
        (("acme", "push", "customers", "--ids", "999999"), "does not exist"),
        (("acme", "push", "accounts"), "QuickBooks keeps this list"),
        (("acme", "push", "customers", "accounts"), "QuickBooks keeps this list"),
    ],
)
def test_what_cannot_be_started_starts_nothing(qbo, organization, arguments, words):
    make_customer(organization)
    before = SyncRun.objects.count()
    assert words in Ran(*arguments).refusal
    assert SyncRun.objects.count() == before


def test_without_a_connection_it_says_what_to_do(organization):
    assert "not connected" in Ran("acme", "push").refusal


def test_what_is_in_step_costs_no_call(qbo, organization):
    push(make_customer(organization))
    qbo.reset_calls()
    assert Ran("acme", "push", "customers", "--wait").refusal == ""
    assert sum(qbo.calls.values()) == 0


@pytest.mark.parametrize("sent", [str(10**30), "1.5", "x"])
def test_what_is_no_id_is_refused_in_a_sentence(organization, sent):
    ran = Ran("acme", "push", "customers", "--ids", sent)
    assert f"“{sent}” is no record's id. Write its number, such as 145." in ran.refusal
