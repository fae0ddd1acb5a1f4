"""Searching, linking and unlinking as programs do it."""

import pytest

from contacts.models import Customer
from tests.factories import make_bill, make_customer, make_invoice, push
from tests.quickbooks import drain


def test_a_search_a_link_and_its_end(qbo, api, organization):
    theirs = qbo.make(
        "Customer", {"DisplayName": "Globex Corp", "PrimaryEmailAddr": {"Address": "a@globex.example"}}
    )
    customer = make_customer(organization, name="Globex")
    search = api.post("customers/look-up/", {"search": "globex"})
    assert (search.status_code, search.data["direction"]) == (202, "look_up")
    drain(organization)
    assert api.get(f"sync-runs/{search.data['id']}/candidates/").json() == [
        {
            "quickbooks_id": theirs["Id"],
            "name": "Globex Corp",
            "active": True,
            "details": {"email": "a@globex.example", "currency": "SGD"},
            "record": None,
        }
    ]
    linked = api.post(f"customers/{customer.pk}/link/", {"quickbooks_id": theirs["Id"]})
    assert (linked.status_code, linked.data["direction"], linked.data["total"]) == (202, "link", 1)
    drain(organization)
    shown = api.get(f"customers/{customer.pk}/").data
    assert (shown["quickbooks_id"], shown["sync_state"]) == (theirs["Id"], "changed")
    assert shown["email"] == "a@globex.example"
    assert api.get(f"sync-runs/{search.data['id']}/candidates/").json()[0]["record"] == customer.pk
    ended = api.post(f"customers/{customer.pk}/unlink/")
    assert (ended.status_code, ended.data["status"]) == (202, "succeeded")
    assert api.get(f"customers/{customer.pk}/").data["quickbooks_id"] is None
    [record] = api.get(f"sync-runs/{ended.data['id']}/records/").json()["results"]
    assert (record["outcome"], record["quickbooks_id"]) == ("unlinked", theirs["Id"])


def test_a_refused_link_says_why_on_the_record(qbo, api, organization):
    holder, customer = make_customer(organization), make_customer(organization)
    push(holder)
    api.post(f"customers/{customer.pk}/link/", {"quickbooks_id": holder.qbo_id})
    drain(organization)
    assert api.get(f"customers/{customer.pk}/").data["sync_error"]["code"] == "link_taken"


@pytest.mark.parametrize("body", [{}, {"quickbooks_id": ""}, {"quickbooks_id": "9" * 33}])
def test_a_link_must_name_its_target(qbo, api, organization, body):
    answer = api.post(f"customers/{make_customer(organization).pk}/link/", body)
    assert answer.status_code == 400 and "quickbooks_id" in answer.json()["fields"]


@pytest.mark.parametrize("body", [{}, {"search": " "}, {"search": "x" * 101}])
def test_a_search_must_say_for_what(qbo, api, body):
    answer = api.post("beneficiaries/look-up/", body)
    assert answer.status_code == 400 and "search" in answer.json()["fields"]


def test_documents_are_searched_and_linked_alike(qbo, api, organization):
    for kind, document in (("invoices", make_invoice(organization)), ("bills", make_bill(organization))):
        assert api.post(f"{kind}/look-up/", {"search": "1"}).status_code == 202
        assert api.post(f"{kind}/{document.pk}/link/", {"quickbooks_id": "1"}).status_code == 202
        assert api.post(f"{kind}/{document.pk}/unlink/").status_code == 202


def test_a_viewer_links_nothing_and_searches_nothing(qbo, as_viewer, organization):
    customer = make_customer(organization)
    for path in ("look-up", f"{customer.pk}/link", f"{customer.pk}/unlink"):
        body = {"search": "x", "quickbooks_id": "1"}
        assert as_viewer.post(f"customers/{path}/", body).status_code == 403


def test_a_strangers_records_and_searches_are_404(qbo, api, as_stranger, organization):
    customer = make_customer(organization)
    run = api.post("customers/look-up/", {"search": "x"}).data["id"]
    assert as_stranger.post(f"customers/{customer.pk}/link/", {"quickbooks_id": "1"}).status_code == 404
    assert as_stranger.post(f"customers/{customer.pk}/unlink/").status_code == 404
    assert as_stranger.get(f"sync-runs/{run}/candidates/").status_code == 404


def test_without_a_connection_searching_and_linking_are_409(api, organization):
    customer = make_customer(organization)
    answers = [
        api.post("customers/look-up/", {"search": "x"}),
        api.post(f"customers/{customer.pk}/link/", {"quickbooks_id": "1"}),
    ]
    assert [(each.status_code, each.data["code"]) for each in answers] == [(409, "not_connected")] * 2
    assert not Customer.objects.get().linked
