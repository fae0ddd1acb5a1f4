"""Faults that a pull can meet: what the run says, and that nothing is lost."""

import json

import pytest
from django.utils import timezone

from contacts.models import Customer
from integrations import linking, rerunning, services
from integrations.faults import explain
from integrations.models import Cursor, SyncRun
from tests.factories import make_customer, pull, push
from tests.quickbooks import drain, fault_body

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def customer(qbo, organization):
    customer = make_customer(organization)
    push(customer)
    pull(organization, "customers")
    qbo.change("Customer", customer.qbo_id, PrimaryPhone={"FreeFormNumber": "9"})
    qbo.reset_calls()
    return customer


def cursor(organization) -> Cursor:
    return Cursor.objects.get(organization=organization, entity="customers")


def refuse(qbo, entity: str, code: str) -> None:
    """Neither the change feed nor a query tells anything."""
    qbo.answer_next("/cdc", 400, fault_body(code, "not like this"))
    qbo.refuse_queries(f"FROM {entity}", code)


def phone_of(customer) -> str:
    customer.refresh_from_db()
    return customer.phone


@pytest.mark.parametrize("code", ["500", "4000", "4001", "4002", "5020", "5030", "10100", "10200", "6999"])
def test_a_refused_read_fails_the_run_with_the_reason_and_moves_no_cursor(qbo, organization, customer, code):
    before = cursor(organization).changed_since
    refuse(qbo, "Customer", code)
    run = pull(organization, "customers")
    assert (run.status, run.error["code"], run.succeeded) == ("failed", code, 0)
    assert run.error["message"].startswith(explain(code).meaning)
    assert cursor(organization).changed_since == before
    qbo.understand_queries()
    assert pull(organization, "customers").succeeded == 1
    assert phone_of(customer) == "9"


@pytest.mark.parametrize("code", ["4001", "5030"])
def test_a_feed_that_is_refused_is_replaced_by_a_comparison_and_the_run_says_so(
    qbo, organization, customer, code
):
    before = cursor(organization).changed_since
    qbo.answer_next("/cdc", 400, fault_body(code, "not like this"))
    run = pull(organization, "customers")
    assert (run.status, run.succeeded, phone_of(customer)) == ("succeeded", 1, "9")
    assert cursor(organization).changed_since > before
    told = run.jobs.get(record_id=None)
    assert (told.outcome, told.label) == ("skipped", "Change feed")
    assert f"refused to say what changed (code {code})" in told.message


def test_a_comparison_reads_whole_documents_where_a_list_of_fields_is_refused(qbo, organization, customer):
    """Intuit's own page says that queries know no field lists (contract section 3)."""
    qbo.refuse_queries("SELECT Id, SyncToken FROM", "4000")
    assert pull(organization, "customers", compare=True).status == "succeeded"
    assert phone_of(customer) == "9"
    # What is refused here never reaches the company: the feed, and the list as a whole.
    assert (qbo.calls["cdc"], qbo.calls["query"]) == (1, 1)


def test_a_clock_that_runs_ahead_there_hides_no_change(qbo, organization, customer):
    """From a moment that is still to come on, nothing would ever have changed."""
    qbo.alter_next("/cdc", lambda answer: answer.update(time="2099-01-01T00:00:00.000-07:00"))
    pull(organization, "customers")
    assert cursor(organization).changed_since <= timezone.now()
    qbo.change("Customer", customer.qbo_id, PrimaryPhone={"FreeFormNumber": "10"})
    pull(organization, "customers")
    assert phone_of(customer) == "10"


def test_one_entity_that_the_feed_refuses_leaves_the_others_their_feed(qbo, organization, customer, asked):
    runs = [services.pull(organization, entity, asked=asked) for entity in ("customers", "items", "accounts")]
    for matching in ("/cdc", "entities=Customer&"):
        qbo.answer_next(matching, 400, fault_body("4001", "not like this"))
    drain(organization)
    found = SyncRun.objects.filter(pk__in=[run.pk for run in runs])
    assert set(found.values_list("status", flat=True)) == {"succeeded"}
    # The items and the accounts by the feed; the customers' ids, and the one that differs.
    assert (qbo.calls["cdc"], qbo.calls["query"], phone_of(customer)) == (2, 2, "9")


def test_an_entity_that_cannot_be_read_at_all_fails_alone(qbo, organization, customer, asked):
    runs = [services.pull(organization, entity, asked=asked) for entity in ("items", "customers")]
    for matching in ("/cdc", "entities=Item&"):
        qbo.answer_next(matching, 400, fault_body("5020", "not like this"))
    qbo.refuse_queries("FROM Item", "5020")
    drain(organization)
    found = SyncRun.objects.filter(pk__in=[run.pk for run in runs]).order_by("pk")
    assert list(found.values_list("status", "error_code")) == [("failed", "5020"), ("succeeded", "")]
    assert phone_of(customer) == "9"


def test_a_retry_reads_what_the_failed_run_did_not(qbo, organization, customer, asked):
    refuse(qbo, "Customer", "4001")
    run = pull(organization, "customers")
    qbo.understand_queries()
    again = rerunning.retry(run, asked=asked)
    drain(organization)
    again.refresh_from_db()
    assert (again.status, again.succeeded, phone_of(customer)) == ("succeeded", 1, "9")


