"""What runs by itself: when, what of it, and what happens while it may not."""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from django_q.models import OrmQ

from integrations import tasks
from integrations.models import Configuration, Connection, Organization, SyncRun, Trigger
from integrations.sync import auto
from tests.factories import make_customer, make_invoice, pull, push
from tests.quickbooks import answer_bells

MONDAY = "2026-11-23 08:00Z"


@pytest.fixture
def time():
    with time_machine.travel(MONDAY) as traveller:
        yield traveller


@pytest.fixture
def company(time, qbo):
    """Connected on Monday morning."""
    return qbo


def switch_on(organization, *names: str) -> None:
    configuration = Configuration.objects.get(organization=organization)
    for name in names:
        setattr(configuration, name, True)
    configuration.save(update_fields=list(names))


def started() -> list[tuple[str, str]]:
    runs = SyncRun.objects.filter(trigger=Trigger.SCHEDULE).order_by("pk")
    return list(runs.values_list("entity", "direction"))


def tick_and_work() -> None:
    tasks.tick()
    answer_bells()


def test_what_is_switched_on_runs_at_once_and_then_at_its_interval(company, organization, time):
    switch_on(organization, "contacts_auto_sync", "receivables_auto_pull")
    tick_and_work()
    assert sorted(started()) == [("beneficiaries", "pull"), ("customers", "pull"), ("invoices", "pull")]
    tick_and_work()
    assert len(started()) == 3
    time.shift(timedelta(minutes=15))
    tick_and_work()
    assert started()[3:] == [("invoices", "pull")]


def test_contacts_run_weekly(company, organization, time):
    switch_on(organization, "contacts_auto_sync")
    tick_and_work()
    time.shift(timedelta(days=7, minutes=-1))
    tick_and_work()
    assert len(started()) == 2
    time.shift(timedelta(minutes=1))
    tick_and_work()
    assert len(started()) == 4


def test_what_a_person_did_by_hand_just_before_does_not_postpone_what_is_switched_on(company, organization):
    pull(organization, "invoices")
    tick_and_work()
    assert not started()
    switch_on(organization, "receivables_auto_pull")
    tasks.tick()
    tasks.tick()
    answer_bells()
    assert started() == [("invoices", "pull")]


def test_what_waits_here_is_pushed_and_nothing_makes_no_run(company, organization, time):
    invoice = make_invoice(organization, make_customer(organization))
    push(invoice, with_contacts=True)
    switch_on(organization, "receivables_auto_push")
    tick_and_work()
    assert not started()
    last = Configuration.objects.get(organization=organization).receivables_last_pushed_at
    assert SyncRun.objects.latest("pk").finished_at < last <= timezone.now()
    invoice.memo = "New"
    invoice.save()
    time.shift(timedelta(minutes=15))
    tick_and_work()
    assert started() == [("invoices", "push")]
    assert company.read("Invoice", invoice.qbo_id)["CustomerMemo"] == {"value": "New"}


def test_a_schedule_missed_while_the_workers_were_down_runs_once(company, organization, time):
    switch_on(organization, "receivables_auto_pull")
    tick_and_work()
    time.shift(timedelta(days=3))
    for _ in range(5):
        tasks.tick()
        answer_bells()
        time.shift(timedelta(minutes=1))
    assert started() == [("invoices", "pull")] * 2


def test_a_bell_that_was_lost_is_rung_again(company, organization, time):
    switch_on(organization, "receivables_auto_pull")
    tasks.tick()
    OrmQ.objects.all().delete()
    time.shift(timedelta(minutes=1))
    tasks.tick()
    assert not OrmQ.objects.exists(), "it may still be on its way"
    time.shift(auto.RUNG)
    tick_and_work()
    assert started() == [("invoices", "pull")]


def test_a_run_that_is_not_done_is_not_started_a_second_time(company, organization, time):
    switch_on(organization, "receivables_auto_pull", "payables_auto_pull")
    auto.start(organization.pk)
    time.shift(timedelta(minutes=15))
    auto.start(organization.pk)
    assert sorted(started()) == [("bills", "pull"), ("invoices", "pull")]


def test_two_workers_that_answer_start_once(company, organization):
    switch_on(organization, "receivables_auto_pull")
    assert len(auto.start(organization.pk)) == 1
    assert auto.start(organization.pk) == []


def connection_with(organization, **columns) -> None:
    Connection.objects.filter(organization=organization).update(**columns)


