"""Customers, vendors and employees: one space of names, and what happens to it."""

import pytest

from .conftest import invoice


@pytest.mark.parametrize("entity", ["Customer", "Vendor", "Employee"])
def test_a_name_is_taken_across_all_three_lists_whatever_its_case(us, entity):
    holder = us.create("Vendor", {"DisplayName": "Acme Supplies"})
    body = (
        {"GivenName": "ACME", "FamilyName": "supplies"}
        if entity == "Employee"
        else {"DisplayName": "ACME supplies"}
    )
    error = us.error(entity.lower(), body)
    assert (error["code"], error["Detail"]) == (
        "6240",
        f"The name supplied already exists. : Id={holder['Id']}",
    )


def test_a_display_name_is_built_from_the_parts_of_a_name(us):
    created = us.create(
        "Customer", {"Title": "Dr", "GivenName": "Ada", "FamilyName": "Byron", "Suffix": "Jr"}
    )
    assert created["DisplayName"] == created["FullyQualifiedName"] == "Dr Ada Byron Jr"


def test_without_any_name_there_is_no_customer(us):
    assert us.error("customer", {"CompanyName": "Acme"})["code"] == "6080"


@pytest.mark.parametrize("name", ["Ac:me", "Ac\tme", "Ac\nme"])
def test_a_name_without_colon_tab_or_newline(us, name):
    assert us.error("vendor", {"DisplayName": name})["code"] == "2040"


def test_a_long_name_is_refused_in_quickbooks_words(us):
    error = us.error("customer", {"DisplayName": "x" * 501})
    assert error == {
        "Message": "String length is either shorter or longer than supported by specification",
        "Detail": "String length specified does not match the supported length. Min:0 Max:500 supported. "
        "Supplied length:501",
        "code": "2050",
        "element": "DisplayName",
    }


def test_several_errors_come_in_one_fault(us):
    body = {
        "DisplayName": "x" * 501,
        "PrimaryEmailAddr": {"Address": "nobody"},
        "CurrencyRef": {"value": "XXX"},
    }
    errors = us.post("customer", body)["Fault"]["Error"]
    assert [(error["code"], error["element"]) for error in errors] == [
        ("2050", "DisplayName"),
        ("2210", "PrimaryEmailAddr.Address"),
        ("2220", "CurrencyRef"),
    ]


@pytest.mark.parametrize("address", ["a@b.co", "a@b.co, c@d.org", ""])
def test_mail_addresses_that_quickbooks_takes(us, address):
    created = us.create("Customer", {"DisplayName": "Acme", "PrimaryEmailAddr": {"Address": address}})
    assert created.get("PrimaryEmailAddr", {}).get("Address", "") == address


def test_an_inactive_name_is_free_again(us):
    created = us.create("Customer", {"DisplayName": "Acme"})
    gone = us.create("Customer", {"Id": created["Id"], "SyncToken": "0", "sparse": True, "Active": False})
    assert (gone["DisplayName"], gone["FullyQualifiedName"], gone["Active"]) == ("Acme (deleted)",) * 2 + (
        False,
    )
    assert us.create("Customer", {"DisplayName": "Acme"})["Id"] != created["Id"]
    assert us.read("Customer", created["Id"])["Active"] is False


def test_bringing_back_a_name_that_was_taken_meanwhile_clashes(us):
    old = us.create("Customer", {"DisplayName": "Acme"})
    us.create("Customer", {"Id": old["Id"], "SyncToken": "0", "sparse": True, "Active": False})
    us.create("Vendor", {"DisplayName": "Acme"})
    body = {"Id": old["Id"], "SyncToken": "1", "sparse": True, "Active": True, "DisplayName": "Acme"}
    assert us.error("customer", body)["code"] == "6240"


def test_a_customer_who_owes_stays_active(us):
    created = us.create("Customer", {"DisplayName": "Acme"})
    us.create("Invoice", invoice(created["Id"]))
    error = us.error("customer", {"Id": created["Id"], "SyncToken": "0", "sparse": True, "Active": False})
    assert error["code"] == "6220"


def test_a_job_has_its_own_name_under_its_parent(us):
    parent = us.create("Customer", {"DisplayName": "Freeman"})
    job = us.create("Customer", {"DisplayName": "Kitchen", "Job": True, "ParentRef": {"value": parent["Id"]}})
    assert (job["FullyQualifiedName"], job["Level"], job["Job"]) == ("Freeman:Kitchen", 1, True)
    us.create("Customer", {"DisplayName": "Kitchen"})
    us.create("Invoice", invoice(job["Id"], 70))
    assert us.read("Customer", job["Id"])["Balance"] == 70
    owner = us.read("Customer", parent["Id"])
    assert (owner["Balance"], owner["BalanceWithJobs"]) == (0, 70)


def test_a_job_needs_a_parent(us):
    assert us.error("customer", {"DisplayName": "Kitchen", "Job": True})["code"] == "6150"
    error = us.error("customer", {"DisplayName": "Kitchen", "Job": True, "ParentRef": {"value": "9999"}})
    assert (error["code"], error["Detail"]) == (
        "2500",
        "Invalid Reference Id : Names element id 9999 not found",
    )


def test_empty_and_read_only_properties_are_ignored(us):
    body = {
        "DisplayName": "Acme",
        "Title": "",
        "BalanceWithJobs": 500,
        "Level": 0,
        "PreferredDeliveryMethod": "",
        "BillAddr": None,
    }
    created = us.create("Customer", body)
    assert created["Balance"] == created["BalanceWithJobs"] == 0
    assert "Title" not in created


def test_a_wrong_value_of_an_enumeration_is_named(us):
    error = us.error("customer", {"DisplayName": "Acme", "PreferredDeliveryMethod": "Fax"})
    assert (error["code"], error["Detail"]) == ("2170", "Invalid Enumeration : Fax")


def test_a_part_of_the_wrong_type_is_an_invalid_property(us):
    assert us.error("customer", {"DisplayName": "Acme", "BillAddr": "1 Main Street"})["code"] == "2010"
    assert us.error("customer", {"DisplayName": "Acme", "BillAddr": {"Street": "1"}})["code"] == "2010"
    assert us.error("customer", "{not json")["code"] == "2010"


def test_a_tax_number_is_never_read_back_in_full(us):
    assert (
        us.create("Vendor", {"DisplayName": "Acme", "TaxIdentifier": "123-45-9875"})["TaxIdentifier"]
        == "XXXXXX9875"
    )
