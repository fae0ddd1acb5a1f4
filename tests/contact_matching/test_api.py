"""The same through the API: read, list, preview and act."""

import pytest

from contacts.models import Customer
from tests.api.conftest import api, as_stranger, as_viewer, fresh_throttles  # noqa: F401
from tests.contact_matching.conftest import read_contacts
from tests.factories import make_customer
from tests.quickbooks import drain

WHERE = "reconciliation/customers/"


def test_a_reading_is_asked_for_and_then_shown(api, qbo, organization, accountant):  # noqa: F811
    assert api.get(WHERE).json()["code"] == "no_reading"
    customer = make_customer(organization, name="Kestrel Foods")
    held = qbo.make("Customer", {"DisplayName": "Kestrel Foods Ltd"})["Id"]
    answer = api.post(WHERE)
    assert (answer.status_code, answer.json()["direction"], answer.json()["entity"]) == (
        202,
        "match",
        "customers",
    )
    drain(organization)
    shown = api.get(WHERE).json()
    assert shown == {
        "id": shown["id"],
        "entity": "customers",
        "read_at": shown["read_at"],
        "finmo": 1,
        "quickbooks": 1,
        "agreed": 0,
        "kinds": [
            {"kind": "possible", "count": 1},
            {"kind": "differs", "count": 0},
            {"kind": "only_in_finmo", "count": 0},
            {"kind": "only_in_quickbooks", "count": 0},
            {"kind": "duplicate_in_finmo", "count": 0},
            {"kind": "duplicate_in_quickbooks", "count": 0},
        ],
        "ignored": 0,
        "unread": [],
    }
    [finding] = api.get(f"{WHERE}{shown['id']}/findings/?kind=possible").json()["results"]
    assert (
        finding.items()
        >= {
            "kind": "possible",
            "name": "Kestrel Foods",
            "record": customer.pk,
            "quickbooks_id": held,
            "other_record": None,
            "other_quickbooks_id": None,
            "score": 93,
            "reason": "Same name but for the legal form",
            "obstacle": "",
            "acts": ["link", "ignore"],
            "other": None,
            "fields": {"name": {"finmo": "Kestrel Foods", "quickbooks": "Kestrel Foods Ltd"}},
            "ignored": None,
        }.items()
    )


def test_an_act_is_previewed_and_then_run(api, qbo, organization):  # noqa: F811
    qbo.make("Customer", {"DisplayName": "Kestrel Foods"})
    reading = read_contacts(organization)
    where = f"{WHERE}{reading.pk}/act/"
    body = {"act": "import", "kind": "only_in_quickbooks"}
    [change] = api.post(where, body | {"preview": True}).json()["changes"]
    assert (change["name"], change["side"], change["fields"]["name"]) == (
        "Kestrel Foods",
        "finmo",
        {"from": None, "to": "Kestrel Foods"},
    )
    answer = api.post(where, body)
    assert (answer.status_code, answer.json()["direction"], answer.json()["total"]) == (202, "import", 1)
    drain(organization)
    assert Customer.objects.get().name == "Kestrel Foods"
    assert api.post(where, body).json()["code"] == "nothing_to_settle"


def test_ignoring_needs_no_run_and_can_be_taken_back(api, qbo, organization, accountant):  # noqa: F811
    make_customer(organization, name="Kestrel Foods")
    reading = read_contacts(organization)
    where = f"{WHERE}{reading.pk}/"
    [finding] = api.get(f"{where}findings/").json()["results"]
    answer = api.post(f"{where}act/", {"act": "ignore", "ids": [finding["id"]], "note": "Known"})
    assert (answer.status_code, answer.json()["act"]) == (200, "ignore")
    [ignored] = api.get(f"{where}findings/?ignored=true").json()["results"]
    assert (ignored["acts"], ignored["ignored"]["by"], ignored["ignored"]["note"]) == (
        ["restore"],
        accountant.email,
        "Known",
    )
    assert api.get(f"{where}findings/").json()["count"] == 0
    api.post(f"{where}act/", {"act": "restore", "ids": [finding["id"]]})
    assert api.get(f"{where}findings/").json()["count"] == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"act": "link"}, 400),
        ({"act": "link", "ids": []}, 400),
        ({"act": "burn", "kind": "possible"}, 400),
        ({"act": "link", "kind": "possible", "ids": [1]}, 400),
        ({"act": "link", "ids": [10**9]}, 404),
        ({"act": "link", "kind": "possible"}, 409),
    ],
)
def test_what_makes_no_sense_is_refused(api, qbo, organization, body, status):  # noqa: F811
    reading = read_contacts(organization)
    assert api.post(f"{WHERE}{reading.pk}/act/", body).status_code == status


def test_viewers_read_and_other_peoples_readings_are_not_found(
    api,  # noqa: F811
    as_viewer,  # noqa: F811
    as_stranger,  # noqa: F811
    qbo,
    organization,
):
    make_customer(organization)
    reading = read_contacts(organization)
    body = {"act": "ignore", "kind": "only_in_finmo"}
    where = f"{WHERE}{reading.pk}/"
    assert as_viewer.get(WHERE).status_code == as_viewer.get(f"{where}findings/").status_code == 200
    assert as_viewer.post(WHERE).status_code == as_viewer.post(f"{where}act/", body).status_code == 403
    assert as_stranger.get(WHERE).json()["code"] == "no_reading"
    assert as_stranger.get(f"{where}findings/").status_code == 404
    assert as_stranger.post(f"{where}act/", body).status_code == 404
    assert api.get(f"reconciliation/beneficiaries/{reading.pk}/findings/").status_code == 404
