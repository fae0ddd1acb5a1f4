"""Who may do what in admin, as one table: whoever lacks the one right sees no button and no page and is refused, even
with every other right there is; whoever has it and no other is not."""

from collections.abc import Callable
from functools import cache

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client, RequestFactory
from django.urls import reverse

from integrations.admin.buttons import ButtonsAdmin
from integrations.groups import account_managers
from integrations.models import Account, Conflict, Connection, Item, SyncRun, TaxCode
from tests.admin.journal import failed_run, make_conflict
from tests.conftest import make_user, signed_in
from tests.factories import make_beneficiary, make_bill, make_customer, make_invoice

CONTACTS = ("contacts.customer", "contacts.beneficiary")
DOCUMENTS = ("receivables.invoice", "payables.bill")
LISTS = ("integrations.account", "integrations.item", "integrations.taxcode")
OF_RECORDS = ("push", "push-with-contact", "pull", "read-again", "link", "unlink")
# Nobody links what QuickBooks keeps.
NOBODY = "nobody"


def _may_change(model: str) -> str:
    application, name = model.split(".")
    return f"{application}.change_{name}"


# (model, button): the right to press it.
BUTTONS = {
    **{("integrations.organization", name): "integrations.change_connection"
       for name in ("connect", "pause", "resume", "disconnect", "unlink-all")},
    **{("integrations.organization", f"pull-{entity}"): _may_change(model)
       for entity, model in (("customers", "contacts.customer"), ("beneficiaries", "contacts.beneficiary"),
                             ("invoices", "receivables.invoice"), ("bills", "payables.bill"),
                             ("accounts", "integrations.account"), ("items", "integrations.item"),
                             ("tax-codes", "integrations.taxcode"))},
    ("integrations.organization", "match-customers"): "contacts.change_customer",
    ("integrations.organization", "match-beneficiaries"): "contacts.change_beneficiary",
    ("integrations.organization", "push-contacts"): "contacts.change_customer",
    ("integrations.organization", "push-receivables"): "receivables.change_invoice",
    ("integrations.organization", "push-payables"): "payables.change_bill",
    **{(model, name): _may_change(model) for model in (*CONTACTS, *DOCUMENTS) for name in OF_RECORDS},
    **{(model, "void"): _may_change(model) for model in DOCUMENTS},
    **{(model, name): _may_change(model) for model in LISTS for name in ("pull", "read-again")},
    **{(model, name): NOBODY for model in LISTS for name in ("push", "push-with-contact", "link", "unlink")},
    # Finmo adds an item where a document's custom item needs one, and it may have failed.
    **{("integrations.item", name): "integrations.change_item" for name in ("push", "push-with-contact")},
    **{(model, "compare"): "" for model in (*CONTACTS, *DOCUMENTS, *LISTS)},
    ("integrations.syncrun", "retry"): "integrations.change_syncrun",
    ("integrations.syncjob", "retry"): "integrations.change_syncjob",
    **{("integrations.conflict", name): "integrations.change_conflict"
       for name in ("keep-finmo", "keep-quickbooks", "decide")},
}  # fmt: skip
# Contacts go out together, and a document with its contact.
TOGETHER = {
    ("integrations.organization", "push-contacts"): ["contacts.change_beneficiary"],
    ("receivables.invoice", "push-with-contact"): ["contacts.change_customer"],
    ("payables.bill", "push-with-contact"): ["contacts.change_beneficiary"],
}
# (model, action of its list): the right to run it.
ACTIONS = {
    **{(model, action): _may_change(model) for model in (*CONTACTS, *DOCUMENTS)
       for action in ("push_selected", "pull_selected", "retry_selected", "link_selected", "unlink_selected")},
    **{(model, "pull_selected"): _may_change(model) for model in LISTS},
    **{(model, action): NOBODY for model in LISTS
       for action in ("push_selected", "retry_selected", "link_selected", "unlink_selected")},
    **{("integrations.item", name): "integrations.change_item" for name in ("push_selected", "retry_selected")},
    ("integrations.syncrun", "retry_selected"): "integrations.change_syncrun",
    ("integrations.syncjob", "retry_selected"): "integrations.change_syncjob",
    ("integrations.conflict", "keep_finmo_selected"): "integrations.change_conflict",
    ("integrations.conflict", "keep_quickbooks_selected"): "integrations.change_conflict",
}  # fmt: skip


