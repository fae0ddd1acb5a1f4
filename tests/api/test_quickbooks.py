from urllib.parse import parse_qs, urlsplit

import pytest

from integrations.models import Account, Configuration, ConnectAttempt, Connection, Organization, TaxCode
from tests.factories import make_customer, pull, push

PATH = "integrations/quickbooks/"


def test_before_connecting_it_says_so(api):
    assert api.get(PATH).json() == {
        "enabled": True,
        "connected": False,
        "status": "not_connected",
        "realm_id": None,
        "company_name": None,
        "connected_at": None,
        "expires_at": None,
        "error": None,
        "configuration": {
            "contacts_auto_sync": False,
            "receivables_auto_push": False,
            "receivables_auto_pull": False,
            "payables_auto_push": False,
            "payables_auto_pull": False,
            "default_receivable_account": None,
            "default_payable_account": None,
            "default_receivable_tax_code": None,
            "default_payable_tax_code": None,
            "contacts_last_synced_at": None,
            "receivables_last_pushed_at": None,
            "receivables_last_pulled_at": None,
            "payables_last_pushed_at": None,
            "payables_last_pulled_at": None,
            "accounts_last_synced_at": None,
            "items_last_synced_at": None,
            "tax_codes_last_synced_at": None,
        },
    }


def test_once_connected_it_names_the_company(qbo, api, organization):
    pull(organization, "accounts")
    shown = api.get(PATH).json()
    assert (shown["connected"], shown["status"], shown["realm_id"]) == (True, "connected", qbo.realm)
    assert shown["company_name"] == Connection.objects.get(organization=organization).company_name
    assert shown["connected_at"] and shown["expires_at"]
    assert shown["configuration"]["accounts_last_synced_at"]


def test_what_work_waits_for_is_explained(qbo, api, organization):
    Connection.objects.filter(organization=organization).update(
        status="needs_reconnect", pause="needs_reconnect"
    )
    shown = api.get(PATH).data
    assert (shown["status"], shown["connected"]) == ("needs_reconnect", False)
    assert shown["error"]["code"] == "needs_reconnect"
    assert shown["error"]["remedy"]


def test_the_configuration_is_changed_and_answered_as_it_is_read(qbo, as_admin, organization):
    account = Account.objects.filter(organization=organization, classification="Revenue").last()
    code = TaxCode.objects.filter(organization=organization, purchase_rate__isnull=False).last()
    changes = {
        "contacts_auto_sync": True,
        "default_receivable_account": account.pk,
        "default_payable_tax_code": code.pk,
        "default_payable_account": None,
    }
    answer = as_admin.patch(PATH, changes)
    assert answer.status_code == 200
    assert answer.json() == as_admin.get(PATH).json()
    assert {name: answer.data["configuration"][name] for name in changes} == changes


def test_a_change_leaves_the_workers_columns_alone(qbo, as_admin, organization):
    pull(organization, "accounts")
    before = Configuration.objects.get(organization=organization).accounts_last_synced_at
    answer = as_admin.patch(PATH, {"receivables_auto_pull": True, "accounts_last_synced_at": None})
    assert answer.status_code == 200
    configuration = Configuration.objects.get(organization=organization)
    assert (configuration.accounts_last_synced_at, configuration.receivables_auto_pull) == (before, True)


@pytest.mark.parametrize("field", ["default_receivable_account", "default_payable_tax_code"])
@pytest.mark.parametrize("kind", ["foreign", "inactive", "unlinked", "unknown"])
def test_a_default_is_the_organizations_active_and_in_quickbooks(as_admin, organization, field, kind):
    model = Account if field.endswith("account") else TaxCode
    owner = organization
    if kind == "foreign":
        owner = Organization.objects.create(slug="foreign", name="Foreign")
    record = model.objects.create(
        organization=owner,
        name="Sales",
        is_active=kind != "inactive",
        qbo_id=None if kind == "unlinked" else "1",
    )
    answer = as_admin.patch(PATH, {field: 999999 if kind == "unknown" else record.pk})
    assert (answer.status_code, list(answer.data["fields"])) == (400, [field])


