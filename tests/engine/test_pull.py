from collections import Counter
from decimal import Decimal

import pytest

from contacts.models import Beneficiary, Customer
from integrations import documents
from integrations.models import Account, Item, SyncState, TaxCode
from payables.models import Bill
from receivables.models import Invoice
from tests.factories import invoice_line, make_customer, make_invoice, pull, push
from tests.quickbooks import drain


@pytest.fixture
def item(qbo) -> dict:
    return next(
        item for item in qbo.all("Item") if item["Type"] == "Service" and item.get("IncomeAccountRef")
    )


@pytest.fixture
def code(organization) -> TaxCode:
    return organization.configuration.default_receivable_tax_code


def make_there(qbo, item, code, customer_id: str, **fields) -> dict:
    line = {
        "DetailType": "SalesItemLineDetail",
        "Amount": 300,
        "Description": "Advice",
        "SalesItemLineDetail": {
            "ItemRef": {"value": item["Id"]},
            "Qty": 3,
            "UnitPrice": 100,
            "TaxCodeRef": {"value": code.qbo_id},
        },
    }
    body = {
        "CustomerRef": {"value": customer_id},
        "Line": [line],
        "TxnDate": "2026-10-02",
        "DocNumber": "QB-77",
        "GlobalTaxCalculation": "TaxExcluded",
    }
    return qbo.make("Invoice", body | fields)


@pytest.mark.parametrize("entity, model, remote", [("accounts", Account, "Account"), ("items", Item, "Item")])
def test_lists_are_imported_with_what_is_inactive(qbo, organization, entity, model, remote):
    there = {each["Id"]: each["Active"] for each in qbo.all(remote, "where Active in (true, false)")}
    here = dict(model.objects.filter(organization=organization).values_list("qbo_id", "is_active"))
    assert here == there


def test_tax_codes_come_with_their_rates(qbo, organization):
    rated = TaxCode.objects.filter(organization=organization, sales_rate=9)
    assert rated.exists()
    assert rated.first().sales_rates[0][1] == "9"


def test_a_tax_rate_that_cannot_be_read_leaves_the_other_codes_theirs(qbo, organization):
    """Its own codes have no known rate; the list does not stand still for it."""
    spoiled = next(each for each in qbo.all("TaxRate") if each["RateValue"] == 9)["Id"]
    codes = TaxCode.objects.filter(organization=organization)
    before = dict(codes.values_list("pk", "sales_rates"))
    assert [[spoiled, "9"]] in before.values()

    def spoil(answer):
        for rate in answer["QueryResponse"]["TaxRate"]:
            rate["RateValue"] = "nine" if rate["Id"] == spoiled else rate["RateValue"]

    qbo.alter_next("TaxRate", spoil)
    assert pull(organization, "tax-codes").status == "succeeded"
    assert dict(codes.values_list("pk", "sales_rates")) == {
        pk: [] if spoiled in dict(rates) else rates for pk, rates in before.items()
    }


def test_an_invoice_made_there_comes_with_its_customer(qbo, organization, item, code):
    there = qbo.make(
        "Customer", {"DisplayName": "Made There", "PrimaryEmailAddr": {"Address": "x@there.example"}}
    )
    made = make_there(qbo, item, code, there["Id"])
    run = pull(organization, "invoices")
    assert run.status == "succeeded"
    invoice = Invoice.objects.get(organization=organization, qbo_id=made["Id"])
    customer = Customer.objects.get(organization=organization, qbo_id=there["Id"])
    assert (customer.name, customer.email) == ("Made There", "x@there.example")
    assert invoice.customer == customer
    assert (invoice.number, str(invoice.issue_date), invoice.currency) == ("QB-77", "2026-10-02", "SGD")
    assert invoice.total == made["TotalAmt"] == invoice.balance
    [line] = invoice.lines.all()
    assert (line.item.qbo_id, line.quantity, line.unit_price, line.amount) == (item["Id"], 3, 100, 300)
    assert line.tax_code == code
    assert invoice.accounting_synced and customer.accounting_synced


