"""New and Edit of invoices and bills: items, custom items, lines, totals, currency."""

from decimal import Decimal

import pytest

from integrations.models import Account, Item, TaxCode
from payables.models import Bill
from receivables.models import Invoice
from tests.factories import (
    bill_line,
    invoice_line,
    make_beneficiary,
    make_bill,
    make_customer,
    make_invoice,
    push,
)

from .pages import document_form, fragment, text_of, version_in


@pytest.fixture
def customer(organization):
    return make_customer(organization, name="Blue Ocean", currency="USD")


@pytest.fixture
def item(organization) -> Item:
    return Item.objects.create(
        organization=organization,
        name="Hosting",
        sku="HST",
        type="Service",
        description="One month",
        unit_price=Decimal("120.50"),
        purchase_cost=Decimal("80"),
        qbo_id="5",
    )


@pytest.fixture
def tax_code(organization) -> TaxCode:
    code = TaxCode.objects.create(
        organization=organization,
        name="SR",
        sales_rate=9,
        purchase_rate=9,
        sales_rates=[["1", "9"]],
        purchase_rates=[["2", "9"]],
        qbo_id="3",
    )
    organization.configuration.default_receivable_tax_code = code
    organization.configuration.save()
    return code


def test_an_invoice_takes_a_catalogue_item_and_a_custom_one(organization, browser, customer, item, tax_code):
    answer = browser.post(
        "/receivables/new/",
        document_form(
            {"customer": customer.pk},
            {
                "item": item.pk,
                "description": "One month",
                "quantity": "2",
                "unit_price": "120.50",
                "tax_code": tax_code.pk,
            },
            {"custom_name": "Courier", "unit_price": "12.35"},
        ),
    )
    invoice = Invoice.objects.get()
    assert answer["Location"] == f"/receivables/{invoice.pk}/"
    assert [(line.item_name, line.amount) for line in invoice.lines.all()] == [
        ("Hosting", Decimal("241")),
        ("Courier", Decimal("12.35")),
    ]
    assert invoice.currency == "USD"
    assert (invoice.subtotal, invoice.tax_total, invoice.total) == (
        Decimal("253.35"),
        Decimal("22.80"),
        Decimal("276.15"),
    )
    assert invoice.balance == invoice.total


def test_a_bill_line_may_name_its_account(organization, browser):
    beneficiary = make_beneficiary(organization)
    account = Account.objects.create(
        organization=organization, name="Rent", classification="Expense", qbo_id="9"
    )
    browser.post(
        "/payables/new/",
        document_form(
            {"beneficiary": beneficiary.pk},
            {"description": "October", "unit_price": "80", "account": account.pk},
        ),
    )
    assert Bill.objects.get().lines.get().account == account


@pytest.mark.parametrize("field", ["quantity", "unit_price"])
def test_a_number_with_a_comma_is_refused_with_how_to_write_it(browser, customer, field):
    line = {"custom_name": "Courier", "unit_price": "10"} | {field: "2,5"}
    page = text_of(browser.post("/receivables/new/", document_form({"customer": customer.pk}, line)))
    assert "This is no number. Write it with a point and no commas, like 1250.50." in page


def test_a_number_copied_from_a_table_is_taken(browser, customer):
    line = {"custom_name": "Courier", "quantity": " 1,000.0", "unit_price": "1,234,567.125"}
    browser.post("/receivables/new/", document_form({"customer": customer.pk}, line))
    line = Invoice.objects.get().lines.get()
    assert (line.quantity, line.unit_price) == (1000, Decimal("1234567.125"))


@pytest.mark.parametrize("typed", ["1,234", "1.234,50", "12,34.50", "1,2345.50", ",250.50"])
def test_a_number_that_may_mean_two_is_refused(browser, customer, typed):
    line = {"custom_name": "Courier", "unit_price": typed}
    page = text_of(browser.post("/receivables/new/", document_form({"customer": customer.pk}, line)))
    assert "This is no number." in page


def test_a_number_that_is_too_small_is_refused_with_what_to_write(browser, customer):
    line = {"custom_name": "Courier", "quantity": "-1", "unit_price": "10"}
    sent = document_form({"customer": customer.pk}, line, exchange_rate="0")
    page = text_of(browser.post("/receivables/new/", sent))
    assert "Line 1, Quantity: Write 0 or more." in page
    assert "Exchange rate: Write a rate above 0, or leave it empty." in page


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


def test_totals_while_typing_are_those_that_are_saved_and_save_nothing(
    organization, browser, customer, tax_code
):
    sent = document_form(
        {"customer": customer.pk},
        {"custom_name": "Courier", "quantity": "3", "unit_price": "12.35", "tax_code": tax_code.pk},
        {"custom_name": "Half typed", "quantity": "1", "unit_price": "12."},
        {"custom_name": "Not yet", "quantity": "", "unit_price": "7"},
    )
    answer = fragment(browser, "/receivables/totals/", sent)
    assert "Subtotal 49.05 Tax 4.41 Total 53.46 USD" in text_of(answer)
    assert (
        '<output id="amount-lines-0" class="amount" hx-swap-oob="true">37.05</output>'
        in answer.content.decode()
    )
    assert not Invoice.objects.exists()


def test_totals_after_a_line_was_removed_name_the_lines_that_are_left(browser, customer):
    lines = [{"custom_name": name, "unit_price": "10"} for name in "AB"]
    sent = document_form({"customer": customer.pk}, *lines)
    left = {name: value for name, value in sent.items() if not name.startswith("lines-0-")}
    answer = fragment(browser, "/receivables/totals/", left)
    assert "Subtotal 10.00" in text_of(answer)
    page = answer.content.decode()
    assert 'id="amount-lines-1"' in page and 'id="amount-lines-0"' not in page


