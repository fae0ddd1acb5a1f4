"""The fault table in admin: how often, for whom, what was unknown, and that every button can be pressed."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from integrations.faults import TABLE, Button
from integrations.models import Connection, Organization, SyncRun, SyncState
from receivables.models import Invoice
from tests.admin.test_journal import make_job
from tests.factories import make_invoice

FAULTS = "/admin/integrations/syncjob/faults/"
OPERATIONS = "/admin/integrations/syncrun/operations/"
IN_SETTINGS = (Button.OPEN_SETTING, Button.RECONNECT, Button.CHOOSE_ACCOUNT, Button.CHOOSE_TAX_CODE)
ON_THE_RECORD = (Button.RENAME, Button.OPEN_RECORD, Button.LINK)


def with_button(*buttons: Button) -> list[str]:
    return [code for code, entry in TABLE.items() if entry.button in buttons]


@pytest.fixture
def failed(connected):
    """An invoice of a merchant whose books are set up, failed for this code."""

    def fail(code: str) -> Invoice:
        invoice = make_invoice(connected)
        Invoice.objects.filter(pk=invoice.pk).update(sync_state=SyncState.FAILED, sync_error_code=code)
        return invoice

    return fail


def line_of(client):
    (line,) = client.get(OPERATIONS).context["causes"]
    return line


def repair_named(client, label: str):
    return next(repair for repair in line_of(client).repairs if repair.label == label)


def page_of(invoice: Invoice) -> str:
    return reverse("admin:receivables_invoice_change", args=[invoice.pk])


# --- how often --------------------------------------------------------------------------------


def lines_of(client, **asked):
    return [line for line in client.get(FAULTS, asked).context["lines"] if line.times]


def test_faults_are_counted_per_period_and_per_organization(superuser, organization):
    other = Organization.objects.create(slug="other", name="Other")
    for merchant, days in ((organization, 0), (organization, 20), (other, 3), (other, 60)):
        job = make_job(merchant, outcome="failed", code="6240")
        type(job).objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(days=days))

    def times(**asked):
        return [(line.times, line.organizations) for line in lines_of(superuser, **asked)]

    assert times() == [(3, 2)]
    assert times(days=7) == [(2, 2)]
    assert times(days=90) == [(4, 2)]
    assert times(days=90, organization=other.pk) == [(2, 1)]
    assert times(days="x", organization="y") == [(3, 2)]


def test_a_number_leads_to_exactly_the_jobs_that_it_counts(superuser, organization):
    other = Organization.objects.create(slug="other", name="Other")
    for merchant in (organization, organization, other):
        make_job(merchant, outcome="failed", code="6240")
    (line,) = lines_of(superuser, organization=organization.pk)
    assert len(superuser.get(line.jobs_url).context["cl"].result_list) == line.times == 2


def test_an_unknown_code_is_counted_as_unknown_with_quickbooks_own_words(superuser, organization):
    make_job(organization, outcome="failed", code="6999", detail="An older word")
    make_job(organization, outcome="failed", code="6999", detail="Moon Phase Error : not on a Tuesday")
    make_job(organization, outcome="failed", code="6998", message="Une erreur")
    page = superuser.get(FAULTS)

    assert page.context["unknown"] == {"times": 3, "codes": 2}
    assert "3 times QuickBooks answered with a code that this table does not know (2 codes)" in " ".join(
        page.content.decode().split()
    )
    assert [(line.times, line.words) for line in page.context["lines"] if line.times] == [
        (2, "Moon Phase Error : not on a Tuesday"),
        (1, "Une erreur"),
    ]


def test_a_faults_page_shows_whom_it_met_by_day_and_what_it_stops(superuser, organization, failed):
    failed("6100")
    for code in ("6100", "6160", "2500"):
        make_job(organization, outcome="failed", code=code)
    page = superuser.get(f"{FAULTS}6160/")

    assert page.context["chart"].summary == "Times per day: 2 times in 30 days."
    assert [row[1] for row in page.context["met"]["rows"]] == ["2"]
    assert [line.cause.count for line in page.context["causes"]] == [1]
    assert "Moon" in superuser.get(self_made(organization)).content.decode()


def self_made(organization) -> str:
    make_job(organization, outcome="failed", code="6999", detail="Moon Phase Error")
    return f"{FAULTS}6999/"


@pytest.mark.parametrize("page", [FAULTS, f"{FAULTS}6240/"])
def test_who_may_not_see_jobs_sees_no_faults(staff_with, page):
    assert staff_with("receivables.change_invoice", "integrations.view_syncrun").get(page).status_code == 403


def test_every_entry_stands_on_the_page_with_its_actor_and_button(superuser):
    page = superuser.get(FAULTS)
    shown = {code: line.entry for line in page.context["lines"] for code in line.codes}
    assert shown.keys() == TABLE.keys()
    for code, entry in TABLE.items():
        assert (shown[code].actor, shown[code].button) == (entry.actor, entry.button)
        assert entry.actor.label and (entry.button.label or entry.button == Button.NONE)


# --- every button is pressed --------------------------------------------------------------------


def test_every_button_of_the_table_is_pressed_here():
    pressed = {*IN_SETTINGS, *ON_THE_RECORD, Button.RETRY, Button.SYNC_CONTACT, Button.OPEN_QUICKBOOKS}
    assert {entry.button for entry in TABLE.values()} == pressed | {Button.NONE}


@pytest.mark.parametrize("code", with_button(*IN_SETTINGS))
def test_a_setting_is_opened_where_it_can_be_changed(superuser, connected, failed, code):
    invoice, entry = failed(code), TABLE[code]

    for repair in (
        repair_named(superuser, entry.button.label),
        *superuser.get(page_of(invoice)).context["repairs"],
    ):
        opened = superuser.get(repair.url)
        assert opened.context["original"] == connected
        if entry.button in (Button.CHOOSE_ACCOUNT, Button.CHOOSE_TAX_CODE):
            assert "configuration-0-default_receivable_account" in opened.content.decode()
        else:
            assert "/press/connect/" in opened.content.decode()


@pytest.mark.parametrize("code", with_button(*ON_THE_RECORD))
def test_the_records_behind_it_are_opened_where_they_can_be_changed(superuser, failed, code):
    invoice, entry = failed(code), TABLE[code]

    listed = superuser.get(repair_named(superuser, entry.button.label).url)
    opened = superuser.get(page_of(invoice))

    assert [each.pk for each in listed.context["cl"].result_list] == [invoice.pk]
    assert 'name="number"' in opened.content.decode()
    if entry.button == Button.LINK:
        assert superuser.get(f"/admin/receivables/invoice/{invoice.pk}/link/").status_code == 200
        assert f"/admin/receivables/invoice/{invoice.pk}/link/" in opened.content.decode()


@pytest.mark.parametrize("code", with_button(Button.RETRY))
def test_a_retry_asks_for_the_record_again(superuser, connected, failed, code):
    invoice = failed(code)
    repair = repair_named(superuser, "Retry")

    assert superuser.post(repair.url, dict(repair.fields)).status_code == 302

    assert SyncRun.objects.get().total == 1
    assert Invoice.objects.get(pk=invoice.pk).sync_state == SyncState.QUEUED


@pytest.mark.parametrize("code", with_button(Button.SYNC_CONTACT))
def test_the_contact_is_pushed_along(superuser, failed, code):
    failed(code)
    repair = repair_named(superuser, "Push the contact too")

    superuser.post(repair.url, dict(repair.fields))

    assert sorted(SyncRun.objects.values_list("entity", "total")) == [("customers", 1), ("invoices", 1)]


@pytest.mark.parametrize("code", with_button(Button.OPEN_QUICKBOOKS))
def test_quickbooks_is_opened_and_what_was_repaired_there_is_retried(superuser, settings, failed, code):
    invoice = failed(code)
    repair = repair_named(superuser, "Open in QuickBooks")
    assert repair.elsewhere and repair.url.startswith(f"{settings.QBO_API_BASE_URL}/app/")
    assert superuser.get("/simulator/app/homepage")["Location"] == "/simulator/"

    retry = repair_named(superuser, "Retry")
    superuser.post(retry.url, dict(retry.fields))

    assert Invoice.objects.get(pk=invoice.pk).sync_state == SyncState.QUEUED


@pytest.mark.parametrize("code", with_button(Button.NONE))
def test_where_there_is_no_button_none_is_offered_but_to_try_again(superuser, failed, code):
    failed(code)
    assert {repair.label for repair in line_of(superuser).repairs} <= {"Retry"}


@pytest.mark.parametrize("code", with_button(*IN_SETTINGS))
def test_settings_are_offered_to_those_only_who_may_change_them(staff_with, failed, code):
    failed(code)
    support = staff_with(
        "integrations.view_syncrun", "integrations.view_organization", "receivables.change_invoice"
    )
    assert {repair.label for repair in line_of(support).repairs} <= {"Retry"}


def test_a_reconnect_is_offered_while_the_grant_lives_too(superuser, connected):
    """Where the person who connected lost their rights, another one has to."""
    page = superuser.get(reverse("admin:integrations_organization_change", args=[connected.pk]))
    assert connected.connection.status != "needs_reconnect"
    assert "Reconnect QuickBooks" in page.content.decode()
    Connection.objects.update(status="needs_reconnect")
    assert "Reconnect QuickBooks" in superuser.get(page.request["PATH_INFO"]).content.decode()
