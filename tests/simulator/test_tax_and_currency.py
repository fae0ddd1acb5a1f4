"""Tax by country, and several currencies."""

from decimal import Decimal

import pytest

from integrations.simulator.seed import seed_company

from .conftest import QuickBooks, bill, invoice

D = Decimal


def taxed(code, amount=100, **detail):
    return {"detail": {"TaxCodeRef": {"value": code}} | detail, "amount": amount}


def lines(*amounts, code="2", gross=False):
    return [
        {
            "Amount": amount,
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": "1"}, "TaxCodeRef": {"value": code}}
            | ({"TaxInclusiveAmt": amount} if gross else {}),
        }
        for amount in amounts
    ]


def test_us_lines_are_taxable_or_not(us):
    error = us.error("invoice", invoice(**taxed("2")))
    assert (error["code"], error["Detail"]) == (
        "6100",
        "Valid Line TaxCodes for US should be TAX or NON. Supplied value:2",
    )
    created = us.create("Invoice", invoice(**taxed("TAX"), TxnTaxDetail={"TxnTaxCodeRef": {"value": "2"}}))
    assert created["TxnTaxDetail"] == {
        "TxnTaxCodeRef": {"value": "2"},
        "TotalTax": 8,
        "TaxLine": [
            {
                "Amount": 8,
                "DetailType": "TaxLineDetail",
                "TaxLineDetail": {
                    "TaxRateRef": {"value": "3"}, "PercentBased": True, "TaxPercent": 8, "NetAmountTaxable": 100,
                },
            }
        ],
    }  # fmt: skip
    assert created["TotalAmt"] == 108
    assert us.create("Invoice", invoice(**taxed("TAX")))["TotalAmt"] == 100


def test_an_explicit_us_tax_is_honoured_and_spread_over_the_rates(us):
    body = invoice(**taxed("TAX"), TxnTaxDetail={"TxnTaxCodeRef": {"value": "3"}, "TotalTax": 10})
    detail = us.create("Invoice", body)["TxnTaxDetail"]
    assert [line["Amount"] for line in detail["TaxLine"]] == [D("7.80"), D("2.20")]


def test_automated_sales_tax_computes_by_itself(us):
    us.switch(ast=True)
    assert us.create("Invoice", invoice(detail={"ItemRef": {"value": "5"}}))["TotalAmt"] == 108
    assert us.create("Invoice", invoice())["TotalAmt"] == 100
    assert us.get("preferences")["Preferences"]["TaxPrefs"]["PartnerTaxEnabled"] is True


def test_elsewhere_every_line_names_its_code(sg):
    error = sg.error("invoice", invoice())
    assert (error["code"], error["Detail"]) == (
        "6000",
        "Business Validation Error: Make sure all your transactions have a GST rate before you save.",
    )
    assert sg.error("invoice", invoice(**taxed("TAX")))["code"] == "2500"
    created = sg.create("Invoice", invoice(GlobalTaxCalculation="NotApplicable"))
    assert (created["TotalAmt"], created["TxnTaxDetail"]) == (100, {"TotalTax": 0})


def test_the_word_for_tax_follows_the_country(db):
    british = QuickBooks(seed_company(country="GB", documents=False))
    customer = british.create("Customer", {"DisplayName": "Acme"})
    assert "a VAT rate" in british.error("invoice", invoice(customer["Id"]))["Detail"]


def test_tax_is_computed_on_the_sum_and_not_per_line(sg):
    body = {"CustomerRef": {"value": "1"}, "Line": lines("0.05", "0.05", "0.05")}
    created = sg.create("Invoice", body)
    # 0.15 × 9 % = 0.0135; per line 0.0045 would round to nothing.
    assert (created["TxnTaxDetail"]["TotalTax"], created["TotalAmt"]) == (D("0.01"), D("0.16"))


def test_half_a_cent_is_rounded_up(sg):
    created = sg.create("Invoice", {"CustomerRef": {"value": "1"}, "Line": lines("0.50")})
    assert created["TxnTaxDetail"]["TotalTax"] == D("0.05")


def test_each_rate_has_its_tax_line(sg):
    body = {"CustomerRef": {"value": "1"}, "Line": lines(100) + lines(50, code="3")}
    created = sg.create("Invoice", body)
    rates = {
        line["TaxLineDetail"]["TaxRateRef"]["value"]: (
            line["Amount"],
            line["TaxLineDetail"]["NetAmountTaxable"],
        )
        for line in created["TxnTaxDetail"]["TaxLine"]
    }
    assert rates == {"1": (9, 100), "3": (0, 50)}
    assert created["TotalAmt"] == 159


def test_gross_prices_keep_their_total(sg):
    body = {
        "CustomerRef": {"value": "1"},
        "Line": lines("109", "54.50", gross=True),
        "GlobalTaxCalculation": "TaxInclusive",
    }
    created = sg.create("Invoice", body)
    assert (created["TotalAmt"], created["TxnTaxDetail"]["TotalTax"]) == (D("163.50"), D("13.50"))
    assert [line["Amount"] for line in created["Line"]] == [100, 50, 150]
    assert created["Line"][0]["SalesItemLineDetail"]["TaxInclusiveAmt"] == 109


