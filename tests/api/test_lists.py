from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from contacts.models import Customer
from integrations.models import Account, Item, TaxCode
from receivables.models import Invoice
from tests.factories import bill_line, invoice_line, make_beneficiary, make_bill, make_customer, make_invoice


def names(answer):
    assert answer.status_code == 200, answer.data
    return [row["name"] for row in answer.data["results"]]


def numbers(answer):
    assert answer.status_code == 200, answer.data
    return [row["number"] for row in answer.data["results"]]


@pytest.fixture
def customers(organization):
    return [make_customer(organization, name=name) for name in ("Bravo", "Alpha", "Charlie")]


@pytest.fixture
def invoices(organization):
    alpha, bravo = (make_customer(organization, name=name) for name in ("Alpha", "Bravo"))
    today = timezone.localdate()
    made = [
        make_invoice(organization, alpha, number="A", issue_date=date(2026, 1, 1), due_date=None),
        make_invoice(organization, bravo, number="B", issue_date=date(2026, 2, 1), due_date=date(2026, 3, 1)),
        make_invoice(
            organization,
            bravo,
            number="C",
            issue_date=today,
            due_date=None,
            memo="Rush",
            lines=[invoice_line(quantity=Decimal(10))],
        ),
    ]
    Invoice.objects.filter(pk=made[2].pk).update(paid=Decimal(500), balance=Decimal(0))
    return made


def test_a_list_is_paged(api, customers):
    first = api.get("customers/?page_size=2").data
    assert (first["count"], first["previous"], len(first["results"])) == (3, None, 2)
    assert first["next"] == "http://testserver/api/v1/customers/?page=2&page_size=2"
    assert names(api.get("customers/?page=2&page_size=2")) == ["Charlie"]
    assert api.get("customers/?page=3&page_size=2").status_code == 404


def test_a_page_has_at_most_500_rows(api, organization):
    Customer.objects.bulk_create(
        Customer(organization=organization, name=f"{n:04}", currency="SGD") for n in range(501)
    )
    assert len(api.get("customers/?page_size=1000").data["results"]) == 500


def test_a_list_is_ordered_as_asked(api, customers):
    assert names(api.get("customers/")) == ["Alpha", "Bravo", "Charlie"]
    assert names(api.get("customers/?ordering=-name")) == ["Charlie", "Bravo", "Alpha"]
    assert names(api.get("customers/?ordering=id")) == ["Bravo", "Alpha", "Charlie"]
    answer = api.get("customers/?ordering=secret")
    assert (answer.status_code, list(answer.data["fields"])) == (400, ["ordering"])


def test_rows_that_are_alike_are_ordered_by_id(api, customers):
    assert names(api.get("customers/?ordering=currency")) == ["Bravo", "Alpha", "Charlie"]
    assert names(api.get("customers/?ordering=-currency")) == ["Charlie", "Alpha", "Bravo"]


def test_a_list_is_searched(api, organization, customers):
    make_customer(organization, name="Delta", email="ap@alphabet.example")
    assert names(api.get("customers/?search=alph")) == ["Alpha", "Delta"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("is_active=false", ["Bravo"]),
        ("accounting_synced=true", ["Charlie"]),
        ("sync_state=synced", ["Charlie"]),
        ("sync_state=synced&sync_state=failed", ["Alpha", "Charlie"]),
        ("currency=USD", ["Alpha"]),
        ("quickbooks_id=9", ["Charlie"]),
        ("name=RAV", ["Bravo"]),
        ("email=a@", ["Alpha"]),
        ("accounting_synced_at_after=2026-01-01T00:00:00Z", ["Charlie"]),
        ("created_at_before=2001-01-01T00:00:00Z", []),
    ],
)
def test_contacts_are_filtered_by_every_column(api, customers, query, expected):
    bravo, alpha, charlie = (Customer.objects.filter(pk=each.pk) for each in customers)
    bravo.update(is_active=False)
    alpha.update(currency="USD", email="a@a.example", sync_state="failed")
    charlie.update(
        qbo_id="9", sync_state="synced", accounting_synced=True, accounting_synced_at=timezone.now()
    )
    assert names(api.get(f"customers/?{query}")) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("number=b", ["B"]),
        ("customer_name=brav", ["C", "B"]),
        ("issue_date_after=2026-02-01", ["C", "B"]),
        ("issue_date_before=2026-02-01", ["B", "A"]),
        ("due_date_after=2026-03-01&due_date_before=2026-03-01", ["B"]),
        ("total_min=500", ["C"]),
        ("total_max=100", ["B", "A"]),
        ("balance_min=1", ["B", "A"]),
        ("status=overdue", ["B"]),
        ("status=open&status=paid", ["C", "A"]),
        ("search=rush", ["C"]),
        ("ordering=customer_name", ["A", "B", "C"]),
        ("ordering=-status", ["C", "B", "A"]),
        ("ordering=-total,number", ["C", "A", "B"]),
    ],
)
def test_documents_are_filtered_and_ordered(api, invoices, query, expected):
    assert numbers(api.get(f"invoices/?{query}")) == expected


