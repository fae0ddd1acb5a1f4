from decimal import Decimal

import pytest

from contacts.models import Customer
from integrations.models import Connection, SyncJob, SyncRun
from tests.factories import make_bill, make_customer, make_invoice, push
from tests.quickbooks import drain


def finished(api, run):
    return api.get(f"sync-runs/{run['id']}/").json()


def test_a_push_answers_202_with_the_run_and_goes_through(qbo, api, organization):
    customers = [make_customer(organization, name=name) for name in ("Alpha", "Bravo")]
    answer = api.post("customers/sync/", {"ids": [each.pk for each in customers]})
    assert answer.status_code == 202
    run = answer.json()
    assert answer["Location"] == f"http://testserver/api/v1/sync-runs/{run['id']}/"
    assert run == {
        "id": run["id"],
        "direction": "push",
        "entity": "customers",
        "trigger": "api",
        "status": "queued",
        "total": 2,
        "done": 0,
        "succeeded": 0,
        "failed": 0,
        "skipped": 0,
        "requested_by": "accountant@acme.example",
        "created_at": run["created_at"],
        "started_at": None,
        "finished_at": None,
        "error": None,
        "retry_of": None,
    }
    drain(organization)
    done = finished(api, run)
    assert (done["status"], done["done"], done["succeeded"]) == ("succeeded", 2, 2)
    assert done["finished_at"]
    shown = api.get(f"customers/{customers[0].pk}/").data
    assert (shown["sync_state"], shown["accounting_synced"]) == ("synced", True)
    assert shown["quickbooks_id"] and shown["accounting_synced_at"]


def test_all_unsynced_takes_what_is_not_in_step(qbo, api, organization):
    push(make_customer(organization))
    make_customer(organization)
    assert api.post("customers/sync/", {"all_unsynced": True}).data["total"] == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"ids": []},
        {"ids": ["x"]},
        {"ids": None},
        {"all_unsynced": False},
        {"ids": [1], "all_unsynced": True},
    ],
)
def test_a_push_must_say_of_what(qbo, api, body):
    assert api.post("customers/sync/", body).status_code == 400
    assert not SyncRun.objects.filter(direction="push").exists()


def test_an_id_that_is_not_ones_own_is_404_and_nothing_is_queued(qbo, api, organization, as_stranger):
    own = make_customer(organization)
    foreign = as_stranger.post("customers/", {"name": "Foreign"}).data["id"]
    answer = api.post("customers/sync/", {"ids": [own.pk, foreign]})
    assert (answer.status_code, answer.data["code"]) == (404, "not_found")
    assert not SyncJob.objects.filter(entity="customers").exists()


def test_without_a_connection_every_action_is_409(api, organization):
    invoice = make_invoice(organization)
    answers = [
        api.post("customers/sync/", {"ids": [invoice.customer_id]}),
        api.post("customers/pull/"),
        api.post("accounts/pull/"),
        api.post(f"invoices/{invoice.pk}/void/"),
    ]
    assert {(answer.status_code, answer.data["code"]) for answer in answers} == {(409, "not_connected")}


def test_an_integration_that_is_not_switched_on_is_not_connected(api, organization):
    organization.quickbooks_enabled = False
    organization.save()
    answer = api.post("customers/pull/")
    assert answer.data["code"] == "not_connected"
    assert "not switched on" in answer.data["detail"]


def test_a_dead_grant_is_409_needs_reconnect(qbo, api, organization):
    Connection.objects.filter(organization=organization).update(status=Connection.Status.NEEDS_RECONNECT)
    answer = api.post("customers/pull/")
    assert (answer.status_code, answer.data["code"]) == (409, "needs_reconnect")


def test_what_is_bound_to_fail_is_accepted_and_fails_alone(qbo, api, organization):
    invoice = make_invoice(organization)
    run = api.post("invoices/sync/", {"ids": [invoice.pk]})
    assert run.status_code == 202
    drain(organization)
    assert finished(api, run.data)["status"] == "failed"
    [record] = api.get(f"sync-runs/{run.data['id']}/records/").json()["results"]
    assert record == {
        "id": record["id"],
        "entity": "invoices",
        "record": invoice.pk,
        "label": invoice.number,
        "outcome": "failed",
        "code": "contact_not_synced",
        "message": "The customer or beneficiary on this document is not in QuickBooks yet.",
        "remedy": "Sync the contact first, then sync this document again.",
        "quickbooks_id": None,
        "intuit_tid": None,
        "finished_at": record["finished_at"],
    }
    assert api.get(f"invoices/{invoice.pk}/").data["sync_error"] == {
        name: record[name] for name in ("code", "message", "remedy")
    }


def test_contacts_may_go_along(qbo, api, organization):
    bill = make_bill(organization)
    run = api.post("bills/sync/", {"ids": [bill.pk], "with_contacts": True}).data
    drain(organization)
    assert finished(api, run)["status"] == "succeeded"


