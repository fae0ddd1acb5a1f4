"""A new name is a new name everywhere: in the paths of children, and in every reference."""

from .conftest import bill, invoice


def rename(quickbooks, entity, found, **values):
    body = {"Id": found["Id"], "SyncToken": found["SyncToken"], "sparse": True}
    return quickbooks.create(entity, body | values)


def family(quickbooks):
    top = quickbooks.create("Customer", {"DisplayName": "Top"})
    middle = quickbooks.create("Customer", child("Middle", top))
    return top, middle, quickbooks.create("Customer", child("Leaf", middle))


def child(name, parent):
    return {"DisplayName": name, "Job": True, "ParentRef": {"value": parent["Id"]}}


def test_descendants_follow_a_renamed_parent(us):
    top, middle, leaf = family(us)
    rename(us, "Customer", top, DisplayName="Apex")
    paths = [us.read("Customer", each["Id"])["FullyQualifiedName"] for each in (middle, leaf)]
    assert paths == ["Apex:Middle", "Apex:Middle:Leaf"]
    found = us.query("select * from Customer where FullyQualifiedName = 'Apex:Middle:Leaf'")
    assert [each["Id"] for each in found["Customer"]] == [leaf["Id"]]
    assert us.query("select * from Customer where FullyQualifiedName = 'Top:Middle'") == {}


def test_a_renamed_parent_frees_its_path(us):
    top, _, _ = family(us)
    rename(us, "Customer", top, DisplayName="Apex")
    again = us.create("Customer", {"DisplayName": "Top"})
    assert us.create("Customer", child("Middle", again))["FullyQualifiedName"] == "Top:Middle"
    assert us.error("customer", child("Middle", top))["code"] == "6240"


def test_a_moved_parent_takes_its_children_and_cannot_go_under_them(us):
    top, middle, leaf = family(us)
    assert us.error(
        "customer", {"Id": top["Id"], "SyncToken": "0", "sparse": True, "ParentRef": {"value": leaf["Id"]}}
    )["code"] == "900"  # fmt: skip
    other = us.create("Customer", {"DisplayName": "Other"})
    rename(us, "Customer", middle, ParentRef={"value": other["Id"]})
    moved = us.read("Customer", leaf["Id"])
    assert (moved["FullyQualifiedName"], moved["Level"]) == ("Other:Middle:Leaf", 2)


def test_accounts_and_items_rename_their_children_too(us):
    parent = us.create("Account", {"Name": "Fleet", "AccountType": "Expense"})
    fuel = us.create(
        "Account", {"Name": "Fuel", "AccountType": "Expense", "ParentRef": {"value": parent["Id"]}}
    )
    rename(us, "Account", parent, Name="Vehicles")
    assert us.read("Account", fuel["Id"])["FullyQualifiedName"] == "Vehicles:Fuel"
    category = us.query("select * from Item where Name = 'Store Hardware'")["Item"][0]
    rename(us, "Item", category, Name="Shop Hardware")
    reader = us.query("select * from Item where Name = 'Card Reader'")["Item"][0]
    assert reader["FullyQualifiedName"] == "Shop Hardware:Card Reader"


def test_references_show_the_present_name_and_nothing_else_changes(us):
    created = us.create("Invoice", invoice("1", SalesTermRef={"value": "3"}))
    customer, item, term = us.read("Customer", "1"), us.read("Item", "1"), us.read("Term", "3")
    rename(us, "Customer", customer, DisplayName='Amy\'s "Birds" & 50%')
    rename(us, "Item", item, Name="Work")
    rename(us, "Term", term, Name="A month")
    stored = us.read("Invoice", created["Id"])
    assert stored["CustomerRef"] == {"value": "1", "name": 'Amy\'s "Birds" & 50%'}
    assert stored["Line"][0]["SalesItemLineDetail"]["ItemRef"] == {"value": "1", "name": "Work"}
    assert stored["SalesTermRef"] == {"value": "3", "name": "A month"}
    assert (stored["SyncToken"], stored["MetaData"]) == ("0", created["MetaData"])
    assert us.query(f"select * from Invoice where Id = '{created['Id']}'")["Invoice"] == [stored]


def test_a_bill_shows_the_present_names_of_vendor_and_accounts(us):
    created = us.create("Bill", bill("11", account="20"))
    vendor, account, payable = (
        us.read("Vendor", "11"),
        us.read("Account", "20"),
        us.read("Account", created["APAccountRef"]["value"]),
    )
    rename(us, "Vendor", vendor, DisplayName="Brosnahan")
    rename(us, "Account", account, Name="Promotion")
    rename(us, "Account", payable, Name="Creditors")
    stored = us.read("Bill", created["Id"])
    detail = stored["Line"][0]["AccountBasedExpenseLineDetail"]
    assert stored["VendorRef"]["name"] == "Brosnahan"
    assert (detail["AccountRef"]["name"], stored["APAccountRef"]["name"]) == ("Promotion", "Creditors")


def test_a_child_in_a_reference_shows_its_new_path(us):
    top, middle, _ = family(us)
    created = us.create("Invoice", invoice(middle["Id"]))
    assert created["CustomerRef"]["name"] == "Top:Middle"
    rename(us, "Customer", top, DisplayName="Apex")
    assert us.read("Invoice", created["Id"])["CustomerRef"]["name"] == "Apex:Middle"


def test_a_batch_renames_in_what_its_other_items_write(us):
    customer = us.read("Customer", "1")
    answer = us.batch(
        {
            "bId": "1", "operation": "update",
            "Customer": {"Id": "1", "SyncToken": customer["SyncToken"], "sparse": True, "DisplayName": "Birds"},
        },
        {"bId": "2", "operation": "create", "Invoice": invoice("1")},
    )  # fmt: skip
    assert us.read("Invoice", answer[1]["Invoice"]["Id"])["CustomerRef"]["name"] == "Birds"
