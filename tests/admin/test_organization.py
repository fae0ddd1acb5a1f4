from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from integrations.models import (
    ConnectAttempt,
    Connection,
    Direction,
    Organization,
    SyncRun,
    Trigger,
)
from tests.admin.conftest import form_of, messages_of
from tests.admin.pages import at, press
from tests.factories import make_beneficiary, make_customer, make_invoice
from tests.quickbooks import QuickBooks


def switch(client, organization, on: bool):
    data = form_of(client.get(at(organization)))
    data.pop("quickbooks_enabled", None)
    return client.post(at(organization), data | ({"quickbooks_enabled": "on"} if on else {}))


@pytest.fixture
def switched_off(organization):
    Organization.objects.update(quickbooks_enabled=False)
    organization.refresh_from_db()
    return organization


def test_an_account_manager_switches_the_integration_on_and_the_history_says_so(manager, switched_off):
    switch(manager, switched_off, on=True)

    switched_off.refresh_from_db()
    assert switched_off.quickbooks_enabled
    entry = LogEntry.objects.get(change_message="Switched the QuickBooks integration on.")
    assert entry.user.username == "manager@finmo.example"
    assert entry.object_id == str(switched_off.pk)
    assert entry.action_time <= timezone.now()


def test_switching_off_stands_in_the_history_too(manager, organization):
    switch(manager, organization, on=False)

    organization.refresh_from_db()
    assert not organization.quickbooks_enabled
    assert LogEntry.objects.filter(change_message="Switched the QuickBooks integration off.").count() == 1


def test_other_staff_cannot_switch_even_with_a_forged_form(staff_with, switched_off):
    client = staff_with("integrations.change_organization")
    shown = client.get(at(switched_off))
    assert "Only members of the group Account Managers" in shown.content.decode()

    switch(client, switched_off, on=True)

    switched_off.refresh_from_db()
    assert not switched_off.quickbooks_enabled


def test_outside_production_nobody_switches_and_the_page_says_why(superuser, switched_off, settings):
    settings.FINMO_ENVIRONMENT = "sandbox"
    shown = superuser.get(at(switched_off)).content.decode()
    assert "production environment only. This one is sandbox." in shown

    switch(superuser, switched_off, on=True)

    switched_off.refresh_from_db()
    assert not switched_off.quickbooks_enabled


def test_a_new_organization_is_made_without_the_switch_by_who_may_not_use_it(staff_with):
    client = staff_with("integrations.add_organization")
    client.post(
        reverse("admin:integrations_organization_add"),
        {"name": "New", "slug": "new", "country": "SG", "currency": "SGD", "quickbooks_enabled": "on"},
    )

    assert not Organization.objects.get(slug="new").quickbooks_enabled


def test_the_cockpit_shows_the_company_and_both_clocks_but_no_token(superuser, connected):
    Connection.objects.filter(organization=connected).update(
        refresh_expires_at=timezone.now() + timezone.timedelta(days=12),
        refresh_hard_expires_at=timezone.now() + timezone.timedelta(days=900, hours=1),
        pause=Connection.Pause.SUBSCRIPTION_LAPSED,
        pause_detail="The trial ended.",
    )
    shown = superuser.get(at(connected)).content.decode()

    for part in ("Acme Books", "4620816365", "(11 days)", "(900 days)", "The trial ended.", "Connected"):
        assert part in shown
    assert "secret-access" not in shown
    assert "secret-refresh" not in shown


def test_connecting_leads_to_intuit_and_comes_back_to_the_cockpit(superuser, organization, staff):
    answer = press(superuser, organization, "connect")

    attempt = ConnectAttempt.objects.get()
    assert answer.status_code == 302
    assert "/simulator/connect/oauth2?" in answer["Location"]
    assert attempt.user == staff
    assert attempt.return_to == at(organization)
    assert attempt.redirect_uri == "http://testserver/integrations/quickbooks/callback/"


def test_staff_come_back_from_intuit_to_the_cockpit_of_a_connected_organization(
    http, superuser, staff, organization
):
    company = QuickBooks(http)
    address = press(superuser, organization, "connect")["Location"]
    state = parse_qs(urlsplit(address).query)["state"][0]
    returned = {"state": state, "code": company.consent(address), "realmId": company.realm}

    answer = superuser.get(reverse("quickbooks-callback"), returned)

    connection = Connection.objects.get(organization=organization)
    assert answer["Location"] == at(organization)
    assert (connection.status, connection.connected_by) == (Connection.Status.CONNECTED, staff)


