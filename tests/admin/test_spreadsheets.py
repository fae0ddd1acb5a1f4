"""Contacts, invoices and bills from and to spreadsheets: a preview with each row's errors, then all or nothing."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from contacts.models import Customer
from integrations.models import Account, Item, Organization, TaxCode
from payables.models import Bill
from receivables.models import Invoice
from tests.factories import make_beneficiary, make_bill, make_customer, make_invoice, push

XLSX, CSV = "0", "1"
CONTACT_HEAD = "name,email,currency\n"
INVOICE_HEAD = "number,customer,issue_date,custom_item,quantity,unit_price\n"


def address(kind: str, page: str) -> str:
    return reverse(f"admin:{kind}_{page}")


def upload(client, kind: str, organization, content: str | bytes, form: str = CSV):
    data = content.encode() if isinstance(content, str) else content
    name = "file.csv" if form == CSV else "file.xlsx"
    return client.post(
        address(kind, "import"),
        {"organization": organization.pk, "format": form, "import_file": SimpleUploadedFile(name, data)},
    )


def confirm(client, kind: str, preview, **options):
    return client.post(address(kind, "process_import"), preview.context["confirm_form"].initial, **options)


def carry_out(client, kind: str, organization, content, form: str = CSV, **options):
    preview = upload(client, kind, organization, content, form)
    assert "confirm_form" in preview.context, problems(preview)
    return confirm(client, kind, preview, **options)


def problems(preview) -> dict[str, list[str]]:
    """{the row in the file: what is said of it}; of the file as a whole under ""."""
    result = preview.context["result"]
    found = {"": [str(error.error) for error in result.base_errors]} if result.base_errors else {}
    for row in result.invalid_rows:
        of_fields = [error for errors in row.field_specific_errors.values() for error in errors]
        said = [*of_fields, *row.non_field_specific_errors]
        found[row.values[0]] = said
    return found


def exported(client, kind: str, form: str = CSV):
    page = address(kind, "export")
    return client.post(page, {"format": form, "resource": "0"})


@pytest.fixture
def customers(superuser, organization):
    return lambda content, form=CSV: upload(superuser, "contacts_customer", organization, content, form)


# --- contacts -------------------------------------------------------------------------------


def test_a_file_is_shown_first_and_written_once_it_is_confirmed(superuser, organization):
    kind = "contacts_customer"
    preview = upload(superuser, kind, organization, CONTACT_HEAD + "Acme,a@acme.example,sgd\nBolt,,\n")
    assert "Acme" in preview.content.decode()
    assert not Customer.objects.exists()

    confirm(superuser, kind, preview)

    rows = list(Customer.objects.order_by("pk").values_list("name", "email", "currency", "sync_state"))
    assert rows == [("Acme", "a@acme.example", "SGD", "not_synced"), ("Bolt", "", "SGD", "not_synced")]
    assert set(Customer.objects.values_list("organization", flat=True)) == {organization.pk}


def test_two_bad_rows_are_named_with_their_place_and_nothing_is_written(customers):
    preview = customers(CONTACT_HEAD + "Acme,,SGD\nB:lt,,SGD\nCorp,not an address,SGD\n")

    assert problems(preview) == {
        "3": ["QuickBooks accepts no colon, tab or line break in a name. Take it out."],
        "4": ["This is no e-mail address. Write it like name@example.com."],
    }
    assert "confirm_form" not in preview.context
    assert not Customer.objects.exists()


def test_a_name_that_exists_already_is_refused_also_within_the_file(customers, organization):
    held = make_customer(organization, name="Acme")

    told = problems(customers(CONTACT_HEAD + "acme,,SGD\nBolt,,SGD\nBOLT,,SGD\n"))

    assert told["2"] == [
        f"“Acme” exists already. Write {held.pk} into the column “id” to change it, or choose another name."
    ]
    assert list(told) == ["2", "4"]


def test_a_row_with_an_id_changes_only_the_columns_of_the_file(superuser, organization):
    held = make_customer(organization, name="Acme", email="old@acme.example", phone="123")

    carry_out(superuser, "contacts_customer", organization, f"id,email\n{held.pk},new@acme.example\n")

    held.refresh_from_db()
    assert (held.name, held.email, held.phone, held.revision) == ("Acme", "new@acme.example", "123", 2)


def test_a_row_that_says_what_is_known_is_skipped_and_no_edit(superuser, organization):
    held = make_customer(organization, name="Acme", email="a@acme.example")

    carry_out(superuser, "contacts_customer", organization, f"id,name,email\n{held.pk},Acme,a@acme.example\n")

    held.refresh_from_db()
    assert held.revision == 1


def test_an_id_of_another_organization_is_unknown(customers, db):
    other = Organization.objects.create(slug="else", name="Elsewhere")
    theirs = make_customer(other, name="Theirs")

    told = problems(customers(f"id,name\n{theirs.pk},Mine now\n"))

    assert f"Acme Trading has no customer {theirs.pk}." in told["2"][0]
    theirs.refresh_from_db()
    assert theirs.name == "Theirs"


def test_the_currency_of_a_contact_in_quickbooks_cannot_be_changed(qbo, superuser, organization):
    customer = make_customer(organization, name="Acme")
    push(customer)

    preview = upload(superuser, "contacts_customer", organization, f"id,currency\n{customer.pk},EUR\n")

    assert "QuickBooks keeps this contact in SGD." in problems(preview)["2"][0]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("name,e-mail\nAcme,x\n", "columns that are not known: e-mail"),
        ("email\na@b.example\n", "neither a column “name” nor a column “id”"),
        ("name,name\nAcme,Bolt\n", "Two columns have the same name: name"),
        ("name\n" + "A\n" * 2001, "2,001 rows; at most 2,000"),
    ],
)
def test_a_file_that_cannot_be_read_as_a_whole_says_why(customers, content, sentence):
    preview = customers(content)

    assert sentence in problems(preview)[""][0]
    assert "Traceback" not in preview.content.decode()
    assert not Customer.objects.exists()


def test_yes_and_no_are_asked_for(superuser, organization):
    held = make_customer(organization, name="Acme")
    kind = "contacts_customer"
    preview = upload(superuser, kind, organization, f"id,is_active\n{held.pk},perhaps\n")
    assert problems(preview) == {"2": ["Write yes or no."]}

    carry_out(superuser, kind, organization, f"id,is_active\n{held.pk},no\n")

    held.refresh_from_db()
    assert not held.is_active


def test_confirming_twice_imports_once(superuser, organization):
    kind = "contacts_customer"
    preview = upload(superuser, kind, organization, CONTACT_HEAD + "Acme,,SGD\n")
    confirm(superuser, kind, preview)

    answer = confirm(superuser, kind, preview, follow=True)

    assert "imported already" in answer.content.decode()
    assert Customer.objects.count() == 1


def test_what_changed_since_the_preview_stops_the_whole_file(superuser, organization):
    kind = "contacts_customer"
    preview = upload(superuser, kind, organization, CONTACT_HEAD + "Bolt,,SGD\nAcme,,SGD\n")
    make_customer(organization, name="Acme")

    answer = confirm(superuser, kind, preview, follow=True)

    assert "Nothing was imported" in answer.content.decode()
    assert list(Customer.objects.values_list("name", flat=True)) == ["Acme"]


def test_an_exported_file_can_be_read_again_and_changes_nothing(superuser, organization):
    make_customer(organization, name="=Acme", email="a@acme.example", phone="+65 6123")
    kind = "contacts_customer"
    content = exported(superuser, kind).content

    carry_out(superuser, kind, organization, content.decode("utf-8-sig"))

    assert list(Customer.objects.values_list("name", "revision")) == [("=Acme", 1)]
    assert b",+65 6123," in content


def test_a_formula_in_a_name_is_exported_as_text(superuser, organization):
    make_customer(organization, name="=HYPERLINK(1)")

    sheet = load_workbook(io.BytesIO(exported(superuser, "contacts_customer", XLSX).content)).active

    names = {cell.value: column for column, cell in enumerate(sheet[1])}
    assert (sheet[2][names["name"]].data_type, sheet[2][names["name"]].value) == ("s", "'=HYPERLINK(1)")


# --- documents ------------------------------------------------------------------------------


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


# --- rights ---------------------------------------------------------------------------------

KINDS = ("contacts_customer", "contacts_beneficiary", "receivables_invoice", "payables_bill")


@pytest.mark.parametrize("kind", KINDS)
def test_reading_a_file_needs_the_right_to_add_and_change(staff_with, kind):
    application, model = kind.split("_")
    client = staff_with(f"{application}.view_{model}", f"{application}.change_{model}")

    assert address(kind, "import") not in client.get(address(kind, "changelist")).content.decode()
    assert client.get(address(kind, "import")).status_code == 403
    assert client.post(address(kind, "process_import"), {}).status_code == 403


@pytest.mark.parametrize("kind", KINDS)
def test_writing_a_file_needs_the_right_to_see(staff_with, kind):
    application, model = kind.split("_")

    assert staff_with().post(address(kind, "export"), {"format": CSV}).status_code == 403
    seeing = staff_with(f"{application}.view_{model}")
    assert address(kind, "export") in seeing.get(address(kind, "changelist")).content.decode()
    assert exported(seeing, kind).status_code == 200
