"""Linking by hand: a search over there, one record here for one over there."""

from decimal import Decimal

import pytest

from integrations import linking, services
from integrations.models import Organization, SyncJob, SyncRun
from integrations.services import NotConnected, Refused, UnknownRecord
from tests.factories import (
    invoice_line,
    make_customer,
    make_invoice,
    pull,
    push,
)

from .by_hand import ASKED, done, found, link, make_theirs

# --- searching ---------------------------------------------------------------------------------


def test_a_search_finds_contacts_by_name_company_and_address_in_one_call(qbo, organization):
    email = {"Address": "pay@globex.example"}
    by_name = qbo.make("Customer", {"DisplayName": "Globex", "PrimaryEmailAddr": email})
    by_company = qbo.make("Customer", {"DisplayName": "G. Bex", "CompanyName": "Globex Pte Ltd"})
    qbo.make("Customer", {"DisplayName": "Initech"})
    candidates = found(organization, "customers", "globex")
    assert [each.id for each in candidates] == [by_name["Id"], by_company["Id"]]
    assert candidates[0].details == {"email": "pay@globex.example", "currency": "SGD"}
    assert candidates[0].free
    assert qbo.calls == {"batch": 1}


def test_a_search_of_suppliers_asks_nothing_that_quickbooks_does_not_answer(qbo, organization):
    held = qbo.make("Vendor", {"DisplayName": "O'Neil & Co"})
    assert [each.id for each in found(organization, "beneficiaries", "o'neil")] == [held["Id"]]


def test_a_search_tells_what_is_linked_already_and_what_is_inactive(qbo, organization):
    bound = make_customer(organization, name="Acme One")
    push(bound)
    retired = qbo.make("Customer", {"DisplayName": "Acme Two"})
    qbo.change("Customer", retired["Id"], DisplayName="Acme Two", Active=False)
    one, two = found(organization, "customers", "acme")
    assert (one.bound, one.active, one.free) == (bound, True, False)
    assert (two.bound, two.active, two.free) == (None, False, False)


@pytest.mark.parametrize("text", ["INV-77", "nv-7", "Globex", "100", "100.00"])
def test_documents_are_found_by_number_contact_and_amount(qbo, organization, text):
    customer = make_customer(organization, name="Globex")
    push(customer)
    theirs = make_theirs(qbo, customer, number="INV-77")
    [candidate] = found(organization, "invoices", text)
    assert (candidate.id, candidate.name) == (theirs["Id"], "INV-77")
    assert candidate.details == {
        "customer": "Globex",
        "issue_date": "2026-10-01",
        "due_date": "2026-10-31",
        "currency": "SGD",
        "total": "100",
        "balance": "100",
    }


@pytest.mark.parametrize("entity", ["items", "accounts", "tax-codes"])
def test_lists_are_searched_by_name(qbo, organization, entity):
    [name] = {
        record.name for record in services.mapper_for(entity).records(organization).filter(is_active=True)[:1]
    }
    assert name in [each.name for each in found(organization, entity, name)]


def test_a_search_without_a_hit_says_so(qbo, organization):
    run = done(linking.look_up(organization, "customers", "  nobody  ", asked=ASKED))
    assert (run.status, run.total, linking.candidates(run)) == ("succeeded", 0, [])


@pytest.mark.parametrize("text", ["", "   ", "x" * 101])
def test_a_search_needs_a_text(qbo, organization, text):
    with pytest.raises(Refused, match="1 to 100 characters"):
        linking.look_up(organization, "customers", text, asked=ASKED)


# --- linking -----------------------------------------------------------------------------------


def test_a_contact_of_another_name_and_address_is_linked_and_its_changes_wait(qbo, organization):
    theirs = qbo.make(
        "Customer",
        {
            "DisplayName": "Globex Corp",
            "PrimaryEmailAddr": {"Address": "ap@globex.example"},
            "PrimaryPhone": {"FreeFormNumber": "9"},
        },
    )
    customer = make_customer(organization, name="Globex", email="pay@globex.example")
    qbo.reset_calls()
    run = link(organization, "customers", {customer: theirs["Id"]})
    assert (run.status, run.jobs.get().outcome) == ("succeeded", "linked")
    assert "email, name" in run.jobs.get().message
    assert (customer.qbo_id, customer.sync_state, customer.phone) == (theirs["Id"], "changed", "9")
    assert qbo.calls == {"query": 1}
    assert push(customer).status == "succeeded"
    after = qbo.read("Customer", theirs["Id"])
    assert after["DisplayName"] == "Globex" and after["PrimaryPhone"] == {"FreeFormNumber": "9"}
    assert after["PrimaryEmailAddr"] == {"Address": "pay@globex.example"}
    assert len(qbo.all("Customer")) == 1


