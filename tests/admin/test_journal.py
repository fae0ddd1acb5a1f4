import pytest
from django.urls import reverse
from django.utils import timezone

from integrations.models import (
    Conflict,
    PushBatch,
    SyncJob,
    SyncRun,
    Trigger,
)
from tests.admin.conftest import messages_of
from tests.admin.journal import failed_run, make_conflict, make_job, make_run
from tests.admin.pages import FAULTS, OPERATIONS, at, press
from tests.factories import make_customer, make_invoice


def test_a_run_shows_how_far_it_is_and_asks_again_until_it_ends(superuser, organization):
    run = make_run(organization, status=SyncRun.Status.RUNNING, total=430, succeeded=118, failed=2)
    running = superuser.get(at(run)).content.decode()
    assert "Syncing 120 of 430 · 2 failed" in running
    assert "hx-trigger" in running

    SyncRun.objects.update(
        status=SyncRun.Status.SUCCEEDED, succeeded=430, failed=0, finished_at=timezone.now()
    )
    assert "every 3s" not in superuser.get(at(run)).content.decode()


def test_a_run_lists_its_failures_first(superuser, organization):
    run = make_run(organization, status=SyncRun.Status.PARTLY_FAILED, total=31, succeeded=30, failed=1)
    for number in range(30):
        make_job(organization, run=run, label=f"good {number}", outcome="created")
    make_job(organization, run=run, label="bad", outcome="failed", code="6240")

    rows = superuser.get(at(run)).context["jobs_table"]["rows"]

    assert rows[0][0] == "bad"
    assert len(rows) == 25


def test_a_run_leads_to_its_records_for_those_who_may_see_them(superuser, staff_with, connected):
    customer = make_customer(connected)
    run = failed_run(connected, customer)
    page = f"/admin/contacts/customer/{customer.pk}/change/"

    assert page in superuser.get(at(run)).content.decode()
    support = staff_with("integrations.view_syncrun", "integrations.view_syncjob")
    assert page not in support.get(at(run)).content.decode()


def test_a_running_run_renews_its_jobs_along_with_its_progress(superuser, organization):
    shown = superuser.get(at(make_run(organization, total=3))).content.decode()
    assert 'hx-select-oob="#jobs"' in shown and 'id="jobs"' in shown


def test_retrying_a_run_makes_a_new_one_over_what_failed(superuser, staff, connected):
    customer = make_customer(connected)
    run = failed_run(connected, customer)

    answer = press(superuser, run, "retry")

    again = SyncRun.objects.get(retry_of=run)
    assert answer["Location"] == at(again)
    assert (again.trigger, again.requested_by, again.total) == (Trigger.ADMIN, staff, 1)


def test_runs_are_retried_from_the_list_and_refusals_are_told(superuser, connected):
    bad, good = failed_run(connected, make_customer(connected)), make_run(connected, status="succeeded")

    answer = superuser.post(
        reverse("admin:integrations_syncrun_changelist"),
        {"action": "retry_selected", "_selected_action": [bad.pk, good.pk]},
        follow=True,
    )

    assert SyncRun.objects.filter(retry_of=bad).count() == 1
    assert any("Nothing failed in this run" in message for message in messages_of(answer))


def test_jobs_are_retried_in_one_run_for_each_organization_and_entity(superuser, connected):
    customers = [make_customer(connected), make_customer(connected)]
    invoice = make_invoice(connected, customers[0])
    failed_run(connected, *customers)
    make_job(connected, entity="invoices", record_id=invoice.pk, outcome="failed", code="2500")
    make_job(connected, record_id=make_customer(connected).pk, outcome="created")
    earlier = set(SyncRun.objects.values_list("pk", flat=True))

    superuser.post(
        reverse("admin:integrations_syncjob_changelist"),
        {"action": "retry_selected", "_selected_action": [job.pk for job in SyncJob.objects.all()]},
    )

    again = SyncRun.objects.exclude(pk__in=earlier)
    assert sorted(again.values_list("entity", "total")) == [("customers", 2), ("invoices", 1)]


def test_a_void_for_another_company_is_not_retried(superuser, connected):
    invoice = make_invoice(connected)
    run = make_run(
        connected, direction="void", entity="invoices", status="failed", error_code="different_company"
    )
    job = make_job(
        connected, run=run, direction="void", entity="invoices", record_id=invoice.pk, outcome="failed",
        code="different_company",
    )  # fmt: skip
    told = press(superuser, job, "retry", follow=True)
    assert any("cannot be tried again" in each for each in messages_of(told))
    superuser.post(
        reverse("admin:integrations_syncjob_changelist"),
        {"action": "retry_selected", "_selected_action": [job.pk]},
    )
    assert list(SyncRun.objects.all()) == [run]


