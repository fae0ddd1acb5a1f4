"""The fault table in admin: how often, for whom, what was unknown, and that every button can be pressed."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from integrations.causes import Cause
from integrations.faults import TABLE, Button, explain
from integrations.models import (
    Connection,
    Organization,
    SyncJob,
    SyncState,
)
from receivables.models import Invoice
from tests.admin.journal import make_job
from tests.admin.pages import FAULTS
from tests.factories import make_customer, make_invoice

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


# --- every button is there ----------------------------------------------------------------------
# tests/repairs presses one of each kind to its end.


@pytest.fixture
def causes(connected) -> dict[str, Invoice]:
    """An invoice for each code of the table, failed for it."""
    customer = make_customer(connected)
    failed = {code: make_invoice(connected, customer) for code in TABLE}
    for code, invoice in failed.items():
        invoice.sync_state, invoice.sync_error_code = SyncState.FAILED, code
    Invoice.objects.bulk_update(failed.values(), ["sync_state", "sync_error_code"])
    return failed


def lines_in_cockpit(client, organization) -> dict:
    """{code: line}: the cockpit has all causes of its merchant, and codes that mean the same in one line."""
    lines = client.get(cockpit(organization)).context["causes"]
    return {code: line for line in lines for code in line.cause.entry.codes}


def cockpit(organization) -> str:
    return reverse("admin:integrations_organization_change", args=[organization.pk])


def test_each_entry_of_the_table_offers_its_button_to_who_may_press_it(superuser, connected, causes):
    lines = lines_in_cockpit(superuser, connected)
    assert lines.keys() == TABLE.keys()
    for code, entry in TABLE.items():
        cause, offered = lines[code].cause, {repair.label for repair in lines[code].repairs}
        many = cause.count > 1
        retry = {"Retry all" if many else "Retry"} if cause.retryable else set()
        expected = {
            Button.NONE: retry,
            Button.RETRY: retry,
            Button.SYNC_CONTACT: {"Push the contact too"},
            **dict.fromkeys(IN_SETTINGS, {entry.button.label} | retry),
            **dict.fromkeys(ON_THE_RECORD, {"Open the records" if many else entry.button.label} | retry),
            Button.OPEN_QUICKBOOKS: {"Open in QuickBooks"} | retry,
        }
        assert offered == expected[entry.button], code


def test_each_button_leads_to_where_one_can_act(superuser, settings, connected, causes):
    for code, line in lines_in_cockpit(superuser, connected).items():
        for repair in line.repairs:
            if repair.elsewhere:
                assert repair.url.startswith(f"{settings.QBO_API_BASE_URL}/app/"), code
            elif repair.fields:
                assert superuser.post(repair.url, dict(repair.fields)).status_code == 302, code
            elif not repair.url.startswith(cockpit(connected)):
                listed = superuser.get(repair.url).context["cl"].result_list
                assert causes[code].pk in [each.pk for each in listed], code
    waiting = set(Invoice.objects.filter(sync_state=SyncState.FAILED).values_list("pk", flat=True))
    assert waiting == {causes[code].pk for code in TABLE if not sent_again(code)}


def sent_again(code: str) -> bool:
    """Whether a press sends it although nothing was repaired."""
    return Cause(0, "invoices", TABLE[code], 1).retryable or TABLE[code].button == Button.SYNC_CONTACT


@pytest.mark.parametrize("code", [next(iter(with_button(each))) for each in Button if each != Button.NONE])
def test_the_page_of_a_failed_record_has_the_button_too(superuser, connected, failed, code):
    invoice, button = failed(code), TABLE[code].button
    page = superuser.get(page_of(invoice)).content.decode()
    tab = "#configuration" if button in (Button.CHOOSE_ACCOUNT, Button.CHOOSE_TAX_CODE) else ""
    expected = {
        **dict.fromkeys(IN_SETTINGS, f'href="{cockpit(connected)}{tab}"'),
        Button.LINK: f'href="/admin/receivables/invoice/{invoice.pk}/link/"',
        Button.RENAME: 'name="number"',
        Button.OPEN_RECORD: 'name="number"',
        Button.RETRY: f'action="/admin/receivables/invoice/{invoice.pk}/press/push/"',
        Button.SYNC_CONTACT: f'action="/admin/receivables/invoice/{invoice.pk}/press/push-with-contact/"',
        Button.OPEN_QUICKBOOKS: ">Open in QuickBooks</a>",
    }
    assert expected[button] in page


def test_settings_are_offered_to_those_only_who_may_change_them(staff_with, connected, causes):
    support = staff_with("integrations.view_organization", "receivables.change_invoice")
    lines = lines_in_cockpit(support, connected)
    for code in with_button(*IN_SETTINGS):
        assert {repair.label for repair in lines[code].repairs} <= {"Retry", "Retry all"}, code


def test_a_reconnect_is_offered_while_the_grant_lives_too(superuser, connected):
    """Where the person who connected lost their rights, another one has to."""
    page = superuser.get(reverse("admin:integrations_organization_change", args=[connected.pk]))
    assert connected.connection.status != "needs_reconnect"
    assert "Reconnect QuickBooks" in page.content.decode()
    Connection.objects.update(status="needs_reconnect")
    assert "Reconnect QuickBooks" in superuser.get(page.request["PATH_INFO"]).content.decode()


def test_every_code_of_the_fault_table_is_on_the_page(superuser):
    lines = superuser.get(FAULTS).context["lines"]

    assert {code for line in lines for code in line.codes} == set(TABLE)


def test_faults_are_counted_by_what_they_mean_and_the_unknown_ones_too(superuser, organization):
    for code in ("6240", "06240", "3100", "3200", "99999"):
        make_job(organization, outcome="failed", code=code)
    make_job(organization, outcome="failed", code="6240")
    SyncJob.objects.filter(pk=SyncJob.objects.last().pk).update(
        created_at=timezone.now() - timedelta(days=31)
    )

    met = [line for line in superuser.get(FAULTS).context["lines"] if line.times]

    assert {(line.entry.title, line.times) for line in met} == {
        ("Connection to QuickBooks has ended", 2),
        ("Name is taken in QuickBooks", 2),
        ("Unknown error", 1),
    }


def test_a_counted_fault_leads_to_its_jobs(superuser, organization):
    make_job(organization, label="taken", outcome="failed", code="6240")
    make_job(organization, label="other", outcome="failed", code="2500")
    line = next(line for line in superuser.get(FAULTS).context["lines"] if line.times)

    jobs = superuser.get(line.jobs_url).context["cl"].result_list

    assert [explain(job.code).title for job in jobs] == [line.entry.title]
