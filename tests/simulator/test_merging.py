"""Merging two names, which a person does in QuickBooks' pages only."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.simulator import webhooks

from .conftest import bill, invoice
from .test_control import control


@pytest.fixture
def names(sg):
    """(loser, survivor) with an invoice and a payment of the loser's."""
    loser, survivor = (sg.create("Customer", {"DisplayName": name}) for name in ("Acme Ltd", "Acme Limited"))
    made = sg.create("Invoice", invoice(loser["Id"], GlobalTaxCalculation="NotApplicable"))
    line = {"Amount": 10, "LinkedTxn": [{"TxnId": made["Id"], "TxnType": "Invoice"}]}
    sg.create("Payment", {"CustomerRef": {"value": loser["Id"]}, "TotalAmt": 10, "Line": [line]})
    sg.company.changes.all().delete()
    return loser["Id"], survivor["Id"], made["Id"]


def merge(quickbooks, loser, survivor, entity="Customer", status=200):
    answer = control(quickbooks, "merge/", "post", entity=entity, loser=loser, survivor=survivor)
    assert answer.status_code == status, answer.content
    return answer.json()


def changed(quickbooks, entities):
    since = (timezone.now() - timedelta(hours=1)).isoformat()
    answer = quickbooks.get("cdc", entities=entities, changedSince=since)
    return answer["CDCResponse"][0]["QueryResponse"]


def test_the_losers_transactions_name_the_survivor_under_new_tokens(sg, names):
    loser, survivor, made = names
    before = sg.read("Invoice", made)
    merge(sg, loser, survivor)
    after = sg.read("Invoice", made)
    assert after["CustomerRef"] == {"value": survivor, "name": "Acme Limited"}
    assert int(after["SyncToken"]) == int(before["SyncToken"]) + 1
    payments = sg.query("select * from Payment")["Payment"]
    assert [each["TotalAmt"] for each in payments if each["CustomerRef"]["value"] == survivor] == [10]


def test_the_survivor_takes_the_balance_and_keeps_its_token(sg, names):
    loser, survivor, _ = names
    owed = sg.read("Customer", loser)["Balance"]
    merge(sg, loser, survivor)
    after = sg.read("Customer", survivor)
    assert (after["Balance"], after["SyncToken"]) == (owed, "0")


def test_the_loser_is_gone_and_the_feed_does_not_say_so(sg, names):
    loser, survivor, made = names
    merge(sg, loser, survivor)
    assert sg.get(f"customer/{loser}")["Fault"]["Error"][0]["code"] == "610"
    assert sg.query(f"select * from Customer where Id = '{loser}' and Active in (true, false)") == {}
    customers, invoices = changed(sg, "Customer,Invoice")
    assert [each["Id"] for each in customers["Customer"]] == [survivor]
    assert [each["Id"] for each in invoices["Invoice"]] == [made]
    body = {"Id": loser, "SyncToken": "0", "sparse": True, "DisplayName": "Back"}
    assert sg.error("customer", body)["code"] == "610"


def test_the_loser_may_stay_as_an_inactive_name(sg, names):
    sg.switch(merged_names_vanish=False)
    loser, survivor, _ = names
    merge(sg, loser, survivor)
    left = sg.read("Customer", loser)
    assert (left["DisplayName"], left["Active"], left["Balance"]) == ("Acme Ltd (deleted)", False, 0)
    assert loser in [each["Id"] for each in changed(sg, "Customer")[0]["Customer"]]


def test_one_notification_names_the_survivor_with_the_loser_beside_it(sg, names):
    loser, survivor, _ = names
    merge(sg, loser, survivor)
    [event] = webhooks.events(sg.company)
    assert (event["type"], event["intuitentityid"]) == ("qbo.customer.merged.v1", survivor)
    assert event["data"] == {"deletedid": loser}


def test_vendors_are_merged_with_their_bills(sg):
    loser, survivor = (sg.create("Vendor", {"DisplayName": name})["Id"] for name in ("One", "Two"))
    made = sg.create("Bill", bill(loser, GlobalTaxCalculation="NotApplicable"))
    merge(sg, loser, survivor, "Vendor")
    assert sg.read("Bill", made["Id"])["VendorRef"]["value"] == survivor


def test_what_quickbooks_does_not_merge_is_refused(world):
    home, other = (
        world.create("Customer", {"DisplayName": name, "CurrencyRef": {"value": code}})["Id"]
        for name, code in (("Home", "SGD"), ("Abroad", "USD"))
    )
    world.create("Customer", {"DisplayName": "Job", "Job": True, "ParentRef": {"value": home}})
    same = world.create("Customer", {"DisplayName": "Same"})["Id"]
    for pair in ((home, home), (home, other), (home, same), (home, "99999")):
        merge(world, *pair, status=400)
    merge(world, same, home, "Item", status=400)
    assert all(world.read("Customer", each)["Active"] for each in (home, other, same))
    merge(world, same, home)


def test_a_person_merges_on_the_page(sg, names, client):
    loser, survivor, made = names
    page = f"/simulator/company/{sg.realm}/Customer/{loser}/"
    assert "Merge into it" in client.get(page).content.decode()
    client.post(f"{page}merge/", {"survivor": survivor})
    assert sg.read("Invoice", made)["CustomerRef"]["value"] == survivor
    assert "Merge into it" not in client.get(page).content.decode()
