"""The client over whole recorded answers, where they lie beside the checkout or SHARED_SAMPLES names them."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from integrations import documents
from integrations.qbo.errors import NeedsReconnect, QuickBooksError, Refused

from .company import BASE

SAMPLES = Path(os.environ.get("SHARED_SAMPLES") or Path(__file__).resolve().parents[4] / "shared" / "samples")
pytestmark = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the recorded answers are not here (SHARED_SAMPLES names their folder)"
)


def recorded(name):
    """A recording's status and body. Its numbers are kept as they were written."""
    sample = json.loads((SAMPLES / f"{name}.json").read_text(), parse_float=lambda text: f"\0{text}\0")
    body = json.dumps(sample["body"]).replace('"\\u0000', "").replace('\\u0000"', "")
    return {"status": sample["http_status"], "body": body}


@pytest.mark.parametrize(
    ("name", "entity", "count"),
    [
        ("customer_query", "Customer", 41),
        ("customer_by_display_name", "Customer", 1),
        ("vendor_query", "Vendor", None),
        ("vendor_inactive_query", "Vendor", 27),
        ("item_query", "Item", None),
    ],
)
def test_every_row_of_a_recorded_query_is_a_document(company, http, name, entity, count):
    http.get(f"{BASE}/query", **recorded(name))

    answer = company.client.query("SELECT * FROM X")

    assert answer.entity == entity
    assert len(answer.rows) == (count or len(answer.rows)) > 0
    for row in answer.rows:
        assert documents.decode(row, getattr(documents, entity)).Id
        assert row in recorded(name)["body"].encode()


@pytest.mark.parametrize(
    ("name", "entity"),
    [
        ("customer_create", "Customer"),
        ("customer_update", "Customer"),
        ("vendor_read", "Vendor"),
        ("invoice_create", "Invoice"),
        ("invoice_void", "Invoice"),
        ("invoice_delete", "Invoice"),
        ("bill_create", "Bill"),
        ("account_deactivate", "Account"),
    ],
)
def test_a_recorded_write_is_read_whole(company, http, name, entity):
    http.post(f"{BASE}/{entity.lower()}", **recorded(name))

    document = company.client.write(entity, b"{}", "r")

    assert documents.decode(document, getattr(documents, entity)).Id
    assert document in recorded(name)["body"].encode()


def test_a_recorded_batch_is_read_item_by_item(company, http):
    http.post(f"{BASE}/batch", **recorded("batch_mixed"))

    answers = {answer.b_id: answer for answer in company.client.batch(b"{}", "r")}

    assert answers["bid1"].entity == "Vendor"
    assert documents.decode(answers["bid1"].document, documents.Vendor).DisplayName == "Boraski Family Store"
    assert answers["bid2"].fault.code == "610"
    assert answers["bid3"].fault.code == "5010"
    assert any(answer.entity == "SalesReceipt" and answer.rows for answer in answers.values())


def test_recorded_changes_are_read(company, http):
    http.get(f"{BASE}/cdc", **recorded("cdc_estimate"))

    changes = company.client.changes(["Estimate"], datetime(2020, 9, 28, tzinfo=UTC))

    assert len(changes.rows["Estimate"]) == 4
    assert changes.complete


def test_a_recorded_count_has_no_rows(company, http):
    http.get(f"{BASE}/query", **recorded("query_count"))

    assert company.client.query("SELECT COUNT(*) FROM Customer").rows == []


@pytest.mark.parametrize("name", ["company_info", "preferences", "exchange_rate"])
def test_recorded_company_facts_are_read(company, http, name):
    http.get(f"{BASE}/companyinfo/{company.grant.realm_id}", **recorded("company_info"))
    http.get(f"{BASE}/preferences", **recorded("preferences"))
    http.get(f"{BASE}/exchangerate", **recorded("exchange_rate"))

    read = {
        "company_info": (company.client.company_info, documents.CompanyInfo),
        "preferences": (company.client.preferences, documents.Preferences),
        "exchange_rate": (
            lambda: company.client.exchange_rate("USD", datetime(2026, 7, 30, tzinfo=UTC).date()),
            documents.ExchangeRate,
        ),
    }
    call, kind = read[name]
    assert isinstance(documents.decode(call(), kind), kind)


@pytest.mark.parametrize(
    ("name", "error", "code"),
    [
        ("fault_2010_unknown_property", Refused, "2010"),
        ("fault_2030_invalid_id", Refused, "2030"),
        ("fault_500_unsupported", Refused, "500"),
        ("fault_6240_duplicate_name", Refused, "6240"),
        ("fault_3200_token_expired", NeedsReconnect, "3200"),
    ],
)
def test_a_recorded_fault_is_explained(company, http, name, error, code):
    http.post(f"{BASE}/customer", **recorded(name))

    with pytest.raises(QuickBooksError) as raised:
        company.client.write("Customer", b"{}", "r")

    assert isinstance(raised.value, error)
    assert raised.value.fault.code == code
    assert len(raised.value.detail) <= 500
