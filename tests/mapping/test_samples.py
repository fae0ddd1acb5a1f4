"""Recorded documents decode, are stored by a pull, and go back to QuickBooks without loss of what we own."""

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest

from integrations import documents
from integrations.mapping import company_of, mappers
from integrations.models import Account, Item, TaxCode
from integrations.sync import merge
from tests.factories import make_beneficiary, make_customer, pull

SAMPLES = Path(os.environ.get("SHARED_SAMPLES") or Path(__file__).resolve().parents[3] / "shared" / "samples")
pytestmark = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the recorded answers are not here (SHARED_SAMPLES names their folder)"
)

CONTACTS = [
    ("customer_by_display_name", "Customer"),
    ("customer_create", "Customer"),
    ("customer_query", "Customer"),
    ("customer_update", "Customer"),
    ("vendor_inactive_query", "Vendor"),
    ("vendor_query", "Vendor"),
    ("vendor_read", "Vendor"),
]
DOCUMENTS = [("invoice_create", "Invoice"), ("bill_create", "Bill")]
LISTS = [
    ("account_deactivate", "Account"),
    ("item_inventory", "Item"),
    ("item_query", "Item"),
    ("item_service", "Item"),
    ("taxcode", "TaxCode"),
]
# Where QuickBooks keeps what we own.
CONTACT_PATHS = (
    "CompanyName",
    "PrimaryEmailAddr.Address",
    "PrimaryPhone.FreeFormNumber",
    *(
        f"BillAddr.{part}"
        for part in ("Line1", "Line2", "City", "CountrySubDivisionCode", "PostalCode", "Country")
    ),
)
DOCUMENT_PATHS = {
    "Invoice": ("DocNumber", "TxnDate", "DueDate", "CustomerRef.value", "CustomerMemo.value"),
    "Bill": ("DocNumber", "TxnDate", "DueDate", "VendorRef.value", "PrivateNote"),
}


@pytest.fixture
def qbo_options():
    return {"country": "US"}


@pytest.fixture
def organization(organization):
    organization.currency = "USD"
    organization.save()
    return organization


def recorded(name: str, remote: str) -> list[dict]:
    """The sample's documents of one entity, whether an answer to a query or to a single call."""
    body = json.loads((SAMPLES / f"{name}.json").read_text(), parse_float=Decimal)["body"]
    found = body.get("QueryResponse", body)[remote]
    return found if isinstance(found, list) else [found]


def mapper_for_remote(remote: str):
    return next(mapper for mapper in mappers() if mapper.remote == remote)


def pulled(qbo, organization, remote: str, found: list[dict]) -> list:
    """(document, record) of each, after a pull that was answered with these documents."""
    mapper = mapper_for_remote(remote)
    know_references(organization, mapper, found)
    answer = {"QueryResponse": {remote: found, "startPosition": 1, "maxResults": len(found)}}
    qbo.answer_next(f"query?query=SELECT+%2A+FROM+{remote}+", 200, documents.encode(answer).decode())
    run = pull(organization, mapper.entity, include_new=True)
    assert (run.status, run.failed) == ("succeeded", 0)
    records = {record.qbo_id: record for record in mapper.full_records(organization)}
    return [(document, records[document["Id"]]) for document in found]


def know_references(organization, mapper, found: list[dict]) -> None:
    """What the documents refer to, as it would have been pulled before."""
    for document in found:
        for entity, qbo_id in mapper.references(
            documents.decode(documents.encode(document), mapper.document)
        ):
            if entity in ("customers", "beneficiaries"):
                make = make_customer if entity == "customers" else make_beneficiary
                contact = make(organization)
                type(contact).objects.filter(pk=contact.pk).update(qbo_id=qbo_id)
            else:
                model = {"items": Item, "accounts": Account, "tax-codes": TaxCode}[entity]
                model.objects.get_or_create(
                    organization=organization, qbo_id=qbo_id, defaults={"name": f"{entity} {qbo_id}"}
                )


def at(document: dict, path: str):
    for name in path.split("."):
        document = document.get(name, {}) if isinstance(document, dict) else {}
    return document or ""


def sent_back(record, document: dict) -> dict:
    """What an update of every field would send."""
    mapper = mapper_for_remote(next(each.remote for each in mappers() if each.model is type(record)))
    company = company_of(record.organization)
    mapper.prepare([record], company)
    values = mapper.ours(record, company)
    body = json.loads(
        documents.encode(mapper.compose(record, values, set(values), company)), parse_float=Decimal
    )
    assert (body["Id"], body["SyncToken"], body["sparse"]) == (document["Id"], document["SyncToken"], True)
    return body


