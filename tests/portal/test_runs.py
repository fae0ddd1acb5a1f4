"""Sync history: progress, the sentence at the end, what became of each record, retrying, a lost worker."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations import reconciling
from integrations.models import Lane, SyncRun
from tests.factories import make_customer, make_invoice, push
from tests.quickbooks import drain, drained_after

from .pages import buttons_of, fragment, text_of


def make_run(organization, **fields) -> SyncRun:
    defaults = {
        "direction": "push",
        "entity": "invoices",
        "trigger": "portal",
        "status": "running",
        "total": 430,
    }
    return SyncRun.objects.create(organization=organization, **(defaults | fields))


def aged(run: SyncRun, minutes: int) -> SyncRun:
    SyncRun.objects.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(minutes=minutes))
    Lane.objects.update(holder="", expires_at=timezone.now() - timedelta(minutes=minutes))
    return run


def progress(browser, run: SyncRun):
    return fragment(browser, f"/sync-history/{run.pk}/progress/")


def test_a_running_run_says_how_far_it_is_and_asks_again(organization, browser):
    run = make_run(organization, succeeded=118, failed=2)
    answer = progress(browser, run)
    assert "Syncing 120 of 430 · 2 failed" in text_of(answer)
    html = answer.content.decode()
    assert 'max="430" value="120"' in html
    assert 'hx-trigger="load delay:1s, again"' in html


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"status": "succeeded", "total": 3, "succeeded": 3}, "3 of 3 invoices synced."),
        (
            {"status": "partly_failed", "total": 1200, "succeeded": 1100, "skipped": 98, "failed": 2},
            "1,100 of 1,200 invoices synced, 98 needed nothing, 2 failed.",
        ),
        ({"status": "succeeded", "total": 0}, "Everything is in step already: no invoices to send."),
        ({"status": "succeeded", "total": 0, "direction": "pull"}, "Nothing has changed in QuickBooks"),
        (
            {
                "status": "failed",
                "total": 0,
                "error_code": "unreachable",
                "error_message": "QuickBooks gave no usable answer.",
            },
            "QuickBooks gave no usable answer.",
        ),
    ],
)
def test_a_finished_run_ends_in_a_sentence_and_asks_no_more(organization, browser, fields, sentence):
    answer = progress(browser, make_run(organization, finished_at=timezone.now(), **fields))
    assert sentence in text_of(answer)
    assert "hx-get" not in answer.content.decode() and "<progress" not in answer.content.decode()
    assert "run-finished" in answer["HX-Trigger-After-Settle"]


def test_a_run_on_which_no_worker_works_says_so_after_two_minutes(organization, browser):
    run = aged(make_run(organization, status="queued"), minutes=3)
    lost = progress(browser, run)
    assert "Finmo's worker is not running" in text_of(lost)
    assert "<progress" not in lost.content.decode() and "delay:5s" in lost.content.decode()
    assert "Finmo's worker is not running" not in text_of(progress(browser, aged(run, minutes=1)))


def test_a_worker_that_holds_the_lane_is_at_work_however_long_a_run_takes(organization, browser):
    run = aged(make_run(organization), minutes=30)
    Lane.objects.update(holder="worker", expires_at=timezone.now() + timedelta(seconds=30))
    assert "not running" not in text_of(progress(browser, run))


def test_a_waiting_run_says_what_it_waits_for(organization, browser):
    message = "QuickBooks no longer accepts Finmo's connection to your company."
    run = make_run(
        organization,
        status="waiting",
        error_code="needs_reconnect",
        error_message=message,
        error_remedy="Press Reconnect.",
    )
    answer = text_of(progress(browser, aged(run, minutes=30)))
    assert message in answer and "Press Reconnect." in answer and "worker" not in answer


def test_the_history_lists_who_what_and_when_and_is_filtered_in_the_address(
    organization, browser, accountant
):
    make_run(organization, status="failed", requested_by=accountant)
    make_run(organization, direction="pull", entity="accounts", trigger="schedule", status="succeeded")
    everything = text_of(browser.get("/sync-history/"))
    assert "What All Sync to QuickBooks Pull from QuickBooks" in everything
    assert "Sync invoices to QuickBooks" in everything and "accountant@acme.example" in everything
    assert "Pull accounts from QuickBooks" in everything and "Schedule" in everything
    assert "Sync invoices to" not in text_of(browser.get("/sync-history/?direction=pull"))
    assert "Pull accounts from" not in text_of(browser.get("/sync-history/?status=failed&entity=invoices"))
    assert "Nothing matches." in text_of(browser.get("/sync-history/?status=waiting"))


def test_a_run_names_each_record_with_outcome_message_and_remedy(qbo, organization, browser):
    good = make_customer(organization)
    push(good)
    first, second = make_invoice(organization, good), make_invoice(organization)
    run = push(first, second)
    page = browser.get(f"/sync-history/{run.pk}/")
    for seen in (
        first.number,
        second.number,
        "Created",
        "Failed",
        "Sync the contact first",
        "1 of 2 invoices synced, 1 failed.",
    ):
        assert seen in text_of(page)
    assert {"Retry failed", "Sync the contact too", "Copy for support"} <= buttons_of(page)
    only_failed = text_of(browser.get(f"/sync-history/{run.pk}/?outcome=failed"))
    assert second.number in only_failed and first.number not in only_failed


def test_a_run_of_many_documents_reads_their_contacts_at_once(
    qbo, organization, browser, django_assert_max_num_queries
):
    customers = [make_customer(organization, name=f"Blue: {index}") for index in range(4)]
    push(*customers)
    run = push(*(make_invoice(organization, customer) for customer in customers))
    with django_assert_max_num_queries(10) as asked:
        page = browser.get(f"/sync-history/{run.pk}/")
    assert page.content.decode().count(">Edit the customer</a>") == 4, len(asked)


def test_retry_failed_starts_a_new_run_over_what_failed(qbo, organization, browser):
    invoice = make_invoice(organization)
    failed = push(invoice)
    push(invoice.customer)
    answer = fragment(browser, f"/sync-history/{failed.pk}/retry/", {})
    again = SyncRun.objects.first()
    assert again.retry_of == failed and f'data-run="{again.pk}"' in answer.content.decode()
    drain(organization)
    invoice.refresh_from_db()
    assert invoice.accounting_synced


def test_a_run_without_failures_has_nothing_to_retry(organization, browser):
    run = make_run(organization, status="succeeded", total=1, succeeded=1, finished_at=timezone.now())
    assert "Retry failed" not in buttons_of(browser.get(f"/sync-history/{run.pk}/"))
    assert "nothing to retry" in text_of(fragment(browser, f"/sync-history/{run.pk}/retry/", {}))


@pytest.mark.parametrize("direction", ["reconcile", "pull"])
def test_what_failed_as_a_whole_can_be_retried_where_it_says_so(qbo, organization, browser, direction):
    run = make_run(
        organization,
        direction=direction,
        status="failed",
        total=0,
        finished_at=timezone.now(),
        options={"as_of": "2026-10-31"} if direction == "reconcile" else {},
        error_code="unreachable",
        error_message="The connection was lost.",
        error_remedy="Press Retry to read it again.",
    )
    assert {"Retry", "Retry failed"} & buttons_of(browser.get(f"/sync-history/{run.pk}/")) == {"Retry"}
    fragment(browser, f"/sync-history/{run.pk}/retry/", {})
    assert SyncRun.objects.first().retry_of == run


def test_a_repair_that_left_something_open_can_be_retried(qbo, organization, browser, asked):
    bad = make_invoice(organization)
    push(bad.customer)
    reconciling.reconcile(organization, "receivables", asked=asked)
    drain(organization)
    statement = reconciling.newest(organization, "receivables")
    qbo.fault_item(bad.number, "6000", message="A business rule")
    run = reconciling.repair(statement, "push", asked=asked, kind="only_in_finmo")
    drain(organization)
    assert "Retry failed" in buttons_of(browser.get(f"/sync-history/{run.pk}/"))
    fragment(browser, f"/sync-history/{run.pk}/retry/", {})
    drain(organization)
    assert SyncRun.objects.get(retry_of=run).status == "succeeded"
    assert "Retry failed" not in buttons_of(browser.get(f"/sync-history/{run.pk}/"))


def test_a_started_run_follows_through_all_pages_until_its_end_was_seen(qbo, organization, browser):
    make_customer(organization)
    fragment(browser, "/customers/", {"scope": "all"})
    run = SyncRun.objects.first()
    mark = f'data-run="{run.pk}"'
    assert mark in browser.get("/").content.decode()
    drain(organization)
    assert "1 of 1 customer synced." in text_of(fragment(browser, f"/sync-history/{run.pk}/progress/"))
    assert f'hx-get="/sync-history/{run.pk}/progress/"' not in browser.get("/payables/").content.decode()
    assert mark not in browser.get("/payables/").content.decode()


def test_a_run_that_ends_while_a_list_is_read_is_followed_on(qbo, organization, browser):
    """Or the list would go on showing what was before, with a run beside it that has ended."""
    make_customer(organization)
    fragment(browser, "/customers/", {"scope": "all"})
    run = SyncRun.objects.first()

    with drained_after(organization, 'FROM "contacts_customer"') as ended:
        page = browser.get("/customers/").content.decode()

    assert ended and f'hx-get="/sync-history/{run.pk}/progress/"' in page


def test_a_run_in_the_tray_can_be_put_away(organization, browser):
    organization.connection.status, organization.connection.realm_id = "connected", "1"
    organization.connection.save()
    make_customer(organization)
    fragment(browser, "/customers/", {"scope": "all"})
    run = SyncRun.objects.get()
    answer = fragment(browser, "/sync-history/tray/", {"run": run.pk})
    assert f'data-run="{run.pk}"' not in answer.content.decode()