def test_a_record_that_failed_is_in_step_once_it_is_linked_to_its_like(qbo, organization):
    parent = qbo.make("Customer", {"DisplayName": "Holding"})
    theirs = qbo.make("Customer", {"DisplayName": "Acme", "Job": True, "ParentRef": {"value": parent["Id"]}})
    customer = make_customer(organization, name="Acme")
    qbo.fault_item("Acme", "6240", detail=f"The name supplied already exists. : Id={theirs['Id']}")
    push(customer)
    assert customer.sync_error["code"] == "name_taken"
    link(organization, "customers", {customer: theirs["Id"]})
    assert (customer.qbo_id, customer.sync_state, customer.sync_error) == (theirs["Id"], "synced", None)


def test_many_are_linked_in_one_query_and_each_that_does_not_fit_fails_alone(qbo, organization):
    names = [f"Client {number}" for number in range(6)]
    theirs = [qbo.make("Customer", {"DisplayName": name})["Id"] for name in names]
    ours = [make_customer(organization, name=f"Our {name}") for name in names]
    qbo.reset_calls()
    targets = [*theirs[:4], theirs[0], "999999"]
    run = link(organization, "customers", dict(zip(ours, targets, strict=True)))
    assert (run.status, run.succeeded, run.failed) == ("partly_failed", 4, 2)
    assert [each.qbo_id for each in ours] == [*theirs[:4], None, None]
    assert [each.sync_error_code for each in ours[4:]] == ["link_taken", "link_target_gone"]
    assert qbo.calls == {"query": 1}


def test_what_another_record_holds_is_refused_in_plain_words(qbo, organization):
    holder, customer = make_customer(organization), make_customer(organization)
    push(holder)
    run = link(organization, "customers", {customer: holder.qbo_id})
    assert (run.status, customer.qbo_id) == ("failed", None)
    assert customer.sync_error["message"].startswith("That record of QuickBooks is linked to another record")


def test_a_linked_record_keeps_its_link_and_its_state(qbo, organization):
    customer, other = make_customer(organization), qbo.make("Customer", {"DisplayName": "Other"})
    push(customer)
    before = customer.qbo_id
    run = link(organization, "customers", {customer: other["Id"]})
    assert (run.status, run.jobs.get().code) == ("failed", "already_linked")
    assert (customer.qbo_id, customer.sync_state, customer.sync_error) == (before, "synced", None)
    again = link(organization, "customers", {customer: before})
    assert (again.status, again.jobs.get().outcome) == ("succeeded", "unchanged")


def test_another_currency_is_refused(qbo, organization):
    qbo.switch(multicurrency=True)
    theirs = qbo.make("Customer", {"DisplayName": "Globex", "CurrencyRef": {"value": "USD"}})
    customer = make_customer(organization, name="Globex Singapore", currency="SGD")
    link(organization, "customers", {customer: theirs["Id"]})
    assert (customer.qbo_id, customer.sync_error["code"]) == (None, "currency_mismatch")
    assert "USD in QuickBooks and SGD here" in customer.sync_error["message"]


def test_what_is_inactive_there_is_refused(qbo, organization):
    theirs = qbo.make("Customer", {"DisplayName": "Globex"})
    qbo.change("Customer", theirs["Id"], DisplayName="Globex", Active=False)
    customer = make_customer(organization, name="Globex")
    link(organization, "customers", {customer: theirs["Id"]})
    assert (customer.qbo_id, customer.sync_error["code"]) == (None, "inactive")


def test_a_document_that_differs_is_linked_and_corrected_by_the_next_push(qbo, organization):
    customer = make_customer(organization)
    push(customer)
    theirs = make_theirs(qbo, customer, number="77")
    lines = [invoice_line(quantity=Decimal(1), unit_price=Decimal("150.00"))]
    invoice = make_invoice(organization, customer, lines=lines, number="INV-77", tax_treatment="none")
    run = link(organization, "invoices", {invoice: theirs["Id"]})
    assert (run.status, invoice.sync_state, invoice.total) == ("succeeded", "changed", Decimal(150))
    assert invoice.lines.get().qbo_line_id == theirs["Line"][0]["Id"]
    assert push(invoice).status == "succeeded"
    after = qbo.read("Invoice", theirs["Id"])
    assert (after["DocNumber"], after["TotalAmt"]) == ("INV-77", Decimal(150))
    assert [line["Id"] for line in after["Line"] if "Id" in line] == [theirs["Line"][0]["Id"]]
    assert len(qbo.all("Invoice")) == 1