@pytest.mark.parametrize(
    ("paused", "resumed"),
    [
        ({"status": "needs_reconnect", "pause": "needs_reconnect"}, {"status": "connected", "pause": ""}),
        ({"status": "not_connected"}, {"status": "connected"}),
        ({"pause": "misconfigured"}, {"pause": ""}),
        ({"pause": "subscription_lapsed"}, {"pause": ""}),
    ],
)
def test_what_cannot_run_waits_and_runs_once_when_the_cause_is_gone(
    company, organization, time, paused, resumed
):
    switch_on(organization, "receivables_auto_pull")
    connection_with(organization, **paused)
    for _ in range(3):
        tick_and_work()
        time.shift(timedelta(minutes=15))
    assert not started()
    connection_with(organization, **resumed)
    tick_and_work()
    assert started() == [("invoices", "pull")]


def test_an_organization_that_is_switched_off_waits_with_the_reason_and_goes_on_when_it_is_on_again(
    company, organization, time
):
    switch_on(organization, "receivables_auto_pull")
    auto.start(organization.pk)
    Organization.objects.filter(pk=organization.pk).update(quickbooks_enabled=False)
    company.reset_calls()
    tasks.drain(organization.pk)
    run = SyncRun.objects.get(trigger=Trigger.SCHEDULE)
    assert (run.status, run.error["code"], company.calls.total()) == ("waiting", "not_enabled", 0)
    tasks.sweep()
    assert not OrmQ.objects.exists()
    Organization.objects.filter(pk=organization.pk).update(quickbooks_enabled=True)
    tasks.sweep()
    answer_bells()
    run.refresh_from_db()
    assert (run.status, run.error) == ("succeeded", None)


def test_a_revoked_grant_pauses_the_schedule_and_reconnecting_resumes_it(
    company, organization, admin_user, time, client
):
    switch_on(organization, "receivables_auto_pull")
    company.mishap("grant_revoked")
    tick_and_work()
    run = SyncRun.objects.get(trigger=Trigger.SCHEDULE)
    assert (run.status, run.error["code"]) == ("waiting", "needs_reconnect")
    client.force_login(admin_user)
    page = client.get("/settings/integrations/quickbooks/").content.decode()
    assert "QuickBooks has to be reconnected before anything can be synced." in page
    company.connect(organization, admin_user)
    tasks.sweep()
    answer_bells()
    run.refresh_from_db()
    assert run.status == "succeeded"


def test_a_lapsed_subscription_is_said_and_tried_again_every_hour(
    company, organization, admin_user, time, client
):
    push(make_customer(organization, name="Known"))
    invoice = make_invoice(organization, make_customer(organization))
    company.switch(subscription_lapsed=True)
    switch_on(organization, "contacts_auto_sync", "receivables_auto_push")
    tick_and_work()
    client.force_login(admin_user)
    page = client.get("/settings/integrations/quickbooks/").content.decode()
    assert "The QuickBooks subscription has ended, so nothing is synced for now." in page
    company.switch(subscription_lapsed=False)
    time.shift(timedelta(minutes=61))
    tasks.sweep()
    tick_and_work()
    invoice.customer.refresh_from_db()
    assert invoice.customer.accounting_synced


def test_an_idle_organization_with_everything_on_costs_one_call(company, organization, time):
    push(make_invoice(organization, make_customer(organization)), with_contacts=True)
    switch_on(organization, *Configuration.SWITCHES)
    tick_and_work()
    for shift in (timedelta(minutes=15), timedelta(hours=3), timedelta(days=3)):
        time.shift(shift)
        company.reset_calls()
        tick_and_work()
        assert company.calls == Counter(cdc=1), shift
    assert set(SyncRun.objects.filter(trigger=Trigger.SCHEDULE).values_list("status", flat=True)) == {
        "succeeded"
    }


def test_once_a_week_the_tick_compares_each_list_too(company, organization, time):
    """One call more for each 1,000 customers, beneficiaries, invoices and bills; then a week of one call again."""
    push(make_invoice(organization, make_customer(organization)), with_contacts=True)
    switch_on(organization, *Configuration.SWITCHES)
    tick_and_work()
    for shift, calls in ((timedelta(days=7), Counter(cdc=1, query=4)), (timedelta(hours=3), Counter(cdc=1))):
        time.shift(shift)
        company.reset_calls()
        tick_and_work()
        assert company.calls == calls, shift