@pytest.fixture
def records(connected) -> dict:
    """{model: one record of it}, for every model that has buttons or actions."""
    mirrored = {"organization": connected, "qbo_id": "1", "accounting_synced": True, "sync_state": "synced"}
    customer = make_customer(connected)
    run = failed_run(connected, make_customer(connected))
    made = [
        connected, customer, make_beneficiary(connected), make_invoice(connected, customer), make_bill(connected),
        Account.objects.create(name="Sales", account_type="Income", **mirrored),
        Item.objects.create(name="Hours", type="Service", **mirrored),
        TaxCode.objects.create(name="GST", **mirrored),
        run, run.jobs.get(), make_conflict(connected, customer),
    ]  # fmt: skip
    return {record._meta.label_lower: record for record in made}


def all_rights_but(*missing: str) -> Client:
    user = make_user("all-but@finmo.example", is_staff=True)
    names = [name.split(".")[1] for name in missing]
    user.user_permissions.set(Permission.objects.exclude(codename__in=names))
    return signed_in(user)


def grant(client: Client, user, *names: str) -> None:
    codenames = [name.split(".")[1] for name in names]
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))


def address(record, page: str, *more: str) -> str:
    return reverse(
        f"admin:{record._meta.app_label}_{record._meta.model_name}_{page}", args=[record.pk, *more]
    )


def view_of(model: str) -> str:
    application, name = model.split(".")
    return f"{application}.view_{name}"


def has_happened() -> tuple:
    return (
        SyncRun.objects.count(),
        Conflict.objects.filter(resolved_at=None).count(),
        Connection.objects.get().status,
    )


def test_the_tables_name_every_button_and_every_action(records, staff):
    request = RequestFactory().get("/")
    request.user = staff
    buttons, actions = set(), set()
    for model, record in records.items():
        model_admin = admin.site._registry[type(record)]
        buttons |= {(model, button.name) for button in model_admin.get_buttons(request, record)}
        actions |= {(model, name) for name in model_admin.actions or ()}
    assert buttons == BUTTONS.keys()
    assert actions == ACTIONS.keys()
    ours = {model: each for model, each in admin.site._registry.items() if isinstance(each, ButtonsAdmin)}
    pressed = {model for model, each in ours.items() if has_buttons(each) or each.actions}
    assert {model._meta.label_lower for model in pressed} == records.keys()


def has_buttons(model_admin: ButtonsAdmin) -> bool:
    return type(model_admin).get_buttons is not ButtonsAdmin.get_buttons


@pytest.mark.parametrize("right", sorted({*BUTTONS.values(), *ACTIONS.values()} - {"", NOBODY}))
def test_with_every_other_right_one_neither_sees_nor_presses(records, right):
    client, before = all_rights_but(right), has_happened()
    shown = cache(lambda page: client.get(page).content.decode())
    for (model, name), needed in BUTTONS.items():
        record = records[model]
        if needed == right or right in TOGETHER.get((model, name), ()):
            press = address(record, "press", name)
            assert press not in shown(address(record, "change")), press
            assert {client.get(press).status_code, client.post(press).status_code} == {403}, press
    for (model, action), needed in ACTIONS.items():
        if needed == right:
            refused(client, shown, records[model], action)
    assert has_happened() == before


def refused(client: Client, shown: Callable[[str], str], record, action: str) -> None:
    """The list does not offer the action, and a request for it changes nothing and asks nothing."""
    page = reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_changelist")
    assert f'value="{action}"' not in shown(page), action
    answer = client.post(page, {"action": action, "confirmed": "1", "_selected_action": [record.pk]})
    assert answer.status_code in (200, 302), action
    assert answer.get("Location", "").find("/link/") < 0, action


