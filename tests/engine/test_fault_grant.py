"""Faults of the whole company: nothing fails, work waits with a reason, and goes on when somebody acted."""

import pytest
from django.utils import timezone

from integrations import services
from integrations.models import Connection, SyncJob, SyncState
from tests.engine.by_hand import done
from tests.factories import make_customer, make_invoice, pull, push
from tests.quickbooks import drain

# The lower-case envelope of the gateway, as reported (contract section 9.1).
NOT_AUTHORIZED = """{"fault":{"error":[{"message":"message=ApplicationAuthorizationFailed; errorCode=003100;
 statusCode=403","detail":null,"code":"3100"}],"type":"SERVICE"}}""".replace("\n", "")


def connection_of(organization) -> Connection:
    return Connection.objects.get(organization=organization)


def tokens_asked(qbo) -> int:
    return qbo.control(f"{qbo.realm}/calls/", method="GET")["token"]


def assert_waiting(run, customers, code: str):
    """No record failed: they stay queued, and the run says what it waits for."""
    assert (run.status, run.error["code"]) == ("waiting", code)
    assert run.error["message"] and run.error["remedy"]
    assert (run.failed, run.succeeded) == (0, 0)
    assert {customer.sync_state for customer in customers} == {SyncState.QUEUED}
    assert {customer.sync_error_code for customer in customers} == {""}
    assert set(run.jobs.values_list("status", flat=True)) == {SyncJob.Status.QUEUED}


@pytest.mark.parametrize("as_xml", [False, True])
def test_an_expired_token_is_refreshed_once(qbo, customers, as_xml):
    qbo.switch(denials_as_xml=as_xml)
    before = connection_of(customers[0].organization)
    qbo.mishap("token_expired")
    run = push(*customers)
    after = connection_of(run.organization)
    assert (run.status, tokens_asked(qbo)) == ("succeeded", 1)
    assert after.access_token != before.access_token
    assert after.token_version == before.token_version + 1


def test_a_token_of_few_minutes_is_used_until_it_is_half_gone(qbo, organization, customers):
    """Were each refreshed five minutes ahead like one of an hour, every call would bring a refresh along."""
    Connection.objects.filter(organization=organization).update(access_expires_at=timezone.now())
    qbo.alter_next("/tokens/bearer", lambda answer: answer.update(expires_in=240))
    assert push(*customers).status == "succeeded"
    # A look for the names, and the batch that makes them.
    assert (qbo.calls["query"], qbo.calls["batch"], tokens_asked(qbo)) == (1, 1, 1)


def test_a_fresh_token_that_is_refused_too_needs_a_person(qbo, customers, organization):
    qbo.mishap("token_expired", count=2)
    run = push(*customers)
    assert_waiting(run, customers, "needs_reconnect")
    assert tokens_asked(qbo) == 1


def test_a_revoked_grant_waits_and_goes_on_after_reconnecting(qbo, customers, organization, admin_user):
    qbo.mishap("grant_revoked", matching="/batch")
    run = push(*customers)
    assert_waiting(run, customers, "needs_reconnect")
    assert connection_of(organization).status == Connection.Status.NEEDS_RECONNECT
    with pytest.raises(services.NotConnected) as refusal:
        push(*customers)
    assert refusal.value.code == "needs_reconnect"
    qbo.connect(organization, admin_user)
    done(run, *customers)
    assert (run.status, run.succeeded, run.error) == ("succeeded", 3, None)
    assert len(qbo.all("Customer")) == 3


def test_a_grant_that_dies_while_batches_are_open_loses_nothing(qbo, organization, admin_user, asked):
    customers = [make_customer(organization) for _ in range(65)]
    run = services.push(organization, "customers", asked=asked, ids=[customer.pk for customer in customers])
    qbo.during_next_call(lambda: qbo.mishap("grant_revoked", matching="/batch"))
    drain(organization)
    run.refresh_from_db()
    assert (run.status, run.succeeded, run.failed) == ("waiting", 0, 0)
    qbo.connect(organization, admin_user)
    done(run)
    assert (run.status, run.succeeded) == ("succeeded", 65)
    assert len(qbo.all("Customer")) == 65


