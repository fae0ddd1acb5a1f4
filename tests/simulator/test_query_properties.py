"""Which properties a query may name, and that it may order by every one that it may filter by."""

import pytest

from integrations.simulator.entities import ENTITIES

from .test_query import refused


@pytest.mark.parametrize("entity", sorted(ENTITIES))
def test_every_property_that_filters_also_orders(us, entity):
    for name in ENTITIES[entity].searchable:
        us.query(f"select * from {entity} orderby {name} desc")
        assert us.status == 200, name


def test_rows_are_ordered_by_what_has_no_column(us):
    found = us.query("select * from Account orderby AccountType DESC, Name maxresults 1000")["Account"]
    by_name = sorted(found, key=lambda each: each["Name"].casefold())
    assert found == sorted(by_name, key=lambda each: each["AccountType"].casefold(), reverse=True)
    families = us.query("select * from Customer where FamilyName > 'a' orderby FamilyName")["Customer"]
    assert [each["FamilyName"] for each in families] == sorted(each["FamilyName"] for each in families)
    page = us.query(
        "select * from Customer where FamilyName > 'a' orderby FamilyName startposition 3 maxresults 2"
    )
    assert page["Customer"] == families[2:4]


def test_an_unknown_order_is_refused_also_where_nothing_is_shown(us):
    assert refused(us, "select count(*) from Customer orderby Foo")[0] == "4001"
    assert refused(us, "select Foo from Customer where Id = '99999'")[0] == "4001"


@pytest.mark.parametrize("entity", ["CompanyInfo", "Preferences", "Class", "Estimate", "PaymentMethod"])
def test_entities_of_one_row_or_none_know_their_properties(us, entity):
    assert refused(us, f"select * from {entity} where Foo = '1'")[0] == "4001"
    assert refused(us, f"select * from {entity} orderby Foo")[0] == "4001"
    assert refused(us, f"select Foo from {entity}")[0] == "4001"
    us.query(f"select * from {entity} where Id = '1' orderby MetaData.LastUpdatedTime")
    assert us.status == 200


def test_the_one_row_fits_the_conditions_or_not(us):
    assert us.query("select * from CompanyInfo where Id = '999'") == {}
    assert us.query("select count(*) from CompanyInfo where Id = '999'") == {"totalCount": 0}
    assert us.query("select * from CompanyInfo where Id = '1'")["CompanyInfo"][0]["Country"] == "US"
    assert us.query("select * from Preferences where MetaData.LastUpdatedTime > '2000-01-01'")["Preferences"]
    assert us.query("select * from Preferences where MetaData.LastUpdatedTime < '2000-01-01'") == {}


def test_a_selected_property_has_any_letter_case(us):
    [shown] = us.query("select companyname, companyaddr.city from companyinfo")["CompanyInfo"]
    assert (shown["CompanyName"], shown["CompanyAddr"]) == (us.company.name, {"City": "Mountain View"})


def test_a_yes_or_no_is_true_or_false(us):
    assert refused(us, "select * from Customer where Active = 'banana'")[0] == "4001"
    assert refused(us, "select * from Account where SubAccount = 'banana'")[0] == "4001"


def test_exchange_rates_are_queried(world):
    [rate] = world.query(
        "select * from ExchangeRate where SourceCurrencyCode = 'USD' and AsOfDate = '2026-07-30'"
    )["ExchangeRate"]
    assert rate == world.get("exchangerate", sourcecurrencycode="USD", asofdate="2026-07-30")["ExchangeRate"]
    both = world.query("select * from ExchangeRate where SourceCurrencyCode in ('USD', 'EUR')")[
        "ExchangeRate"
    ]
    assert {each["SourceCurrencyCode"] for each in both} == {"USD", "EUR"}
    assert refused(world, "select * from ExchangeRate where Rate > '1'")[0] == "4001"
