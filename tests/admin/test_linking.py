"""Linking, unlinking and comparing as Finmo's staff do it."""

import pytest
from django.urls import reverse

from integrations.models import Item, Organization, SyncRun, Trigger
from tests.admin.conftest import messages_of
from tests.admin.pages import at, choose, press
from tests.factories import make_beneficiary, make_bill, make_customer, make_invoice, push
from tests.quickbooks import drain, drained_after

MAKERS = {
    "customer": make_customer,
    "beneficiary": make_beneficiary,
    "invoice": make_invoice,
    "bill": make_bill,
}


def rows_of(answer) -> dict[str, tuple]:
    """{field: (Finmo's, QuickBooks', last agreed, how they differ)} of a comparison."""
    sections = answer.context["comparison"].sections
    return {
        f"{section.title}: {row.label}": (row.finmo, row.quickbooks, row.base, row.word)
        for section in sections
        for row in section.rows
    }


# --- linking -----------------------------------------------------------------------------------


def test_staff_search_choose_and_link_without_leaving_the_browser(superuser, qbo, organization):
    theirs = qbo.make("Customer", {"DisplayName": "Globex Corp"})
    customer = make_customer(organization, name="Globex")
    page = superuser.get(at(customer, "link"))
    assert page.context["search"] == "Globex"
    asked = superuser.post(at(customer, "link"), {"search": "globex"})
    waiting = superuser.get(asked["Location"])
    assert 'hx-trigger="every 2s"' in waiting.content.decode()
    drain(organization)
    found = superuser.get(asked["Location"])
    assert "every 2s" not in found.content.decode()
    [row] = found.context["table"]["rows"]
    assert (row["candidate"].name, row["bound"]) == ("Globex Corp", "")
    linked = superuser.post(at(customer, "link"), {"quickbooks_id": theirs["Id"]})
    assert linked["Location"].startswith(at(customer, "compare") + "?run=")
    drain(organization)
    customer.refresh_from_db()
    assert customer.qbo_id == theirs["Id"]
    compared = superuser.get(linked["Location"])
    assert rows_of(compared)["Fields: Name"] == ("Globex", "Globex Corp", "Globex Corp", "Changed in Finmo")


def test_a_run_that_ends_while_its_comparison_is_read_is_followed_on(superuser, qbo, organization):
    theirs = qbo.make("Customer", {"DisplayName": "Globex Corp"})
    customer = make_customer(organization, name="Globex")
    linked = superuser.post(at(customer, "link"), {"quickbooks_id": theirs["Id"]})

    with drained_after(organization, 'FROM "contacts_customer"') as ended:
        stale = superuser.get(linked["Location"])

    assert ended and not stale.context["record"].linked
    assert "every 2s" in stale.content.decode()
    assert "Changed in Finmo" in superuser.get(linked["Location"]).content.decode()


def test_what_is_taken_or_inactive_has_no_button(superuser, qbo, organization):
    bound, customer = make_customer(organization, name="Acme"), make_customer(organization, name="Acme 2")
    push(bound)
    asked = superuser.post(at(customer, "link"), {"search": "acme"})
    drain(organization)
    page = superuser.get(asked["Location"]).content.decode()
    assert "Linked to" in page and "quickbooks_id" not in page
    assert "What was found belongs to another customer here." in page


def test_the_action_leads_to_the_one_selected_records_page(superuser, connected):
    one, two = make_invoice(connected), make_invoice(connected)
    assert choose(superuser, "link_selected", one, follow=False)["Location"] == at(one, "link")
    answer = choose(superuser, "link_selected", one, two)
    assert messages_of(answer) == ["Select one record: for each, you choose which of QuickBooks' it is."]


def test_a_search_for_nothing_is_refused_with_a_sentence(superuser, connected):
    answer = superuser.post(at(make_customer(connected), "link"), {"search": " "}, follow=True)
    assert "Search for 1 to 100 characters" in messages_of(answer)[0]


def test_a_search_of_another_organization_is_not_shown(superuser, connected):
    run = superuser.post(at(make_customer(connected), "link"), {"search": "x"})["Location"].split("=")[1]
    other = make_customer(Organization.objects.create(slug="else", name="Elsewhere"))
    assert superuser.get(at(other, "link"), {"run": run}).status_code == 404


# --- unlinking ---------------------------------------------------------------------------------


def test_unlinking_asks_first_and_says_what_it_means(superuser, qbo, organization, staff):
    customer = make_customer(organization)
    push(customer)
    url = reverse("admin:contacts_customer_press", args=[customer.pk, "unlink"])
    question = superuser.get(url).content.decode()
    assert "nothing changes in QuickBooks" in question and "by its name" not in question
    customer.refresh_from_db()
    assert customer.linked
    press(superuser, customer, "unlink")
    customer.refresh_from_db()
    run = SyncRun.objects.get(direction="unlink")
    assert not customer.linked
    assert (run.requested_by, run.trigger, run.jobs.get().outcome) == (staff, Trigger.ADMIN, "unlinked")


def test_a_selection_is_unlinked_after_one_question(superuser, qbo, organization):
    customers = [make_customer(organization) for _ in range(3)]
    push(*customers[:2])
    question = choose(superuser, "unlink_selected", *customers)
    assert question.context["title"] == "Unlink 2 customers?"
    assert not SyncRun.objects.filter(direction="unlink").exists()
    ids = [str(pk) for pk in question.context["ids"]]
    url = reverse("admin:contacts_customer_changelist")
    superuser.post(url, {"action": "unlink_selected", "confirmed": "1", "_selected_action": ids})
    run = SyncRun.objects.get(direction="unlink")
    assert (run.status, run.succeeded) == ("succeeded", 2)


