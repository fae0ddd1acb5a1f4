"""QuickBooks' documents as we read them: lines that people edited there, texts that are longer than ours."""

from decimal import Decimal

import msgspec
import pytest

from integrations import documents
from integrations.mapping import company_of, mapper_for
from integrations.models import Connection

REQUIRED = {"Id": "1", "SyncToken": "0", "TxnDate": "2026-10-01", "CustomerRef": {"value": "5"}}


@pytest.fixture
def company(organization):
    Connection.objects.filter(organization=organization).update(
        country="SG", home_currency="SGD", multicurrency=True
    )
    return company_of(organization)


def decoded(document: dict, entity: str = "invoices"):
    return documents.decode(documents.encode(document), mapper_for(entity).document)


def sale(amount, **detail) -> dict:
    return {"Id": "1", "Amount": amount, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}


def read_line(company, line: dict, **fields) -> dict:
    document = decoded(REQUIRED | {"Line": [line]} | fields)
    [values] = mapper_for("invoices").theirs(document, company)["lines"]
    return values


@pytest.mark.parametrize(
    ("detail", "quantity", "price"),
    [
        ({"Qty": 3, "UnitPrice": Decimal("33.335")}, "3", "33.335"),
        # Edited there by hand: the amount counts.
        ({"Qty": 3, "UnitPrice": 30}, "1", "100.01"),
        ({"Qty": 4}, "4", "25.0025"),
        ({"UnitPrice": 7}, "1", "100.01"),
        ({}, "1", "100.01"),
        ({"Qty": None, "UnitPrice": None}, "1", "100.01"),
        ({"Qty": 0, "UnitPrice": 0}, "1", "100.01"),
        # More decimals than we keep.
        ({"Qty": 81, "UnitPrice": Decimal("1.23469135802")}, "81", "1.2346914"),
    ],
)
def test_quantity_and_price_are_taken_where_they_make_the_amount(company, detail, quantity, price):
    line = read_line(company, sale(Decimal("100.01"), **detail))
    assert (line["quantity"], line["unit_price"], line["amount"]) == (quantity, price, "100.01")


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        (sale(100, Qty=2, UnitPrice=50, TaxInclusiveAmt=109), {}),
        # Without the gross amount the document's own tax tells it.
        (sale(100, Qty=2, UnitPrice=50), {"TotalAmt": 109, "TxnTaxDetail": {"TotalTax": 9}}),
    ],
)
def test_an_inclusive_line_is_read_gross(company, line, fields):
    read = read_line(company, line, GlobalTaxCalculation="TaxInclusive", **fields)
    assert (read["quantity"], read["unit_price"], read["amount"]) == ("2", "54.5", "109")


def test_an_amount_in_yen_has_no_decimals(company):
    line = read_line(company, sale(334, Qty=3, UnitPrice=Decimal("111.4")), CurrencyRef={"value": "JPY"})
    assert (line["quantity"], line["unit_price"]) == ("3", "111.4")


def test_a_document_of_bare_necessities_is_read(company):
    values = mapper_for("invoices").theirs(decoded(REQUIRED), company)
    assert values == {
        "customer": "5",
        "number": "",
        "issue_date": "2026-10-01",
        "due_date": None,
        "currency": "SGD",
        "exchange_rate": None,
        "tax_treatment": "exclusive",
        "memo": "",
        "lines": [],
    }


def test_nulls_are_read_as_absent(company):
    names = (
        "DocNumber DueDate CurrencyRef ExchangeRate GlobalTaxCalculation CustomerMemo TxnTaxDetail LinkedTxn"
    )
    with_nulls = decoded(REQUIRED | dict.fromkeys(names.split()))
    assert mapper_for("invoices").theirs(with_nulls, company) == mapper_for("invoices").theirs(
        decoded(REQUIRED), company
    )
    assert mapper_for("invoices").mirrored(with_nulls, company)["qbo_tax_total"] == 0


@pytest.mark.parametrize(
    ("line", "others"),
    [
        (sale(100), False),
        ({"Amount": 100, "DetailType": "SubTotalLineDetail"}, False),
        ({"Description": "As agreed", "DetailType": "DescriptionOnly"}, False),
        ({"Amount": 5, "DetailType": "DiscountLineDetail"}, True),
        ({"Amount": 5, "DetailType": "GroupLineDetail"}, True),
        ({"Amount": 5, "DetailType": "SomethingNew"}, True),
    ],
)
def test_lines_that_we_cannot_keep_are_noticed(company, line, others):
    document = decoded(REQUIRED | {"Line": [sale(100), line]})
    assert mapper_for("invoices").mirrored(document, company)["has_other_lines"] is others


