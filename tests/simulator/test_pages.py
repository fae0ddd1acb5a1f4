"""The pages show what a company holds and let a person act in it."""

import pytest

from integrations.simulator.models import Company, StoredObject

from .conftest import bill, invoice


def address(quickbooks, *parts):
    return "/".join(["/simulator/company", quickbooks.realm, *parts, ""])


def act(quickbooks, entity, qbo_id, action, **values):
    """Presses a button; returns the page that follows."""
    response = quickbooks.client.post(address(quickbooks, entity, qbo_id, action), values, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_the_first_page_lists_companies_and_creates_them(client, db):
    assert "No company yet" in client.get("/simulator/").content.decode()
    client.post("/simulator/", {"country": "AU", "name": "Sydney Pty", "multicurrency": "on"})
    assert "Sydney Pty" in client.get("/simulator/").content.decode()
    assert Company.objects.get().multicurrency


def test_a_companys_page_counts_and_links(us):
    page = us.client.get(address(us)).content.decode()
    assert f'href="{address(us, "Invoice")}"><strong>9</strong> Invoice' in page


@pytest.mark.parametrize(
    "entity", ["Customer", "Item", "Account", "Invoice", "Bill", "Payment", "TaxCode", "TaxRate"]
)
def test_every_list_and_every_object_has_a_page(us, entity):
    assert us.client.get(address(us, entity)).status_code == 200
    row = StoredObject.objects.filter(entity=entity).first()
    assert (
        f"&quot;Id&quot;: &quot;{row.qbo_id}&quot;"
        in us.client.get(address(us, entity, row.qbo_id)).content.decode()
    )


def test_lists_are_searched_and_paged(us):
    for page in range(2):
        us.batch(
            *[
                {"bId": str(n), "operation": "create", "Customer": {"DisplayName": f"Page {page} {n}"}}
                for n in range(30)
            ]
        )
    assert "Page 1 of 2" in us.client.get(address(us, "Customer")).content.decode()
    found = us.client.get(address(us, "Customer"), {"q": "bird sanc"}).content.decode()
    assert ("Amy&#x27;s Bird Sanctuary" in found, "Cool Cars" in found) == (True, False)


def test_a_list_costs_the_same_statements_whatever_its_length(us, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        us.client.get(address(us, "Customer"))


def test_a_person_changes_pays_and_voids_an_invoice(us):
    created = us.create("Invoice", invoice(detail={"Qty": 4, "UnitPrice": 25}))
    assert "change is done" in act(
        us, "Invoice", created["Id"], "change", amount="150", memo="Agreed by phone"
    )
    changed = us.read("Invoice", created["Id"])
    assert (changed["TotalAmt"], changed["CustomerMemo"]) == (150, {"value": "Agreed by phone"})
    assert "pay is done" in act(us, "Invoice", created["Id"], "pay", amount="50")
    assert us.read("Invoice", created["Id"])["Balance"] == 100
    assert 'value="100.00"' in us.client.get(address(us, "Invoice", created["Id"])).content.decode()
    assert "6000: Business Validation Error" in act(us, "Invoice", created["Id"], "void")
    payment = us.read("Invoice", created["Id"])["LinkedTxn"][0]["TxnId"]
    act(us, "Payment", payment, "delete")
    assert "void is done" in act(us, "Invoice", created["Id"], "void")
    assert us.read("Invoice", created["Id"])["TotalAmt"] == 0


def test_a_person_gives_a_credit_which_pays_what_is_open(us, world):
    created = us.create("Invoice", invoice())
    assert 'id="credit_amount"' in us.client.get(address(us, "Invoice", created["Id"])).content.decode()
    assert "credit is done" in act(us, "Invoice", created["Id"], "credit", amount="30")
    assert us.read("Invoice", created["Id"])["Balance"] == 70
    act(us, "Invoice", created["Id"], "credit", amount="90")
    [left, spent] = us.query("select * from CreditMemo orderby Id desc")["CreditMemo"]
    assert (us.read("Invoice", created["Id"])["Balance"], left["Balance"], spent["Balance"]) == (0, 20, 0)
    taxed = {"TaxCodeRef": {"value": "6"}}
    owed = world.create("Bill", bill(detail=taxed, CurrencyRef={"value": "SGD"}))
    act(world, "Bill", owed["Id"], "credit", amount="100")
    assert world.read("Bill", owed["Id"])["Balance"] == owed["TotalAmt"] - 109


def test_a_person_pays_and_deletes_a_bill(us):
    created = us.create("Bill", bill())
    act(us, "Bill", created["Id"], "pay", amount="200")
    paid = us.read("Bill", created["Id"])
    assert (paid["Balance"], paid["LinkedTxn"][0]["TxnType"]) == (0, "BillPaymentCheck")
    act(us, "BillPayment", paid["LinkedTxn"][0]["TxnId"], "delete")
    act(us, "Bill", created["Id"], "delete")
    us.get(f"bill/{created['Id']}")
    assert us.status == 400


def test_a_person_renames_and_retires_a_contact(us):
    created = us.create("Vendor", {"DisplayName": "Acme"})
    act(us, "Vendor", created["Id"], "change", name="Acme Ltd", email="pay@acme.example")
    assert us.read("Vendor", created["Id"])["PrimaryEmailAddr"] == {"Address": "pay@acme.example"}
    act(us, "Vendor", created["Id"], "deactivate")
    assert us.read("Vendor", created["Id"])["DisplayName"] == "Acme Ltd (deleted)"
    act(us, "Vendor", created["Id"], "activate")
    assert us.read("Vendor", created["Id"])["Active"] is True


def test_a_person_creates_contacts_and_documents(sg):
    sg.client.post(address(sg, "Customer"), {"name": "Acme", "email": "a@b.co"})
    customer = sg.query("select * from Customer where DisplayName = 'Acme'")["Customer"][0]
    form = {"contact": customer["Id"], "amount": "100", "number": "Q-1", "description": "By hand"}
    response = sg.client.post(address(sg, "Invoice"), form)
    created = sg.query("select * from Invoice where DocNumber = 'Q-1'")["Invoice"][0]
    assert response["Location"] == address(sg, "Invoice", created["Id"])
    assert created["TotalAmt"] == 109
    sg.client.post(address(sg, "Bill"), form | {"contact": "11"})
    assert sg.query("select * from Bill where DocNumber = 'Q-1'")["Bill"][0]["TotalAmt"] == 109


def test_a_refused_creation_keeps_what_was_typed(us):
    page = us.client.post(address(us, "Customer"), {"name": "Cool Cars"}).content.decode()
    assert "6240: The name supplied already exists" in page
    assert 'value="Cool Cars"' in page


def test_settings_and_mishaps_are_set_on_a_page(us):
    page = us.client.get(address(us, "settings"))
    form = {name: value for name, value in page.context["form"].initial.items() if value not in (None, False)}
    us.client.post(address(us, "settings"), form | {"book_close_date": "2026-01-31", "latency_ms": 0})
    assert us.company.book_close_date.isoformat() == "2026-01-31"
    us.client.post(address(us, "mishaps", "add"), {"kind": "throttled", "count": 1, "seconds": 0})
    assert "throttled × 1" in us.client.get(address(us, "settings")).content.decode()
    us.client.post(address(us, "mishaps", "clear"))
    us.client.post(address(us, "disconnect"))
    us.get("preferences")
    assert us.status == 401


@pytest.mark.parametrize(
    ("link", "entity", "qbo_id"),
    [
        ("invoice?txnId=1", "Invoice", "1"),
        ("bill?txnId=4", "Bill", "4"),
        ("customerdetail?nameId=2", "Customer", "2"),
        ("vendordetail?nameId=12", "Vendor", "12"),
    ],
)
def test_quickbooks_own_addresses_lead_to_the_object(us, link, entity, qbo_id):
    response = us.client.get(f"/simulator/app/{link}&realm={us.realm}")
    assert response["Location"] == address(us, entity, qbo_id)


def test_an_unknown_object_or_address_is_not_found(us):
    for path in (
        address(us, "Invoice", "99999"),
        address(us, "Nonsense"),
        "/simulator/app/invoice?txnId=99999",
        "/simulator/app/x",
    ):
        assert us.client.get(path).status_code == 404
