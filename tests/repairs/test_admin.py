"""Each kind of repair in admin, to its end: support finds the failure by its cause, presses what stands beside it and
does what the place asks for; then both sides are in step, and no page tells of the failure."""

from django.urls import reverse

from integrations.mapping import mapper_of
from integrations.models import Account, SyncedRecord, TaxCode
from tests.quickbooks import drain

from . import failures
from .visitor import Visitor

OPERATIONS = "/admin/integrations/syncrun/operations/"


def at_cause(visitor: Visitor, record: SyncedRecord) -> Visitor:
    """In front of operations, with the record's failure as the one line."""
    assert f"1 {mapper_of(record).entity.removesuffix('s')} failed to sync" in visitor.open(OPERATIONS).text
    return visitor


def page_of(record: SyncedRecord) -> str:
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])


def press_on_record(visitor: Visitor, record: SyncedRecord, label: str) -> None:
    visitor.open(page_of(record)).press(label)
    drain(record.organization)


def pages_of(record: SyncedRecord) -> tuple[str, str]:
    return page_of(record), OPERATIONS


def test_the_contact_is_pushed_too(qbo, organization, support, there, assert_in_step):
    invoice = failures.contact_not_synced(qbo, organization)
    at_cause(support, invoice).press("Push the contact too")
    drain(organization)
    assert_in_step(support, invoice, *pages_of(invoice))
    assert there(invoice)["CustomerRef"]["value"] == there(invoice.customer)["Id"]


def test_an_account_is_chosen_in_the_cockpit(qbo, organization, support, assert_in_step):
    invoice = failures.no_default_account(qbo, organization)
    account = Account.objects.filter(organization=organization, account_type="Income").last()
    at_cause(support, invoice).follow("Choose an account").press(
        "Save", **{"configuration-0-default_receivable_account": str(account.pk)}
    )
    drain(organization)
    assert_in_step(support, invoice, *pages_of(invoice))


def test_a_tax_code_is_chosen_in_the_cockpit(qbo, organization, support, there, assert_in_step):
    invoice = failures.tax_code_missing(qbo, organization)
    code = TaxCode.objects.filter(organization=organization, sales_rate__gt=0).first()
    at_cause(support, invoice).follow("Choose a tax code").press(
        "Save", **{"configuration-0-default_receivable_tax_code": str(code.pk)}
    )
    drain(organization)
    assert_in_step(support, invoice, *pages_of(invoice))
    assert there(invoice)["Line"][0]["SalesItemLineDetail"]["TaxCodeRef"]["value"] == code.qbo_id


def test_a_customer_is_renamed(qbo, organization, support, assert_in_step):
    customer = failures.name_invalid(qbo, organization)
    at_cause(support, customer).follow("Rename").follow("Blue: Ocean").press("Save", name="Blue Ocean")
    press_on_record(support, customer, "Push to QuickBooks")
    assert_in_step(support, customer, *pages_of(customer))


def test_a_customer_is_linked_to_the_one_of_its_name(qbo, organization, support, there, assert_in_step):
    globex = failures.same_name_different_email(qbo, organization)
    at_cause(support, globex).follow("Link to an existing record").follow("Globex")
    support.follow("Link to an existing record").press("Search")
    drain(organization)
    support.again().press("Link to Globex")
    drain(organization)
    press_on_record(support, globex, "Push to QuickBooks")
    assert_in_step(support, globex, *pages_of(globex))
    assert there(globex)["PrimaryEmailAddr"]["Address"] == "pay@globex.example"


def test_a_number_is_shortened_on_the_record(qbo, organization, support, assert_in_step):
    invoice = failures.number_too_long(qbo, organization)
    at_cause(support, invoice).follow("Open the record").follow(invoice.number)
    support.press("Save", number="INV-2026-10-01-SG")
    press_on_record(support, invoice, "Push to QuickBooks")
    assert_in_step(support, invoice, *pages_of(invoice))


def test_quickbooks_is_reconnected(qbo, organization, support, assert_in_step):
    customer = failures.no_rights(qbo, organization)
    at_cause(support, customer).follow("Reconnect").press("Reconnect QuickBooks")
    support.press("Connect", realm_id=qbo.realm)
    drain(organization)
    support.open(OPERATIONS).press("Retry")
    drain(organization)
    assert_in_step(support, customer, *pages_of(customer))


def test_it_is_decided_what_happens_after_the_company_was_reset(qbo, organization, support, assert_in_step):
    customer = failures.company_reset(qbo, organization)
    at_cause(support, customer).follow("Open settings")
    support.follow("Disconnect").press("Disconnect")
    support.follow("Unlink all records").press("Unlink all records")
    support.press("Connect QuickBooks").press("Connect", realm_id=qbo.realm)
    drain(organization)
    press_on_record(support, customer, "Push to QuickBooks")
    assert_in_step(support, customer, *pages_of(customer))


def test_books_are_reopened_in_quickbooks(qbo, organization, support, assert_in_step):
    invoice = failures.books_closed(qbo, organization)
    at_cause(support, invoice).follow("Open in QuickBooks")
    qbo.switch(book_close_date=None)
    support.open(OPERATIONS).press("Retry")
    drain(organization)
    assert_in_step(support, invoice, *pages_of(invoice))


def test_a_retry_is_all_that_it_takes(qbo, organization, support, assert_in_step):
    customer = failures.received_already(qbo, organization)
    at_cause(support, customer).press("Retry")
    drain(organization)
    assert_in_step(support, customer, *pages_of(customer))


def test_a_conflict_is_decided(qbo, organization, support, there, assert_in_step):
    customer = failures.conflict(qbo, organization)
    support.open("/admin/integrations/conflict/").follow("Umbrella").press("Keep Finmo's values")
    drain(organization)
    assert_in_step(support, customer, *pages_of(customer))
    assert there(customer)["PrimaryPhone"]["FreeFormNumber"] == "2"
