"""Who gets in, what a role may press, and whose records are whose."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from integrations.models import Conflict, Membership, Organization, Role, SyncRun
from tests.conftest import PASSWORD, signed_in
from tests.factories import make_beneficiary, make_bill, make_customer, make_invoice

from .pages import HTMX, buttons_of, text_of

PAGES = [
    "/",
    "/customers/",
    "/beneficiaries/",
    "/receivables/",
    "/payables/",
    "/reconciliation/",
    "/reconciliation/customers/",
    "/sync-history/",
    "/conflicts/",
    "/settings/integrations/",
    "/settings/integrations/quickbooks/",
]


@pytest.fixture
def records(organization) -> dict[str, int]:
    """One record of each kind; {path: key}."""
    run = SyncRun.objects.create(
        organization=organization, direction="push", entity="invoices", trigger="portal"
    )
    conflict = Conflict.objects.create(
        organization=organization,
        entity="customers",
        record_id=1,
        fields={"email": {"finmo": "a", "quickbooks": "b"}},
    )
    return {
        "customers": make_customer(organization).pk,
        "beneficiaries": make_beneficiary(organization).pk,
        "receivables": make_invoice(organization).pk,
        "payables": make_bill(organization).pk,
        "sync-history": run.pk,
        "conflicts": conflict.pk,
    }


@pytest.mark.parametrize("page", PAGES)
def test_every_page_asks_for_a_sign_in_first_and_comes_back(db, page):
    answer = Client().get(page)
    assert answer.status_code == 302
    assert answer["Location"] == f"/login/?next={page}"


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_for_every_role(organization, admins, browser, viewers, page):
    for client in (admins, browser, viewers):
        assert client.get(page).status_code == 200


def test_signing_in_with_the_e_mail_address_opens_the_overview(admin_user):
    answer = Client().post("/login/", {"username": admin_user.email, "password": PASSWORD}, follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert "Acme Trading" in text_of(answer)


def test_a_wrong_password_is_told_with_its_remedy_and_keeps_the_address(admin_user):
    answer = Client().post("/login/", {"username": admin_user.email, "password": "wrong"})
    assert "E-mail and password do not match" in text_of(answer)
    assert f'value="{admin_user.email}"' in answer.content.decode()


def test_a_lost_session_sends_a_fragment_to_the_sign_in_as_a_whole_page(organization):
    invoice = make_invoice(organization)
    headers = HTMX | {"HX-Current-URL": "http://testserver/receivables/?status=open"}
    answer = Client().post(f"/receivables/{invoice.pk}/sync/", headers=headers)
    assert answer["HX-Redirect"] == "/login/?next=/receivables/%3Fstatus%3Dopen"


def test_a_person_without_an_organization_is_told_so(staff):
    answer = signed_in(staff).get("/")
    assert answer.status_code == 403
    assert "You belong to no organization yet." in text_of(answer)


@pytest.mark.parametrize(
    "action",
    [
        "/customers/{customers}/",
        "/customers/{customers}/edit/",
        "/beneficiaries/{beneficiaries}/",
        "/beneficiaries/{beneficiaries}/edit/",
        "/receivables/{receivables}/",
        "/receivables/{receivables}/edit/",
        "/payables/{payables}/",
        "/payables/{payables}/edit/",
        "/sync-history/{sync-history}/",
        "/sync-history/{sync-history}/progress/",
    ],
)
def test_another_organizations_pages_do_not_exist(records, stranger, action):
    assert signed_in(stranger).get(action.format(**records)).status_code == 404


ACTIONS = [
    "/customers/{customers}/sync/",
    "/customers/{customers}/delete/",
    "/beneficiaries/{beneficiaries}/sync/",
    "/receivables/{receivables}/sync/",
    "/receivables/{receivables}/void/",
    "/receivables/{receivables}/delete/",
    "/payables/{payables}/sync/",
    "/payables/{payables}/void/",
    "/payables/{payables}/delete/",
    "/sync-history/{sync-history}/retry/",
    "/conflicts/{conflicts}/resolve/",
]


@pytest.mark.parametrize("action", ACTIONS)
def test_another_organizations_records_cannot_be_acted_on(records, stranger, action):
    assert signed_in(stranger).post(action.format(**records)).status_code == 404


@pytest.mark.parametrize(
    "action",
    [
        *ACTIONS,
        "/customers/",
        "/receivables/",
        "/customers/new/",
        "/receivables/new/",
        "/receivables/{receivables}/edit/",
        "/settings/integrations/quickbooks/contacts/push/",
        "/settings/integrations/quickbooks/connect/",
        "/settings/integrations/quickbooks/disconnect/",
        "/settings/integrations/quickbooks/forget/",
        "/settings/integrations/quickbooks/automatic/",
        "/settings/integrations/quickbooks/",
    ],
)
def test_a_viewer_is_refused_whatever_they_send(records, viewers, action):
    answer = viewers.post(action.format(**records))
    assert answer.status_code == 403
    assert "Your role does not allow this." in text_of(answer)


@pytest.mark.parametrize("form", ["/customers/new/", "/receivables/new/", "/payables/{payables}/edit/"])
def test_a_viewer_gets_no_form(records, viewers, form):
    assert viewers.get(form.format(**records)).status_code == 403


@pytest.mark.parametrize(
    "action",
    ["connect", "disconnect", "forget", "automatic", ""],
)
def test_an_accountant_cannot_change_the_configuration(browser, action):
    address = f"/settings/integrations/quickbooks/{action}/".replace("//", "/")
    assert browser.post(address).status_code == 403


def test_a_viewer_sees_no_button_that_they_may_not_press(records, viewers):
    pages = [*PAGES, *(f"/{path}/{key}/" for path, key in records.items() if path != "conflicts")]
    for page in pages:
        answer = viewers.get(page)
        assert buttons_of(answer) <= {"Menu", "Sign out", "Show", "Copy for support", ""}, page
        assert "/new/" not in answer.content.decode() and "/edit/" not in answer.content.decode(), page


def test_an_organization_without_the_integration_sees_none_of_it(organization, admins):
    Organization.objects.update(quickbooks_enabled=False)
    assert admins.get("/settings/integrations/").status_code == 404
    assert admins.get("/settings/integrations/quickbooks/").status_code == 404
    overview = admins.get("/")
    assert "/settings/integrations/" not in overview.content.decode()
    assert "QuickBooks" not in text_of(overview)
    make_customer(organization)
    assert "Bulk Sync" not in buttons_of(admins.get("/customers/"))
    assert admins.post("/customers/").status_code == 404


def test_a_person_of_two_organizations_switches_between_them(organization, admin_user):
    other = Organization.objects.create(slug="beta", name="Beta Works")
    Membership.objects.create(organization=other, user=admin_user, role=Role.VIEWER)
    make_customer(other, name="Of Beta")
    client = signed_in(admin_user)
    assert "Of Beta" not in text_of(client.get("/customers/"))
    client.post("/organization/", {"organization": "beta"})
    assert "Of Beta" in text_of(client.get("/customers/"))


def test_nobody_switches_to_an_organization_that_is_not_theirs(organization, admins):
    Organization.objects.create(slug="beta", name="Beta Works")
    assert admins.post("/organization/", {"organization": "beta"}).status_code == 404


def test_every_action_demands_the_token_against_forged_requests(organization, admin_user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(get_user_model().objects.get(pk=admin_user.pk))
    assert client.post("/settings/integrations/quickbooks/disconnect/").status_code == 403
    assert client.post("/receivables/").status_code == 403


def test_a_form_that_another_sign_in_made_stale_leads_back_to_its_page(organization, records, admin_user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(get_user_model().objects.get(pk=admin_user.pk))
    page = "/receivables/{receivables}/".format(**records)
    answer = client.post(f"{page}delete/", HTTP_REFERER=f"http://testserver{page}")
    assert answer.status_code == 403
    assert f'href="{page}"' in answer.content.decode()
    # A role that does not allow something answers 403, too.
    assert answer["X-Stale-Form"] == "true"


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_no_browser_keeps_a_page_nor_the_sidebar_that_has_the_same_address(
    organization, records, admins, headers
):
    for page in (*PAGES, "/receivables/{receivables}/".format(**records)):
        assert "no-store" in admins.get(page, headers=headers)["Cache-Control"], page


@pytest.mark.parametrize("page", PAGES)
def test_no_page_carries_anything_that_the_content_security_policy_blocks(organization, admins, page):
    answer = admins.get(page)
    html = answer.content.decode()
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert "style=" not in html and "<style" not in html and "onclick" not in html
    assert html.count("<script") == html.count("<script src=")
