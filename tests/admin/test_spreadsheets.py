"""Contacts from and to spreadsheets: a preview with each row's errors, then all or nothing. Who may do it."""

import io

import pytest
from openpyxl import load_workbook

from contacts.models import Customer
from integrations.models import Organization
from tests.admin.files import CSV, XLSX, address, carry_out, confirm, exported, problems, upload
from tests.factories import make_beneficiary, make_customer, push

CONTACT_HEAD = "name,email,currency\n"


@pytest.fixture
def customers(superuser, organization):
    return lambda content, form=CSV: upload(superuser, "contacts_customer", organization, content, form)


@pytest.mark.parametrize(
    ("kind", "sample"),
    [
        ("contacts_customer", {"name": "Umbrella"}),
        ("receivables_invoice", {"customer": "Acme", "custom_item": "Pen"}),
        ("payables_bill", {"beneficiary": "Supply"}),
    ],
)
def test_a_file_with_the_columns_that_the_page_names_is_read(superuser, organization, kind, sample):
    make_customer(organization, name="Acme")
    make_beneficiary(organization, name="Supply")
    page = superuser.get(address(kind, "import"))
    [(_, columns)] = page.context["fields_list"]
    assert "one without adds a" in page.content.decode() and "Export gives a file" in page.content.decode()

    values = {
        "number": "A-1", "issue_date": "2026-10-01", "tax_treatment": "none", "currency": "SGD", "quantity": "1",
        "unit_price": "5", "description": "Pen", "is_active": "yes",
    } | sample  # fmt: skip
    content = ",".join(columns) + "\n" + ",".join(values.get(name, "") for name in columns) + "\n"
    assert problems(upload(superuser, kind, organization, content)) == {}


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