def test_a_failed_job_is_retried_from_its_page(superuser, connected):
    customer = make_customer(connected)
    failed_run(connected, customer)

    press(superuser, SyncJob.objects.get(), "retry")

    assert SyncJob.objects.get(status=SyncJob.Status.QUEUED).record_id == customer.pk


def test_a_job_whose_record_is_gone_does_not_hold_up_the_others(superuser, connected):
    gone, here = make_customer(connected), make_customer(connected)
    failed_run(connected, gone, here)
    gone.delete()

    superuser.post(
        reverse("admin:integrations_syncjob_changelist"),
        {"action": "retry_selected", "_selected_action": [job.pk for job in SyncJob.objects.all()]},
    )

    assert [job.record_id for job in SyncJob.objects.filter(status="queued")] == [here.pk]


def test_a_job_shows_what_it_changed_and_what_support_asks_for(superuser, organization):
    job = make_job(
        organization,
        before={"email": "old@acme.example"},
        after={"email": "new@acme.example", "lines": [{"item": "7", "amount": "80"}]},
        intuit_tid="1-66f-tid",
        detail="Duplicate Name Exists Error",
    )

    shown = superuser.get(at(job)).content.decode()

    for part in ("old@acme.example", "new@acme.example", "amount 80", "1-66f-tid", "Duplicate Name Exists"):
        assert part in shown


def test_a_job_leads_to_its_batch_for_those_who_may_see_what_was_sent(superuser, staff_with, organization):
    batch = PushBatch.objects.create(organization=organization, body="{}")
    job = make_job(organization, batch=batch)

    assert at(batch) in superuser.get(at(job)).content.decode()
    manager = staff_with("integrations.view_syncjob", "integrations.view_syncrun")
    shown = manager.get(at(job))
    assert shown.status_code == 200 and at(batch) not in shown.content.decode()


def test_a_batch_shows_its_body_with_the_numbers_as_they_were_sent(superuser, organization):
    batch = PushBatch.objects.create(organization=organization, body='{"Amount":12.50,"Name":"<Acme>"}')

    shown = superuser.get(at(batch)).content.decode()

    assert "&quot;Amount&quot;: 12.50," in shown
    assert "&lt;Acme&gt;" in shown


@pytest.mark.parametrize("view", ["change", "delete"])
def test_what_happened_cannot_be_changed_or_deleted(superuser, organization, view):
    for record in (
        make_job(organization),
        make_run(organization),
        PushBatch.objects.create(organization=organization, body="{}"),
        make_conflict(organization, make_customer(organization)),
    ):
        assert superuser.post(at(record, view), {"post": "yes", "label": "x"}).status_code == 403
        assert type(record).objects.filter(pk=record.pk).exists()


# --- rights -----------------------------------------------------------------------------------


def test_staff_without_permission_have_no_page_in_the_navigation_and_are_refused(staff_with, organization):
    client = staff_with("contacts.view_customer")
    index = client.get(reverse("admin:index")).content.decode()
    assert reverse("admin:contacts_customer_changelist") in index

    for page in (OPERATIONS, FAULTS, *(reverse(f"admin:integrations_{m}_changelist") for m in _MODELS)):
        assert f'"{page}"' not in index
        assert client.get(page).status_code == 403


_MODELS = ("organization", "syncrun", "syncjob", "pushbatch", "conflict", "account", "item", "taxcode")


def test_who_may_see_jobs_sees_faults_but_not_operations(staff_with):
    client = staff_with("integrations.view_syncjob")

    assert client.get(FAULTS).status_code == 200
    assert client.get(OPERATIONS).status_code == 403


@pytest.mark.parametrize("model", ["run", "job", "conflict"])
def test_staff_who_may_only_look_neither_retry_nor_decide(staff_with, connected, model):
    customer = make_customer(connected)
    run = failed_run(connected, customer)
    record = {"run": run, "job": run.jobs.get(), "conflict": make_conflict(connected, customer)}[model]
    client = staff_with(f"integrations.view_{record._meta.model_name}")
    button = "keep-finmo" if model == "conflict" else "retry"

    assert "/press/" not in client.get(at(record)).content.decode()
    assert press(client, record, button).status_code == 403
    client.post(
        reverse(f"admin:integrations_{record._meta.model_name}_changelist"),
        {"action": "retry_selected", "_selected_action": [record.pk]},
    )
    assert SyncRun.objects.count() == 1
    assert not Conflict.objects.filter(resolved_at__isnull=False).exists()


def test_nobody_but_staff_enters(client, admin_user, organization):
    client.force_login(admin_user)

    for page in (reverse("admin:index"), OPERATIONS, FAULTS):
        assert client.get(page).status_code == 302
    url = reverse("admin:integrations_organization_press", args=[organization.pk, "connect"])
    assert client.post(url)["Location"].startswith(reverse("admin:login"))
