"""A reconciliation statement over 20,000 invoices in three currencies: its calls, and what it costs on our side."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass

from tests.processes.house import House

from .rows import Row, row

INVOICES, DIFFERENT = 20_000, 500
CURRENCIES = ["SGD", "USD", "EUR"]
MB = 1024


@dataclass(frozen=True)
class Cost:
    """Of one process: the processor's seconds, and the most memory that it held."""

    seconds: float
    megabytes: float


def stating(house: House) -> list[Row]:
    """Own time is that of the process which reads, compares and stores; QuickBooks answers from another one. Idle is
    the same process with an empty lane."""
    company = house.company(multicurrency=True)
    filled = {"currencies": CURRENCIES, "count": INVOICES, "different": DIFFERENT}
    house.acts(
        ("merchant", {"slug": "acme", "realm": company.realm}),
        ("documents_in_step", {"slug": "acme", "realm": company.realm, **filled}),
    )
    idle = _drained(house)
    company.forget_calls()
    run = house.act("reconcile", slug="acme", stream="receivables")
    busy = _drained(house)
    calls = company.calls["total"]
    took, found = house.acts(("seconds", {"run": run}), ("statement", {"run": run}))
    assert (found["currencies"], found["documents"]) == (len(CURRENCIES), INVOICES), found
    assert found["kinds"] == {"date": DIFFERENT} and not found["unexplained"], found
    return [
        row("statement", "invoices", INVOICES),
        row("statement", "calls", calls, "≤ 25"),
        row("statement", "seconds, with QuickBooks' answers", round(took, 1)),
        row("statement", "own seconds of processor", round(busy.seconds - idle.seconds, 1), "≤ 10"),
        row("statement", "megabytes above idle", round(busy.megabytes - idle.megabytes), "≤ 200"),
    ]


def _drained(house: House) -> Cost:
    process = house.start("drain", "-m", "tests.processes.acts", json.dumps([["drain", {"slug": "acme"}]]))
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, "The process that works the lane off failed"
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / MB)


MEASURES = (stating,)