@pytest.mark.parametrize("kind", ["server_error", "unavailable", "broken_json", "cut_off", "answer_lost"])
def test_a_read_that_nobody_answers_is_asked_again(qbo, organization, customer, kind):
    qbo.mishap(kind, matching="/cdc")
    run = pull(organization, "customers")
    assert (run.status, run.succeeded, qbo.calls["cdc"]) == ("succeeded", 1, 2)
    assert phone_of(customer) == "9"


def test_an_outage_that_lasts_is_said_and_loses_nothing(qbo, organization, customer):
    before = cursor(organization).changed_since
    qbo.mishap("unavailable", count=4)
    run = pull(organization, "customers")
    assert run.error["code"] == "unreachable"
    assert cursor(organization).changed_since == before
    pull(organization, "customers")
    assert phone_of(customer) == "9"


def test_a_lapsed_subscription_leaves_reading_alone(qbo, organization, customer):
    qbo.switch(subscription_lapsed=True)
    assert pull(organization, "customers").status == "succeeded"
    assert phone_of(customer) == "9"


UNREADABLE = {"PrimaryEmailAddr": "not an object"}


def feed(*customers: dict) -> str:
    body = {
        "CDCResponse": [{"QueryResponse": [{"Customer": customers, "maxResults": len(customers)}]}],
        "time": "2026-10-01T00:00:00.000-07:00",
    }
    return json.dumps(body, default=str)


def test_one_document_that_cannot_be_read_fails_alone_and_says_why(qbo, organization, customer):
    there = qbo.read("Customer", customer.qbo_id)
    qbo.answer_next("/cdc", 200, feed(there | UNREADABLE | {"Id": "99"}, there))
    run = pull(organization, "customers")
    assert (run.status, run.succeeded, run.failed, run.skipped) == ("partly_failed", 1, 1, 0)
    assert phone_of(customer) == "9"
    [failed] = run.jobs.filter(outcome="failed")
    assert (failed.quickbooks_id, failed.label, failed.record_id) == ("99", "Customer 99", None)
    assert failed.message == (
        "Finmo cannot read its PrimaryEmailAddr as QuickBooks tells it, so it was left as it is here. Open it in "
        "QuickBooks and save it again; if that does not help, contact Finmo support."
    )


@pytest.mark.parametrize("strange", [{"Id": {}}, {"Id": None}, {"Id": None, **UNREADABLE}])
def test_not_even_the_id_of_a_document_has_to_be_readable(qbo, organization, customer, strange):
    there = qbo.read("Customer", customer.qbo_id)
    qbo.answer_next("/cdc", 200, feed(there | strange, there))
    run = pull(organization, "customers")
    assert (run.succeeded, run.failed) == (1, 1)
    assert run.jobs.get(outcome="failed").quickbooks_id == ""


def test_a_document_that_cannot_be_read_is_not_taken_for_deleted(qbo, organization, customer):
    strange = qbo.read("Customer", customer.qbo_id) | UNREADABLE
    body = {"QueryResponse": {"Customer": [strange], "startPosition": 1, "maxResults": 1}}
    qbo.answer_next("query?query=SELECT+%2A+FROM+Customer", 200, json.dumps(body, default=str))
    run = pull(organization, "customers", include_new=True)
    customer.refresh_from_db()
    assert customer.is_active
    [failed] = run.jobs.all()
    assert (run.status, failed.record_id, failed.label) == ("failed", customer.pk, customer.name)


@pytest.mark.parametrize("options", [{"include_new": True}, {"compare": True}])
def test_what_has_no_id_that_can_be_read_is_not_taken_for_deleted(qbo, organization, customer, options):
    """It may be the one that was asked for."""

    def lose_ids(answer):
        for row in answer["QueryResponse"].get("Customer", []):
            row["Id"] = {}

    for _ in range(4):
        qbo.alter_next("/query", lose_ids)
    run = pull(organization, "customers", **options)
    customer.refresh_from_db()
    assert customer.is_active
    assert run.jobs.filter(outcome="failed", quickbooks_id="").exists()


def test_a_record_that_cannot_be_read_again_says_so(qbo, organization, customer, asked):
    strange = qbo.read("Customer", customer.qbo_id) | UNREADABLE
    body = {"QueryResponse": {"Customer": [strange]}}
    qbo.answer_next("/query", 200, json.dumps(body, default=str))
    run = linking.read_again(organization, "customers", [customer.pk], asked=asked)
    drain(organization)
    assert [job.outcome for job in run.jobs.all()] == ["failed"]


def test_two_pulls_that_are_refused_both_say_why(qbo, organization, customer, asked):
    runs = [services.pull(organization, entity, asked=asked) for entity in ("customers", "items")]
    for _ in range(3):
        refuse(qbo, "", "4002")
    drain(organization)
    found = SyncRun.objects.filter(pk__in=[run.pk for run in runs]).values_list("status", "error_code")
    assert list(found) == [("failed", "4002")] * 2
    assert Customer.objects.filter(organization=organization).count() == 1