def test_a_waiting_record_has_no_outcome_yet(qbo, api, organization):
    run = api.post("customers/sync/", {"ids": [make_customer(organization).pk]}).data
    [record] = api.get(f"sync-runs/{run['id']}/records/").json()["results"]
    assert (record["outcome"], record["code"], record["finished_at"]) == (None, None, None)


def test_records_of_a_run_are_filtered(qbo, api, organization):
    good = make_customer(organization, name="Good")
    bad = make_customer(organization, name="Bad", currency="XAF")
    run = api.post("customers/sync/", {"ids": [good.pk, bad.pk]}).data
    drain(organization)
    path = f"sync-runs/{run['id']}/records/"
    assert [row["label"] for row in api.get(f"{path}?outcome=failed").data["results"]] == ["Bad"]
    assert [row["label"] for row in api.get(f"{path}?search=goo").data["results"]] == ["Good"]
    assert finished(api, run)["status"] == "partly_failed"


def test_what_failed_is_retried_in_a_new_run(qbo, api, organization):
    invoice = make_invoice(organization)
    failed = push(invoice)
    push(invoice.customer)
    answer = api.post(f"sync-runs/{failed.pk}/retry/")
    assert answer.status_code == 202
    assert answer.data["retry_of"] == failed.pk
    drain(organization)
    assert finished(api, answer.data)["status"] == "succeeded"


def test_a_run_without_failures_has_nothing_to_retry(qbo, api, organization):
    run = push(make_customer(organization))
    answer = api.post(f"sync-runs/{run.pk}/retry/")
    assert (answer.status_code, answer.data["code"]) == (409, "nothing_to_retry")


def test_runs_are_listed_newest_first_and_filtered(qbo, api, organization):
    push(make_customer(organization))
    failed = push(make_invoice(organization))
    ids = [row["id"] for row in api.get("sync-runs/").data["results"]]
    assert failed.pk in ids and ids == sorted(ids, reverse=True)
    assert [row["id"] for row in api.get("sync-runs/?status=failed&direction=push").data["results"]] == [
        failed.pk
    ]
    assert api.get("sync-runs/?entity=invoices").data["count"] == 1


def test_runs_of_others_do_not_exist(qbo, as_stranger, organization):
    run = push(make_customer(organization))
    assert as_stranger.get("sync-runs/").data["count"] == 0
    for path in ("", "records/"):
        assert as_stranger.get(f"sync-runs/{run.pk}/{path}").status_code == 404
    assert as_stranger.post(f"sync-runs/{run.pk}/retry/").status_code == 404


def test_a_pull_refreshes_linked_contacts_and_adds_new_ones_on_request(qbo, api, organization):
    known = make_customer(organization, name="Known")
    push(known)
    qbo.change("Customer", known.qbo_id, CompanyName="Known Ltd")
    qbo.make("Customer", {"DisplayName": "Unknown"})
    for body, expected in ((None, 1), ({"include_new": True}, 2)):
        run = api.post("customers/pull/", body)
        assert run.status_code == 202
        drain(organization)
        assert finished(api, run.data)["status"] == "succeeded"
        assert Customer.objects.count() == expected
    assert api.get(f"customers/{known.pk}/").data["company_name"] == "Known Ltd"


@pytest.mark.parametrize(
    "entity", ["customers", "beneficiaries", "items", "accounts", "tax-codes", "invoices", "bills"]
)
def test_everything_can_be_pulled(qbo, api, organization, entity):
    run = api.post(f"{entity}/pull/").data
    drain(organization)
    assert finished(api, run)["status"] == "succeeded"


@pytest.mark.parametrize(("path", "make"), [("invoices", make_invoice), ("bills", make_bill)])
def test_a_document_is_voided_once_quickbooks_agreed(qbo, api, organization, path, make):
    document = make(organization)
    push(document, with_contacts=True)
    run = api.post(f"{path}/{document.pk}/void/")
    assert run.status_code == 202
    assert (run.data["direction"], run.data["total"]) == ("void", 1)
    assert api.get(f"{path}/{document.pk}/").data["status"] != "voided"
    drain(organization)
    shown = api.get(f"{path}/{document.pk}/").data
    assert shown["status"] == "voided"
    assert Decimal(shown["balance"]) == 0
    assert api.patch(f"{path}/{document.pk}/", {"memo": "x"}).data["code"] == "voided_record"


def test_what_was_deleted_in_quickbooks_is_not_voided(qbo, api, organization):
    invoice = make_invoice(organization)
    type(invoice).objects.filter(pk=invoice.pk).update(ended="deleted")
    answer = api.post(f"invoices/{invoice.pk}/void/")
    assert (answer.status_code, answer.data["code"]) == (409, "deleted_record")
