import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.db import IntegrityError
from django.db import connection as database
from django.utils import timezone

from integrations import connecting, services, tasks
from integrations.models import Change, Connection, Membership, Organization, Role
from integrations.simulator.models import Grant
from tests.conftest import make_user
from tests.factories import make_customer, push
from tests.quickbooks import CALLBACK, QuickBooks, answer_bells, drain, fault_body


@pytest.fixture
def company(http, db) -> QuickBooks:
    return QuickBooks(http, country="SG")


def begin(organization, user) -> str:
    address = connecting.begin(organization, user, redirect_uri=CALLBACK, return_to="/")
    return parse_qs(urlsplit(address).query)["state"][0]


def test_connecting_stores_the_grant_and_reads_the_company(company, organization, admin_user):
    held = company.connect(organization, admin_user)
    assert (held.status, held.realm_id, held.country) == ("connected", company.realm, "SG")
    assert held.home_currency == "SGD" and held.company_name
    assert held.refresh_expires_at > timezone.now() + timedelta(days=90)
    assert held.refresh_hard_expires_at > timezone.now() + timedelta(days=4 * 365)


def test_tokens_are_not_readable_in_the_database(company, organization, admin_user):
    held = company.connect(organization, admin_user)
    with database.cursor() as cursor:
        cursor.execute("select access_token, refresh_token from integrations_connection")
        stored = cursor.fetchone()
    assert held.access_token not in str(stored) and held.refresh_token not in str(stored)
    assert held.access_token not in repr(held) + str(vars(held).get("_state"))


def test_a_state_serves_once(company, organization, admin_user):
    state = begin(organization, admin_user)
    with pytest.raises(connecting.ConnectRefused):
        connecting.finish(admin_user, state=state, code="", realm_id="", error="access_denied")
    with pytest.raises(connecting.ConnectRefused) as refusal:
        connecting.finish(admin_user, state=state, code="x", realm_id="1", error="")
    assert refusal.value.code == "state_invalid"


def test_a_state_is_good_for_the_person_who_began_only(company, organization, admin_user, accountant):
    state = begin(organization, admin_user)
    with pytest.raises(connecting.ConnectRefused) as refusal:
        connecting.finish(accountant, state=state, code="x", realm_id="1", error="")
    assert refusal.value.code == "state_invalid"


def test_a_state_is_good_for_ten_minutes(company, organization, admin_user):
    with time_machine.travel("2026-11-22 10:00Z", tick=False):
        state = begin(organization, admin_user)
    with (
        time_machine.travel("2026-11-22 10:11Z", tick=False),
        pytest.raises(connecting.ConnectRefused) as refusal,
    ):
        connecting.finish(admin_user, state=state, code="x", realm_id="1", error="")
    assert refusal.value.code == "state_invalid"


def test_an_organization_without_the_integration_cannot_connect(organization, admin_user):
    organization.quickbooks_enabled = False
    organization.save()
    with pytest.raises(services.Refused) as refusal:
        begin(organization, admin_user)
    assert refusal.value.code == "not_enabled"


def test_a_company_is_connected_to_one_organization_at_a_time(company, organization, admin_user):
    company.connect(organization, admin_user)
    other = Organization.objects.create(slug="second", name="Second", quickbooks_enabled=True)
    somebody = make_user("second@example.com", other)
    with pytest.raises(connecting.ConnectRefused) as refusal:
        company.connect(other, somebody)
    assert refusal.value.code == "realm_in_use"
    with pytest.raises(IntegrityError):
        Connection.objects.filter(organization=other).update(status="connected", realm_id=company.realm)


def test_another_company_is_refused_until_the_records_are_unlinked(
    qbo, http, organization, admin_user, asked
):
    customer = make_customer(organization)
    push(customer)
    first, second = qbo.realm, QuickBooks(http, country="SG")
    connecting.disconnect(organization, asked=asked)
    with pytest.raises(connecting.ConnectRefused) as refusal:
        second.connect(organization, admin_user)
    assert refusal.value.code == "different_company"
    assert Connection.objects.get(organization=organization).realm_id == first
    connecting.forget_company(organization, asked=asked)
    customer.refresh_from_db()
    assert (customer.qbo_id, customer.accounting_synced) == (None, False)
    assert second.connect(organization, admin_user).realm_id == second.realm


