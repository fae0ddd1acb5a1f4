"""Every fault code that a push can meet (contract section 9.2): what the record says, and what became of the rest."""

import pytest

from integrations import rerunning
from integrations.faults import TABLE, explain
from integrations.models import SyncState
from tests.factories import push
from tests.quickbooks import drain, fault_body

# What a record can be refused for and no second look changes. The codes that lead to more than a sentence (610,
# 2410, 3001, 3100, 3200, 5010, 6140, 6190, 6240, 10000) have tests of their own beside this file.
TOLD = (
    "500 600 610 620 630 700 800 900 2010 2020 2030 2040 2050 2060 2070 2080 2090 2100 2110 2140 2160 2170 2210 "
    "2220 2250 2290 2500 4000 4001 4002 5020 5030 6000 6010 6070 6080 6090 6100 6150 6160 6170 6180 6200 6210 6220 "
    "6230 6250 6270 6280 6420 6430 6440 6450 6480 6520 6540 10100 10200"
).split()


@pytest.mark.parametrize("code", TOLD)
def test_a_refused_record_says_why_and_the_others_go_through(qbo, customers, code):
    refused, *others = customers
    qbo.fault_item(refused.name, code, detail=f"Something : about {code}")
    run = push(*customers)
    entry = explain(code)
    assert run.status == "partly_failed"
    assert (run.total, run.succeeded, run.failed, run.skipped) == (3, 2, 1, 0)
    assert refused.sync_state == SyncState.FAILED
    assert not refused.linked and not refused.accounting_synced
    assert refused.sync_error["code"] == code
    assert refused.sync_error["message"].startswith(entry.meaning)
    assert refused.sync_error["remedy"] == entry.remedy
    job = run.jobs.get(outcome="failed")
    assert job.detail == f"Something : about {code}"
    assert job.intuit_tid and job.intuit_tid == refused.sync_error_tid
    assert [other.accounting_synced for other in others] == [True, True]
    assert {there["DisplayName"] for there in qbo.all("Customer")} == {other.name for other in others}
    assert (qbo.calls["query"], qbo.calls["batch"]) == (1, 1)


def test_an_unknown_code_keeps_quickbooks_own_words(qbo, customers):
    refused, *_ = customers
    qbo.fault_item(refused.name, "6999", message="New rule", detail="Moon Phase Error : not on a Tuesday")
    run = push(*customers)
    assert "6999" not in TABLE
    assert refused.sync_error["code"] == "6999"
    assert "“Moon Phase Error : not on a Tuesday”" in refused.sync_error["message"]
    assert "support" in refused.sync_error["remedy"]
    assert (run.status, run.succeeded) == ("partly_failed", 2)


def test_a_fault_without_detail_still_shows_its_message(qbo, customers):
    qbo.fault_item(customers[0].name, "6999", message="Une erreur est survenue")
    push(*customers)
    assert "“Une erreur est survenue”" in customers[0].sync_error["message"]


def test_a_failed_record_is_in_step_after_a_retry(qbo, customers, asked):
    qbo.fault_item(customers[0].name, "6000", detail="Business Validation Error: not now")
    run = push(*customers)
    again = rerunning.retry(run, asked=asked)
    drain(run.organization)
    again.refresh_from_db()
    customers[0].refresh_from_db()
    assert (again.status, again.total, again.retry_of) == ("succeeded", 1, run)
    assert customers[0].sync_error is None and customers[0].linked


def test_all_refused_is_a_failed_run(qbo, customers):
    for customer in customers:
        qbo.fault_item(customer.name, "2040")
    assert push(*customers).status == "failed"


def test_a_whole_batch_that_is_refused_fails_each_record_with_the_reason(qbo, customers):
    qbo.answer_next("/batch", 400, fault_body("1040", "too many"))
    run = push(*customers)
    assert (run.status, run.failed) == ("failed", 3)
    assert {customer.sync_error["code"] for customer in customers} == {"1040"}
    assert set(run.jobs.values_list("detail", flat=True)) == {"too many"}
    assert len(qbo.all("Customer")) == 0