def test_with_that_right_alone_one_may(records):
    user = make_user("one@finmo.example", is_staff=True)
    client = signed_in(user)
    for (model, name), needed in BUTTONS.items():
        right = _may_change(model) if needed == NOBODY else needed or view_of(model)
        grant(client, user, view_of(model), right, *TOGETHER.get((model, name), ()))
        expected = {403} if needed == NOBODY else {200, 302, 405}
        assert client.get(address(records[model], "press", name)).status_code in expected, (model, name)


def test_account_managers_connect_but_send_and_decide_nothing(records):
    user = make_user("manager@finmo.example", is_staff=True)
    user.groups.add(account_managers())
    client = signed_in(user)
    for (model, name), needed in BUTTONS.items():
        expected = {200, 302, 405} if needed == "integrations.change_connection" else {403}
        assert client.get(address(records[model], "press", name)).status_code in expected, (model, name)


# --- pages --------------------------------------------------------------------------------------


def pages(records: dict) -> dict[str, str]:
    """{address: the right to open it}"""
    found = {
        reverse("admin:integrations_operations"): "integrations.view_syncrun",
        reverse("admin:integrations_faults"): "integrations.view_syncjob",
        reverse("admin:integrations_fault", args=["6240"]): "integrations.view_syncjob",
        reverse("admin:integrations_change_changelist"): "integrations.view_change",
        reverse("admin:integrations_pushbatch_changelist"): "integrations.view_pushbatch",
        reverse("admin:integrations_contactfinding_changelist"): "integrations.view_contactfinding",
    }
    for model, record in records.items():
        named = f"admin:{model.replace('.', '_')}"
        found[reverse(f"{named}_changelist")] = view_of(model)
        found |= {address(record, page): view_of(model) for page in ("change", "history")}
        if model in (*CONTACTS, *DOCUMENTS, *LISTS):
            found[address(record, "compare")] = view_of(model)
        if model in (*CONTACTS, *DOCUMENTS):
            found[reverse(f"{named}_export")] = view_of(model)
            found[address(record, "link")] = _may_change(model)
            found[reverse(f"{named}_add")] = view_of(model).replace("view_", "add_")
    return found


def test_each_page_opens_with_its_right_and_with_no_other(records):
    user, nobody = (
        make_user("one@finmo.example", is_staff=True),
        make_user("none@finmo.example", is_staff=True),
    )
    client, stranger = signed_in(user), signed_in(nobody)
    for page, right in pages(records).items():
        grant(client, user, right)
        # Who adds is sent on to add to the one organization that there is.
        assert client.get(page, follow=True).status_code == 200, page
        assert stranger.get(page).status_code == 403, page


@pytest.mark.parametrize("model", [*CONTACTS, *DOCUMENTS])
def test_a_file_is_read_with_both_rights_only(records, model):
    user = make_user("one@finmo.example", is_staff=True)
    client, page = signed_in(user), reverse(f"admin:{model.replace('.', '_')}_import")
    add, change = view_of(model).replace("view_", "add_"), _may_change(model)
    for rights, expected in (([], 403), ([add], 403), ([change], 403), ([add, change], 200)):
        grant(client, user, view_of(model), *rights)
        assert {client.get(page).status_code, client.post(page).status_code} == {expected}, rights


def test_a_cause_is_retried_by_those_who_may_change_its_records(records, connected):
    user = make_user("one@finmo.example", is_staff=True)
    client, retry = signed_in(user), reverse("admin:integrations_cause_retry")
    for entity, model in zip(
        ("customers", "beneficiaries", "invoices", "bills"), (*CONTACTS, *DOCUMENTS), strict=True
    ):
        body = {"organization": connected.pk, "entity": entity, "code": "6240"}
        grant(client, user, view_of(model), "integrations.view_syncrun")
        assert client.post(retry, body).status_code == 403, entity
        grant(client, user, _may_change(model))
        assert client.post(retry, body).status_code == 302, entity