def test_disconnecting_gives_the_grant_back_and_keeps_the_ids(qbo, organization, admin_user, asked):
    customer = make_customer(organization)
    push(customer)
    connecting.disconnect(organization, asked=asked)
    tasks.revoke(organization.pk)
    customer.refresh_from_db()
    held = Connection.objects.get(organization=organization)
    assert customer.qbo_id
    assert (held.status, held.access_token, held.refresh_token) == ("not_connected", None, None)
    assert list(Grant.objects.filter(company__realm_id=qbo.realm).values_list("revoked", flat=True)) == [True]


def test_a_grant_that_could_not_be_given_back_is_given_back_within_two_hours(qbo, organization, asked):
    connecting.disconnect(organization, asked=asked)
    qbo.answer_next("tokens/revoke", 503, "")
    tasks.revoke(organization.pk)
    for _ in range(3):
        tasks.sweep()
        answer_bells()
    assert Connection.objects.get(organization=organization).refresh_token
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        tasks.sweep()
        answer_bells()
    assert Connection.objects.get(organization=organization).refresh_token is None
    assert list(Grant.objects.filter(company__realm_id=qbo.realm).values_list("revoked", flat=True)) == [True]


def test_tokens_that_come_after_disconnecting_are_not_kept(qbo, organization, asked):
    customer = make_customer(organization)
    run = services.push(organization, "customers", asked=asked, ids=[customer.pk])
    Connection.objects.update(access_expires_at=timezone.now())
    before = Connection.objects.get(organization=organization).refresh_token
    qbo.during_next_call(lambda: connecting.disconnect(organization, asked=asked), "/simulator/oauth2/")
    drain(organization)
    held = Connection.objects.get(organization=organization)
    assert (held.status, held.access_token, held.refresh_token) == ("not_connected", None, before)
    run.refresh_from_db()
    assert (run.status, run.error_code) == ("waiting", "not_connected")
    assert qbo.calls.total() == 0


@pytest.mark.parametrize("role", [Role.VIEWER, None])
def test_who_lost_the_right_meanwhile_does_not_connect(company, organization, admin_user, role):
    address = connecting.begin(organization, admin_user, redirect_uri=CALLBACK, return_to="/")
    state = parse_qs(urlsplit(address).query)["state"][0]
    code = company.consent(address)
    own = Membership.objects.filter(user=admin_user)
    own.update(role=role) if role else own.delete()
    with pytest.raises(connecting.ConnectRefused) as refusal:
        connecting.finish(admin_user, state=state, code=code, realm_id=company.realm, error="")
    assert refusal.value.code == "not_allowed"
    assert Connection.objects.get(organization=organization).status == "not_connected"


def test_work_waits_for_a_dead_grant_and_goes_on_after_reconnecting(qbo, organization, admin_user, asked):
    qbo.mishap("grant_revoked")
    customer = make_customer(organization)
    run = services.push(organization, "customers", asked=asked, ids=[customer.pk])
    drain(organization)
    run.refresh_from_db()
    customer.refresh_from_db()
    assert (run.status, run.error_code, run.failed) == ("waiting", "needs_reconnect", 0)
    assert customer.sync_state == "queued"
    assert Connection.objects.get(organization=organization).status == "needs_reconnect"
    with pytest.raises(services.NotConnected) as refusal:
        services.push(organization, "customers", asked=asked, ids=[customer.pk])
    assert refusal.value.code == "needs_reconnect"
    qbo.connect(organization, admin_user)
    drain(organization)
    run.refresh_from_db()
    assert (run.status, run.error_code, run.succeeded) == ("succeeded", "", 1)


