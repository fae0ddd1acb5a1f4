"""Our counter of calls against the simulator's own, over everything that calls QuickBooks."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from integrations import reconciling, rerunning, services
from integrations.models import CallCount, Configuration, Connection
from integrations.qbo.throttle import Kind
from integrations.sync.gate import FreeGate
from tests.engine.test_webhooks import event, post
from tests.factories import make_beneficiary, make_bill, make_customer, make_invoice, pull, push
from tests.quickbooks import QuickBooks, drain

pytestmark = pytest.mark.usefixtures("clock")


def counted(organization) -> Counter:
    kinds = CallCount.objects.filter(organization=organization, calls__gt=0)
    return Counter(dict(kinds.values_list("kind", "calls")))


def answered(qbo) -> Counter:
    """What the company itself counted, calls for tokens among them."""
    told = qbo.control(f"{qbo.realm}/calls/", method="GET")
    return qbo.calls + Counter(token=told["token"])


def test_the_counter_equals_the_simulators_over_a_mixed_run(
    client, settings, http, organization, admin_user, asked
):
    qbo = QuickBooks(http, country="SG", seed=True)
    qbo.connect(organization, admin_user)
    import_lists(organization)
    push_and_fail(qbo, organization)
    lose_answers_and_throttle(qbo, organization)
    expire_tokens(qbo, organization)
    tell_by_webhook(client, settings, qbo, organization)
    reconcile(organization, asked)
    void_and_retry(qbo, organization, asked)
    lose_the_grant(qbo, organization, admin_user)

    ours = counted(organization)
    assert ours == answered(qbo)
    assert set(ours) == set(CallCount.Kind.values)
    assert all(ours[kind] >= 2 for kind in ours)


def import_lists(organization):
    from tests.conftest import choose_defaults

    for entity in ("accounts", "items", "tax-codes"):
        pull(organization, entity)
    choose_defaults(organization)


def push_and_fail(qbo, organization):
    customers = [make_customer(organization) for _ in range(35)]
    push(*customers)
    push(make_customer(organization, name="Two: parts"), make_customer(organization))
    push(*(make_invoice(organization, customer) for customer in customers[:3]))
    push(make_invoice(organization, make_customer(organization)))
    beneficiary = make_beneficiary(organization)
    push(beneficiary)
    push(make_bill(organization, beneficiary))


def lose_answers_and_throttle(qbo, organization):
    for kind in ("answer_lost", "throttled", "server_error_after", "unavailable", "cut_off", "broken_json"):
        qbo.mishap(kind, matching="/batch")
        push(make_customer(organization))
        drain(organization)
        qbo.mishap(kind, matching="/query" if kind == "throttled" else "/cdc", count=2)
        pull(organization, "invoices")
        drain(organization)


def expire_tokens(qbo, organization):
    qbo.mishap("token_expired")
    pull(organization, "invoices")
    Connection.objects.filter(organization=organization).update(
        access_expires_at=timezone.now() - timedelta(minutes=1)
    )
    qbo.mishap("answer_lost", matching="/tokens/bearer")
    pull(organization, "bills")


def tell_by_webhook(client, settings, qbo, organization):
    Configuration.objects.filter(organization=organization).update(
        receivables_auto_pull=True, payables_auto_pull=True
    )
    post(client, settings, [event(qbo.realm), event(qbo.realm, "bill"), event(qbo.realm, "payment")])
    drain(organization)


def reconcile(organization, asked):
    for stream in ("receivables", "payables"):
        reconciling.reconcile(organization, stream, asked=asked)
        drain(organization)


def void_and_retry(qbo, organization, asked):
    customer = make_customer(organization)
    push(customer)
    invoice, other = make_invoice(organization, customer), make_invoice(organization, customer)
    push(invoice, other)
    for each in (invoice, other):
        services.void(organization, "invoices", asked=asked, ids=[each.pk])
        drain(organization)
    qbo.fault_item(customer.name, "6000")
    customer.phone = "+65 6123 4567"
    customer.save()
    rerunning.retry(push(customer), asked=asked)
    drain(organization)


def lose_the_grant(qbo, organization, admin_user):
    qbo.mishap("grant_revoked")
    pull(organization, "invoices")
    drain(organization)
    qbo.connect(organization, admin_user)
    drain(organization)


def test_a_call_that_found_no_connection_is_not_counted(qbo, organization, settings, http):
    before = counted(organization)
    settings.QBO_API_BASE_URL = "http://127.0.0.1:9"
    http.add_passthru("http://127.0.0.1:9")
    pull(organization, "invoices")
    assert counted(organization) == before


def test_a_call_counts_as_it_leaves_so_that_a_killed_worker_has_counted_it(organization):
    FreeGate(organization.pk).enter(Kind.QUERY)
    assert counted(organization) == Counter(query=1)


def test_the_busiest_minute_is_remembered(qbo, organization):
    CallCount.objects.all().delete()
    push(*(make_customer(organization) for _ in range(65)))
    calls = sum(counted(organization).values())
    assert max(CallCount.objects.values_list("busiest_minute", flat=True)) >= calls > 3


def test_every_kind_of_call_is_either_metered_or_free():
    kinds = {*CallCount.METERED, *CallCount.WRITES}
    assert kinds == {CallCount.Kind(kind) for kind in Kind}
    assert {*CallCount.Kind} - kinds == {CallCount.Kind.TOKEN}
