from datetime import date

import pytest
from django.urls import reverse

from integrations.models import (
    Account,
    Direction,
    Item,
    Organization,
    SyncJob,
    SyncRun,
    SyncState,
    TaxCode,
    Trigger,
)
from tests.admin.conftest import messages_of
from tests.admin.journal import make_conflict, set_state
from tests.admin.pages import at, choose, press
from tests.factories import invoice_line, make_customer, make_invoice, push
from tests.portal.pages import text_of
from tests.quickbooks import drain


def test_a_selection_is_pushed_in_one_run_for_each_organization(superuser, staff, connected, elsewhere):
    ours = [make_customer(connected), make_customer(connected)]
    theirs = make_customer(elsewhere)

    answer = choose(superuser, "push_selected", *ours, theirs)

    runs = SyncRun.objects.order_by("organization_id")
    assert [(run.organization, run.direction, run.entity, run.total) for run in runs] == [
        (connected, Direction.PUSH, "customers", 2),
        (elsewhere, Direction.PUSH, "customers", 1),
    ]
    assert {(run.trigger, run.requested_by) for run in runs} == {(Trigger.ADMIN, staff)}
    assert len(messages_of(answer)) == 2


def test_one_refused_organization_does_not_hold_up_the_other(superuser, connected):
    unconnected = Organization.objects.create(slug="off", name="Off", quickbooks_enabled=True)

    answer = choose(superuser, "push_selected", make_customer(unconnected), make_customer(connected))

    assert [run.organization for run in SyncRun.objects.all()] == [connected]
    assert any("Off: QuickBooks is not connected" in message for message in messages_of(answer))


def test_a_pull_is_asked_once_for_each_organization_of_the_selection(superuser, connected, elsewhere):
    choose(
        superuser,
        "pull_selected",
        make_customer(connected),
        make_customer(connected),
        make_customer(elsewhere),
    )

    assert sorted(SyncRun.objects.values_list("organization_id", "direction")) == [
        (connected.pk, "pull"),
        (elsewhere.pk, "pull"),
    ]


def test_retry_takes_of_a_selection_what_failed(superuser, connected):
    failed, unsynced = make_customer(connected), make_customer(connected)
    set_state(failed, SyncState.FAILED, sync_error_code="6240")

    choose(superuser, "retry_selected", failed, unsynced)

    assert [job.record_id for job in SyncJob.objects.all()] == [failed.pk]


def test_retry_of_what_did_not_fail_says_so(superuser, connected):
    answer = choose(superuser, "retry_selected", make_customer(connected))

    assert not SyncRun.objects.exists()
    assert "nothing to retry" in messages_of(answer)[0]


def test_lists_that_quickbooks_keeps_are_pulled_but_not_pushed(superuser, connected):
    account = Account.objects.create(organization=connected, name="Sales")

    choose(superuser, "push_selected", account)
    assert not SyncRun.objects.exists()

    choose(superuser, "pull_selected", account)
    assert SyncRun.objects.get().entity == "accounts"


def test_lists_that_quickbooks_keeps_cannot_be_changed_and_the_page_says_why(superuser, connected):
    item = Item.objects.create(
        organization=connected, name="Pen", qbo_id="7", accounting_synced=True, sync_state="synced"
    )

    assert "/press/push/" not in superuser.get(at(item)).content.decode()
    assert "QuickBooks keeps this list" in superuser.get(at(item)).content.decode()
    assert superuser.post(at(item), {"name": "Pencil"}).status_code == 403
    assert superuser.get(reverse("admin:integrations_item_add")).status_code == 403


def test_the_page_of_a_failed_record_says_what_happened_what_helps_and_offers_retry(superuser, connected):
    customer = make_customer(connected)
    set_state(
        customer,
        SyncState.FAILED,
        sync_error_code="6240",
        sync_error_message="QuickBooks already has a supplier called Acme.",
        sync_error_remedy="Link to it, or rename yours.",
        sync_error_tid="1-66f-tid",
    )

    shown = superuser.get(at(customer)).content.decode()

    for part in ("already has a supplier called Acme", "Link to it, or rename yours", "6240", "1-66f-tid"):
        assert part in shown
    press(superuser, customer, "push")
    assert [job.record_id for job in SyncJob.objects.all()] == [customer.pk]


def test_a_document_that_waits_for_its_contact_is_pushed_with_it(superuser, connected):
    invoice = make_invoice(connected)
    set_state(invoice, SyncState.FAILED, sync_error_code="contact_not_synced")
    assert "Push the contact too" in superuser.get(at(invoice)).content.decode()

    press(superuser, invoice, "push-with-contact")

    assert sorted(SyncJob.objects.values_list("entity", "record_id")) == [
        ("customers", invoice.customer_id),
        ("invoices", invoice.pk),
    ]


def test_who_may_not_push_contacts_does_not_push_them_with_a_document(staff_with, connected):
    invoice = make_invoice(connected)
    set_state(invoice, SyncState.FAILED, sync_error_code="contact_not_synced")
    client = staff_with("receivables.change_invoice")

    assert "Push the contact too" not in client.get(at(invoice)).content.decode()
    assert press(client, invoice, "push-with-contact").status_code == 403


def test_a_fault_of_the_settings_leads_to_the_organization(superuser, connected):
    invoice = make_invoice(connected)
    set_state(invoice, SyncState.FAILED, sync_error_code="no_default_account")

    (repair,) = superuser.get(at(invoice)).context["repairs"]
    assert repair.label == "Choose an account"
    assert superuser.get(repair.url).context["original"] == connected


