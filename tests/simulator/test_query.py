"""The query language with its grammar, its order and its faults."""

import pytest
import time_machine
from django.utils import timezone

from .conftest import bill, invoice


def names(answer, entity="Customer"):
    return [each["DisplayName"] for each in answer.get(entity, [])]


def refused(quickbooks, text):
    error = quickbooks.get("query", query=text)["Fault"]["Error"][0]
    assert quickbooks.status == 400
    return error["code"], error["Message"], error["Detail"]


def test_lists_come_by_name_and_without_inactive_ones(us):
    found = us.query("select * from Customer")
    shown, full = names(found), [each["FullyQualifiedName"] for each in found["Customer"]]
    assert full == sorted(full, key=str.casefold)
    assert "Old Mill Bakery (deleted)" not in shown
    everyone = names(us.query("SELECT * FROM Customer WHERE Active IN (true, false)"))
    assert set(everyone) - set(shown) == {"Old Mill Bakery (deleted)"}
    assert names(us.query("select * from Customer where Active = false")) == ["Old Mill Bakery (deleted)"]


def test_transactions_come_newest_first(us):
    dates = [each["TxnDate"] for each in us.query("select * from Invoice")["Invoice"]]
    assert dates == sorted(dates, reverse=True)


def test_no_rows_leave_an_empty_answer(us):
    assert us.query("select * from Customer where DisplayName = 'Nobody'") == {}
    assert us.query("select * from Estimate") == {}
    assert us.query("select count(*) from Customer where DisplayName = 'Nobody'") == {"totalCount": 0}


def test_pages_begin_at_one_and_hold_a_hundred(us):
    body = [
        {"bId": str(n), "operation": "create", "Customer": {"DisplayName": f"Page {n:03}"}} for n in range(30)
    ]
    for start in range(4):
        us.batch(*[item | {"Customer": {"DisplayName": f"Page {start} {item['bId']}"}} for item in body])
    first = us.query("select * from Customer")
    assert (first["startPosition"], first["maxResults"], len(first["Customer"])) == (1, 100, 100)
    rest = us.query("select * from Customer startposition 101 maxresults 1000")
    total = us.query("select count(*) from Customer")["totalCount"]
    assert (rest["startPosition"], rest["maxResults"]) == (101, total - 100)
    swapped = us.query("select * from Customer maxresults 5 startposition 3")
    assert swapped["Customer"] == first["Customer"][2:7]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("DisplayName = 'amy\\'s bird sanctuary'", ["Amy's Bird Sanctuary"]),
        ("displayname LIKE 'Pe%'", ["Peet's Coffee, Harbour"]),
        ("DisplayName LIKE '%Bird%'", ["Amy's Bird Sanctuary"]),
        ("DisplayName LIKE '%Cars'", ["Cool Cars"]),
        ("DisplayName LIKE 'D%z'", ["Diego Rodriguez"]),
        ("Id IN ('3', '4')", ["Cool Cars", "Diego Rodriguez"]),
        ("GivenName = 'Rahul' AND FamilyName = 'Menon'", ["Bayside Dental & Associates"]),
        ("GivenName IN ('Amy', 'Grace')", ["Amy's Bird Sanctuary", "Cool Cars"]),
        ("PrimaryEmailAddr = 'COOLCARS@example.com'", ["Cool Cars"]),
        ("FullyQualifiedName = 'Freeman Sporting Goods:55 Twin Lane'", ["55 Twin Lane"]),
        ("Job = true", ["55 Twin Lane"]),
        ("Balance > '900.00' AND DisplayName < 'b'", []),
        ("Balance >= '875.50' AND DisplayName < 'b'", ["Amy's Bird Sanctuary"]),
    ],
)  # fmt: skip
def test_conditions_select_what_they_say(us, where, found):
    assert names(us.query(f"SELECT * FROM Customer WHERE {where}")) == found


def test_documents_are_found_by_number_date_contact_and_amount(us):
    created = us.create("Invoice", invoice("4", 321, DocNumber="X-1", TxnDate="2026-03-01"))
    for where in (
        "DocNumber = 'x-1'",
        "TxnDate = '2026-03-01'",
        "CustomerRef = '4' AND TotalAmt = '321'",
        "DueDate < '2026-03-17' AND Balance > '300.00'",
        f"Id = '{created['Id']}'",
        "TxnDate >= '2026-02-01' AND TxnDate <= '2026-03-01'",
    ):
        assert us.query(f"select * from Invoice where {where}")["Invoice"] == [created], where
    us.create("Bill", bill("14", DocNumber="X-1"))
    assert us.query("select count(*) from Bill where VendorRef = '14' and DocNumber = 'X-1'") == {
        "totalCount": 1
    }


def test_order_is_by_any_property_up_or_down(us):
    asked = "select * from Invoice where Balance > '0' orderby Balance desc, DocNumber"
    balances = [each["Balance"] for each in us.query(asked)["Invoice"]]
    assert balances == sorted(balances, reverse=True)
    ids = [int(each["Id"]) for each in us.query("select * from Customer order by Id")["Customer"]]
    assert ids == sorted(ids)


