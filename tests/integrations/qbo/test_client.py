from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
import time_machine
from responses import matchers

from integrations.documents import Customer, ExchangeRate, decode
from integrations.qbo.client import BatchAnswer, Kind
from integrations.qbo.errors import Fault, Refused, Unreachable
from integrations.qbo.statements import in_list, quote

from .company import BASE, CUSTOMER, CUSTOMER_ANSWER, TOKEN, fault, fault_object

PACIFIC = timezone(timedelta(hours=-7))
NOW = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)


def params(**expected):
    return matchers.query_param_matcher({"minorversion": "75", **expected})


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


def test_changes_come_by_entity_with_quickbooks_own_time(company, http):
    stub = '{"status":"Deleted","Id":"65","MetaData":{"LastUpdatedTime":"2016-04-13T07:34:31-07:00"}}'
    http.get(
        f"{BASE}/cdc",
        body='{"CDCResponse":[{"QueryResponse":[{"Invoice":[{"Id":"1"},' + stub + '],"startPosition":1,'
        '"maxResults":2,"totalCount":2},{}]}],"time":"2020-09-29T08:02:53.512-07:00"}',
        match=[params(entities="Invoice,Customer", changedSince="2026-10-01T09:00:00+08:00")],
    )

    changes = company.client.changes(
        ["Invoice", "Customer"], datetime(2026, 10, 1, 9, 0, 0, 999, timezone(timedelta(hours=8)))
    )

    assert changes.rows == {"Invoice": [b'{"Id":"1"}', stub.encode()], "Customer": []}
    assert changes.time == datetime(2020, 9, 29, 8, 2, 53, 512000, PACIFIC)
    assert changes.complete
    assert "%2B08%3A00" in http.calls[0].request.url
    assert company.gate.entered == [Kind.CDC]


@pytest.mark.parametrize(("invoices", "complete"), [(499, True), (500, False), (700, False)])
def test_a_thousand_changes_in_all_may_not_be_all_changes(company, http, invoices, complete):
    rows = [",".join(['{"Id":"1"}'] * count) for count in (invoices, 500)]
    http.get(
        f"{BASE}/cdc",
        body='{"CDCResponse":[{"QueryResponse":[{"Invoice":[' + rows[0] + ']},{"Bill":[' + rows[1] + "]}]}],"
        '"time":"2020-09-29T08:02:53.512-07:00"}',
    )

    assert company.client.changes(["Invoice", "Bill"], datetime.now(UTC)).complete is complete


@pytest.mark.parametrize(
    "told",
    [
        '{"invoice":[{"Id":"1"}],"startPosition":1},{"CUSTOMER":[{"Id":"2"}]}',
        '{"Invoice":[{"Id":"1"}],"Customer":[{"Id":"2"}],"startPosition":1,"maxResults":2}',
        '{"Customer":[{"Id":"2"}]},{"Invoice":[{"Id":"1"}]}',
    ],
)
def test_changes_are_found_under_the_name_that_was_asked_for(company, http, told):
    """The cursor moves on after them: one that is left in the answer is lost for a week."""
    http.get(f"{BASE}/cdc", body='{"CDCResponse":[{"QueryResponse":[' + told + "]}]}")

    changes = company.client.changes(["Invoice", "Customer"], NOW)

    assert changes.rows == {"Invoice": [b'{"Id":"1"}'], "Customer": [b'{"Id":"2"}']}
    assert changes.complete


@pytest.mark.parametrize(("count", "complete"), [("1", True), ('"many"', True), ("2", False), ('"2"', False)])
def test_changes_that_are_counted_and_not_told_are_missing(company, http, count, complete):
    http.get(
        f"{BASE}/cdc",
        body='{"CDCResponse":[{"QueryResponse":[{"Invoice":[{"Id":"1"}],"totalCount":' + count + "}]}]}",
    )

    assert company.client.changes(["Invoice"], NOW).complete is complete


CHANGES_AT = datetime(2020, 9, 29, 15, 2, 53, tzinfo=UTC)


@pytest.mark.parametrize(
    "time",
    ['"2020-09-29T08:02:53-0700"', '"2020-09-29T15:02:53.000000000Z"', "1601391773000", '"1601391773000"'],
)
def test_the_time_of_changes_is_read_in_other_spellings(company, http, time):
    http.get(f"{BASE}/cdc", body='{"CDCResponse":[{"QueryResponse":[{}]}],"time":' + time + "}")

    assert company.client.changes(["Invoice"], NOW).time == CHANGES_AT


UNUSABLE_TIMES = [
    "",
    ',"time":null',
    ',"time":"soon"',
    ',"time":"2020-09-29T08:02:53"',
    ',"time":{}',
    ',"time":1e300',
    ',"time":"9999-01-01T00:00:00.000-07:00"',
]


