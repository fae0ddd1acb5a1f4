"""What people may enter goes to QuickBooks, is read there, and says the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import make_beneficiary, make_customer, pull, push
from tests.mapping.books import (
    bill_of,
    both_sides,
    differing,
    invoice_of,
    push_all,
    set_rates,
    synced_contacts,
)
from tests.mapping.examples import drawn_documents, several, some_examples, text

CONTACT = st.fixed_dictionaries(
    {
        "name": text(450, without=":", shortest=1),
        "company_name": text(100),
        "email": st.sampled_from(["", "ap@acme.example", "first.last+tag@sub.acme.example"]),
        "phone": text(30),
        "address_line1": text(200),
        "address_line2": text(200),
        "address_city": text(100),
        "address_state": text(100),
        "address_postal_code": text(30),
        "address_country": text(100),
    }
)


@pytest.fixture
def qbo_options():
    return {"country": "SG", "multicurrency": True}


@pytest.mark.parametrize("make", [make_customer, make_beneficiary])
@some_examples
@given(drawn=st.lists(CONTACT, min_size=3, max_size=10), currency=st.sampled_from(["SGD", "EUR"]))
def test_a_contact_is_there_as_it_was_entered(qbo, organization, make, drawn, currency):
    contacts = [make(organization, currency=currency, **fields) for fields in drawn]
    for number, contact in enumerate(contacts):
        # No two of one name, also not across examples.
        contact.name = f"{contact.name} {contact._meta.model_name} {contact.pk}.{number}"
        contact.save()
    run = push(*contacts)
    assert run.status == "succeeded", list(run.jobs.filter(outcome="failed").values("code", "detail"))
    for ours, theirs in both_sides(qbo, contacts):
        assert differing(ours, theirs) == set()


@some_examples
@given(before=CONTACT, after=CONTACT)
def test_an_edited_contact_is_there_as_it_was_edited(qbo, organization, before, after):
    contact = make_customer(organization, **before)
    contact.name = f"{contact.name} {contact.pk}"
    contact.save()
    push(contact)
    for name, value in after.items():
        setattr(contact, name, value)
    contact.name = f"{contact.name} {contact.pk}"
    contact.save()
    assert push(contact).status == "succeeded"
    [(ours, theirs)] = both_sides(qbo, [contact])
    assert differing(ours, theirs) == set()


def comparable_lines(values: dict, names: tuple[str, ...]) -> list[dict]:
    return [{name: line[name] for name in names} for line in values["lines"]]


@some_examples
@given(drawn=several(drawn_documents(("exclusive", "none"), places=5)))
def test_an_invoice_is_there_as_it_was_entered(qbo, organization, drawn):
    codes = set_rates(qbo, organization, [])
    customers = synced_contacts(organization, ("SGD", "EUR"))
    invoices = [invoice_of(organization, customers, codes, each) for each in drawn]
    push_all(invoices)
    for ours, theirs in both_sides(qbo, invoices):
        assert differing(ours, theirs) == set()


@some_examples
@given(drawn=several(drawn_documents(("inclusive",), places=5)))
def test_an_inclusive_invoice_keeps_its_gross_amounts(qbo, organization, drawn):
    codes = set_rates(qbo, organization, [])
    customers = synced_contacts(organization, ("SGD", "JPY"))
    invoices = [invoice_of(organization, customers, codes, each) for each in drawn]
    push_all(invoices)
    for ours, theirs in both_sides(qbo, invoices):
        names = ("item", "description", "amount", "tax_code")
        assert comparable_lines(ours, names) == comparable_lines(theirs, names)
        assert differing(ours, theirs) <= {"lines"}


@some_examples
@given(drawn=several(drawn_documents(("exclusive", "inclusive", "none"), places=5)))
def test_a_bill_is_there_as_it_was_entered(qbo, organization, drawn):
    """An expense line has neither quantity nor price there, only its amount."""
    codes = set_rates(qbo, organization, [])
    beneficiaries = synced_contacts(organization, ("SGD", "EUR"), make_beneficiary)
    bills = [bill_of(organization, beneficiaries, codes, each) for each in drawn]
    push_all(bills)
    for ours, theirs in both_sides(qbo, bills):
        names = ("account", "description", "amount", "tax_code")
        assert comparable_lines(ours, names) == comparable_lines(theirs, names)
        assert differing(ours, theirs) <= {"lines"}


@some_examples
@given(drawn=several(drawn_documents(("exclusive", "inclusive", "none"), places=5)))
def test_what_was_pushed_is_in_step_and_a_pull_changes_nothing(qbo, organization, drawn):
    codes = set_rates(qbo, organization, [])
    customers = synced_contacts(organization, ("SGD", "EUR"))
    invoices = [invoice_of(organization, customers, codes, each) for each in drawn]
    push_all(invoices)
    pushed = [invoice for invoice in invoices if invoice.linked]
    before = [(each.total, each.tax_total, list(each.lines.values())) for each in pushed]
    pull(organization, "invoices")
    for invoice in pushed:
        invoice.refresh_from_db()
        assert invoice.accounting_synced
    assert [(each.total, each.tax_total, list(each.lines.values())) for each in pushed] == before
