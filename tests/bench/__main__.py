"""`make bench`: how near the engine comes to what QuickBooks allows, as a table and as bench.json.

Everything is real: web, embedded QuickBooks and the working-off are processes of their own, on PostgreSQL where it
answers, else on SQLite.
"""

from __future__ import annotations

import json
import os
import platform
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.processes.backends import ROOT, PostgresAndRedis, SQLite, missing_services
from tests.processes.company import Company
from tests.processes.house import House

INVOICES_PUSHED, LINES = 3_000, 3
INVOICES_PULLED = 10_000
BATCH = 30
# Intuit's numbers: https://developer.intuit.com/app/developer/qbo/docs/learn/limits-and-throttles
LIMITS = {"requests_per_minute": 500, "requests_per_second": 10, "batches_per_minute": 40}
MINUTE = 60
LATENCY_MS = 200


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        backend = SQLite(Path(folder)) if missing_services() else PostgresAndRedis()
        try:
            results = [
                row for measure in (pushing, pulling) for row in _measured(backend, Path(folder), measure)
            ]
        finally:
            backend.close()
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "database": backend.name}
    (ROOT / "bench.json").write_text(json.dumps({"machine": machine, "results": results}, indent=2) + "\n")
    _print_table(results, machine)


def _measured(backend: Any, folder: Path, measure: Callable[[House], list[dict]]) -> list[dict]:
    with backend.ground() as ground, House(ground, folder, LANE_LEASE_SECONDS=60) as house:
        return measure(house)


def pushing(house: House) -> list[dict[str, Any]]:
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
        _row("push", "invoices", INVOICES_PUSHED),
        _row("push", "calls", sum(statuses.values())),
        _row("push", "batches", batches),
        _row("push", "answers 429", statuses.get(429, 0), "0"),
        _row("push", "seconds", round(took, 1)),
        _row("push", "seconds that the batch limit allows", allowed),
        _row("push", "ratio", round(took / allowed, 3), "≤ 1.15"),
        _row(
            "push",
            "own milliseconds of processor per invoice",
            round(own_seconds * 1000 / INVOICES_PUSHED, 2),
        ),
        _row("push again, nothing changed", "calls", company.calls["total"], "0"),
    ]


def pulling(house: House) -> list[dict[str, Any]]:
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
        _row("first pull", "invoices", INVOICES_PULLED),
        _row("first pull", "calls", calls, "≤ 12"),
        _row("first pull", "seconds", round(took, 1)),
        _row("first pull", "invoices per second", round(INVOICES_PULLED / took)),
        _row(
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


def _row(what: str, measure: str, value: float, target: str = "") -> dict[str, Any]:
    return {"what": what, "measure": measure, "value": value, "target": target}


def _print_table(results: list[dict[str, Any]], machine: dict[str, Any]) -> None:
    print(f"\n{machine['database']}, {machine['cores']} cores, Python {machine['python']}\n")
    for row in results:
        print(f"{row['what']:30} {row['measure']:44} {row['value']:>10,}   {row['target']}")
    print("\nbench.json holds the same.")


if __name__ == "__main__":
    main()
