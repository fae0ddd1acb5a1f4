"""Deciding conflicts in admin: field by field, and many at once."""

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from contacts.models import Customer
from integrations import resolving
from integrations.models import (
    Conflict,
    SyncRun,
    Trigger,
)
from integrations.services import Asked
from tests.admin.conftest import messages_of
from tests.admin.journal import make_conflict
from tests.admin.pages import at, choose, press
from tests.factories import make_customer, pull, push
from tests.quickbooks import drain
from tests.repairs.visitor import Visitor


@pytest.fixture
def conflicts(qbo, organization) -> list[Conflict]:
    """E-mail and phone of three customers were changed on both sides."""
    customers = [make_customer(organization, email="old@x.example", phone="1") for _ in range(3)]
    push(*customers)
    for number, customer in enumerate(customers):
        there = {"PrimaryEmailAddr": {"Address": f"theirs{number}@x.example"}}
        qbo.change("Customer", customer.qbo_id, PrimaryPhone={"FreeFormNumber": "3"}, **there)
        customer.email, customer.phone = f"ours{number}@x.example", "2"
        customer.save()
    pull(organization, "customers")
    return list(Conflict.objects.order_by("pk"))


def test_each_field_is_decided_by_itself(superuser, staff, qbo, organization, conflicts):
    conflict = conflicts[0]
    page = superuser.get(at(conflict)).content.decode()
    for value in ("old@x.example", "ours0@x.example", "theirs0@x.example", "Changed in Finmo"):
        assert value in page
    body = {"field-email": "finmo", "field-phone": "quickbooks"}
    answer = press(superuser, conflict, "decide", data=body, follow=True)
    assert "E-mail: Finmo's, Phone: QuickBooks'" in messages_of(answer)[0]
    drain(organization)
    conflict.refresh_from_db()
    customer = Customer.objects.get(pk=conflict.record_id)
    assert (conflict.resolved_by, customer.email, customer.phone) == (staff, "ours0@x.example", "3")
    there = qbo.read("Customer", customer.qbo_id)
    assert there["PrimaryEmailAddr"]["Address"] == "ours0@x.example"
    assert "Kept" in superuser.get(at(conflict)).content.decode()


def test_a_field_that_is_left_open_is_named(superuser, conflicts):
    answer = press(superuser, conflicts[0], "decide", data={"field-email": "finmo"}, follow=True)
    assert "for each field: phone" in messages_of(answer)[0]
    conflicts[0].refresh_from_db()
    assert conflicts[0].resolved_at is None


@pytest.mark.parametrize(("side", "phone"), [("finmo", "2"), ("quickbooks", "3")])
def test_many_are_decided_for_one_side_after_a_question(superuser, organization, qbo, conflicts, side, phone):
    question = choose(superuser, f"keep_{side}_selected", *conflicts)
    assert question.context["title"].endswith("values in 3 conflicts?")
    # The environment's label in the corner has no icon of its own, and borrows none.
    assert ">check</span>" not in question.content.decode().partition("values in 3 conflicts?</h2>")[0]
    assert Conflict.objects.filter(resolved_at=None).count() == 3
    body = {"action": f"keep_{side}_selected", "confirmed": "1", "_selected_action": question.context["ids"]}
    runs = SyncRun.objects.count()
    answer = superuser.post("/admin/integrations/conflict/", body, follow=True)
    assert messages_of(answer)[0].startswith("3 conflicts are decided")
    assert SyncRun.objects.count() - runs == (side == "finmo")
    drain(organization)
    assert set(Customer.objects.values_list("phone", "sync_state")) == {(phone, "synced")}
    assert {each["PrimaryPhone"]["FreeFormNumber"] for each in qbo.all("Customer")} == {phone}


def test_what_somebody_else_decided_meanwhile_stays(superuser, conflicts):
    press(superuser, conflicts[0], "keep-quickbooks")
    question = choose(superuser, "keep_finmo_selected", *conflicts)
    assert question.context["count"] == 2
    ids = [each.pk for each in conflicts]
    body = {"action": "keep_finmo_selected", "confirmed": "1", "_selected_action": ids}
    superuser.post("/admin/integrations/conflict/", body)
    conflicts[0].refresh_from_db()
    assert conflicts[0].choices == {"email": "quickbooks", "phone": "quickbooks"}
    assert not Conflict.objects.filter(resolved_at=None).exists()


def test_who_may_only_look_decides_nothing(staff_with, conflicts):
    client = staff_with("integrations.view_conflict")
    page = client.get(at(conflicts[0])).content.decode()
    assert 'type="radio"' not in page and "Keep" not in page
    body = {"field-email": "finmo", "field-phone": "finmo"}
    assert press(client, conflicts[0], "decide", data=body).status_code == 403
    for side in ("finmo", "quickbooks"):
        assert press(client, conflicts[0], f"keep-{side}").status_code == 403
        ids = [each.pk for each in conflicts]
        body = {"action": f"keep_{side}_selected", "confirmed": "1", "_selected_action": ids}
        client.post("/admin/integrations/conflict/", body)
    assert Conflict.objects.filter(resolved_at=None).count() == 3


def test_the_cockpit_leads_to_the_open_conflicts_of_its_merchant(superuser, organization, conflicts):
    resolving.resolve(conflicts[0], {"email": "finmo", "phone": "finmo"}, asked=Asked(Trigger.ADMIN))
    cockpit = Visitor(superuser).open(f"/admin/integrations/organization/{organization.pk}/change/")
    listed = cockpit.follow("2 conflicts to decide").page.context["cl"].result_list
    assert {each.pk for each in listed} == {conflicts[1].pk, conflicts[2].pk}


@pytest.fixture
def conflict(qbo, organization) -> Conflict:
    """The same field of a customer changed on both sides, as the engine finds it."""
    customer = make_customer(organization, name="Orchard Ltd")
    push(customer)
    qbo.change("Customer", customer.qbo_id, PrimaryEmailAddr={"Address": "theirs@acme.example"})
    customer.email = "ours@acme.example"
    customer.save()
    pull(organization, "customers")
    return Conflict.objects.get()


def test_a_conflict_shows_both_sides(superuser, conflict):
    shown = superuser.get(at(conflict)).content.decode()

    assert "ours@acme.example" in shown
    assert "theirs@acme.example" in shown


@pytest.mark.parametrize(
    "side, kept", [("finmo", "ours@acme.example"), ("quickbooks", "theirs@acme.example")]
)
def test_a_conflict_is_decided_for_one_side(superuser, staff, conflict, side, kept):
    press(superuser, conflict, f"keep-{side}")

    conflict.refresh_from_db()
    assert (conflict.choices, conflict.resolved_by) == ({"email": side}, staff)
    assert Customer.objects.get().email == kept
    assert LogEntry.objects.get().object_id == str(conflict.pk)


def test_a_conflict_is_decided_once(superuser, organization):
    conflict = make_conflict(organization, make_customer(organization))
    Conflict.objects.update(resolved_at=timezone.now(), choices={"email": "finmo"})

    answer = press(superuser, conflict, "keep-quickbooks", follow=True)

    conflict.refresh_from_db()
    assert conflict.choices == {"email": "finmo"}
    assert "decided already" in messages_of(answer)[0]
