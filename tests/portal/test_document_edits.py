"""Edit of invoices and bills: what stays as it was, and what somebody changed meanwhile."""

from decimal import Decimal

import pytest

from integrations.models import Account, TaxCode
from payables.models import Bill
from receivables.models import Invoice
from tests.factories import (
    bill_line,
    invoice_line,
    make_bill,
    make_invoice,
    push,
)

from .pages import document_form, fragment, text_of, version_in


@pytest.mark.parametrize(
    "unchoosable", [{"classification": "Equity"}, {"classification": "Expense", "is_active": False}]
)
def test_an_account_that_quickbooks_booked_a_bill_to_stays_and_nobody_chooses_it_anew(
    organization, browser, unchoosable
):
    account = Account.objects.create(organization=organization, name="Drawings", qbo_id="9", **unchoosable)
    bill = make_bill(organization, lines=[bill_line(account=account)])
    page = browser.get(f"/payables/{bill.pk}/edit/")
    assert f'<option value="{account.pk}" selected>Drawings</option>' in page.content.decode()

    line = {"line": bill.lines.get().pk, "custom_name": "Rent", "unit_price": "90", "account": account.pk}
    sent = document_form({"beneficiary": bill.beneficiary_id}, line, version=version_in(page))
    browser.post(f"/payables/{bill.pk}/edit/", sent)
    changed = bill.lines.get()
    assert (changed.unit_price, changed.account) == (Decimal("90"), account)

    anew = browser.post(
        "/payables/new/", document_form({"beneficiary": bill.beneficiary_id}, line | {"line": ""})
    )
    assert "Line 1, Account: This can no longer be chosen. Choose another one." in text_of(anew)
    assert list(Bill.objects.all()) == [bill]


def test_a_tax_code_that_was_retired_taxes_the_document_that_has_it_and_no_other(
    organization, browser, customer, tax_code
):
    invoice = make_invoice(organization, customer, [invoice_line(tax_code=tax_code)])
    TaxCode.objects.update(is_active=False)
    page = browser.get(f"/receivables/{invoice.pk}/edit/")
    line = {
        "line": invoice.lines.get().pk,
        "custom_name": "Courier",
        "unit_price": "10",
        "tax_code": tax_code.pk,
    }
    sent = document_form({"customer": customer.pk}, line, version=version_in(page))
    assert "Subtotal 10.00 Tax 0.90 Total 10.90" in text_of(fragment(browser, "/receivables/totals/", sent))
    browser.post(f"/receivables/{invoice.pk}/edit/", sent)
    invoice.refresh_from_db()
    assert (invoice.total, invoice.lines.get().tax_code) == (Decimal("10.90"), tax_code)
    anew = browser.post("/receivables/new/", document_form({"customer": customer.pk}, line | {"line": ""}))
    assert "Line 1, Tax: This can no longer be chosen. Choose another one." in text_of(anew)


def edited(form, invoice, *lines, **fields) -> dict:
    return document_form({"customer": invoice.customer_id}, *lines, version=version_in(form), **fields)


def as_shown(page) -> dict:
    """What the browser sends of a form in which nobody typed."""
    rows = list(page.context["lines"])
    fields = [*page.context["form"], *(field for row in rows for field in row)]
    sent = {field.html_name: field.value() for field in fields if field.value() is not None}
    return sent | {"lines-TOTAL_FORMS": str(len(rows)), "lines-INITIAL_FORMS": "0"}


def test_a_form_that_is_saved_as_it_was_leaves_the_document_in_step(qbo, organization, browser):
    invoice = make_invoice(organization, lines=[invoice_line(), invoice_line(custom_name="Travel")])
    push(invoice.customer)
    push(invoice)
    invoice.refresh_from_db()
    page = f"/receivables/{invoice.pk}/edit/"
    sent = as_shown(browser.get(page))
    answer = browser.post(page, sent, follow=True)
    assert "was not changed." in text_of(answer)
    invoice.refresh_from_db()
    assert (invoice.sync_state, invoice.revision) == ("synced", 1)

    browser.post(page, sent | {"lines-1-quantity": "7"})
    invoice.refresh_from_db()
    assert (invoice.sync_state, invoice.revision) == ("changed", 2)


def test_editing_keeps_quickbooks_ids_of_the_lines_that_stay(qbo, organization, browser):
    invoice = make_invoice(organization, lines=[invoice_line(), invoice_line(custom_name="Travel")])
    push(invoice.customer)
    push(invoice)
    first, second = invoice.lines.all()
    form = browser.get(f"/receivables/{invoice.pk}/edit/")
    lines = [
        {"line": second.pk, "custom_name": "Travel", "quantity": "2", "unit_price": "50"},
        {"custom_name": "New", "unit_price": "5"},
    ]
    browser.post(f"/receivables/{invoice.pk}/edit/", edited(form, invoice, *lines))
    kept, new = invoice.lines.all()
    assert (kept.qbo_line_id, new.qbo_line_id) == (second.qbo_line_id, "")
    assert first.qbo_line_id != second.qbo_line_id
    invoice.refresh_from_db()
    assert invoice.sync_state == "changed"


def test_a_line_of_another_document_is_not_taken_over(organization, browser):
    mine, other = make_invoice(organization), make_invoice(organization)
    form = browser.get(f"/receivables/{mine.pk}/edit/")
    foreign = other.lines.get()
    line = {"line": foreign.pk, "custom_name": "Mine", "unit_price": "1"}
    browser.post(f"/receivables/{mine.pk}/edit/", edited(form, mine, line))
    assert other.lines.get().pk == foreign.pk
    assert str(mine.lines.get()) == "Mine"


def test_a_change_of_the_lines_made_meanwhile_is_not_overwritten(organization, browser):
    invoice = make_invoice(organization)
    form = browser.get(f"/receivables/{invoice.pk}/edit/")
    invoice.replace_lines([invoice_line(custom_name="By a colleague")])
    sent = edited(form, invoice, {"custom_name": "By me", "unit_price": "1"})
    refused = browser.post(f"/receivables/{invoice.pk}/edit/", sent)
    assert "Somebody changed this meanwhile" in text_of(refused)
    assert "By a colleague: 2 × 50" in text_of(refused)
    assert 'value="By me"' in refused.content.decode()
    assert str(invoice.lines.get()) == "By a colleague"


def test_a_synced_documents_customer_must_stay_in_its_currency(qbo, organization, browser, customer):
    invoice = make_invoice(organization)
    push(invoice.customer)
    push(invoice)
    form = browser.get(f"/receivables/{invoice.pk}/edit/")
    sent = edited(form, invoice, {"custom_name": "A", "unit_price": "5"}) | {"customer": customer.pk}
    assert "Choose a contact in that currency." in text_of(
        browser.post(f"/receivables/{invoice.pk}/edit/", sent)
    )


def test_lines_that_quickbooks_holds_otherwise_are_left_alone(organization, browser):
    invoice = make_invoice(organization)
    Invoice.objects.filter(pk=invoice.pk).update(has_other_lines=True)
    form = browser.get(f"/receivables/{invoice.pk}/edit/")
    assert "Change the lines in QuickBooks" in text_of(form)
    browser.post(f"/receivables/{invoice.pk}/edit/", edited(form, invoice, memo="New memo"))
    invoice.refresh_from_db()
    assert (invoice.memo, str(invoice.lines.get())) == ("New memo", "Consulting")