def test_a_record_shows_its_jobs_and_its_page_in_quickbooks(superuser, connected):
    customer = make_customer(connected)
    press(superuser, customer, "push")
    set_state(customer, SyncState.SYNCED, qbo_id="58")

    shown = superuser.get(at(customer))

    job = SyncJob.objects.get()
    assert reverse("admin:integrations_syncjob_change", args=[job.pk]) in shown.content.decode()
    assert "/app/customerdetail?nameId=58" in shown.context["quickbooks_url"]


@pytest.mark.parametrize("action", ["push_selected", "pull_selected", "retry_selected"])
def test_staff_who_may_only_look_have_no_action_and_are_not_obeyed(staff_with, connected, action):
    client = staff_with("contacts.view_customer")
    customer = make_customer(connected)
    set_state(customer, SyncState.FAILED)

    page = client.get(reverse("admin:contacts_customer_changelist"))
    assert action not in page.content.decode()
    choose(client, action, customer)

    assert not SyncRun.objects.exists()


@pytest.mark.parametrize("button", ["push", "pull"])
def test_staff_who_may_only_look_have_no_button_and_are_refused(staff_with, connected, button):
    client = staff_with("contacts.view_customer")
    customer = make_customer(connected)

    assert "/press/" not in client.get(at(customer)).content.decode()
    assert press(client, customer, button).status_code == 403
    assert not SyncRun.objects.exists()


def test_the_jobs_of_a_record_are_for_those_who_may_see_jobs(staff_with, connected):
    customer = make_customer(connected)
    run = SyncRun.objects.create(
        organization=connected, direction="push", entity="customers", trigger="admin"
    )
    SyncJob.objects.create(
        organization=connected,
        run=run,
        direction="push",
        entity="customers",
        record_id=customer.pk,
        status="done",
        message="A secret of the trade",
    )

    looks = staff_with("contacts.view_customer")
    works = staff_with("contacts.view_customer", "integrations.view_syncjob")

    assert "A secret of the trade" not in looks.get(at(customer)).content.decode()
    assert "A secret of the trade" in works.get(at(customer)).content.decode()


def test_a_push_from_admin_reaches_quickbooks(qbo, superuser, organization):
    customer = make_customer(organization, name="Orchard Ltd")
    press(superuser, customer, "push")
    drain(organization)

    customer.refresh_from_db()
    assert customer.sync_state == SyncState.SYNCED
    assert qbo.read("Customer", customer.qbo_id)["DisplayName"] == "Orchard Ltd"


# --- what to press first ----------------------------------------------------------------------


def first_button(client, record) -> str:
    """The label of the one that stands out."""
    groups = client.get(at(record)).context["button_groups"]
    found = [each["button"].label for group in groups for each in group["buttons"]]
    primary = [
        each["button"].label
        for group in groups
        for each in group["buttons"]
        if each["button"].variant == "primary"
    ]
    assert len(primary) <= 1, found
    return "".join(primary)


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("unreachable", "Retry"),
        ("period_closed", "Retry"),
        ("contact_not_synced", "Push the contact too"),
        ("number_taken", "Link to an existing record"),
        # The form below is where it is repaired.
        ("number_too_long", ""),
    ],
)
def test_what_helps_stands_out_among_the_buttons_of_a_failed_record(superuser, connected, code, label):
    invoice = make_invoice(connected)
    assert first_button(superuser, invoice) == "Push to QuickBooks"
    set_state(invoice, SyncState.FAILED, sync_error_code=code)
    assert first_button(superuser, invoice) == label


def test_a_document_whose_contact_failed_for_its_name_leads_to_the_contact(superuser, staff_with, connected):
    invoice = make_invoice(connected)
    set_state(invoice, SyncState.FAILED, sync_error_code="contact_not_synced")
    set_state(invoice.customer, SyncState.FAILED, sync_error_code="name_invalid")

    page = superuser.get(at(invoice))

    assert [(each.label, each.url) for each in page.context["repairs"]] == [
        ("Open the customer", at(invoice.customer))
    ]
    assert first_button(superuser, invoice) == "" and "Push the contact too" not in page.content.decode()
    blind = staff_with("receivables.change_invoice")
    assert blind.get(at(invoice)).context["repairs"] == []


def test_a_record_in_conflict_leads_to_the_decision(superuser, staff_with, connected):
    customer = make_customer(connected)
    conflict = make_conflict(connected, customer)
    set_state(customer, SyncState.CONFLICT)

    page = superuser.get(at(customer))

    assert [(each.label, each.url) for each in page.context["repairs"]] == [("Decide", at(conflict))]
    assert "changed the same field of this record to different values" in page.content.decode()
    assert first_button(superuser, customer) == ""
    assert staff_with("contacts.change_customer").get(at(customer)).context["repairs"] == []


def test_the_history_tells_what_was_sent_by_names_and_not_by_ids(qbo, superuser, organization):
    customer = make_customer(organization, name="Umbrella")
    push(customer)
    item = Item.objects.filter(organization=organization, type="Service").first()
    code = TaxCode.objects.filter(organization=organization, sales_rate__gt=0).first()
    invoice = make_invoice(
        organization,
        customer,
        [invoice_line(item=item, custom_name="", tax_code=code)],
        due_date=date(2026, 10, 31),
    )
    push(invoice)
    job = SyncJob.objects.get(entity="invoices", record_id=invoice.pk)

    for address in (at(invoice), at(job)):
        page = text_of(superuser.get(address))
        told = page[page.index("Field Before After") :]
        for words in ("Customer — Umbrella", "Due date — 31 Oct 2026", f"item {item}", f"tax code {code}"):
            assert words in told
        assert "Tax treatment — Tax exclusive" in told