# --- comparing ---------------------------------------------------------------------------------


def test_both_sides_of_an_invoice_stand_beside_each_other(superuser, qbo, organization):
    customer = make_customer(organization, name="Globex")
    push(customer)
    invoice = make_invoice(organization, customer, number="INV-1", memo="Thanks")
    push(invoice)
    line = invoice.lines.get()
    line.description, line.unit_price = "More", 60
    invoice.replace_lines([line])
    page = superuser.get(at(invoice, "compare"))
    rows = rows_of(page)
    assert rows["Fields: Customer"] == ("Globex", "Globex", "Globex", "")
    assert rows["Fields: Memo"] == ("Thanks", "Thanks", "Thanks", "")
    assert rows["Line 1: Item"][:2] == ("Consulting", "Consulting")
    assert rows["Line 1: Unit price"] == ("60", "50", "50", "Different")
    assert rows["Line 1: Description"][::3] == ("More", "Different")
    assert rows["Totals: Total"] == ("130.80", "109.00", None, "Different")
    assert page.context["comparison"].read_at
    assert "Unit price" in page.content.decode()


def test_a_synced_record_agrees_and_shows_its_buttons(superuser, qbo, organization):
    bill = make_bill(organization)
    push(bill.beneficiary)
    push(bill)
    page = superuser.get(at(bill, "compare"))
    assert page.context["comparison"].differences == 0
    labels = [each["button"].label for each in page.context["button_groups"][0]["buttons"]]
    assert labels == [
        "Push to QuickBooks",
        "Pull from QuickBooks",
        "Read again from QuickBooks",
        "Unlink",
        "Void",
    ]


def test_what_quickbooks_does_not_have_says_what_would_stop_it(superuser, qbo, organization):
    page = superuser.get(at(make_invoice(organization), "compare"))
    assert page.context["comparison"].problem.code == "contact_not_synced"
    assert "A push would be refused" in page.content.decode()


def test_imported_lists_can_be_compared_and_say_that_quickbooks_keeps_them(superuser, qbo, organization):
    item = Item.objects.filter(organization=organization).first()
    page = superuser.get(at(item, "compare"))
    assert page.context["comparison"].differences == 0
    assert "QuickBooks keeps this list" in page.content.decode()
    shown = superuser.get(at(item)).content.decode()
    assert "Link to an existing record" not in shown and "linked by the import" in " ".join(shown.split())


def test_reading_again_from_the_comparison_stays_there_and_shows_what_changed(superuser, qbo, organization):
    customer = make_customer(organization, name="Acme")
    push(customer)
    customer.phone = "1"
    customer.save()
    qbo.change("Customer", customer.qbo_id, PrimaryPhone={"FreeFormNumber": "2"})
    qbo.reset_calls()
    url = reverse("admin:contacts_customer_press", args=[customer.pk, "read-again"])
    answer = superuser.post(f"{url}?back=compare")
    assert answer["Location"].startswith(at(customer, "compare") + "?run=")
    assert 'hx-trigger="every 2s"' in superuser.get(answer["Location"]).content.decode()
    drain(organization)
    assert qbo.calls == {"query": 1}
    page = superuser.get(answer["Location"])
    assert rows_of(page)["Fields: Phone"] == ("1", "2", "", "Changed on both sides")
    assert page.context["run"].finished


def test_a_comparison_takes_a_bounded_number_of_statements(
    superuser, qbo, organization, django_assert_max_num_queries
):
    from tests.factories import invoice_line

    customer = make_customer(organization)
    push(customer)
    invoice = make_invoice(organization, customer, lines=[invoice_line() for _ in range(30)])
    push(invoice)
    superuser.get(at(invoice, "compare"))
    with django_assert_max_num_queries(35):
        superuser.get(at(invoice, "compare"))


# --- rights ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("app", "kind"),
    [
        ("contacts", "customer"),
        ("contacts", "beneficiary"),
        ("receivables", "invoice"),
        ("payables", "bill"),
    ],
)
def test_who_may_only_look_sees_the_comparison_and_no_button(staff_with, connected, app, kind):
    record = MAKERS[kind](connected)
    client = staff_with(f"{app}.view_{kind}")
    assert client.get(at(record, "compare")).status_code == 200
    shown = client.get(at(record)).content.decode()
    assert "Compare" in shown and "Link to an existing record" not in shown and "Unlink" not in shown
    assert client.get(at(record, "link")).status_code == 403
    assert client.post(at(record, "link"), {"search": "x"}).status_code == 403
    assert client.post(at(record, "link"), {"quickbooks_id": "1"}).status_code == 403
    for name in ("link", "unlink", "read-again"):
        assert press(client, record, name).status_code == 403
    for action in ("link_selected", "unlink_selected"):
        choose(client, action, record)
    assert not SyncRun.objects.exists()


def test_who_may_not_see_the_records_sees_no_comparison(staff_with, connected):
    customer = make_customer(connected)
    client = staff_with("receivables.view_invoice")
    assert client.get(at(customer, "compare")).status_code == 403


def test_nothing_that_is_imported_is_linked_or_unlinked(superuser, qbo, organization):
    item = Item.objects.filter(organization=organization).first()
    assert superuser.get(at(item, "link")).status_code == 403
    assert press(superuser, item, "unlink").status_code == 403
    before = item.qbo_id
    choose(superuser, "unlink_selected", item)
    item.refresh_from_db()
    assert item.qbo_id == before