@pytest.mark.parametrize(
    ("note", "total", "amount", "voided"),
    [
        ("Voided", 0, 0, True),
        ("Voided - Paid in cash", 0, 0, True),
        ("voided", 0, 0, True),
        ("Paid in cash", 0, 0, False),
        ("Voided", 10, 10, False),
        # A free sample with a discount is not voided.
        ("Voided", 0, 10, False),
    ],
)
def test_a_voided_invoice_is_known_by_note_and_zeros(company, note, total, amount, voided):
    document = decoded(REQUIRED | {"PrivateNote": note, "TotalAmt": total, "Line": [sale(amount)]})
    assert mapper_for("invoices").voided(document) is voided


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ({"Id": 5, "SyncToken": 0}, {"Id": "5", "SyncToken": "0"}),
        ({"TxnDate": "2026-10-02-07:00"}, {"TxnDate": "2026-10-02"}),
        ({"TxnDate": "2026-10-02Z"}, {"TxnDate": "2026-10-02"}),
        ({"TxnDate": "2026-10-02T23:59:59-07:00"}, {"TxnDate": "2026-10-02"}),
        ({"TxnDate": "2026-10-02 00:00:00"}, {"TxnDate": "2026-10-02"}),
        ({"DueDate": ""}, {}),
        ({"CurrencyRef": {}}, {}),
        ({"CurrencyRef": {"value": None, "name": "None"}}, {}),
        ({"CustomerRef": {"value": 7}}, {"CustomerRef": {"value": "7"}}),
        ({"Line": None}, {}),
        ({"sparse": None, "MetaData": None}, {}),
        ({"ExchangeRate": "", "TotalAmt": " 10.50 "}, {"TotalAmt": Decimal("10.50")}),
        ({"MetaData": {"LastUpdatedTime": "soon"}}, {"MetaData": {}}),
        (
            {"MetaData": {"LastUpdatedTime": "2026-10-02T09:00:00-0700"}},
            {"MetaData": {"LastUpdatedTime": "2026-10-02T09:00:00-07:00"}},
        ),
        ({"Line": [None, sale(100) | {"SalesItemLineDetail": {"ItemRef": {}}, "Id": 3}]},
         {"Line": [sale(100) | {"SalesItemLineDetail": {}, "Id": "3"}]}),
    ],
)  # fmt: skip
def test_another_spelling_reads_as_quickbooks_own(told, meant):
    """Beside them something that never fits as it comes, so that numbers stay exact on this way, too."""
    spelled = decoded(REQUIRED | {"LinkedTxn": [{"TxnId": 8}], "Balance": Decimal("0.10")} | told)
    own = decoded(REQUIRED | {"LinkedTxn": [{"TxnId": "8"}], "Balance": Decimal("0.10")} | meant)
    assert spelled == own


@pytest.mark.parametrize(
    "told", [{"TxnDate": "02/10/2026"}, {"TotalAmt": "ten"}, {"Line": {}}, {"CustomerRef": "7"}, {"Id": []}]
)
def test_what_has_no_other_spelling_is_not_guessed(told):
    with pytest.raises(msgspec.ValidationError):
        decoded(REQUIRED | told)


def test_paid_is_what_the_balance_lacks(company):
    document = decoded(REQUIRED | {"TotalAmt": Decimal("109.00"), "Balance": Decimal("9.00")})
    mirrored = mapper_for("invoices").mirrored(document, company)
    assert (mirrored["qbo_total"], mirrored["paid"], mirrored["balance"]) == (109, 100, 9)


def test_the_country_of_an_address_is_kept_as_it_is_written(company):
    """ISO-3 since 2025 in company info, and maybe elsewhere soon; never judged."""
    document = decoded(
        {"Id": "1", "DisplayName": "Acme", "BillAddr": {"Country": "SGP", "Lat": "INVALID"}}, "customers"
    )
    assert mapper_for("customers").theirs(document, company)["address_country"] == "SGP"


@pytest.mark.parametrize(
    "odd", ['"NaN"', '"-Infinity"', '" inf "', '"sNaN"', "1e400", '"1E+999999"', "100000000000", "NaN"]
)
@pytest.mark.parametrize(
    "document",
    [
        '{"Id": "1", "TotalAmt": %s}',
        '{"Id": 1, "Balance": %s}',
        '{"Id": "1", "Line": [{"Amount": %s}]}',
        '{"Id": "1", "Line": [{"SalesItemLineDetail": {"Qty": %s}}]}',
        '{"Id": "1", "TxnTaxDetail": {"TotalTax": %s}}',
    ],
)
def test_what_is_no_amount_cannot_be_read(document, odd):
    with pytest.raises(msgspec.MsgspecError):
        documents.decode((document % odd).encode(), documents.Invoice)


def test_amounts_and_texts_that_look_odd_are_read():
    told = documents.decode(
        b'{"Id": "123456789012345", "DocNumber": "NaN", "PrivateNote": "inf", "TotalAmt": 1.5e3, "Balance": 0E20}',
        documents.Invoice,
    )
    assert (told.DocNumber, told.TotalAmt, told.Balance) == ("NaN", 1500, 0)