def test_an_invoice_in_other_spellings_comes_and_goes_back_in_quickbooks_own(qbo, organization, item, code):
    customer = make_customer(organization)
    push(customer)
    made = make_there(qbo, item, code, customer.qbo_id, DueDate="2026-10-30")
    line = made["Line"][0] | {"Id": int(made["Line"][0]["Id"]), "Amount": "300.00"}
    odd = made | {
        "Id": int(made["Id"]),
        "SyncToken": int(made["SyncToken"]),
        "CustomerRef": {"value": int(customer.qbo_id)},
        "TxnDate": "2026-10-02-07:00",
        "DueDate": "",
        "CurrencyRef": {},
        "sparse": None,
        "LinkedTxn": None,
        "Line": [line, None],
        "MetaData": {"LastUpdatedTime": 1601391072830},
    }
    qbo.answer_next("/query", 200, documents.encode({"QueryResponse": {"Invoice": [odd]}}).decode())
    assert pull(organization, "invoices").status == "succeeded"

    invoice = Invoice.objects.get(organization=organization, qbo_id=made["Id"])
    assert (invoice.customer, str(invoice.issue_date), invoice.due_date) == (customer, "2026-10-02", None)
    assert (invoice.currency, invoice.total, invoice.qbo_sync_token) == (
        "SGD", made["TotalAmt"], made["SyncToken"]
    )  # fmt: skip
    [kept] = invoice.lines.all()
    assert (kept.item.qbo_id, kept.amount) == (item["Id"], 300)

    changed = invoice_line(
        item=kept.item,
        tax_code=code,
        quantity=Decimal(4),
        unit_price=Decimal(100),
        qbo_line_id=kept.qbo_line_id,
    )
    invoice.replace_lines([changed])
    push(invoice)
    assert invoice.sync_state == SyncState.SYNCED, invoice.sync_error_message
    assert qbo.read("Invoice", made["Id"])["Line"][0]["Amount"] == 400


def test_a_contact_that_no_document_names_is_not_added(qbo, organization):
    qbo.make("Customer", {"DisplayName": "Nobody Asked"})
    pull(organization, "customers")
    assert not Customer.objects.filter(organization=organization, name="Nobody Asked").exists()
    pull(organization, "customers", include_new=True)
    assert Customer.objects.filter(organization=organization, name="Nobody Asked").exists()


def test_a_contact_changed_there_is_refreshed_here(qbo, organization):
    customer = make_customer(organization, phone="1")
    push(customer)
    qbo.change("Customer", customer.qbo_id, PrimaryPhone={"FreeFormNumber": "2"}, DisplayName="Renamed")
    pull(organization, "customers")
    customer.refresh_from_db()
    assert (customer.phone, customer.name, customer.sync_state) == ("2", "Renamed", SyncState.SYNCED)


def test_a_contact_made_inactive_there_is_inactive_here_under_its_own_name(qbo, organization):
    customer = make_customer(organization, name="Sleeping Ltd")
    push(customer)
    pull(organization, "customers")
    qbo.change("Customer", customer.qbo_id, Active=False, DisplayName="Sleeping Ltd")
    pull(organization, "customers")
    customer.refresh_from_db()
    assert (customer.is_active, customer.name) == (False, "Sleeping Ltd")


def test_a_pull_with_nothing_new_costs_one_call(qbo, organization, item, code):
    customer = make_customer(organization)
    push(customer)
    make_there(qbo, item, code, customer.qbo_id)
    pull(organization, "invoices")
    qbo.reset_calls()
    run = pull(organization, "invoices")
    assert qbo.calls == Counter(cdc=1)
    assert (run.succeeded, run.failed) == (0, 0)