def test_a_voided_document_is_refused(qbo, organization):
    customer = make_customer(organization)
    push(customer)
    theirs = make_theirs(qbo, customer, number="77")
    body = {"Id": theirs["Id"], "SyncToken": theirs["SyncToken"]}
    qbo.make("Invoice", body, operation="void")
    invoice = make_invoice(organization, customer)
    link(organization, "invoices", {invoice: theirs["Id"]})
    assert (invoice.qbo_id, invoice.sync_error["code"]) == (None, "inactive")


def test_what_is_on_its_way_is_not_linked(qbo, organization):
    customer, theirs = make_customer(organization), qbo.make("Customer", {"DisplayName": "Other"})
    services.push(organization, "customers", asked=ASKED, ids=[customer.pk])
    run = linking.link(organization, "customers", {customer.pk: theirs["Id"]}, asked=ASKED)
    assert (run.status, run.jobs.get().code) == ("failed", "in_flight")


def test_a_worker_that_dies_between_claim_and_tie_loses_and_doubles_nothing(qbo, organization):
    customer, theirs = make_customer(organization), qbo.make("Customer", {"DisplayName": "Other"})
    run = linking.link(organization, "customers", {customer.pk: theirs["Id"]}, asked=ASKED)
    run.jobs.update(status=SyncJob.Status.RUNNING)
    done(run, customer)
    assert (run.status, customer.qbo_id) == ("succeeded", theirs["Id"])


def test_a_second_worker_that_was_quicker_leaves_a_plain_refusal(qbo, organization):
    """Both read that the document is free; the database lets one of them have it."""
    theirs = qbo.make("Customer", {"DisplayName": "Other"})
    customer, quicker = make_customer(organization), make_customer(organization)
    taken = type(quicker).objects.filter(pk=quicker.pk)
    mapper = services.mapper_for("customers")
    prepare = type(mapper).prepare

    def meanwhile(self, records, company):
        taken.update(qbo_id=theirs["Id"])
        return prepare(self, records, company)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(mapper), "prepare", meanwhile)
        link(organization, "customers", {customer: theirs["Id"]})
    assert (customer.qbo_id, customer.sync_error["code"]) == (None, "link_taken")


@pytest.mark.parametrize("entity", ["items", "accounts", "tax-codes"])
def test_what_is_imported_is_not_linked_by_hand(qbo, organization, entity):
    with pytest.raises(Refused, match="imported from there"):
        linking.link(organization, entity, {1: "1"}, asked=ASKED)
    with pytest.raises(Refused, match="imported from there"):
        linking.unlink(organization, entity, [1], asked=ASKED)


def test_another_organizations_record_is_unknown(qbo, organization):
    other = Organization.objects.create(slug="other", name="Other", quickbooks_enabled=True)
    foreign = make_customer(other)
    for ask in (linking.unlink, linking.read_again):
        with pytest.raises(UnknownRecord):
            ask(organization, "customers", [foreign.pk], asked=ASKED)
    with pytest.raises(UnknownRecord):
        linking.link(organization, "customers", {foreign.pk: "1"}, asked=ASKED)


def test_without_a_connection_nothing_is_searched_or_linked(organization):
    customer = make_customer(organization)
    with pytest.raises(NotConnected):
        linking.look_up(organization, "customers", "x", asked=ASKED)
    with pytest.raises(NotConnected):
        linking.link(organization, "customers", {customer.pk: "1"}, asked=ASKED)
    assert not SyncRun.objects.exists()


def test_a_pull_that_finds_a_like_takes_over_what_is_empty_here(qbo, organization):
    """Otherwise the next push would clear QuickBooks' phone number."""
    customer = make_customer(organization, name="Acme")
    qbo.make("Customer", {"DisplayName": "Acme", "PrimaryPhone": {"FreeFormNumber": "9"}})
    pull(organization, "customers", include_new=True)
    customer.refresh_from_db()
    assert (customer.linked, customer.phone, customer.sync_state) == (True, "9", "synced")