@pytest.mark.parametrize(
    ("field", "wrong", "sentence"),
    [
        ("default_receivable_account", {"classification": "Expense"}, "no income account"),
        ("default_payable_account", {"classification": "Revenue"}, "neither an expense nor an asset account"),
        ("default_receivable_tax_code", {"purchase_rate": 9}, "for purchases alone"),
        ("default_payable_tax_code", {"sales_rate": 9}, "for sales alone"),
    ],
)
def test_a_default_is_of_the_kind_that_the_portal_offers(as_admin, organization, field, wrong, sentence):
    model = Account if field.endswith("account") else TaxCode
    record = model.objects.create(organization=organization, name="Odd", qbo_id="1", **wrong)
    answer = as_admin.patch(PATH, {field: record.pk})
    assert (answer.status_code, list(answer.data["fields"])) == (400, [field])
    [told] = answer.data["fields"][field]
    assert "“Odd”" in told and sentence in told
    assert getattr(Configuration.objects.get(organization=organization), field) is None


def test_a_default_that_is_chosen_already_may_be_sent_again(as_admin, organization):
    odd = Account.objects.create(organization=organization, name="Odd", qbo_id="1", is_active=False)
    Configuration.objects.filter(organization=organization).update(default_payable_account=odd)
    assert as_admin.patch(PATH, {"default_payable_account": odd.pk}).status_code == 200


def test_connecting_begins_at_intuit(as_admin, admin_user, organization, settings):
    answer = as_admin.post(f"{PATH}connect/")
    assert answer.status_code == 200
    assert list(answer.data) == ["authorization_url"]
    address = urlsplit(answer.data["authorization_url"])
    assert answer.data["authorization_url"].startswith(settings.QBO_AUTHORIZE_URL)
    query = parse_qs(address.query)
    assert query["redirect_uri"] == ["http://testserver/integrations/quickbooks/callback/"]
    attempt = ConnectAttempt.objects.get()
    assert (attempt.organization, attempt.user) == (organization, admin_user)
    assert attempt.return_to == "/settings/integrations/quickbooks/"


def test_the_registered_redirect_address_goes_first(as_admin, settings):
    settings.QBO_REDIRECT_URI = "https://finmo.example/integrations/quickbooks/callback/"
    query = parse_qs(urlsplit(as_admin.post(f"{PATH}connect/").data["authorization_url"]).query)
    assert query["redirect_uri"] == [settings.QBO_REDIRECT_URI]


def test_what_finmo_has_not_switched_on_cannot_be_connected(as_admin, organization):
    organization.quickbooks_enabled = False
    organization.save()
    assert as_admin.get(PATH).data["enabled"] is False
    answer = as_admin.post(f"{PATH}connect/")
    assert (answer.status_code, answer.data["code"]) == (409, "not_enabled")
    assert "not switched on" in answer.data["detail"]


def test_disconnecting_keeps_ids_and_history(qbo, as_admin, organization):
    customer = make_customer(organization)
    run = push(customer)
    answer = as_admin.post(f"{PATH}disconnect/")
    assert answer.status_code == 200
    assert (answer.data["connected"], answer.data["status"]) == (False, "not_connected")
    assert as_admin.get(f"customers/{customer.pk}/").data["quickbooks_id"] == customer.qbo_id
    assert as_admin.get(f"sync-runs/{run.pk}/").status_code == 200
    assert as_admin.post("customers/pull/").data["code"] == "not_connected"


def test_no_token_of_quickbooks_is_ever_shown(qbo, as_admin, organization):
    connection = Connection.objects.get(organization=organization)
    text = as_admin.get(PATH).content.decode()
    assert connection.access_token not in text
    assert connection.refresh_token not in text