def test_pulls_that_wait_together_share_one_call(qbo, organization, asked):
    from integrations import services

    for entity in ("invoices", "bills", "customers"):
        pull(organization, entity)
    qbo.reset_calls()
    for entity in ("invoices", "bills", "customers"):
        services.pull(organization, entity, asked=asked)
    drain(organization)
    assert qbo.calls == Counter(cdc=1)


def test_an_invoice_deleted_there_is_marked_and_kept(qbo, organization, item, code):
    customer = make_customer(organization)
    push(customer)
    made = make_there(qbo, item, code, customer.qbo_id)
    pull(organization, "invoices")
    qbo.make("Invoice", {"Id": made["Id"], "SyncToken": made["SyncToken"]}, operation="delete")
    pull(organization, "invoices")
    invoice = Invoice.objects.get(organization=organization, qbo_id=made["Id"])
    assert (invoice.status, invoice.balance) == ("deleted", 0)


def test_an_invoice_voided_there_keeps_its_lines_here(qbo, organization, item, code):
    customer = make_customer(organization)
    push(customer)
    made = make_there(qbo, item, code, customer.qbo_id)
    pull(organization, "invoices")
    qbo.make("Invoice", {"Id": made["Id"], "SyncToken": made["SyncToken"]}, operation="void")
    pull(organization, "invoices")
    invoice = Invoice.objects.get(organization=organization, qbo_id=made["Id"])
    assert (invoice.status, invoice.balance) == ("voided", 0)
    assert invoice.total == made["TotalAmt"]


def test_what_was_deleted_while_the_feed_was_too_old_is_found_by_a_full_read(qbo, organization, item, code):
    from integrations.models import Cursor

    customer = make_customer(organization)
    push(customer)
    made = make_there(qbo, item, code, customer.qbo_id)
    pull(organization, "invoices")
    qbo.make("Invoice", {"Id": made["Id"], "SyncToken": made["SyncToken"]}, operation="delete")
    Cursor.objects.filter(organization=organization, entity="invoices").delete()
    pull(organization, "invoices")
    assert Invoice.objects.get(organization=organization, qbo_id=made["Id"]).status == "deleted"


def test_our_own_unlinked_invoice_is_linked_not_doubled(qbo, organization, item, code):
    customer = make_customer(organization)
    push(customer)
    invoice = make_invoice(organization, customer, number="SAME-1", tax_treatment="exclusive")
    made = make_there(
        qbo, item, code, customer.qbo_id, DocNumber="SAME-1", TxnDate="2026-10-01",
        Line=[
            {
                "DetailType": "SalesItemLineDetail",
                "Amount": 100,
                "SalesItemLineDetail": {"ItemRef": {"value": item["Id"]}, "TaxCodeRef": {"value": code.qbo_id}},
            }
        ],
    )  # fmt: skip
    assert made["TotalAmt"] == invoice.total
    run = pull(organization, "invoices")
    invoice.refresh_from_db()
    assert invoice.qbo_id == made["Id"]
    assert run.jobs.get(record_id=invoice.pk).outcome == "linked"
    assert Invoice.objects.filter(organization=organization, number="SAME-1").count() == 1


def test_seeded_books_arrive_whole(http, organization, admin_user, asked):
    from integrations import services
    from tests.quickbooks import QuickBooks

    company = QuickBooks(http, country="SG", seed=True, multicurrency=True)
    company.connect(organization, admin_user)
    for entity in ("accounts", "items", "tax-codes", "invoices", "bills"):
        services.pull(organization, entity, asked=asked)
    drain(organization)
    for model, remote in ((Invoice, "Invoice"), (Bill, "Bill")):
        there = {each["Id"]: Decimal(each["Balance"]) for each in company.all(remote)}
        here = dict(model.objects.filter(organization=organization).values_list("qbo_id", "balance"))
        assert here == there
    assert Beneficiary.objects.filter(organization=organization).exists()