def test_lines_are_kept_in_the_order_in_which_they_were_put(browser, customer):
    lines = [
        {"custom_name": name, "unit_price": "1", "ORDER": order} for name, order in (("B", "2"), ("A", "1"))
    ]
    browser.post("/receivables/new/", document_form({"customer": customer.pk}, *lines))
    assert [str(line) for line in Invoice.objects.get().lines.all()] == ["A", "B"]


def test_a_removed_line_leaves_a_gap_that_is_no_line(browser, customer):
    sent = document_form({"customer": customer.pk}, {}, {"custom_name": "Kept", "unit_price": "1"}, {})
    sent = {name: value for name, value in sent.items() if not name.startswith("lines-0-")}
    browser.post("/receivables/new/", sent)
    assert [str(line) for line in Invoice.objects.get().lines.all()] == ["Kept"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ({}, "A document needs at least one line."),
        ({"unit_price": "5"}, "Choose an item, or write the name of a custom one."),
        ({"custom_name": "A:B", "unit_price": "5"}, "no colon, tab or line break"),
        ({"custom_name": "A", "unit_price": "five"}, "Line 1, Unit price:"),
        ({"custom_name": "A", "unit_price": "5", "quantity": "-1"}, "Line 1, Quantity:"),
        ({"item": "999999", "unit_price": "5"}, "This item is not in the list any more."),
    ],
)
def test_a_wrong_line_is_told_in_its_place_and_nothing_is_saved(browser, customer, line, told):
    answer = browser.post(
        "/receivables/new/", document_form({"customer": customer.pk}, line, memo="Kept as typed")
    )
    assert told in text_of(answer)
    assert "Kept as typed" in answer.content.decode()
    assert not Invoice.objects.exists()


def test_a_due_date_before_the_issue_date_and_a_missing_customer_are_told_at_once(browser, organization):
    sent = document_form({"customer": ""}, {"custom_name": "A", "unit_price": "5"}, due_date="2026-09-01")
    told = text_of(browser.post("/receivables/new/", sent))
    assert "The due date is before the issue date." in told
    assert "Customer: Choose the customer." in told


def test_another_organizations_customer_and_item_cannot_be_used(browser, customer, stranger):
    other = stranger.memberships.get().organization
    theirs = make_customer(other)
    item = Item.objects.create(organization=other, name="Theirs", qbo_id="1")
    browser.post(
        "/receivables/new/", document_form({"customer": theirs.pk}, {"custom_name": "A", "unit_price": "5"})
    )
    browser.post(
        "/receivables/new/", document_form({"customer": customer.pk}, {"item": item.pk, "unit_price": "5"})
    )
    assert not Invoice.objects.exists()


def test_the_items_dropdown_finds_by_name_and_stock_number_and_carries_what_it_fills(
    organization, browser, item
):
    Item.objects.create(organization=organization, name="Goods", type="Category", qbo_id="6")
    Item.objects.create(organization=organization, name="Old hosting", is_active=False, qbo_id="7")
    found = fragment(browser, "/receivables/items/?q=hst").content.decode()
    assert 'data-text="Hosting" data-description="One month" data-price="120.50"' in found
    assert 'data-price="80.00"' in fragment(browser, "/payables/items/?q=Host").content.decode()
    everything = text_of(fragment(browser, "/receivables/items/"))
    assert "Goods" not in everything and "Old" not in everything
    assert "Write it as a custom item." in text_of(fragment(browser, "/receivables/items/?q=zzz"))


def test_the_customer_dropdown_finds_by_name_and_e_mail(organization, browser, stranger):
    make_customer(organization, name="Blue Ocean", email="pay@blue.example")
    make_customer(stranger.memberships.get().organization, name="Blue Secret")
    for asked in ("blue", "pay@"):
        found = text_of(fragment(browser, f"/receivables/contacts/?q={asked}"))
        assert "Blue Ocean" in found and "Secret" not in found


def test_who_is_inactive_is_not_told_to_be_created_once_more(organization, browser):
    make_customer(organization, name="Red Reef", is_active=False)
    found = text_of(fragment(browser, "/receivables/contacts/?q=reef"))
    assert "Red Reef is inactive. Edit the customer and make it active first." in found
    assert "Create" not in found


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


def test_a_negative_total_is_told_and_what_was_typed_stays(browser, customer):
    taken_off = {"custom_name": "Discount", "unit_price": "-5"}
    answer = browser.post("/receivables/new/", document_form({"customer": customer.pk}, taken_off))
    assert answer.status_code == 200
    assert "The total must not be negative. Make it a credit note in QuickBooks" in text_of(answer)
    assert 'value="Discount"' in answer.content.decode()
    assert not Invoice.objects.exists()


@pytest.mark.parametrize("field", ["issue_date", "due_date"])
def test_a_day_that_nobody_means_is_told_at_its_field(browser, customer, field):
    sent = document_form(
        {"customer": customer.pk}, {"custom_name": "x", "unit_price": "5"}, **{field: "9999-12-31"}
    )
    assert "The year 9999 cannot be meant. Write a day from 1990 to 2100." in text_of(
        browser.post("/receivables/new/", sent)
    )
    assert not Invoice.objects.exists()


@pytest.mark.parametrize("path", ["/receivables/new/", "/payables/new/"])
def test_the_form_says_what_a_number_is_good_for(browser, organization, path):
    page = browser.get(path)
    assert "Without one it cannot tell whether it is there already." in text_of(page)
    assert 'aria-describedby="id_number_helptext"' in page.content.decode()
