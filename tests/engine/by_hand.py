"""What a person does by hand with a record and what QuickBooks has, worked off at once."""

from decimal import Decimal

from integrations import linking
from integrations.models import Organization, SyncedRecord, SyncRun, Trigger
from integrations.services import Asked
from tests.factories import make_customer, push
from tests.quickbooks import drain

ASKED = Asked(Trigger.API)


def done(run: SyncRun, *records: SyncedRecord) -> SyncRun:
    """Works the lane off; the run and the records are as they are then."""
    drain(run.organization)
    run.refresh_from_db()
    for record in records:
        record.refresh_from_db()
    return run


def link(organization: Organization, entity: str, pairs: dict, **options) -> SyncRun:
    """{record: QuickBooks' id}, linked and worked off."""
    ids = {record.pk: qbo_id for record, qbo_id in pairs.items()}
    return done(linking.link(organization, entity, ids, asked=ASKED, **options), *pairs)


def unlink(*records: SyncedRecord, entity: str) -> SyncRun:
    ids = [record.pk for record in records]
    run = linking.unlink(records[0].organization, entity, ids, asked=ASKED)
    for record in records:
        record.refresh_from_db()
    return run


def found(organization: Organization, entity: str, text: str) -> list[linking.Candidate]:
    return linking.candidates(done(linking.look_up(organization, entity, text, asked=ASKED)))


def make_theirs(qbo, customer, number: str, amount: str = "100.00") -> dict:
    """An invoice that somebody made in QuickBooks."""
    item = qbo.all("Item", "where Type = 'Service'")[0] if qbo.all("Item") else None
    if item is None:
        account = qbo.all("Account", "where AccountType = 'Income'")[0]
        item = qbo.make(
            "Item", {"Name": "Work", "Type": "Service", "IncomeAccountRef": {"value": account["Id"]}}
        )
    code = qbo.all("TaxCode")[0]["Id"]
    detail = {
        "ItemRef": {"value": item["Id"]},
        "Qty": Decimal(1),
        "UnitPrice": Decimal(amount),
        "TaxCodeRef": {"value": code},
    }
    line = {
        "DetailType": "SalesItemLineDetail",
        "Amount": Decimal(amount),
        "Description": "Theirs",
        "SalesItemLineDetail": detail,
    }
    return qbo.make(
        "Invoice",
        {
            "CustomerRef": {"value": customer.qbo_id},
            "DocNumber": number,
            "TxnDate": "2026-10-01",
            "DueDate": "2026-10-31",
            "GlobalTaxCalculation": "NotApplicable",
            "Line": [line],
        },
    )


def one_of_another(qbo, customer, different: str) -> dict:
    """As `invoice_there` over 100.00, but for its amount, date or customer."""
    if different == "customer":
        customer = make_customer(customer.organization)
        push(customer)
    amount = "99.00" if different == "amount" else "100.00"
    day = "2026-09-30" if different == "date" else "2026-10-01"
    return invoice_there(qbo, customer, amount=amount, TxnDate=day)


def invoice_there(qbo, customer, number="1047", amount="109.00", **fields) -> dict:
    """One line without an item, of 1 October 2026, that somebody made in QuickBooks."""
    line = {"Amount": amount, "DetailType": "SalesItemLineDetail"}
    line["SalesItemLineDetail"] = {"TaxCodeRef": {"value": "5"}}
    body = {
        "CustomerRef": {"value": customer.qbo_id},
        "DocNumber": number,
        "TxnDate": "2026-10-01",
        "Line": [line],
    }
    return qbo.make("Invoice", body | fields)