@pytest.mark.parametrize("time", UNUSABLE_TIMES)
def test_changes_without_a_usable_time_have_that_of_http(company, http, time):
    http.get(
        f"{BASE}/cdc",
        body='{"CDCResponse":[{"QueryResponse":[{}]}]' + time + "}",
        headers={"Date": "Tue, 29 Sep 2020 15:02:53 GMT"},
    )

    assert company.client.changes(["Invoice"], NOW).time == CHANGES_AT


@pytest.mark.parametrize("headers", [{}, {"Date": "yesterday"}, {"Date": "Fri, 01 Jan 9999 00:00:00 GMT"}])
def test_changes_of_no_known_time_are_as_old_as_the_request(company, http, headers):
    def answer(request):
        travel.shift(timedelta(seconds=30))
        return 200, headers, '{"CDCResponse":[{"QueryResponse":[{}]}]}'

    http.add_callback("GET", f"{BASE}/cdc", answer)

    with time_machine.travel(NOW, tick=False) as travel:
        assert company.client.changes(["Invoice"], NOW).time == NOW


def test_a_fault_inside_of_changes_is_raised(company, http):
    http.get(
        f"{BASE}/cdc",
        body='{"CDCResponse":['
        + fault("5030", "Feature Not Supported")
        + '],"time":"2020-09-29T08:02:53-07:00"}',
    )

    with pytest.raises(Refused, match="plan"):
        company.client.changes(["Invoice"], datetime.now(UTC))


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


def test_a_batch_answers_each_item_by_its_id(company, http):
    gone = fault_object("610", "Object Not Found", "Object Not Found : Something is inactive.", element="")
    http.post(
        f"{BASE}/batch",
        headers={"intuit_tid": "1-batch"},
        body='{"BatchItemResponse":[{"QueryResponse":{"Bill":[{"Id":"7"}],"maxResults":1},"bId":"b3"},'
        '{"Vendor":{"Id":"71","Balance":0},"bId":"b1"},{"Fault":'
        + gone
        + ',"bId":"b2"},{"QueryResponse":{},"bId":"b4"}],'
        '"time":"2020-09-29T08:13:20.000-07:00"}',
        match=[params(requestid="r2")],
    )

    answers = company.client.batch(b'{"BatchItemRequest":[]}', "r2")

    not_found = Fault("610", "Object Not Found", "Object Not Found : Something is inactive.", "", "1-batch")
    assert answers == [
        BatchAnswer("b3", None, "Bill", None, [b'{"Id":"7"}']),
        BatchAnswer("b1", b'{"Id":"71","Balance":0}', "Vendor", None, []),
        BatchAnswer("b2", None, None, not_found, []),
        BatchAnswer("b4", None, None, None, []),
    ]
    assert company.gate.entered == [Kind.BATCH]


@pytest.mark.parametrize(
    ("item", "answer"),
    [
        ('{"Vendor":{"Id":"1"},"bId":7}', BatchAnswer("7", b'{"Id":"1"}', "Vendor", None, [])),
        ('{"Vendor":{"Id":"1"}}', BatchAnswer("", b'{"Id":"1"}', "Vendor", None, [])),
        ('{"Vendor":{"Id":"1"},"bId":{}}', BatchAnswer("", b'{"Id":"1"}', "Vendor", None, [])),
        ('{"bId":"b1"}', BatchAnswer("b1", None, None, None, [], answered=False)),
        ('{"bId":"b1","Vendor":null}', BatchAnswer("b1", None, None, None, [], answered=False)),
        ('{"bId":"b1","QueryResponse":[]}', BatchAnswer("b1", None, None, None, [], answered=False)),
    ],
)
def test_an_item_of_another_shape_leaves_the_rest_of_the_batch_alone(company, http, item, answer):
    http.post(f"{BASE}/batch", body='{"BatchItemResponse":[' + item + ',{"Bill":{"Id":"2"},"bId":"b2"}]}')

    answers = company.client.batch(b"{}", "r3")

    assert answers == [answer, BatchAnswer("b2", b'{"Id":"2"}', "Bill", None, [])]


def test_a_query_that_its_batch_leaves_unanswered_is_not_taken_for_an_empty_list(company, http):
    http.post(f"{BASE}/batch", body='{"BatchItemResponse":[{"QueryResponse":{},"bId":"0"},{"bId":"1"}]}')

    with pytest.raises(Unreachable):
        company.client.select_any("Bill", ["Id = '1'", "Id = '2'"], order_by="Id", size=25)


@pytest.mark.parametrize(
    "body",
    [
        '{"time":"2020-09-29T08:13:20-07:00"}',
        '{"BatchItemResponse":null}',
        '{"BatchItemResponse":{"bId":"b1"}}',
    ],
)
def test_a_batch_answer_of_another_shape_leaves_the_outcome_unknown(company, http, body):
    http.post(f"{BASE}/batch", body=body)

    with pytest.raises(Unreachable):
        company.client.batch(b"{}", "r3")

    assert len(http.calls) == 1