def test_staff_whose_consent_was_declined_come_back_with_the_reason(superuser, organization):
    address = press(superuser, organization, "connect")["Location"]
    state = parse_qs(urlsplit(address).query)["state"][0]

    answer = superuser.get(
        reverse("quickbooks-callback"), {"state": state, "error": "access_denied"}, follow=True
    )

    assert answer.redirect_chain[-1][0] == at(organization)
    assert "declined at QuickBooks" in messages_of(answer)[0]


def test_connecting_what_is_switched_off_is_refused_in_words(superuser, switched_off):
    answer = press(superuser, switched_off, "connect", follow=True)

    assert not ConnectAttempt.objects.exists()
    assert "not switched on" in messages_of(answer)[0]


def test_disconnecting_asks_first_and_is_recorded(superuser, connected):
    url = reverse("admin:integrations_organization_press", args=[connected.pk, "disconnect"])
    assert "Ids and history stay" in superuser.get(url).content.decode()
    assert Connection.objects.get(organization=connected).connected

    superuser.post(url)

    connection = Connection.objects.get(organization=connected)
    assert connection.status == Connection.Status.NOT_CONNECTED
    assert connection.realm_id == "4620816365"
    assert LogEntry.objects.filter(change_message="Disconnected QuickBooks.").count() == 1


def test_a_link_to_a_button_presses_nothing(superuser, connected):
    url = reverse("admin:integrations_organization_press", args=[connected.pk, "pull-accounts"])

    assert superuser.get(url).status_code == 405
    assert not SyncRun.objects.exists()


@pytest.mark.parametrize("entity", ["accounts", "items", "tax-codes", "invoices", "bills"])
def test_each_list_can_be_read_from_quickbooks(superuser, staff, connected, entity):
    press(superuser, connected, f"pull-{entity}")

    run = SyncRun.objects.get()
    assert (run.organization, run.direction, run.entity) == (connected, Direction.PULL, entity)
    assert (run.trigger, run.requested_by) == (Trigger.ADMIN, staff)


def test_pushing_unsynced_contacts_queues_both_kinds_of_this_organization_alone(superuser, connected):
    make_customer(connected)
    make_beneficiary(connected)
    make_customer(Organization.objects.create(slug="else", name="Elsewhere"))

    press(superuser, connected, "push-contacts")

    assert sorted(SyncRun.objects.values_list("organization", "entity", "total")) == [
        (connected.pk, "beneficiaries", 1),
        (connected.pk, "customers", 1),
    ]


def test_pushing_receivables_queues_them_and_tells_where_to_follow(superuser, connected):
    make_invoice(connected)

    answer = press(superuser, connected, "push-receivables", follow=True)

    run = SyncRun.objects.get()
    assert (run.entity, run.total) == ("invoices", 1)
    assert reverse("admin:integrations_syncrun_change", args=[run.pk]) in messages_of(answer)[0]


def test_pushing_without_a_connection_is_refused_in_words(superuser, organization):
    answer = press(superuser, organization, "push-receivables", follow=True)

    assert "not connected" in messages_of(answer)[0]
    assert not SyncRun.objects.exists()


def test_unlinking_everything_is_offered_only_while_disconnected(superuser, connected):
    answer = press(superuser, connected, "unlink-all", follow=True)

    assert "Disconnect QuickBooks first" in messages_of(answer)[0]
    assert Connection.objects.get(organization=connected).realm_id == "4620816365"


@pytest.mark.parametrize(
    "name", ["connect", "disconnect", "unlink-all", "pull-accounts", "pull-invoices", "push-contacts"]
)
def test_staff_without_the_permission_have_no_button_and_are_refused(staff_with, connected, name):
    client = staff_with("integrations.view_organization")
    url = reverse("admin:integrations_organization_press", args=[connected.pk, name])

    assert url not in client.get(at(connected)).content.decode()
    assert client.post(url).status_code == 403
    assert client.get(url).status_code == 403
    assert Connection.objects.get(organization=connected).connected
    assert not SyncRun.objects.exists()


def test_a_permission_without_the_organization_opens_no_button(staff_with, connected):
    client = staff_with("integrations.change_connection")

    assert press(client, connected, "disconnect").status_code == 403
    assert Connection.objects.get(organization=connected).connected


def test_a_button_that_does_not_exist_is_not_found(superuser, connected):
    assert press(superuser, connected, "explode").status_code == 404
