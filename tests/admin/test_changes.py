"""Who changed what: noted whichever door it came through, read on the organization's page, edited by nobody."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from integrations import connecting
from integrations.models import Account, Change, Connection, Membership, Role, SyncRun, Trigger
from tests.admin.conftest import form_of
from tests.admin.pages import at, press
from tests.conftest import make_user, signed_in
from tests.factories import make_customer, push
from tests.quickbooks import drain


def newest(organization) -> tuple:
    change = Change.objects.filter(organization=organization).first()
    return change.sentence, str(change.user), change.trigger, change.fields


def sales_account(organization) -> Account:
    return Account.objects.create(
        organization=organization, name="Sales", classification="Revenue", qbo_id="9001"
    )


def test_a_default_chosen_in_the_portal_is_noted_with_both_values(organization, admin_user):
    account = sales_account(organization)
    url = reverse("quickbooks-configuration")

    signed_in(admin_user).post(url, {"default_receivable_account": account.pk})

    name = "Default account for receivables"
    assert newest(organization) == (
        f"Changed {name}.",
        str(admin_user),
        Trigger.PORTAL,
        {name: ["", "Sales"]},
    )


def test_a_switch_is_noted_once_and_pressing_it_again_is_no_change(organization, admin_user):
    client, url = signed_in(admin_user), reverse("quickbooks-automatic")
    for _ in range(2):
        client.post(url, {"name": "receivables_auto_push", "on": "on"})

    assert Change.objects.filter(organization=organization).count() == 1
    assert newest(organization)[3] == {"Receivables: automatic push": ["off", "on"]}


def test_a_change_through_the_api_is_noted_with_its_door(organization, admin_user):
    signed_in(admin_user).patch(
        "/api/v1/integrations/quickbooks/",
        json.dumps({"contacts_auto_sync": True}),
        content_type="application/json",
    )

    assert newest(organization)[3] == {"Contacts: Auto Sync weekly": ["off", "on"]}


def test_a_setting_and_a_role_changed_in_admin_are_noted(superuser, staff, organization, accountant):
    data = form_of(superuser.get(at(organization)))
    changed = {"configuration-0-payables_auto_pull": "on", "memberships-0-role": Role.VIEWER}

    superuser.post(at(organization), data | changed)

    role, setting = Change.objects.filter(organization=organization)
    assert setting.fields == {"Payables: automatic pull": ["off", "on"]}
    assert role.sentence == f"{accountant} became Viewer; was Accountant."
    assert (setting.user, setting.trigger, role.user) == (staff, Trigger.ADMIN, staff)
    assert Membership.objects.get(user=accountant).role == Role.VIEWER


def test_a_member_who_joins_and_leaves_in_admin_is_noted(superuser, organization):
    user = make_user("new@acme.example")
    data = form_of(superuser.get(at(organization)))
    added = {"memberships-TOTAL_FORMS": "1", "memberships-0-user": user.pk, "memberships-0-role": "viewer"}
    superuser.post(at(organization), data | added)
    data = form_of(superuser.get(at(organization)))
    superuser.post(at(organization), data | {"memberships-0-DELETE": "on"})

    sentences = list(Change.objects.values_list("sentence", flat=True))
    assert sentences == ["new@acme.example left; was Viewer.", "new@acme.example joined as Viewer."]
    assert not Membership.objects.filter(user=user).exists()


def test_provision_notes_the_switch_and_the_role(db):
    call_command(
        "provision", "fresh", "--user", "a@fresh.example", "--password", "long-enough-1",
        "--enable-quickbooks", stdout=StringIO(),
    )  # fmt: skip

    told = list(Change.objects.values_list("sentence", "trigger"))
    assert told == [
        ("a@fresh.example joined as Admin.", "command"),
        ("Switched the QuickBooks integration on.", "command"),
    ]


def test_connecting_losing_the_grant_and_disconnecting_are_noted(qbo, organization, admin_user, asked):
    qbo.mishap("grant_revoked")
    push(make_customer(organization))
    connecting.disconnect(organization, asked=asked)

    left, lost, connected = Change.objects.filter(organization=organization)
    assert connected.sentence.startswith("Connected QuickBooks:")
    assert (connected.user, lost.user, left.user) == (admin_user, None, admin_user)
    assert "Work waits." in lost.sentence
    assert left.sentence == "Disconnected QuickBooks."
    assert "secret" not in json.dumps([change.fields for change in (left, lost, connected)])


def test_nobody_edits_or_deletes_what_happened(superuser, organization, asked):
    connecting.begin(organization, asked.user, redirect_uri="http://testserver/", return_to="/")
    change = Change.objects.create(organization=organization, subject="role", sentence="x joined as Viewer.")

    assert superuser.get(at(change)).status_code == 200
    assert superuser.post(at(change), {"sentence": "forged"}).status_code == 403
    assert superuser.post(at(change, "delete")).status_code == 403
    assert superuser.get(reverse("admin:integrations_change_add")).status_code == 403
    assert "x joined as Viewer." in superuser.get(at(organization)).content.decode()


def test_the_history_is_hidden_from_staff_who_may_not_read_it(staff_with, organization):
    Change.objects.create(organization=organization, subject="role", sentence="x joined as Viewer.")
    client = staff_with("integrations.view_organization")

    assert "x joined as Viewer." not in client.get(at(organization)).content.decode()
    assert client.get(reverse("admin:integrations_change_changelist")).status_code == 403


# --- pause and resume -----------------------------------------------------------------------


@pytest.fixture
def paused(qbo, superuser, organization):
    press(superuser, organization, "pause")
    return organization


def test_a_paused_organization_sends_nothing_and_says_so(paused, qbo):
    qbo.reset_calls()
    customer = make_customer(paused)
    push(customer)

    run = SyncRun.objects.get(entity="customers", direction="push")
    customer.refresh_from_db()
    assert (run.status, run.error_code, customer.sync_state) == ("waiting", "paused", "queued")
    assert run.error_message == "Finmo holds this organization's synchronization for now."
    assert qbo.calls["total"] == 0


def test_what_waited_goes_on_after_resuming(paused, superuser, qbo):
    customer = make_customer(paused)
    push(customer)

    press(superuser, paused, "resume")
    drain(paused)

    customer.refresh_from_db()
    assert customer.accounting_synced
    assert Change.objects.first().sentence == "Resumed the synchronization."


def test_a_run_under_way_stops_before_its_next_call(qbo, superuser, organization):
    customers = [make_customer(organization, name=f"Customer {number}") for number in range(31)]
    qbo.during_next_call(lambda: press(superuser, organization, "pause"))

    push(*customers)

    run = SyncRun.objects.get(entity="customers", direction="push")
    assert (run.status, run.done, run.jobs.filter(status="queued").count()) == ("waiting", 0, 31)
    # The look for their names was under way; none of them was sent.
    assert (qbo.calls["batch"], qbo.all("Customer")) == (0, [])


def test_reconnecting_does_not_end_a_pause(paused, qbo, admin_user):
    qbo.connect(paused, admin_user)

    assert Connection.objects.get(organization=paused).pause == Connection.Pause.PAUSED


@pytest.mark.parametrize("name", ["pause", "resume"])
def test_pausing_needs_the_permission(staff_with, connected, name):
    Connection.objects.update(pause="paused" if name == "resume" else "")
    client = staff_with("integrations.view_organization")

    assert f"/press/{name}/" not in client.get(at(connected)).content.decode()
    assert press(client, connected, name).status_code == 403


# --- pushes on the record -------------------------------------------------------------------


def test_a_push_stands_on_the_record_with_each_field_before_and_after(qbo, superuser, organization):
    customer = make_customer(organization, name="Acme", email="old@acme.example")
    push(customer)
    customer.refresh_from_db()
    customer.email = "new@acme.example"
    customer.save()
    push(customer)

    shown = superuser.get(reverse("admin:contacts_customer_change", args=[customer.pk])).content.decode()

    assert "<summary>1 field</summary>" in shown
    assert "<th>E-mail</th><td>old@acme.example</td><td>new@acme.example</td>" in shown