def test_documents_are_filtered_by_contact(api, organization, invoices):
    assert numbers(api.get(f"invoices/?customer={invoices[0].customer_id}")) == ["A"]
    assert numbers(api.get("invoices/?customer=999999")) == []


@pytest.mark.parametrize(
    "query", ["sync_state=unknown", "status=late", "issue_date_after=soon", "total_min=much", "customer=1.5"]
)
def test_a_filter_that_makes_no_sense_is_refused_by_name(api, query):
    answer = api.get(f"invoices/?{query}")
    assert answer.status_code == 400
    assert query.partition("=")[0].startswith(next(iter(answer.data["fields"])))


def test_the_shown_status_is_the_filtered_one(api, invoices):
    rows = api.get("invoices/?ordering=id").data["results"]
    assert [row["status"] for row in rows] == ["open", "overdue", "paid"]


def test_fields_names_what_is_wanted(api, invoices):
    rows = api.get("invoices/?fields=id,number&page_size=1").json()["results"]
    assert rows == [{"id": invoices[2].pk, "number": "C"}]
    one = api.get(f"invoices/{invoices[0].pk}/?fields=number, total").json()
    assert one == {"number": "A", "total": "100.00"}


def test_an_unknown_field_is_refused(api):
    answer = api.get("customers/?fields=id,secret")
    assert answer.status_code == 400
    assert answer.data["fields"] == {"fields": ["There is no field secret."]}


def test_quickbooks_lists_are_read(api, organization):
    income = Account.objects.create(
        organization=organization, name="Sales", full_name="Sales", classification="Revenue", qbo_id="1"
    )
    Item.objects.create(
        organization=organization,
        name="Hours",
        type="Service",
        unit_price=Decimal("12.5"),
        income_account=income,
        qbo_id="2",
    )
    TaxCode.objects.create(organization=organization, name="GST", sales_rate=Decimal("9.0000"), qbo_id="3")
    [account] = api.get("accounts/?classification=Revenue").json()["results"]
    [item] = api.get(f"items/?income_account={income.pk}").json()["results"]
    [code] = api.get("tax-codes/?search=gst").json()["results"]
    assert (account["full_name"], account["quickbooks_id"]) == ("Sales", "1")
    assert (item["unit_price"], item["purchase_cost"], item["income_account"]) == ("12.50", None, income.pk)
    assert (code["sales_rate"], code["purchase_rate"]) == ("9", None)
    assert api.get(f"items/{item['id']}/").json() == item
    assert api.post("items/", {"name": "Own"}).status_code == 405


@pytest.mark.parametrize(
    "path", ["customers/", "beneficiaries/", "invoices/", "bills/", "items/", "accounts/"]
)
@pytest.mark.parametrize("rows", [5, 50])
def test_a_list_takes_at_most_eight_statements(api, organization, django_assert_max_num_queries, path, rows):
    customer, beneficiary = make_customer(organization), make_beneficiary(organization)
    item = Item.objects.create(organization=organization, name="Hours", type="Service")
    code = TaxCode.objects.create(organization=organization, name="GST")
    for number in range(rows):
        make_invoice(organization, customer, lines=[invoice_line(item=item, tax_code=code), invoice_line()])
        make_bill(organization, beneficiary, lines=[bill_line(item=item), bill_line()])
        account = Account.objects.create(organization=organization, name=str(number))
        Item.objects.create(organization=organization, name=str(number), income_account=account)
        make_customer(organization)
        make_beneficiary(organization)
    with django_assert_max_num_queries(8):
        answer = api.get(f"{path}?page_size=500")
    assert len(answer.data["results"]) >= rows


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("issue_date_after=abc", ["issue_date_after"]),
        ("issue_date_before=abc&issue_date_after=2026-10-01", ["issue_date_before"]),
        ("total_min=a&total_max=b", ["total_min", "total_max"]),
        ("created_at_before=9999-12-31T23:59:59Z", ["created_at_before"]),
        ("accounting_synced_at_after=x&status=maybe", ["accounting_synced_at_after", "status"]),
    ],
)
def test_a_wrong_filter_is_told_under_the_parameter_that_was_sent(api, organization, query, parameters):
    answer = api.get(f"invoices/?{query}")
    assert (answer.status_code, sorted(answer.json()["fields"])) == (400, sorted(parameters))
    assert all(sentence for [sentence] in answer.json()["fields"].values())


def test_a_page_that_is_not_there_says_so(api, customers):
    assert (
        api.get("customers/?page=99")
        .json()["detail"]
        .startswith("There is no page 99. Ask for one from 1 on")
    )
