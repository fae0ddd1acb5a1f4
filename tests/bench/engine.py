"""How near the engine comes to what QuickBooks allows: a first push under Intuit's limits, and a first pull."""

from __future__ import annotations

import json
import os
import time

from tests.processes.company import Company
from tests.processes.house import House

from .rows import Row, row

INVOICES_PUSHED, LINES = 3_000, 3
INVOICES_PULLED = 10_000
BATCH = 30
# Intuit's numbers: https://developer.intuit.com/app/developer/qbo/docs/learn/limits-and-throttles
LIMITS = {"requests_per_minute": 500, "requests_per_second": 10, "batches_per_minute": 40}
MINUTE = 60
LATENCY_MS = 200


def pushing(house: House) -> list[Row]:
    """Invoices whose customers are synced, under Intuit's limits.

    The limit alone allows 40 batches at once, and 40 more whenever a minute has passed: the last of N batches may
    leave after 60 × ((N − 1) // 40) seconds. The ratio compares the run's own time with that.
    """
    company = house.company()
    house.acts(
        ("merchant", {"slug": "acme", "realm": company.realm, "customers": 30}),
        ("invoices", {"slug": "acme", "prefix": "INV", "count": INVOICES_PUSHED, "lines": LINES}),
    )
    company.switch(latency_ms=LATENCY_MS, **LIMITS)
    # What the preparation sent is out of every window then.
    time.sleep(MINUTE + 1)
    company.forget_calls()
    run = house.act("push", slug="acme")
    statuses, own_seconds = _worked_off(house, company, "acme")
    batches = company.calls["batch"]
    took, report = house.acts(("seconds", {"run": run}), ("report", {"slug": "acme"}))
    allowed = MINUTE * ((-(-INVOICES_PUSHED // BATCH) - 1) // LIMITS["batches_per_minute"])
    assert report["outcomes"] == {"created": INVOICES_PUSHED}, report
    company.forget_calls()
    house.acts(("push", {"slug": "acme"}), ("drain", {"slug": "acme"}))
    return [
        row("push", "invoices", INVOICES_PUSHED),
        row("push", "calls", sum(statuses.values())),
        row("push", "batches", batches),
        row("push", "answers 429", statuses.get(429, 0), "0"),
        row("push", "seconds", round(took, 1)),
        row("push", "seconds that the batch limit allows", allowed),
        row("push", "ratio", round(took / allowed, 3), "≤ 1.15"),
        row(
            "push",
            "own milliseconds of processor per invoice",
            round(own_seconds * 1000 / INVOICES_PUSHED, 2),
        ),
        row("push again, nothing changed", "calls", company.calls["total"], "0"),
    ]


def pulling(house: House) -> list[Row]:
    """A first pull of invoices whose customers are known here."""
    company = house.company()
    _fill(company)
    house.act("merchant", slug="acme", realm=company.realm)
    company.forget_calls()
    run = house.act("pull", slug="acme", entity="invoices")
    _, own_seconds = _worked_off(house, company, "acme")
    calls = company.calls["total"]
    took, report = house.acts(("seconds", {"run": run}), ("report", {"slug": "acme"}))
    assert len(report["links"]) == INVOICES_PULLED, report["runs"]
    return [
        row("first pull", "invoices", INVOICES_PULLED),
        row("first pull", "calls", calls, "≤ 12"),
        row("first pull", "seconds", round(took, 1)),
        row("first pull", "invoices per second", round(INVOICES_PULLED / took)),
        row(
            "first pull",
            "own milliseconds of processor per invoice",
            round(own_seconds * 1000 / INVOICES_PULLED, 2),
        ),
    ]


def _fill(company: Company) -> None:
    names = [{"DisplayName": f"Customer {number}"} for number in range(5)]
    customers = [made["Id"] for made in company.write_all("Customer", names)]
    [item, *_] = [item["Id"] for item in company.all("Item") if item["Type"] == "Service"]
    detail = {"ItemRef": {"value": item}, "Qty": 2, "UnitPrice": 12.5, "TaxCodeRef": {"value": "2"}}
    line = {"DetailType": "SalesItemLineDetail", "Amount": 25, "SalesItemLineDetail": detail}
    for start in range(0, INVOICES_PULLED, BATCH):
        company.write_all(
            "Invoice",
            [
                {
                    "CustomerRef": {"value": customers[number % len(customers)]},
                    "DocNumber": f"Q-{number}",
                    "TxnDate": "2026-10-01",
                    "Line": [line],
                }
                for number in range(start, min(start + BATCH, INVOICES_PULLED))
            ],
        )


def _worked_off(house: House, company: Company, slug: str) -> tuple[dict[int, int], float]:
    """How many calls had which status, and the processor's seconds in the process that worked the lane off."""
    idle = _processor_seconds(house)
    process = house.start("drain", "-m", "tests.processes.acts", json.dumps([["drain", {"slug": slug}]]))
    seen: dict[str, int] = {}
    while True:
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        seen |= {call["tid"]: call["status"] for call in company.newest_calls}
        if ended:
            break
        time.sleep(2)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, "The process that works the lane off failed"
    statuses = list(seen.values())
    return {code: statuses.count(code) for code in set(statuses)}, usage.ru_utime + usage.ru_stime - idle


def _processor_seconds(house: House) -> float:
    """What such a process costs before it works: `finished` looks once and ends."""
    process = house.start("idle", "-m", "tests.processes.acts", '[["finished", {"seconds": 0}]]')
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime


MEASURES = (pushing, pulling)
