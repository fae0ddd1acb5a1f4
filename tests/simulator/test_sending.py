"""An invoice as mail and as PDF."""

import pytest

from .conftest import invoice

ADDRESS = {"BillEmail": {"Address": "amy@example.com"}}


def send(quickbooks, qbo_id, **parameters):
    query = "&".join(f"{key}={value}" for key, value in parameters.items())
    return quickbooks._read(
        quickbooks.client.post(
            f"/simulator/v3/company/{quickbooks.realm}/invoice/{qbo_id}/send?{query}",
            data=b"",
            content_type="application/octet-stream",
            headers={"Authorization": f"Bearer {quickbooks.token}", "Accept": "application/json"},
        )
    )


def test_a_sent_invoice_says_so_and_moves_on(us):
    created = us.create("Invoice", invoice(**ADDRESS))
    sent = send(us, created["Id"])["Invoice"]
    assert (us.status, sent["EmailStatus"], sent["SyncToken"]) == (200, "EmailSent", "1")
    assert sent["BillEmail"]["Address"] == "amy@example.com"
    assert sent["DeliveryInfo"]["DeliveryType"] == "Email"
    assert us.read("Invoice", created["Id"]) == sent
    assert us.company.changes.order_by("pk").last().operation == "Emailed"


def test_an_address_can_come_with_the_call_and_stays(us):
    created = us.create("Invoice", invoice())
    sent = send(us, created["Id"], sendTo="new@example.com")["Invoice"]
    assert sent["BillEmail"] == {"Address": "new@example.com"}


@pytest.mark.parametrize(("address", "code"), [("", "6420"), ("nonsense", "2210")])
def test_without_a_valid_address_nothing_is_sent(us, address, code):
    created = us.create("Invoice", invoice())
    answer = send(us, created["Id"], **({"sendTo": address} if address else {}))
    assert (us.status, answer["Fault"]["Error"][0]["code"]) == (400, code)
    assert us.read("Invoice", created["Id"])["EmailStatus"] == "NotSet"


def test_what_does_not_exist_is_not_sent(us):
    assert send(us, "99999", sendTo="a@example.com")["Fault"]["Error"][0]["code"] == "610"


def test_a_repeated_request_id_sends_once(us):
    created = us.create("Invoice", invoice(**ADDRESS))
    first = send(us, created["Id"], requestid="once")["Invoice"]
    assert send(us, created["Id"], requestid="once")["Invoice"] == first
    assert us.read("Invoice", created["Id"])["SyncToken"] == "1"


def test_an_update_after_sending_keeps_that_it_was_sent(us):
    created = us.create("Invoice", invoice(**ADDRESS))
    sent = send(us, created["Id"])["Invoice"]
    noted = {"Id": sent["Id"], "SyncToken": "1", "sparse": True, "PrivateNote": "x"}
    assert us.create("Invoice", noted)["EmailStatus"] == "EmailSent"


def test_an_invoice_is_a_pdf_that_names_it(us):
    created = us.create("Invoice", invoice("1", 123.45, DocNumber="A(7)\\é"))
    content = us.get(f"invoice/{created['Id']}/pdf")
    assert (us.status, us.response["Content-Type"]) == (200, "application/pdf")
    assert content.startswith(b"%PDF-1.4") and content.rstrip().endswith(b"%%EOF")
    assert b"A\\(7\\)\\\\\xe9" in content and b"123.45" in content
    table = int(content.rsplit(b"startxref", 1)[1].split()[0])
    assert content[table:].startswith(b"xref")
    us.get("invoice/99999/pdf")
    assert us.status == 400
