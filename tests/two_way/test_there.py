"""What somebody did in QuickBooks, and this side afterwards: with nothing waiting here, and with an edit that waits."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from contacts.models import Customer
from integrations.mapping import mapper_of
from integrations.models import SyncState
from tests.factories import make_beneficiary, make_bill, make_customer, make_invoice, pull, push

from .conftest import change, edit, news, row_of

EDITED = pytest.mark.parametrize("edited", [False, True], ids=["untouched", "edited here"])


@pytest.fixture
def qbo_options():
    return {"country": "SG", "multicurrency": True}


def waits(invoice, edited: bool) -> SyncState:
    """Lets an edit of the memo wait. Returns the state that the invoice should be in after a pull."""
    if edited:
        edit(invoice, memo="Ours")
    return SyncState.CHANGED if edited else SyncState.SYNCED


def read(qbo, record, *, calls=None):
    """Pulls what was done over there, for so many calls: one look at the change feed, unless said."""
    qbo.reset_calls()
    run = pull(record.organization, mapper_of(record).entity)
    record.refresh_from_db()
    assert run.status == "succeeded", run.error
    assert qbo.calls == (calls or Counter(cdc=1))


def settled(edited: bool) -> dict:
    """An edit that has nothing left to go to waits no more."""
    return {"sync_state": SyncState.SYNCED, "accounting_synced": True} if edited else {}


def lines_of(there: dict) -> dict:
    """The lines that QuickBooks holds, as they are kept here: a custom item goes by the name of its service item."""
    kept = []
    for line in there["Line"]:
        if detail := line.get("SalesItemLineDetail"):
            name = detail["ItemRef"]["name"]
            said = line.get("Description", "")
            kept.append((line["Id"], name, said, detail["Qty"], detail["UnitPrice"], line["Amount"]))
    return {"lines": kept}


def totals_of(there: dict) -> dict:
    total, tax = there["TotalAmt"], there["TxnTaxDetail"]["TotalTax"]
    ours = {"total": total, "tax_total": tax, "subtotal": total - tax, "balance": total}
    return ours | {"qbo_total": total, "qbo_tax_total": tax}


def assert_memo_goes_out(qbo, invoice, edited: bool):
    """An edit that waited arrives, and changes nothing else there."""
    if not edited:
        return
    before = qbo.read("Invoice", invoice.qbo_id)
    assert push(invoice).status == "succeeded"
    after = qbo.read("Invoice", invoice.qbo_id)
    assert after["CustomerMemo"] == {"value": "Ours"}
    for name in ("Line", "TotalAmt", "Balance", "CustomerRef", "CurrencyRef", "LinkedTxn"):
        assert after[name] == before[name]


@EDITED
@pytest.mark.parametrize(
    "part, status", [(Decimal("1"), "paid"), (Decimal("0.5"), "overdue")], ids=["in full", "in part"]
)
def test_paid(qbo, organization, invoice, edited, part, status):
    waits(invoice, edited)
    before = row_of(invoice)
    paid = (invoice.total * part).quantize(Decimal("0.01"))
    qbo.pay(invoice.qbo_id, str(paid))
    read(qbo, invoice)
    assert news(before, invoice) == {"paid": paid, "balance": invoice.total - paid}
    assert invoice.status == status
    assert_memo_goes_out(qbo, invoice, edited)


@EDITED
def test_partly_paid_before_it_is_due(qbo, organization, customer, edited):
    invoice = make_invoice(organization, customer, due_date="2099-12-31")
    push(invoice)
    pull(organization, "invoices")
    waits(invoice, edited)
    before = row_of(invoice)
    qbo.pay(invoice.qbo_id, "10.00")
    read(qbo, invoice)
    assert news(before, invoice) == {"paid": 10, "balance": invoice.total - 10}
    assert invoice.status == "partially_paid"


@EDITED
def test_overpaid(qbo, organization, invoice, edited):
    """More than is owed stays with the customer as a credit; the invoice is paid."""
    waits(invoice, edited)
    before = row_of(invoice)
    qbo.pay(invoice.qbo_id, str(invoice.total), received="1000.00")
    read(qbo, invoice)
    assert news(before, invoice) == {"paid": invoice.total, "balance": 0}
    assert invoice.status == "paid"
    assert_memo_goes_out(qbo, invoice, edited)


def credited(qbo, record, entity: str, kind: str, **payment) -> None:
    """Somebody gives a credit of 30.00 for a document, and applies it by a payment of nothing."""
    there = qbo.read(entity, record.qbo_id)
    kept = {name: there[name] for name in ("CustomerRef", "VendorRef", "CurrencyRef") if name in there}
    line = {name: value for name, value in there["Line"][0].items() if name not in ("Id", "LineNum")}
    detail = line[line["DetailType"]]
    line |= {
        "Amount": "30.00",
        line["DetailType"]: {k: v for k, v in detail.items() if k not in ("Qty", "UnitPrice")},
    }
    credit = qbo.make(kind, kept | {"Line": [line]})
    links = [(record.qbo_id, entity), (credit["Id"], kind)]
    lines = [{"Amount": "30.00", "LinkedTxn": [{"TxnId": key, "TxnType": of}]} for key, of in links]
    qbo.make(
        "Payment" if entity == "Invoice" else "BillPayment", kept | {"TotalAmt": 0, "Line": lines} | payment
    )


@EDITED
def test_paid_in_part_by_a_credit_memo(qbo, organization, invoice, edited):
    waits(invoice, edited)
    before = row_of(invoice)
    credited(qbo, invoice, "Invoice", "CreditMemo")
    read(qbo, invoice)
    assert news(before, invoice) == {"paid": 30, "balance": invoice.total - 30}
    assert_memo_goes_out(qbo, invoice, edited)


def test_paid_in_part_by_a_vendor_credit(qbo, organization):
    beneficiary = make_beneficiary(organization)
    push(beneficiary)
    bill = make_bill(organization, beneficiary)
    push(bill)
    pull(organization, "bills")
    before = row_of(bill)
    bank = {"CheckPayment": {"BankAccountRef": {"value": "1"}}}
    credited(qbo, bill, "Bill", "VendorCredit", PayType="Check", **bank)
    read(qbo, bill)
    assert news(before, bill) == {"paid": 30, "balance": bill.total - 30}


@EDITED
def test_a_payment_taken_back(qbo, organization, invoice, edited):
    payment = qbo.pay(invoice.qbo_id, str(invoice.total))
    read(qbo, invoice)
    waits(invoice, edited)
    before = row_of(invoice)
    qbo.make("Payment", {"Id": payment["Id"], "SyncToken": payment["SyncToken"]}, "delete")
    read(qbo, invoice)
    assert news(before, invoice) == {"paid": 0, "balance": invoice.total}
    assert invoice.status == "overdue"


@EDITED
@pytest.mark.parametrize("operation, status", [("void", "voided"), ("delete", "deleted")])
def test_ended(qbo, organization, invoice, edited, operation, status):
    waits(invoice, edited)
    before = row_of(invoice)
    qbo.make("Invoice", {"Id": invoice.qbo_id, "SyncToken": invoice.qbo_sync_token}, operation)
    read(qbo, invoice)
    emptied = {"qbo_total": 0, "qbo_tax_total": 0} if operation == "void" else {}
    assert news(before, invoice) == {"ended": status, "balance": 0} | emptied | settled(edited)
    assert invoice.status == status
    qbo.reset_calls()
    assert (push(invoice).skipped, sum(qbo.calls.values())) == (1, 0)


def test_what_changed_while_it_was_void_counts_when_it_is_filled_again(qbo, organization, invoice):
    filled = [line for line in qbo.read("Invoice", invoice.qbo_id)["Line"] if line.get("Id")]
    before = row_of(invoice)
    qbo.make("Invoice", {"Id": invoice.qbo_id, "SyncToken": invoice.qbo_sync_token}, "void")
    read(qbo, invoice)
    change(qbo, invoice, DocNumber="Q-9", DueDate="2026-12-24")
    read(qbo, invoice)
    assert news(before, invoice) == {"ended": "voided", "balance": 0, "qbo_total": 0, "qbo_tax_total": 0}
    change(qbo, invoice, Line=filled)
    read(qbo, invoice)
    assert news(before, invoice) == {"number": "Q-9", "due_date": date(2026, 12, 24)}


@EDITED
def test_a_bill_deleted(qbo, organization, edited):
    bill = make_bill(organization, make_beneficiary(organization))
    push(bill.beneficiary)
    push(bill)
    pull(organization, "bills")
    bill.refresh_from_db()
    waits(bill, edited)
    before = row_of(bill)
    qbo.make("Bill", {"Id": bill.qbo_id, "SyncToken": bill.qbo_sync_token}, "delete")
    read(qbo, bill)
    assert news(before, bill) == {"ended": "deleted", "balance": 0} | settled(edited)


@EDITED
def test_renamed(qbo, organization, customer, invoice, edited):
    if edited:
        edit(customer, phone="2")
    before = row_of(customer)
    qbo.change("Customer", customer.qbo_id, DisplayName="Acme Group")
    read(qbo, customer)
    assert news(before, customer) == {"name": "Acme Group", "name_key": "acme group"}
    if edited:
        push(customer)
        there = qbo.read("Customer", customer.qbo_id)
        assert (there["DisplayName"], there["PrimaryPhone"]) == ("Acme Group", {"FreeFormNumber": "2"})


@EDITED
def test_made_inactive_and_active_again(qbo, organization, edited):
    customer = make_customer(organization, name="Sleeping Ltd")
    push(customer)
    pull(organization, "customers")
    customer.refresh_from_db()
    if edited:
        edit(customer, phone="2")
    before = row_of(customer)
    for active, changed in ((False, {"is_active": False}), (True, {})):
        qbo.change("Customer", customer.qbo_id, Active=active, DisplayName="Sleeping Ltd")
        read(qbo, customer)
        assert news(before, customer) == changed
    if edited:
        assert push(customer).status == "succeeded"
        assert qbo.read("Customer", customer.qbo_id)["PrimaryPhone"] == {"FreeFormNumber": "2"}


@EDITED
def test_a_line_added(qbo, organization, two_lines, edited):
    waits(two_lines, edited)
    before = row_of(two_lines)
    lines = [line for line in qbo.read("Invoice", two_lines.qbo_id)["Line"] if line.get("Id")]
    new = lines[0] | {"Amount": 30, "Description": "Travel"}
    new["SalesItemLineDetail"] = lines[0]["SalesItemLineDetail"] | {"Qty": 1, "UnitPrice": 30}
    there = change(qbo, two_lines, Line=[*lines, {k: v for k, v in new.items() if k != "Id"}])
    read(qbo, two_lines)
    assert news(before, two_lines) == lines_of(there) | totals_of(there)
    assert_memo_goes_out(qbo, two_lines, edited)


@EDITED
def test_a_line_removed(qbo, organization, two_lines, edited):
    waits(two_lines, edited)
    before = row_of(two_lines)
    [first, *_] = qbo.read("Invoice", two_lines.qbo_id)["Line"]
    there = change(qbo, two_lines, Line=[first])
    read(qbo, two_lines)
    assert news(before, two_lines) == lines_of(there) | totals_of(there)
    assert_memo_goes_out(qbo, two_lines, edited)


@EDITED
def test_another_customer(qbo, organization, invoice, edited):
    waits(invoice, edited)
    before = row_of(invoice)
    other = qbo.make("Customer", {"DisplayName": "Other Ltd"})
    change(qbo, invoice, CustomerRef={"value": other["Id"]})
    # The feed, the customer that nobody knew, and a look whether the former one was merged into it.
    read(qbo, invoice, calls=Counter(cdc=1, query=2))
    assert news(before, invoice) == {"customer_id": Customer.objects.get(name="Other Ltd").pk}
    assert_memo_goes_out(qbo, invoice, edited)


@EDITED
def test_another_currency(qbo, organization, invoice, edited):
    waits(invoice, edited)
    before = row_of(invoice)
    other = qbo.make("Customer", {"DisplayName": "Other Inc", "CurrencyRef": {"value": "USD"}})
    lines = [line for line in qbo.read("Invoice", invoice.qbo_id)["Line"] if line.get("Id")]
    change(
        qbo, invoice, CustomerRef={"value": other["Id"]}, CurrencyRef={"value": "USD"}, ExchangeRate=Decimal("1.3"),
        Line=lines,
    )  # fmt: skip
    read(qbo, invoice, calls=Counter(cdc=1, query=2))
    customer = Customer.objects.get(name="Other Inc", currency="USD")
    assert news(before, invoice) == {
        "customer_id": customer.pk,
        "currency": "USD",
        "exchange_rate": Decimal("1.3"),
    }
    assert_memo_goes_out(qbo, invoice, edited)