def test_times_are_compared_as_instants(us):
    with time_machine.travel(
        timezone.now().replace(year=2031, month=1, day=1, hour=20, minute=0, second=5), tick=False
    ):
        us.token = us.client.post(f"/simulator/control/{us.realm}/tokens/").json()["access_token"]
        us.create("Customer", {"DisplayName": "New Year"})
        for moment in (
            "2031-01-01T12:00:05-08:00",
            "2031-01-01T20:00:05Z",
            "2031-01-01T12:00:05",
            "2031-01-02T04:00:05+08:00",
        ):
            found = us.query(f"select * from Customer where MetaData.LastUpdatedTime >= '{moment}'")
            assert names(found) == ["New Year"]
        assert us.query("select * from Customer where MetaData.CreateTime > '2031-01-01T20:00:05Z'") == {}


def test_a_field_list_returns_the_id_and_what_was_named(us):
    found = us.query(
        "select DisplayName, SyncToken, MetaData.LastUpdatedTime, Title from Customer where Id = '1'"
    )
    [customer] = found["Customer"]
    assert set(customer) == {"domain", "sparse", "Id", "DisplayName", "SyncToken", "MetaData"}
    assert set(customer["MetaData"]) == {"LastUpdatedTime"}
    assert us.query("select *, Title from Customer where Id = '1'")["Customer"] == [us.read("Customer", "1")]


def test_a_query_may_be_posted_as_text(us):
    response = us.client.post(
        f"/simulator/v3/company/{us.realm}/query",
        data="select * from Customer where DisplayName = 'Peet\\'s Coffee, Harbour'",
        content_type="application/text",
        headers={"Authorization": f"Bearer {us.token}", "Accept": "application/json"},
    )
    assert len(response.json()["QueryResponse"]["Customer"]) == 1


@pytest.mark.parametrize("entity", ["CompanyInfo", "Preferences"])
def test_company_info_and_preferences_can_be_queried(us, entity):
    assert us.query(f"select * from {entity}")[entity][0]["Id"] == "1"


def test_us_pseudo_codes_are_listed_without_a_version(us):
    codes = {code["Id"]: code for code in us.query("select * from TaxCode")["TaxCode"]}
    assert set(codes) == {"TAX", "NON", "CustomSalesTax", "2", "3"}
    assert {code for code in codes if "SyncToken" not in codes[code]} == {"TAX", "NON", "CustomSalesTax"}
    assert us.read("TaxCode", "TAX")["Taxable"] is True


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        (
            "select * from Invoice TxnDate > '1'",
            'Encountered " <IDENTIFIER> "TxnDate "" at line 1, column 23.',
        ),
        (
            "select * from Customer where DisplayName = 'Amy's'",
            'Encountered " <IDENTIFIER> "s "" at line 1, column 49.',
        ),
        ("select * from Invoice where Balance > 0", 'Encountered " <NUMBER> "0 "" at line 1, column 39.'),
        (
            "select * from Customer where Id = '1' or Id = '2'",
            'Encountered " <IDENTIFIER> "or "" at line 1, column 39.',
        ),
        ("select * from Customer where Id != '1'", 'Encountered " <OPERATOR> "!= "" at line 1, column 33.'),
        ("select *", 'Encountered "<EOF>" at line 1, column 9.'),
        ("", 'Encountered "<EOF>" at line 1, column 1.'),
    ],
)
def test_what_does_not_parse_is_4000(us, text, detail):
    assert refused(us, text) == ("4000", "Error parsing query", f"QueryParserError: {detail}")


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("select * from Custmoer", "invalid context declaration: Custmoer"),
        (
            "select * from Customer where NoSuchField = '1'",
            "Property NoSuchField not found for Entity Customer",
        ),
        ("select NoSuchField from Customer", "Property NoSuchField not found for Entity Customer"),
        ("select * from Invoice where PrivateNote = 'x'", "property 'PrivateNote' is not queryable"),
        ("select * from Customer where CustomerTypeRef = '1'", "property 'CustomerTypeRef' is not queryable"),
        ("select * from Customer startposition 0", "value 0 is too small. Min allowed value is 1"),
        ("select * from Customer maxresults 1001", "value 1001 is too large. Max allowed value is 1000"),
        ("select * from Invoice where TxnDate > 'soon'", "value soon is not valid for property TxnDate"),
        ("select * from Invoice where Balance > 'much'", "value much is not valid for property Balance"),
        ("select * from Invoice where Balance > 'NaN'", "value NaN is not valid for property Balance"),
        ("select * from Term where DueDays < 'Infinity'", "value Infinity is not valid for property DueDays"),
    ],
)
def test_what_makes_no_sense_is_4001(us, text, detail):
    assert refused(us, text) == ("4001", "Invalid query", f"QueryValidationError: {detail}")


def test_ids_are_only_compared_for_equality(us):
    assert refused(us, "select * from Customer where Id > '3'")[0] == "4001"


def test_a_company_may_cut_long_pages_instead(us):
    us.switch(page_size_clamped=True)
    assert us.query("select * from Customer maxresults 5000")["startPosition"] == 1


def test_deleted_transactions_are_never_found(us):
    created = us.create("Invoice", invoice(DocNumber="X-1"))
    us.post("invoice", {"Id": created["Id"], "SyncToken": "0"}, operation="delete")
    assert us.query(f"select * from Invoice where Id = '{created['Id']}'") == {}
    assert us.query("select * from Invoice where DocNumber = 'X-1'") == {}


def test_a_page_costs_the_same_number_of_statements_whatever_its_size(us, django_assert_max_num_queries):
    us.query("select * from Customer maxresults 1")
    with django_assert_max_num_queries(10) as few:
        us.query("select * from Customer maxresults 1")
    with django_assert_max_num_queries(10) as many:
        us.query("select * from Customer maxresults 1000")
    assert len(few) == len(many)
