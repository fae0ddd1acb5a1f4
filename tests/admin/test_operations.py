"""Operations: failures by cause and their retry, what happened by day, and webhooks' delays."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from integrations.admin.charts import HEIGHT, columns
from integrations.models import (
    Configuration,
    Connection,
    Organization,
    QueueStep,
    SyncJob,
    SyncRun,
    SyncState,
    WebhookReceipt,
)
from integrations.tasks import sweep
from receivables.models import Invoice
from tests.admin.conftest import messages_of
from tests.admin.journal import make_job
from tests.admin.pages import OPERATIONS, at
from tests.engine.test_webhooks import event, post
from tests.factories import make_invoice
from tests.quickbooks import drain

RETRY = "/admin/integrations/syncjob/causes/retry/"


def failed(organization, code: str, number: int = 1) -> list[Invoice]:
    invoices = [make_invoice(organization) for _ in range(number)]
    Invoice.objects.filter(pk__in=[each.pk for each in invoices]).update(
        sync_state=SyncState.FAILED, sync_error_code=code
    )
    return invoices


def asked_for(organization, code: str, **fields) -> dict:
    return {"organization": organization.pk, "entity": "invoices", "code": code, **fields}


# --- failures by cause ------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["operations", "organization"])
def test_failures_with_one_cause_are_one_line_that_leads_to_all_of_them(superuser, connected, page):
    failed(connected, "no_default_account", 40)
    failed(connected, "6000")

    shown = superuser.get(OPERATIONS if page == "operations" else at(connected))

    first, second = shown.context["causes"]
    assert (first.cause.count, second.cause.count) == (40, 1)
    assert "40 invoices failed to sync: no account chosen." in shown.content.decode()
    assert superuser.get(first.records_url).context["cl"].result_count == 40


def test_a_cause_is_retried_in_one_run_and_staff_return_to_where_they_were(superuser, staff, connected):
    failed(connected, "6000", 3)

    answer = superuser.post(
        RETRY,
        asked_for(connected, "6000"),
        headers={"referer": f"http://testserver{OPERATIONS}"},
        follow=True,
    )

    run = SyncRun.objects.get()
    assert (run.total, run.trigger, run.requested_by) == (3, "admin", staff)
    assert answer.redirect_chain[0][0].endswith(OPERATIONS)
    assert "3 go out again." in messages_of(answer)[0]


def test_what_would_fail_again_is_not_offered_and_refused(superuser, connected):
    failed(connected, "number_too_long")
    line = superuser.get(OPERATIONS).context["causes"][0]
    assert [repair.label for repair in line.repairs] == ["Open the record"]

    answer = superuser.post(RETRY, asked_for(connected, "number_too_long"), follow=True)

    assert "Shorten the number" in messages_of(answer)[0]
    assert not SyncRun.objects.exists()


@pytest.mark.parametrize(
    "permissions",
    [
        ("integrations.view_syncrun", "receivables.view_invoice", "integrations.view_organization"),
        ("integrations.view_syncrun", "contacts.change_customer"),
        ("integrations.change_syncjob", "integrations.change_organization"),
    ],
)
def test_staff_who_may_not_change_the_records_neither_see_nor_press_retry(staff_with, connected, permissions):
    failed(connected, "6000")
    client = staff_with(*permissions)

    page = client.get(OPERATIONS)
    assert RETRY not in page.content.decode()
    assert client.post(RETRY, asked_for(connected, "6000")).status_code == 403
    assert not SyncRun.objects.exists()


def test_pushing_contacts_along_needs_their_permission_too(staff_with, connected):
    failed(connected, "contact_not_synced")
    both = asked_for(connected, "contact_not_synced", with_contacts="1")

    assert staff_with("receivables.change_invoice").post(RETRY, both).status_code == 403
    support = staff_with("receivables.change_invoice", "contacts.change_customer")
    assert support.post(RETRY, both).status_code == 302
    assert sorted(SyncRun.objects.values_list("entity", flat=True)) == ["customers", "invoices"]


def test_only_lines_of_records_that_one_may_see_are_shown_and_the_page_says_that_there_are_more(
    staff_with, connected
):
    blind = staff_with("integrations.view_syncrun")
    assert "Nothing has failed that still waits for a repair." in blind.get(OPERATIONS).content.decode()

    failed(connected, "6000")

    page = blind.get(OPERATIONS)
    assert page.context["causes"] == []
    assert "There are failures, of records that you may not see." in page.content.decode()
    assert "Nothing has failed" not in page.content.decode()


@pytest.mark.parametrize("code", ["same_name_different_email", "contact_not_synced", "no_default_account"])
def test_an_account_manager_sees_what_stops_a_merchant_without_seeing_its_records(manager, connected, code):
    failed(connected, code, 3)

    for address in (OPERATIONS, at(connected)):
        page = manager.get(address)
        [line] = page.context["causes"]
        assert line.cause.count == 3 and line.records_url == ""
        assert "3 invoices failed to sync" in page.content.decode()
        assert "/admin/receivables/" not in page.content.decode() and RETRY not in page.content.decode()


def test_staff_without_the_permission_have_no_operations(staff_with):
    assert staff_with("receivables.change_invoice").get(OPERATIONS).status_code == 403


@pytest.mark.parametrize("fields", [{"entity": "accounts"}, {"organization": "x"}, {"organization": "999"}])
def test_what_does_not_exist_is_not_found(superuser, connected, fields):
    assert superuser.post(RETRY, asked_for(connected, "6000") | fields).status_code == 404
    assert superuser.get(RETRY).status_code == 405


# --- days -------------------------------------------------------------------------------------


def test_runs_and_failures_are_drawn_by_day_with_the_same_in_words(superuser, organization):
    for status, number in (("succeeded", 0), ("failed", 3), ("partly_failed", 2)):
        SyncRun.objects.create(
            organization=organization, direction="push", entity="invoices", trigger="api", status=status,
            failed=number,
        )  # fmt: skip
    old = SyncRun.objects.create(organization=organization, direction="push", entity="bills", trigger="api")
    SyncRun.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=20))

    runs, failures = superuser.get(OPERATIONS).context["charts"]

    assert runs.summary == "Runs per day: 1 runs without failures, 2 runs with failures in 14 days."
    assert failures.rows[-1][1] == [5]
    assert len(runs.rows) == 14


def test_columns_stand_on_the_ground_and_reach_the_top_at_most():
    days = [date(2026, 11, 1), date(2026, 11, 2)]
    chart = columns(
        "Runs", days, [("good", "good", {days[0]: 1, days[1]: 300}), ("bad", "bad", {days[1]: 100})]
    )

    assert [(bar.x, bar.y + bar.height) for bar in chart.bars] == [(0, HEIGHT), (30, HEIGHT), (30, 24)]
    assert min(bar.y for bar in chart.bars) == 0
    assert min(bar.height for bar in chart.bars) == 2
    assert columns("Runs", [], []).bars == []


# --- webhooks ---------------------------------------------------------------------------------


def test_a_webhook_is_timed_from_quickbooks_event_to_the_pull_that_read_it(
    client, superuser, settings, qbo, organization
):
    Configuration.objects.filter(organization=organization).update(receivables_auto_pull=True)
    happened = timezone.now() - timedelta(minutes=3)
    told = event(qbo.realm) | {"time": happened.isoformat()}
    earlier = event(qbo.realm, qbo_id="2") | {"time": (happened - timedelta(minutes=1)).isoformat()}
    post(client, settings, [told, earlier, event(qbo.realm, "bill")])

    receipts = {each.entity: each for each in WebhookReceipt.objects.all()}
    assert {name: (each.events, each.awaited) for name, each in receipts.items()} == {
        "invoices": (2, True),
        "bills": (1, False),
    }
    assert receipts["invoices"].happened_at == happened - timedelta(minutes=1)
    assert superuser.get(OPERATIONS).context["webhooks"]["rows"][0][-1].startswith("1, since")
    drain(organization)
    answered = WebhookReceipt.objects.get(entity="invoices")
    assert answered.answered_at >= answered.received_at
    assert WebhookReceipt.objects.get(entity="bills").answered_at is None
    last_day = superuser.get(OPERATIONS).context["webhooks"]["rows"][0]
    assert (last_day[1], last_day[3], last_day[-1]) == ("3", "4 min", "0")


def test_receipts_are_kept_for_some_weeks_only(organization):
    for days in (1, 40):
        WebhookReceipt.objects.create(
            organization=organization, entity="bills", received_at=timezone.now() - timedelta(days=days)
        )
    sweep()
    assert WebhookReceipt.objects.count() == 1


def test_operations_counts_connections_runs_and_the_queue(superuser, connected):
    soon = Organization.objects.create(slug="soon", name="Soon Ltd", quickbooks_enabled=True)
    Connection.objects.filter(organization=soon).update(
        status="connected",
        realm_id="5",
        refresh_expires_at=timezone.now() + timedelta(days=29),
        refresh_hard_expires_at=timezone.now() + timedelta(days=900),
    )
    Connection.objects.filter(organization=connected).update(
        refresh_expires_at=timezone.now() + timedelta(days=31)
    )
    make_job(connected, status="queued", record_id=1)
    SyncJob.objects.update(created_at=timezone.now() - timedelta(hours=5))
    failed = make_job(connected, outcome="failed", code="06240")
    # Those of a long run that have no job yet are in the queue, too.
    QueueStep.objects.create(
        organization=connected, run=failed.run, ids=[2, 3], size=2, first_id=2, last_id=3
    )

    context = superuser.get(OPERATIONS).context

    figures = {figure["name"]: figure["value"].replace("\xa0", " ") for figure in context["figures"]}
    assert figures == {
        "Queue depth": "3",
        "Oldest queued job": "5 hours",
        "Unfinished runs": "2",
        "Open conflicts": "0",
    }
    assert ">2</a>" in context["connections"]["rows"][1][1]
    assert [row[1] for row in context["expiring"]["rows"]] == ["—"]
    assert "Soon Ltd" in context["expiring"]["rows"][0][0]