def test_gross_prices_whose_net_parts_do_not_add_up_still_keep_their_total(sg):
    amounts = ["10", "10", "10"]
    body = {
        "CustomerRef": {"value": "1"},
        "Line": lines(*amounts, gross=True),
        "GlobalTaxCalculation": "TaxInclusive",
    }
    created = sg.create("Invoice", body)
    assert (created["TotalAmt"], created["TxnTaxDetail"]["TotalTax"]) == (30, D("2.48"))
    assert sum(line["Amount"] for line in created["Line"][:-1]) == D("27.52")
    assert sg.create("Invoice", created)["TotalAmt"] == 30


def test_net_amounts_shown_inclusive_get_their_tax_on_top(sg):
    body = {"CustomerRef": {"value": "1"}, "Line": lines("100"), "GlobalTaxCalculation": "TaxInclusive"}
    created = sg.create("Invoice", body)
    assert (created["TotalAmt"], created["Line"][0]["Amount"]) == (109, 100)
    assert created["Line"][0]["SalesItemLineDetail"]["TaxInclusiveAmt"] == 109


def test_another_due_date_changes_no_total(sg):
    """Each line's gross amount is rounded, and their sum is the total, from the first answer on."""
    body = invoice(Line=lines("10.05", "10.05", "10.05"), GlobalTaxCalculation="TaxInclusive")
    made = sg.create("Invoice", body)
    kept = {name: made[name] for name in ("Id", "SyncToken", "CustomerRef")}
    changed = sg.create("Invoice", kept | {"sparse": True, "DueDate": "2027-01-31"})
    assert (changed["TotalAmt"], changed["Balance"]) == (made["TotalAmt"], made["Balance"])


def test_without_tax_there_is_no_tax_detail(sg):
    body = invoice(GlobalTaxCalculation="NotApplicable", TxnTaxDetail={"TotalTax": 5})
    assert sg.error("invoice", body)["code"] == "6170"


def test_a_tax_line_overrides_what_was_computed(sg):
    line = {
        "Amount": D("9.02"),
        "DetailType": "TaxLineDetail",
        "TaxLineDetail": {"TaxRateRef": {"value": "1"}},
    }
    created = sg.create("Invoice", invoice(**taxed("2"), TxnTaxDetail={"TaxLine": [line]}))
    assert created["TotalAmt"] == D("109.02")


def test_a_code_is_for_sales_or_for_purchases(sg):
    assert sg.error("invoice", invoice(**taxed("6")))["code"] == "6000"
    assert sg.error("bill", bill(**taxed("2")))["code"] == "6000"
    created = sg.create("Bill", bill(**taxed("6")))
    assert (created["TotalAmt"], created["TxnTaxDetail"]["TotalTax"]) == (109, 9)


def test_two_rates_in_one_code(db):
    canadian = QuickBooks(seed_company(country="CA"))
    created = canadian.create("Invoice", invoice(**taxed("4")))
    assert [line["Amount"] for line in created["TxnTaxDetail"]["TaxLine"]] == [5, 7]
    assert created["TotalAmt"] == 112


# --- currencies -------------------------------------------------------------------------------


def test_a_foreign_currency_needs_to_be_switched_on(sg):
    error = sg.error("customer", {"DisplayName": "Acme", "CurrencyRef": {"value": "USD"}})
    assert (error["code"], "ulti currency should be enabled" in error["Detail"]) == ("6000", True)
    assert sg.create("Customer", {"DisplayName": "Acme", "CurrencyRef": {"value": "SGD"}})
    assert sg.error("invoice", invoice(**taxed("3"), CurrencyRef={"value": "USD"}))["code"] == "6000"


def test_a_contacts_currency_is_returned_and_never_changes(world):
    created = world.create("Customer", {"DisplayName": "Acme", "CurrencyRef": {"value": "EUR"}})
    assert created["CurrencyRef"] == {"value": "EUR", "name": "Euro"}
    body = {"Id": created["Id"], "SyncToken": "0", "sparse": True, "CurrencyRef": {"value": "USD"}}
    assert world.error("customer", body)["code"] == "6000"
    names = [
        account["Name"]
        for account in world.query("select * from Account where AccountType = 'Accounts Receivable'")[
            "Account"
        ]
    ]
    assert names == [
        "Accounts Receivable (A/R)",
        "Accounts Receivable (A/R) - EUR",
        "Accounts Receivable (A/R) - USD",
    ]
    assert {each["Code"] for each in world.query("select * from CompanyCurrency")["CompanyCurrency"]} == {
        "USD",
        "EUR",
    }


def test_a_company_may_ignore_a_contacts_currency(world):
    world.switch(contact_currency_ignored=True)
    created = world.create("Vendor", {"DisplayName": "Acme", "CurrencyRef": {"value": "EUR"}})
    assert created["CurrencyRef"]["value"] == "SGD"