@pytest.mark.parametrize(("name", "remote"), CONTACTS + DOCUMENTS + LISTS)
def test_what_was_stored_reads_as_quickbooks_says(qbo, organization, name, remote):
    mapper, company = mapper_for_remote(remote), company_of(organization)
    for document, record in pulled(qbo, organization, remote, recorded(name, remote)):
        typed = documents.decode(documents.encode(document), mapper.document)
        mapper.prepare([record], company)
        ours, theirs = mapper.ours(record, company), mapper.theirs(typed, company)
        assert {each for each in theirs if not merge.equal(ours[each], theirs[each])} == set()
        assert record.accounting_synced and record.qbo_sync_token == document["SyncToken"]


@pytest.mark.parametrize(("name", "remote"), CONTACTS)
def test_a_contact_goes_back_as_it_came(qbo, organization, name, remote):
    for document, record in pulled(qbo, organization, remote, recorded(name, remote)):
        sent = sent_back(record, document)
        shown = document["DisplayName"]
        assert sent["DisplayName"] == (shown if document["Active"] else shown.removesuffix(" (deleted)"))
        assert sent["Active"] == document["Active"]
        assert {path: at(sent, path) for path in CONTACT_PATHS} == {
            path: at(document, path) for path in CONTACT_PATHS
        }


@pytest.mark.parametrize(("name", "remote"), DOCUMENTS)
def test_a_document_goes_back_as_it_came(qbo, organization, name, remote):
    for document, record in pulled(qbo, organization, remote, recorded(name, remote)):
        sent = sent_back(record, document)
        paths = DOCUMENT_PATHS[remote]
        assert {path: at(sent, path) for path in paths} == {path: at(document, path) for path in paths}
        kept = [line for line in document["Line"] if line["DetailType"] != "SubTotalLineDetail"]
        for line, there in zip(sent["Line"], kept, strict=True):
            assert (line["Id"], line["DetailType"]) == (there["Id"], there["DetailType"])
            assert Decimal(line["Amount"]) == Decimal(there["Amount"])
            for reference in ("ItemRef", "AccountRef", "TaxCodeRef"):
                path = f"{there['DetailType']}.{reference}.value"
                assert at(line, path) == at(there, path)
        assert (record.total, record.balance) == (document["TotalAmt"], document["Balance"])


@pytest.mark.parametrize(("name", "remote"), LISTS)
def test_lists_are_stored_as_quickbooks_says(qbo, organization, name, remote):
    for document, record in pulled(qbo, organization, remote, recorded(name, remote)):
        assert (record.name, record.is_active) == (document["Name"], document["Active"])
        if remote == "Item":
            assert (record.type, record.unit_price) == (document["Type"], document["UnitPrice"])
            assert record.income_account.qbo_id == document["IncomeAccountRef"]["value"]
        if remote == "Account":
            assert record.account_type == document["AccountType"]


def pull_change(qbo, organization, document: dict) -> None:
    rows = {"Invoice": [document], "startPosition": 1, "maxResults": 1}
    answer = {"CDCResponse": [{"QueryResponse": [rows]}], "time": "2026-10-01T00:00:00.000-07:00"}
    qbo.answer_next("/cdc", 200, documents.encode(answer).decode())
    assert pull(organization, "invoices").succeeded == 1


def test_a_voided_invoice_is_voided_here_and_keeps_what_it_was(qbo, organization):
    [(_, record)] = pulled(qbo, organization, "Invoice", recorded("invoice_create", "Invoice"))
    [voided] = recorded("invoice_void", "Invoice")
    pull_change(qbo, organization, voided | {"Id": record.qbo_id})
    record.refresh_from_db()
    assert (record.status, record.balance, record.total, record.lines.count()) == ("voided", 0, 100, 1)


def test_a_deleted_invoice_is_marked_here(qbo, organization):
    [(_, record)] = pulled(qbo, organization, "Invoice", recorded("invoice_create", "Invoice"))
    [stub] = recorded("invoice_delete", "Invoice")
    assert stub["Id"] == record.qbo_id
    pull_change(qbo, organization, stub)
    record.refresh_from_db()
    assert (record.status, record.balance) == ("deleted", 0)