def test_an_app_that_the_company_did_not_authorize_needs_reconnect(qbo, customers, organization, admin_user):
    qbo.answer_next("/batch", 403, NOT_AUTHORIZED)
    run = push(*customers)
    assert_waiting(run, customers, "needs_reconnect")
    assert tokens_asked(qbo) == 0
    qbo.connect(organization, admin_user)
    done(run, *customers)
    assert run.status == "succeeded"


def test_a_person_who_lost_their_rights_needs_reconnect_without_a_refresh(qbo, customers):
    qbo.mishap("rights_lost", matching="/batch")
    run = push(*customers)
    assert_waiting(run, customers, "needs_reconnect")
    assert tokens_asked(qbo) == 0


def test_a_pull_waits_too_and_goes_on_after_reconnecting(qbo, organization, admin_user):
    qbo.make("Customer", {"DisplayName": "Made there"})
    qbo.mishap("grant_revoked")
    run = pull(organization, "customers", include_new=True)
    assert (run.status, run.error["code"]) == ("waiting", "needs_reconnect")
    qbo.connect(organization, admin_user)
    done(run)
    assert (run.status, run.succeeded) == ("succeeded", 1)


def test_our_own_wrong_secret_disconnects_nobody(qbo, customers, organization, asked):
    Connection.objects.filter(organization=organization).update(access_expires_at=None)
    qbo.answer_next("/oauth2/v1/tokens/bearer", 401, '{"error":"invalid_client"}')
    run = push(*customers)
    assert_waiting(run, customers, "misconfigured")
    connection = connection_of(organization)
    assert (connection.status, connection.pause) == (
        Connection.Status.CONNECTED,
        Connection.Pause.MISCONFIGURED,
    )
    assert connection.refresh_token
    later = make_customer(organization)
    services.push(organization, "customers", asked=asked, ids=[later.pk])
    done(run, *customers)
    assert (run.status, run.succeeded) == ("succeeded", 3)


def test_a_lapsed_subscription_pauses_pushes_and_a_click_resumes_them(qbo, customers, organization, asked):
    qbo.switch(subscription_lapsed=True)
    run = push(*customers)
    assert_waiting(run, customers, "subscription_lapsed")
    assert connection_of(organization).status == Connection.Status.CONNECTED
    calls = qbo.calls["batch"]
    drain(organization)
    assert qbo.calls["batch"] == calls, "while it is paused nothing is tried"
    qbo.switch(subscription_lapsed=False)
    later = make_customer(organization)
    services.push(organization, "customers", asked=asked, ids=[later.pk])
    done(run, *customers)
    assert (run.status, run.succeeded) == ("succeeded", 3)


def test_a_lapse_in_the_middle_of_a_batch_keeps_what_went_through(qbo, customers):
    lapsed, *others = customers
    qbo.fault_item(lapsed.name, "6190", detail="Subscription period has ended")
    run = push(*customers)
    assert (run.status, run.error["code"]) == ("waiting", "subscription_lapsed")
    assert (run.succeeded, run.failed) == (2, 0)
    assert (lapsed.sync_state, lapsed.sync_error) == (SyncState.QUEUED, None)
    assert all(other.accounting_synced for other in others)


@pytest.mark.parametrize("code", ["130", "140", "150"])
def test_a_locked_company_is_tried_again_later(qbo, customers, code):
    locked, *_ = customers
    qbo.fault_item(locked.name, code, detail="The company is under maintenance")
    run = push(*customers)
    assert (run.status, run.error["code"], run.succeeded, run.failed) == ("waiting", code, 2, 0)
    done(run, locked)
    assert (run.status, run.succeeded, run.error) == ("succeeded", 3, None)


def test_documents_wait_with_their_contacts(qbo, organization, admin_user, asked):
    customer = make_customer(organization)
    push(customer)
    invoice = make_invoice(organization, customer)
    qbo.mishap("grant_revoked")
    run = push(invoice)
    assert (run.status, invoice.sync_state) == ("waiting", SyncState.QUEUED)
    qbo.connect(organization, admin_user)
    done(run, invoice)
    assert run.status == "succeeded" and invoice.accounting_synced
