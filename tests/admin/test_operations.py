"""Operations: failures by cause and their retry, workers, webhooks' delays, calls against the limits."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django_q.status import Stat, Status

from integrations.admin.charts import HEIGHT, columns
from integrations.admin.watching import forecast
from integrations.broker import DatabaseBroker
from integrations.groups import account_managers
from integrations.models import (
    CallCount,
    Configuration,
    Heartbeat,
    Lane,
    Organization,
    SyncRun,
    SyncState,
    WebhookReceipt,
)
from integrations.tasks import sweep
from receivables.models import Invoice
from tests.admin.conftest import messages_of, signed_in
from tests.conftest import make_user
from tests.engine.test_webhooks import event, post
from tests.factories import make_customer, make_invoice, push
from tests.quickbooks import drain

OPERATIONS = "/admin/integrations/syncrun/operations/"
RETRY = "/admin/integrations/syncjob/causes/retry/"


def failed(organization, code: str, number: int = 1) -> list[Invoice]:
    invoices = [make_invoice(organization) for _ in range(number)]
    Invoice.objects.filter(pk__in=[each.pk for each in invoices]).update(
        sync_state=SyncState.FAILED, sync_error_code=code
    )
    return invoices


def organization_page(organization) -> str:
    return reverse("admin:integrations_organization_change", args=[organization.pk])


def asked_for(organization, code: str, **fields) -> dict:
    return {"organization": organization.pk, "entity": "invoices", "code": code, **fields}


# --- failures by cause ------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["operations", "organization"])
def test_failures_with_one_cause_are_one_line_that_leads_to_all_of_them(superuser, connected, page):
    failed(connected, "no_default_account", 40)
    failed(connected, "6000")

    shown = superuser.get(OPERATIONS if page == "operations" else organization_page(connected))

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
def test_an_account_manager_sees_what_stops_a_merchant_without_seeing_its_records(connected, code):
    manager = make_user("manager@finmo.example", is_staff=True)
    manager.groups.add(account_managers())
    failed(connected, code, 3)

    for address in (OPERATIONS, organization_page(connected)):
        page = signed_in(manager).get(address)
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


# --- workers ----------------------------------------------------------------------------------


class Sentinel:
    """What django-q's own process would tell of itself."""

    def __init__(self, cluster_id: str, broker):
        self.cluster_id, self.broker = cluster_id, broker
        self.pid = self.parent_pid = 4711
        self.tob = timezone.now()
        self.reincarnations, self.monitor, self.pusher, self.pool = 0, None, None, []

        class Empty:
            @staticmethod
            def qsize() -> int:
                return 0

        self.result_queue = self.task_queue = Empty()

    def status(self) -> str:
        return "Idle"


def test_a_worker_on_the_database_is_seen_while_it_lives(superuser, db):
    assert "No worker is alive" in superuser.get(OPERATIONS).content.decode()
    stat = Stat(Sentinel("one", DatabaseBroker()))
    stat.save()

    assert [row[0] for row in superuser.get(OPERATIONS).context["workers"]["rows"]] == [f"{stat.host}:4711"]
    Heartbeat.objects.update(seen_at=timezone.now() - timedelta(seconds=30))
    assert superuser.get(OPERATIONS).context["workers"]["rows"] == []


def test_signs_of_life_are_written_every_few_seconds_only(db, django_assert_num_queries):
    broker = DatabaseBroker()
    Heartbeat.objects.create(key="old", status="", seen_at=timezone.now() - timedelta(days=2))
    broker.set_stat("one", "first", 3)
    with django_assert_num_queries(0):
        broker.set_stat("one", "second", 3)
    assert list(Heartbeat.objects.values_list("key", "status")) == [("one", "first")]
    assert (broker.get_stat("one"), broker.get_stat("two")) == ("first", None)


def test_a_queue_that_does_not_answer_is_told(superuser, monkeypatch, settings):
    from redis import ConnectionError as Lost

    def refuse():
        raise Lost

    monkeypatch.setattr(Stat, "get_all", staticmethod(refuse))
    assert "The queue does not answer" in superuser.get(OPERATIONS).content.decode()


def test_a_state_that_somebody_else_signed_is_no_worker(db):
    Heartbeat.objects.create(key="forged", status="x:y")
    assert Stat.get_all(DatabaseBroker()) == []
    assert isinstance(Stat.get(1, "unknown", DatabaseBroker()), Status)


def test_who_holds_a_lease_is_shown_with_whom_they_work_for(superuser, organization):
    Lane.objects.update(holder="web-7:4711:abcdef", expires_at=timezone.now() + timedelta(seconds=40))
    assert superuser.get(OPERATIONS).context["lease_holders"]["rows"][0][1] == "web-7:4711"
    Lane.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert superuser.get(OPERATIONS).context["lease_holders"]["rows"] == []


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


# --- calls against the limits -----------------------------------------------------------------


def count(organization, kind: str, calls: int, day: date | None = None, **fields) -> None:
    CallCount.objects.create(
        organization=organization, kind=kind, calls=calls, day=day or datetime.now(UTC).date(), **fields
    )


def test_metered_reads_are_counted_apart_from_writes_and_tokens(superuser, organization):
    other = Organization.objects.create(slug="other", name="Other")
    count(organization, "query", 100, busiest_minute=143)
    count(organization, "cdc", 20)
    count(organization, "batch", 7)
    count(organization, "write", 3)
    count(organization, "token", 1000)
    count(other, "read", 400)

    calls = superuser.get(OPERATIONS).context["calls"]

    assert (calls["reads"], calls["writes"], calls["limit"]) == (520, 10, 500_000)
    first, second = calls["table"]["rows"]
    assert (first[1], second[1], second[3], second[5]) == ("400", "120", "10", "143 of 500")


def test_the_table_says_what_the_counter_counted(superuser, qbo, organization):
    CallCount.objects.all().delete()
    push(make_customer(organization))
    row = superuser.get(OPERATIONS).context["calls"]["table"]["rows"][0]
    assert (row[1], row[3]) == (str(qbo.calls["query"]), str(qbo.calls["batch"]))
    assert int(row[4].removesuffix(" of 500")) >= qbo.calls.total() == 2


def test_a_forecast_beyond_the_free_tier_warns(superuser, organization, settings):
    settings.QBO_METERED_READS_PER_MONTH = 1000
    count(organization, "query", 900)
    count(organization, "query", 900, datetime.now(UTC).date() - timedelta(days=1))
    assert superuser.get(OPERATIONS).context["calls"]["over"]
    assert "more than Intuit's free tier allows" in superuser.get(OPERATIONS).content.decode().replace(
        "&#x27;", "'"
    )


@pytest.mark.parametrize(
    ("sums", "now", "expected"),
    [
        # Ten days and a half of thirty are gone, 700 reads in the last seven whole days: 100 a day for 19.5 days.
        ({"reads": 1000, "recent": 700, "first": date(2026, 11, 4)}, datetime(2026, 11, 11, 12), 2950),
        # Two whole days of experience.
        ({"reads": 300, "recent": 200, "first": date(2026, 11, 9)}, datetime(2026, 11, 11), 2300),
        # The first day: its own pace, half a day 50, so 100 a day for 29.5 days.
        ({"reads": 50, "recent": 0, "first": date(2026, 11, 1)}, datetime(2026, 11, 1, 12), 3000),
        ({"reads": 0, "recent": 0, "first": None}, datetime(2026, 11, 1, 12), 0),
    ],
)  # fmt: skip
def test_the_forecast_goes_on_as_the_last_seven_days_went(sums, now, expected):
    assert forecast(sums, now.replace(tzinfo=UTC)) == expected
