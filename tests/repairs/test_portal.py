"""Each kind of repair in the portal, to its end: a record fails, its page offers the button, a person presses it and
does what the place asks for; then both sides are in step, and no page tells of the failure."""

from integrations.models import Account, TaxCode
from tests.quickbooks import drain

from . import failures
from .visitor import Visitor

OVERVIEW = "/"


def at_failure(visitor: Visitor, record) -> Visitor:
    """In front of the record's page, which says what happened."""
    assert record.sync_error_message in visitor.open(record.get_absolute_url()).text
    return visitor


def sync(visitor: Visitor, record) -> None:
    visitor.open(record.get_absolute_url()).press("Sync to QuickBooks")
    drain(record.organization)


def pages_of(record) -> tuple[str, str]:
    return record.get_absolute_url(), OVERVIEW


def test_the_contact_is_synced_too(qbo, organization, clerk, there, assert_in_step):
    invoice = failures.contact_not_synced(qbo, organization)
    at_failure(clerk, invoice).press("Sync the contact too")
    drain(organization)
    assert_in_step(clerk, invoice, *pages_of(invoice))
    assert there(invoice)["CustomerRef"]["value"] == there(invoice.customer)["Id"]


def test_an_admin_chooses_the_default_account(qbo, organization, admin, there, assert_in_step):
    invoice = failures.no_default_account(qbo, organization)
    account = Account.objects.filter(organization=organization, account_type="Income").last()
    at_failure(admin, invoice).follow("Choose an account").press(
        "Save", default_receivable_account=str(account.pk)
    )
    drain(organization)
    assert_in_step(admin, invoice, *pages_of(invoice))


def test_an_accountant_chooses_the_account_of_the_line(qbo, organization, clerk, there, assert_in_step):
    bill = failures.no_default_account_of_bills(qbo, organization)
    account = Account.objects.filter(organization=organization, account_type="Expense").last()
    at_failure(clerk, bill).follow("Edit").press("Save", **{"lines-0-account": str(account.pk)})
    sync(clerk, bill)
    assert_in_step(clerk, bill, *pages_of(bill))
    [line] = there(bill)["Line"]
    assert line["AccountBasedExpenseLineDetail"]["AccountRef"]["value"] == account.qbo_id


def test_an_admin_chooses_the_default_tax_code(qbo, organization, admin, there, assert_in_step):
    invoice = failures.tax_code_missing(qbo, organization)
    code = TaxCode.objects.filter(organization=organization, sales_rate__gt=0).first()
    at_failure(admin, invoice).follow("Choose a tax code").press(
        "Save", default_receivable_tax_code=str(code.pk)
    )
    drain(organization)
    assert_in_step(admin, invoice, *pages_of(invoice))
    assert there(invoice)["Line"][0]["SalesItemLineDetail"]["TaxCodeRef"]["value"] == code.qbo_id


def test_an_accountant_chooses_the_tax_code_of_the_line(qbo, organization, clerk, there, assert_in_step):
    invoice = failures.tax_code_missing(qbo, organization)
    code = TaxCode.objects.filter(organization=organization, sales_rate__gt=0).first()
    at_failure(clerk, invoice).follow("Edit").press("Save", **{"lines-0-tax_code": str(code.pk)})
    sync(clerk, invoice)
    assert_in_step(clerk, invoice, *pages_of(invoice))
    assert there(invoice)["Line"][0]["SalesItemLineDetail"]["TaxCodeRef"]["value"] == code.qbo_id


def test_a_customer_is_renamed(qbo, organization, clerk, assert_in_step):
    customer = failures.name_invalid(qbo, organization)
    at_failure(clerk, customer).follow("Edit").press("Save", name="Blue Ocean")
    sync(clerk, customer)
    assert_in_step(clerk, customer, *pages_of(customer))


def test_a_customer_is_linked_to_the_one_of_its_name(qbo, organization, clerk, there, assert_in_step):
    globex = failures.same_name_different_email(qbo, organization)
    at_failure(clerk, globex).follow("Link to an existing record").press("Search in QuickBooks")
    drain(organization)
    clerk.again().press("Link to Globex")
    drain(organization)
    # What differs stays as it is here, and goes out with the next sync.
    sync(clerk, globex)
    assert_in_step(clerk, globex, *pages_of(globex))
    assert there(globex)["PrimaryEmailAddr"]["Address"] == "pay@globex.example"


def test_a_bill_without_a_number_is_linked_to_the_one_that_may_be_it(qbo, organization, clerk):
    bill = failures.possible_duplicate(qbo, organization)
    at_failure(clerk, bill).follow("Link to an existing record").press("Search in QuickBooks")
    drain(organization)
    clerk.again().press("Link to the one without a number")
    drain(organization)
    bill.refresh_from_db()
    assert [each["Id"] for each in qbo.all("Bill")] == [bill.qbo_id]
    assert bill.accounting_synced


def test_a_number_is_shortened_on_the_record(qbo, organization, clerk, assert_in_step):
    invoice = failures.number_too_long(qbo, organization)
    at_failure(clerk, invoice).follow("Edit").press("Save", number="INV-2026-10-01-SG")
    sync(clerk, invoice)
    assert_in_step(clerk, invoice, *pages_of(invoice))


def test_an_admin_with_the_rights_reconnects(qbo, organization, admin, assert_in_step):
    customer = failures.no_rights(qbo, organization)
    at_failure(admin, customer).follow("Reconnect").press("Reconnect")
    assert "Connect an app to QuickBooks" in admin.text
    admin.press("Connect", realm_id=qbo.realm)
    drain(organization)
    sync(admin, customer)
    assert_in_step(admin, customer, *pages_of(customer))


def test_an_admin_decides_what_happens_after_the_company_was_reset(qbo, organization, admin, assert_in_step):
    customer = failures.company_reset(qbo, organization)
    at_failure(admin, customer).follow("Open settings").press("Disconnect").press("Unlink all records")
    admin.press("Connect").press("Connect", realm_id=qbo.realm)
    drain(organization)
    sync(admin, customer)
    assert_in_step(admin, customer, *pages_of(customer))


def test_books_are_reopened_in_quickbooks(qbo, organization, clerk, assert_in_step):
    invoice = failures.books_closed(qbo, organization)
    at_failure(clerk, invoice).follow("Open in QuickBooks")
    qbo.switch(book_close_date=None)
    clerk.open(OVERVIEW).press("Retry")
    drain(organization)
    assert_in_step(clerk, invoice, *pages_of(invoice))


def test_a_retry_is_all_that_it_takes(qbo, organization, clerk, assert_in_step):
    customer = failures.received_already(qbo, organization)
    at_failure(clerk, customer).press("Retry")
    drain(organization)
    assert_in_step(clerk, customer, *pages_of(customer))


def test_a_conflict_is_decided(qbo, organization, clerk, there, assert_in_step):
    customer = failures.conflict(qbo, organization)
    clerk.open(customer.get_absolute_url()).follow("Decide")
    clerk.press("Keep what is chosen", **{"field-phone": "finmo"})
    drain(organization)
    assert_in_step(clerk, customer, *pages_of(customer))
    assert there(customer)["PrimaryPhone"]["FreeFormNumber"] == "2"
