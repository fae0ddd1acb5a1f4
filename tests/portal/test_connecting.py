"""Settings → Integrations: connecting, refusals with their remedy, disconnecting, moving to another company."""

from urllib.parse import parse_qs, urlsplit

import pytest

from integrations.models import Connection, Organization
from tests.conftest import make_user, signed_in
from tests.factories import make_customer, push
from tests.quickbooks import QuickBooks

from .pages import buttons_of, text_of

CONNECT = "/settings/integrations/quickbooks/connect/"
CALLBACK = "/integrations/quickbooks/callback/"


def state_of(connection: Connection | Organization) -> str:
    return Connection.objects.values_list("status", flat=True).get(organization=connection)


def come_back(client, company: QuickBooks, **changed):
    """From the Connect button through the consent and back, as the person's browser goes."""
    address = client.post(CONNECT)["Location"]
    returned = {
        "state": parse_qs(urlsplit(address).query)["state"][0],
        "code": company.consent(address),
        "realmId": company.realm,
    }
    return client.get(CALLBACK, returned | changed, follow=True)


@pytest.fixture
def company(http) -> QuickBooks:
    return QuickBooks(http, country="SG")


def test_connect_leads_to_intuit_and_back_to_the_configuration(organization, admins, company):
    assert "Connect" in buttons_of(admins.get("/settings/integrations/"))
    answer = come_back(admins, company)
    assert answer.redirect_chain == [("/settings/integrations/quickbooks/", 302)]
    assert "QuickBooks is connected." in text_of(answer)
    assert state_of(organization) == "connected"
    card = admins.get("/settings/integrations/")
    assert {"Reconnect", "Disconnect"} <= buttons_of(card)
    assert organization.connection.__class__.objects.get().company_name in text_of(card)


def test_a_declined_consent_is_told_with_what_to_do(organization, admins, company):
    state = parse_qs(urlsplit(admins.post(CONNECT)["Location"]).query)["state"][0]
    answer = admins.get(CALLBACK, {"state": state, "error": "access_denied"}, follow=True)
    assert "the request was declined at QuickBooks. Press Connect to try again." in text_of(answer)
    assert state_of(organization) == "not_connected"


def test_a_return_that_nobody_began_connects_nothing(organization, admins):
    answer = admins.get(CALLBACK, {"state": "made up", "code": "x", "realmId": "1"}, follow=True)
    assert "no longer valid" in text_of(answer)
    assert state_of(organization) == "not_connected"


def test_the_return_is_good_once_and_for_the_person_who_began(organization, admins, company):
    other = signed_in(make_user("second@acme.example", organization))
    address = admins.post(CONNECT)["Location"]
    returned = {
        "state": parse_qs(urlsplit(address).query)["state"][0],
        "code": company.consent(address),
        "realmId": company.realm,
    }
    other.get(CALLBACK, returned)
    assert state_of(organization) == "not_connected"
    admins.get(CALLBACK, returned)
    assert state_of(organization) == "connected"
    assert "no longer valid" in text_of(admins.get(CALLBACK, returned, follow=True))


def test_disconnecting_asks_once_says_what_it_means_and_keeps_the_records(qbo, organization, admins):
    customer = make_customer(organization)
    push(customer)
    card = text_of(admins.get("/settings/integrations/"))
    assert (
        "Disconnect QuickBooks?" in card
        and "All records, their links to QuickBooks and the history stay" in card
    )
    answer = admins.post("/settings/integrations/quickbooks/disconnect/", follow=True)
    assert "QuickBooks is disconnected." in text_of(answer)
    assert state_of(organization) == "not_connected"
    customer.refresh_from_db()
    assert customer.linked


def test_another_company_is_refused_until_everything_is_unlinked(qbo, http, organization, admins):
    customer = make_customer(organization)
    push(customer)
    admins.post("/settings/integrations/quickbooks/disconnect/")
    other = QuickBooks(http, country="SG")
    answer = come_back(admins, other)
    assert answer.redirect_chain[-1][0] == "/settings/integrations/?refused=different_company"
    assert "Unlink all records" in buttons_of(answer)
    assert "You chose another company" in text_of(answer)
    answer = admins.post("/settings/integrations/quickbooks/forget/", follow=True)
    assert "All records are unlinked." in text_of(answer)
    customer.refresh_from_db()
    assert not customer.linked
    come_back(admins, other)
    assert Connection.objects.get(organization=organization).realm_id == other.realm


def test_records_cannot_be_unlinked_while_connected(qbo, organization, admins):
    customer = make_customer(organization)
    push(customer)
    assert "Unlink all records" not in buttons_of(admins.get("/settings/integrations/"))
    answer = admins.post("/settings/integrations/quickbooks/forget/", follow=True)
    assert "Disconnect QuickBooks first" in text_of(answer)
    customer.refresh_from_db()
    assert customer.linked


def test_no_page_shows_a_token(qbo, organization, admins):
    connection = Connection.objects.get(organization=organization)
    for page in ("/", "/settings/integrations/", "/settings/integrations/quickbooks/"):
        html = admins.get(page).content.decode()
        assert connection.access_token not in html and connection.refresh_token not in html