def test_a_token_is_refreshed_before_it_ends(qbo, organization):
    with time_machine.travel(timezone.now() + timedelta(minutes=58)):
        customer = make_customer(organization)
        push(customer)
    assert customer.accounting_synced
    assert Connection.objects.get(organization=organization).token_version == 2


def test_a_refused_token_is_refreshed_once(qbo, organization):
    qbo.mishap("token_expired")
    customer = make_customer(organization)
    push(customer)
    assert customer.accounting_synced
    assert Connection.objects.get(organization=organization).token_version == 2


def test_the_plan_and_the_subscription_are_read_with_the_company(qbo, organization):
    held = Connection.objects.get(organization=organization)

    assert (held.plan, held.subscription) == ("QuickBooks Online Plus", "PAID")


def an_hour_ago():
    return timezone.now() - timedelta(hours=1)


def read_company_now(qbo, organization, *, info: dict | None = None, preferences: dict | None = None):
    """A push an hour later, before which the company is read; its answers are these, where they are given."""
    Connection.objects.filter(organization=organization).update(company_read_at=an_hour_ago())
    if info is not None:
        qbo.answer_next("/companyinfo/", 200, json.dumps({"CompanyInfo": info}))
    if preferences is not None:
        qbo.answer_next("/preferences", 200, json.dumps({"Preferences": preferences}))
    customer = make_customer(organization)
    push(customer)
    assert customer.accounting_synced, customer.sync_error_message
    return Connection.objects.get(organization=organization)


def test_what_cannot_be_read_of_a_company_stays_as_it_was(qbo, organization, caplog):
    before = Connection.objects.get(organization=organization)
    info = {"CompanyName": "Renamed", "Country": [], "NameValue": [{"Name": "NeoEnabled", "Value": True}, 7]}
    preferences = {
        "CurrencyPrefs": {"HomeCurrency": {}, "MultiCurrencyEnabled": "perhaps"},
        "AccountingInfoPrefs": {"BookCloseDate": ""},
        "SalesFormsPrefs": {"CustomTxnNumbers": "true"},
        "TaxPrefs": 1,
    }

    held = read_company_now(qbo, organization, info=info, preferences=preferences)

    assert (held.company_name, held.country, held.custom_numbers) == ("Renamed", "SG", True)
    assert (held.home_currency, held.multicurrency) == ("SGD", before.multicurrency)
    assert (held.books_closed_until, held.uses_sales_tax) == (None, before.uses_sales_tax)
    assert held.company_read_at > an_hour_ago()
    assert "CurrencyPrefs.MultiCurrencyEnabled, TaxPrefs" in caplog.text


@pytest.mark.parametrize("what", ["/companyinfo/", "/preferences"])
@pytest.mark.parametrize(
    "answer", [(400, fault_body("5020", "Permission Denied")), (200, "{}"), (200, '{"Preferences":[]}')]
)
def test_a_company_that_is_not_told_stays_as_it_was_and_work_goes_on(qbo, organization, what, answer):
    qbo.answer_next(what, *answer)

    held = read_company_now(qbo, organization)

    assert (held.country, held.home_currency, held.plan) == ("SG", "SGD", "QuickBooks Online Plus")
    assert held.uses_sales_tax


@pytest.mark.parametrize(
    ("answer", "country"),
    [
        ((400, fault_body("5020", "Permission Denied")), ""),
        ((200, '{"Preferences":{"CurrencyPrefs":{"HomeCurrency":{}}}}'), "SG"),
        ((200, '{"Preferences":7}'), "SG"),
    ],
)
def test_connecting_does_without_what_the_company_does_not_tell(
    company, organization, admin_user, answer, country
):
    company.answer_next("/preferences", *answer)

    held = company.connect(organization, admin_user)

    assert (held.status, held.country, held.home_currency) == ("connected", country, "")
    assert Change.objects.filter(
        organization=organization, sentence__startswith="Connected QuickBooks"
    ).exists()
