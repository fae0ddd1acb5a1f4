"""Requests that may be repeated: Idempotency-Key, and changes to what was read."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from contacts.models import Customer
from integrations.models import IdempotencyKey, SyncRun
from tests.conftest import make_user
from tests.factories import make_customer, make_invoice

from .conftest import Api


def test_the_same_request_again_gets_the_same_answer(api):
    first = api.post("customers/", {"name": "Acme", "email": "a@a.example"}, idempotency_key="k1")
    again = api.post("customers/", {"email": "a@a.example", "name": "Acme"}, idempotency_key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert json.loads(first.content) == json.loads(again.content)
    assert (first["Location"], first["ETag"]) == (again["Location"], again["ETag"])
    assert Customer.objects.count() == 1


@pytest.mark.parametrize(("path", "name"), [("customers/", "Other"), ("beneficiaries/", "Acme")])
def test_the_key_for_another_request_is_refused(api, path, name):
    api.post("customers/", {"name": "Acme"}, idempotency_key="k1")
    answer = api.post(path, {"name": name}, idempotency_key="k1")
    assert (answer.status_code, answer.data["code"]) == (409, "idempotency_key_reused")
    assert Customer.objects.count() == 1


def test_a_sync_with_a_key_starts_one_run(qbo, api, organization):
    body = {"ids": [make_customer(organization).pk]}
    runs = [api.post("customers/sync/", body, idempotency_key="k1").data["id"] for _ in range(2)]
    assert runs[0] == runs[1]
    assert SyncRun.objects.filter(entity="customers").count() == 1


def test_a_refused_request_may_be_sent_again_with_its_key(api):
    assert api.post("customers/", {"name": ""}, idempotency_key="k1").status_code == 400
    assert api.post("customers/", {"name": "Acme"}, idempotency_key="k1").status_code == 201


def test_keys_are_a_persons_own(api, as_stranger, organization):
    colleague = Api(make_user("second@acme.example", organization))
    for each in (api, as_stranger, colleague):
        assert each.post("customers/", {"name": "Acme"}, idempotency_key="k1").status_code == 201
    assert Customer.objects.count() == 3


def test_a_key_is_forgotten_after_a_week(api):
    api.post("customers/", {"name": "Acme"}, idempotency_key="k1")
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert api.post("customers/", {"name": "Other"}, idempotency_key="k1").status_code == 201
    assert IdempotencyKey.objects.count() == 1


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_has_1_to_255_characters(api, key):
    answer = api.post("customers/", {"name": "Acme"}, idempotency_key=key)
    assert (answer.status_code, answer.data["code"]) == (400, "invalid_idempotency_key")


def test_a_change_of_what_was_read_is_accepted(api, organization):
    customer = make_customer(organization)
    read = api.get(f"customers/{customer.pk}/")
    changed = api.patch(f"customers/{customer.pk}/", {"phone": "1"}, if_match=read["ETag"])
    assert changed.status_code == 200
    assert changed["ETag"] not in ("", read["ETag"])
    again = api.put(f"customers/{customer.pk}/", {"name": "New"}, if_match=changed["ETag"])
    assert again.status_code == 200


def test_a_change_of_what_was_changed_meanwhile_is_refused_with_the_record_as_it_is(api, organization):
    invoice = make_invoice(organization)
    read = api.get(f"invoices/{invoice.pk}/")
    api.patch(f"invoices/{invoice.pk}/", {"memo": "Theirs"})
    answer = api.patch(f"invoices/{invoice.pk}/", {"memo": "Mine"}, if_match=read["ETag"])
    assert (answer.status_code, answer.data["code"]) == (412, "changed_meanwhile")
    assert answer.json()["current"] == api.get(f"invoices/{invoice.pk}/").json()
    assert answer.data["current"]["memo"] == "Theirs"


def test_if_match_guards_deleting_too(api, organization):
    customer = make_customer(organization)
    read = api.get(f"customers/{customer.pk}/")
    api.patch(f"customers/{customer.pk}/", {"phone": "1"})
    assert api.delete(f"customers/{customer.pk}/", if_match=read["ETag"]).status_code == 412
    assert api.delete(f"customers/{customer.pk}/", if_match="*").status_code == 204


def test_a_proxys_weak_etag_is_still_ours(api, organization):
    customer = make_customer(organization)
    etag = api.get(f"customers/{customer.pk}/?fields=id")["ETag"]
    answer = api.patch(f"customers/{customer.pk}/", {"phone": "1"}, if_match=f'W/{etag}, "other"')
    assert answer.status_code == 200


@pytest.mark.skipif(
    connection.vendor == "sqlite" and connection.is_in_memory_db(),
    reason="threads cannot share SQLite's database in memory; TEST_DATABASE_URL names another one",
)
@pytest.mark.django_db(transaction=True)
def test_duplicates_at_the_same_moment_create_one_record(api):
    def create(_):
        try:
            return api.post("customers/", {"name": "Acme"}, idempotency_key="k1").data["id"]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        created = set(pool.map(create, range(8)))
    assert len(created) == 1
    assert Customer.objects.count() == 1