def test_a_transaction_is_in_its_contacts_currency(world):
    customer = world.create("Customer", {"DisplayName": "Acme", "CurrencyRef": {"value": "USD"}})["Id"]
    error = world.error("invoice", invoice(customer, **taxed("3"), CurrencyRef={"value": "EUR"}))
    assert (
        error["Detail"] == "Business Validation Error: You can only use one foreign currency per transaction."
    )
    error = world.error("invoice", invoice(customer, **taxed("3")))
    assert (error["code"], error["element"]) == ("2020", "CurrencyRef")
    created = world.create(
        "Invoice", invoice(customer, **taxed("3"), CurrencyRef={"value": "USD"}, ExchangeRate="1.35")
    )
    assert (created["ExchangeRate"], created["HomeTotalAmt"], created["HomeBalance"]) == (D("1.35"), 135, 135)
    assert world.read("Customer", customer)["Balance"] == 100


def test_where_there_are_several_currencies_the_home_one_has_a_rate_too(world, sg):
    body = invoice("1", **taxed("3"), CurrencyRef={"value": "SGD"})
    created = world.create("Invoice", body | {"ExchangeRate": "1.35"})
    assert (created["ExchangeRate"], created["HomeTotalAmt"], created["HomeBalance"]) == (1, 100, 100)
    paid = world.create(
        "Payment", {"CustomerRef": {"value": "1"}, "TotalAmt": 5, "CurrencyRef": {"value": "SGD"}}
    )
    assert paid["ExchangeRate"] == 1
    assert not {"ExchangeRate", "HomeTotalAmt", "HomeBalance"} & set(sg.create("Invoice", body))


def test_a_rate_belongs_to_its_currency(world):
    created = world.create("Invoice", invoice("1", **taxed("3"), CurrencyRef={"value": "SGD"}))
    customer = world.create("Customer", {"DisplayName": "Acme", "CurrencyRef": {"value": "USD"}})["Id"]
    body = {"Id": created["Id"], "SyncToken": "0", "sparse": True, "CustomerRef": {"value": customer}}
    moved = world.create("Invoice", body | {"CurrencyRef": {"value": "USD"}})
    assert (moved["ExchangeRate"], moved["HomeTotalAmt"]) == (D("1.287999"), D("128.80"))
    named = {"Id": created["Id"], "sparse": True, "CurrencyRef": {"value": "USD"}}
    world.create("Invoice", named | {"SyncToken": "1", "ExchangeRate": "1.35"})
    kept = world.create("Invoice", named | {"SyncToken": "2", "PrivateNote": "ours"})
    assert kept["ExchangeRate"] == D("1.35")


def test_a_rate_that_is_not_sent_is_the_days_rate(world):
    customer = world.create("Customer", {"DisplayName": "Acme", "CurrencyRef": {"value": "USD"}})["Id"]
    created = world.create("Invoice", invoice(customer, **taxed("3"), CurrencyRef={"value": "USD"}))
    rate = world.get("exchangerate", sourcecurrencycode="USD", asofdate="2026-07-30")["ExchangeRate"]
    assert created["ExchangeRate"] == rate["Rate"] == D("1.287999")
    assert rate["AsOfDate"] == "2026-07-30"


def test_a_strict_company_wants_the_rate_on_foreign_bills(world):
    world.switch(exchange_rate_required=True)
    vendor = world.create("Vendor", {"DisplayName": "Acme", "CurrencyRef": {"value": "USD"}})["Id"]
    body = bill(vendor, **taxed("6"), CurrencyRef={"value": "USD"})
    assert world.error("bill", body)["code"] == "2410"
    created = world.create("Bill", body | {"ExchangeRate": 1.35})
    assert created["APAccountRef"]["name"] == "Accounts Payable (A/P) - USD"
    home_account = body | {"ExchangeRate": 1.35, "APAccountRef": {"value": "8"}}
    assert world.error("bill", home_account)["code"] == "6000"


def test_yen_have_no_decimals(world):
    customer = world.create("Customer", {"DisplayName": "Acme", "CurrencyRef": {"value": "JPY"}})["Id"]
    created = world.create("Invoice", invoice(customer, **taxed("2", 1050), CurrencyRef={"value": "JPY"}))
    assert (created["TxnTaxDetail"]["TotalTax"], created["TotalAmt"]) == (95, 1145)


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, "2020"),
        ({"sourcecurrencycode": "XXX"}, "2220"),
        ({"sourcecurrencycode": "USD", "asofdate": "soon"}, "2060"),
    ],
)
def test_an_exchange_rate_needs_a_currency_and_a_date(us, parameters, code):
    assert us.get("exchangerate", **parameters)["Fault"]["Error"][0]["code"] == code


def test_the_code_for_a_tax_typed_in_by_hand_is_no_transactions_own(us):
    body = invoice(detail={"TaxCodeRef": {"value": "TAX"}})
    body["TxnTaxDetail"] = {"TxnTaxCodeRef": {"value": "CustomSalesTax"}, "TotalTax": 3}
    assert us.error("invoice", body)["code"] == "6160"
