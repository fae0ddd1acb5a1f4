from datetime import date, datetime
from decimal import Decimal

import pytest

from integrations.documents import Customer, ExchangeRate, decode
from integrations.qbo.client import Kind
from integrations.qbo.errors import Refused
from integrations.qbo.statements import in_list, quote

from .company import BASE, CUSTOMER, CUSTOMER_ANSWER, PACIFIC, TOKEN, fault, params


def test_constructing_a_client_asks_for_no_token_and_calls_nobody(company, http):
    assert len(http.calls) == 0
    assert company.gate.entered == []


def test_reading_returns_the_object_byte_for_byte(company, http):
    http.get(f"{BASE}/customer/1", body=CUSTOMER_ANSWER, headers={"Intuit-Tid": "1-5f7"}, match=[params()])

    document = company.client.read("Customer", "1")

    assert document == CUSTOMER.encode()
    assert decode(document, Customer).DisplayName == "Amy's Bird Sanctuary"
    assert http.calls[0].request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert http.calls[0].request.headers["Accept"] == "application/json"
    assert company.client.last_intuit_tid == "1-5f7"
    assert company.gate.entered == [Kind.READ]
    assert company.gate.inside == 0


def test_amounts_keep_the_digits_that_quickbooks_sent(company, http):
    rate = (
        '{"SourceCurrencyCode":"USD","TargetCurrencyCode":"CAD","Rate":1.400374000000000001,'
        '"AsOfDate":"2026-07-30"}'
    )
    http.get(
        f"{BASE}/exchangerate",
        body='{"ExchangeRate":' + rate + "}",
        match=[params(sourcecurrencycode="USD", asofdate="2026-07-30")],
    )

    document = company.client.exchange_rate("USD", date(2026, 7, 30))

    assert decode(document, ExchangeRate).Rate == Decimal("1.400374000000000001")


def test_company_and_preferences_have_their_own_addresses(company, http):
    http.get(f"{BASE}/companyinfo/{company.grant.realm_id}", body='{"CompanyInfo":{"Id":"1"},"time":"x"}')
    http.get(f"{BASE}/preferences", body='{"Preferences":{"Id":"1"},"time":"x"}')

    assert company.client.company_info() == b'{"Id":"1"}'
    assert company.client.preferences() == b'{"Id":"1"}'


def test_an_id_cannot_leave_its_place_in_the_address(company, http):
    http.get(f"{BASE}/customer/1%2F..%2F5%3Fx", status=400, body=fault("2030", "Invalid ID"))

    with pytest.raises(Refused):
        company.client.read("Customer", "1/../5?x")


def test_a_netrc_file_does_not_replace_the_token(company, http, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine quickbooks.test login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    http.get(f"{BASE}/customer/1", body=CUSTOMER_ANSWER)

    company.client.read("Customer", "1")

    assert http.calls[0].request.headers["Authorization"] == f"Bearer {TOKEN}"


def test_a_query_returns_each_row_as_received(company, http):
    http.get(
        f"{BASE}/query",
        body='{"QueryResponse":{"Customer":[{"Id":"1","Balance":1.50},{"Id":"2"}],"startPosition":1,'
        '"maxResults":2},"time":"2020-09-29T06:03:53.903-07:00"}',
        match=[
            params(
                query="SELECT * FROM Customer WHERE Active IN (true,false) "
                "ORDERBY Id STARTPOSITION 1 MAXRESULTS 1000"
            )
        ],
    )

    answer = company.client.select("Customer", where="Active IN (true,false)")

    assert answer.rows == [b'{"Id":"1","Balance":1.50}', b'{"Id":"2"}']
    assert answer.entity == "Customer"
    assert answer.time == datetime(2020, 9, 29, 6, 3, 53, 903000, PACIFIC)
    assert company.gate.entered == [Kind.QUERY]


@pytest.mark.parametrize(
    "told", ["", '"totalCount":41', '"totalCount":"many","startPosition":"1","maxResults":{}']
)
def test_a_query_without_rows_has_no_entity(company, http, told):
    """What is counted in an answer is nobody's business: the rows themselves are."""
    http.get(f"{BASE}/query", body='{"QueryResponse":{' + told + '},"time":"2020-09-29T06:03:53.438-07:00"}')

    answer = company.client.query("SELECT COUNT(*) FROM Customer")

    assert (answer.rows, answer.entity) == ([], None)


def test_a_list_that_is_not_the_entitys_is_not_taken_for_its_rows(company, http):
    """An answer may carry more than the contract names: an empty list of something else is no empty list of names."""
    http.get(f"{BASE}/query", body='{"QueryResponse":{"warnings":[],"Customer":[{"Id":"1"}]}}')

    answer = company.client.query("SELECT * FROM Customer")

    assert (answer.rows, answer.entity) == ([b'{"Id":"1"}'], "Customer")


def test_a_long_statement_travels_as_a_body(company, http):
    statement = f"SELECT * FROM Customer WHERE Id IN {in_list(map(str, range(400)))}"
    http.post(f"{BASE}/query", body='{"QueryResponse":{}}', match=[params()])

    company.client.query(statement)

    request = http.calls[0].request
    assert request.body == statement.encode()
    assert request.headers["Content-Type"] == "application/text"
    assert company.gate.entered == [Kind.QUERY]


def test_pages_go_on_until_one_is_short(company, http):
    full = ",".join(f'{{"Id":"{number}"}}' for number in range(1000))
    for rows in (full, full, '{"Id":"2001"}'):
        http.get(f"{BASE}/query", body='{"QueryResponse":{"Item":[' + rows + "]}}")

    pages = list(company.client.pages("Item", fields="Id", order_by="MetaData.LastUpdatedTime"))

    assert [len(page.rows) for page in pages] == [1000, 1000, 1]
    assert [call.request.params["query"] for call in http.calls] == [
        f"SELECT Id FROM Item ORDERBY MetaData.LastUpdatedTime STARTPOSITION {start} MAXRESULTS 1000"
        for start in (1, 1001, 2001)
    ]


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        ("Acme", "'Acme'"),
        ("Amy's Bird", r"'Amy\'s Bird'"),
        ("a\\b", r"'a\\b'"),
        ("\\'", r"'\\\''"),
        ("", "''"),
    ],
)
def test_a_literal_escapes_what_would_end_it(value, literal):
    assert quote(value) == literal


def test_a_write_sends_the_bytes_it_was_given_under_their_request_id(company, http):
    body = b'{"DisplayName":"Weiskopf Consulting","Balance":1.10}'
    http.post(f"{BASE}/customer", body=CUSTOMER_ANSWER, match=[params(requestid="8c9e")])

    assert company.client.write("Customer", body, "8c9e") == CUSTOMER.encode()

    assert http.calls[0].request.body == body
    assert http.calls[0].request.headers["Content-Type"] == "application/json"
    assert company.gate.entered == [Kind.WRITE]


def test_an_operation_names_itself_in_the_address(company, http):
    http.post(
        f"{BASE}/invoice",
        body='{"Invoice":{"domain":"QBO","status":"Deleted","Id":"266"},"time":"2020-09-29T06:02:35.106-07:00"}',
        match=[params(operation="delete", requestid="r1")],
    )

    deleted = company.client.operate("Invoice", "delete", b'{"Id":"266","SyncToken":"0"}', "r1")

    assert deleted == b'{"domain":"QBO","status":"Deleted","Id":"266"}'
