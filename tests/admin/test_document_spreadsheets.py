"""Invoices and bills from and to spreadsheets: a row for each line, documents gathered from them."""

import io
from datetime import date
from decimal import Decimal

from openpyxl import Workbook, load_workbook

from integrations.models import Account, Item, TaxCode
from payables.models import Bill
from receivables.models import Invoice
from tests.admin.files import XLSX, carry_out, exported, problems, upload
from tests.factories import make_beneficiary, make_bill, make_customer, make_invoice

INVOICE_HEAD = "number,customer,issue_date,custom_item,quantity,unit_price\n"


def test_rows_of_one_number_become_one_invoice_with_its_lines_and_totals(superuser, organization):
    customer = make_customer(organization, name="Acme", currency="EUR")
    content = INVOICE_HEAD + (
        "INV-1,Acme,2026-11-01,Design,2,100.50\n,,,Print,1,9.99\nINV-2,acme,2026-11-02,Design,1,5\n"
    )
    carry_out(superuser, "receivables_invoice", organization, content)

    first, second = Invoice.objects.order_by("number")
    assert (first.number, first.customer, first.currency) == ("INV-1", customer, "EUR")
    assert (first.issue_date, first.total, first.balance) == (
        date(2026, 11, 1), Decimal("210.99"), Decimal("210.99")
    )  # fmt: skip
    lines = list(first.lines.values_list("position", "custom_name", "quantity", "amount"))
    assert lines == [(1, "Design", 2, Decimal("201.00")), (2, "Print", 1, Decimal("9.99"))]
    assert second.total == 5


def test_a_spreadsheet_with_real_dates_and_numbers_is_read_to_the_cent(superuser, organization):
    make_customer(organization, name="Acme")
    book = Workbook()
    book.active.append(["number", "customer", "issue_date", "custom_item", "quantity", "unit_price"])
    book.active.append([1001, "Acme", date(2026, 11, 5), "Design", 3, 0.1])
    held = io.BytesIO()
    book.save(held)

    carry_out(superuser, "receivables_invoice", organization, held.getvalue(), XLSX)

    invoice = Invoice.objects.get()
    assert (invoice.number, invoice.issue_date, invoice.total) == ("1001", date(2026, 11, 5), Decimal("0.3"))


def test_items_tax_codes_and_accounts_are_found_by_name(qbo, superuser, organization):
    make_beneficiary(organization, name="Paper Ltd")
    item = Item.objects.filter(organization=organization, type="Service", is_active=True).first()
    code = TaxCode.objects.filter(organization=organization, purchase_rate__gt=0).first()
    account = Account.objects.filter(organization=organization, account_type="Expense").first()
    content = (
        "number,beneficiary,item,account,description,quantity,unit_price,tax_code\n"
        f"B-1,Paper Ltd,{item.name},,with an item,1,10,{code.name}\n"
        f",,,{account.name},with an account,2,5,\n"
    )
    carry_out(superuser, "payables_bill", organization, content)

    one, two = Bill.objects.get().lines.all()
    assert (one.item, one.tax_code, one.account) == (item, code, None)
    assert (two.item, two.tax_code, two.account) == (None, None, account)


def test_each_bad_row_of_documents_is_named_and_no_document_is_written(superuser, organization):
    make_customer(organization, name="Acme")
    content = INVOICE_HEAD + (
        "INV-1,Acme,2026-11-01,Design,2,100\n"
        "INV-2,Nobody,2026-11-01,Design,1,1\n"
        "INV-3,Acme,11/03/2026,Design,1,1\n"
        "INV-4,Acme,2026-11-01,Design,1,1\n,,,Print,1,dear\n"
    )
    told = problems(upload(superuser, "receivables_invoice", organization, content))

    assert told["3"] == ["There is no customer “Nobody”. Add it first, or correct the name."]
    assert told["4"] == ["“11/03/2026” is not a date like 2026-11-30. Write year, month, day."]
    assert told["5–6"] == ["Row 6: This is no number. Write it with a point and no commas, like 1250.50."]
    assert not Invoice.objects.exists()


def test_a_negative_total_is_named_with_its_rows(superuser, organization):
    make_customer(organization, name="Acme")
    content = INVOICE_HEAD + "INV-1,Acme,2026-11-01,Design,1,5\n,,,Discount,1,-9\n"
    told = problems(upload(superuser, "receivables_invoice", organization, content))
    assert told["2–3"][0].startswith("The total must not be negative.")
    assert not Invoice.objects.exists()


def test_a_number_that_exists_already_is_refused(superuser, organization):
    held = make_invoice(organization, number="INV-1")
    content = INVOICE_HEAD + f"INV-1,{held.customer.name},2026-11-01,Design,1,1\n"

    told = problems(upload(superuser, "receivables_invoice", organization, content))

    assert f"INV-1 exists already. Write {held.pk} into the column “id”" in told["2"][0]


def test_suppliers_may_use_the_same_number(superuser, organization):
    bill = make_bill(organization, number="7")
    make_beneficiary(organization, name="Other Ltd")
    head = "number,beneficiary,description,quantity,unit_price\n"

    carry_out(superuser, "payables_bill", organization, head + "7,Other Ltd,Paper,1,1\n")

    assert Bill.objects.filter(number="7").exclude(pk=bill.pk).count() == 1


def test_rows_that_contradict_each_other_or_stand_apart_are_refused(superuser, organization):
    make_customer(organization, name="Acme")
    other_date = INVOICE_HEAD + "INV-1,Acme,2026-11-01,Design,1,1\nINV-1,Acme,2026-11-02,Print,1,1\n"
    apart = INVOICE_HEAD + "INV-1,Acme,,Design,1,1\nINV-2,Acme,,Print,1,1\nINV-1,Acme,,Paint,1,1\n"

    kind = "receivables_invoice"
    assert (
        "“issue_date” is 2026-11-02, but 2026-11-01"
        in problems(upload(superuser, kind, organization, other_date))[""][0]
    )
    assert (
        "of the same document. Put its rows together"
        in problems(upload(superuser, kind, organization, apart))[""][0]
    )


def test_an_exported_invoice_read_again_changes_nothing_and_an_edit_in_it_changes_that(
    superuser, organization
):
    invoice = make_invoice(organization, number="INV-1", memo="Thanks")
    kind = "receivables_invoice"
    content = exported(superuser, kind).content.decode("utf-8-sig")

    carry_out(superuser, kind, organization, content)
    invoice.refresh_from_db()
    assert invoice.revision == 1

    carry_out(superuser, kind, organization, content.replace("Thanks", "Many thanks"))
    invoice.refresh_from_db()
    assert (invoice.memo, invoice.revision) == ("Many thanks", 2)


def test_a_voided_document_stays_as_it_is(superuser, organization):
    invoice = make_invoice(organization, number="INV-1")
    Invoice.objects.update(ended="voided")

    told = problems(
        upload(superuser, "receivables_invoice", organization, f"id,number,memo\n{invoice.pk},INV-1,x\n")
    )

    assert "This document was voided" in told["2"][0]


def test_an_exported_spreadsheet_has_numbers_and_dates_as_such(superuser, organization):
    make_invoice(organization, number="INV-1", issue_date=date(2026, 11, 1))

    sheet = load_workbook(io.BytesIO(exported(superuser, "receivables_invoice", XLSX).content)).active

    row = dict(zip([cell.value for cell in sheet[1]], [cell.value for cell in sheet[2]], strict=True))
    assert (row["number"], row["issue_date"].date()) == ("INV-1", date(2026, 11, 1))
    assert isinstance(row["unit_price"], int | float)
    assert isinstance(row["total"], int | float)
