"""One row of the matrix: a few invoices are pushed, something goes wrong, and the next worker goes on."""

from __future__ import annotations

import signal
import time
from collections import Counter
from dataclasses import dataclass
from itertools import count
from typing import Any

from tests.processes.company import Company
from tests.processes.forks import Ended
from tests.processes.house import WORKING, House, until

INVOICES = 5
SLUG = "acme"
# The longest call is shorter than the lease, as in production, but both are short.
TIMEOUT, LEASE = 2, 3
SETTINGS = {"QBO_TIMEOUT": TIMEOUT, "LANE_LEASE_SECONDS": LEASE}
RECONNECT, AGAIN = "needs_reconnect", 4


@dataclass
class Result:
    """`once`: QuickBooks holds every document exactly once and the product knows each. `says`: the run's words."""

    once: bool
    says: str


class Stage:
    """A merchant in a house whose settings are SETTINGS."""

    def __init__(self, house: House):
        self.house = house
        self.company: Company = house.company()
        self._numbers = count(1)
        house.act("merchant", slug=SLUG, realm=self.company.realm)

    # --- what is done before anything goes wrong ------------------------------------------------

    def push(self) -> str:
        """Queues new invoices; returns how their numbers begin."""
        prefix = f"R{next(self._numbers)}-"
        self.house.acts(
            ("invoices", {"slug": SLUG, "prefix": prefix.rstrip("-"), "count": INVOICES}),
            ("push", {"slug": SLUG, "numbers": prefix}),
        )
        return prefix

    def void(self) -> str:
        """The same for voiding: queues it for invoices that are in QuickBooks."""
        prefix = self.push()
        self.house.acts(("drain", {"slug": SLUG}), ("void", {"slug": SLUG, "numbers": f"{prefix}0"}))
        return prefix

    def expire_token(self) -> None:
        self.house.act("expire_token", slug=SLUG)

    # --- how a worker ends ----------------------------------------------------------------------

    def die_at(self, file: str, function: str, moment: str) -> None:
        point = {"file": file, "function": function, "moment": moment}
        try:
            self.house.acts(("die_at", point), ("drain", {"slug": SLUG}))
        except Ended as ended:
            self._has_died(ended.code)
        else:
            raise AssertionError("The worker did not reach the point where it should die")

    def die_during_the_call(self) -> None:
        """QuickBooks is slow, and the worker dies while it waits. QuickBooks carries the call out all the same."""
        self.company.mishap("slow", seconds=TIMEOUT)
        before = self.company.calls["batch"]
        worker = self.house.start("drain", "-m", "tests.processes.acts", f'[["drain", {{"slug": "{SLUG}"}}]]')
        until(lambda: self.company.calls["batch"] > before, WORKING, "the call to leave")
        self.house.kill(worker)
        self._has_died(worker.returncode)

    def _has_died(self, code: int) -> None:
        assert code == -signal.SIGKILL
        # The next one has to wait for the lane.
        time.sleep(LEASE)

    # --- what came of it ------------------------------------------------------------------------

    def finish(self, prefix: str) -> Result:
        """Works off what is left, with a person who reconnects where that is asked for."""
        told: list[str] = []
        for _ in range(AGAIN):
            _, report = self.house.acts(
                ("drain", {"slug": SLUG}), ("report", {"slug": SLUG, "numbers": prefix})
            )
            told.append(_words(report["runs"][-1]))
            if report["connection"] == RECONNECT:
                self.house.act("connect", slug=SLUG, realm=self.company.realm)
            elif not report["open_jobs"]:
                break
        self.company.calm()
        return Result(self._exactly_once(prefix, report), ", then ".join(told))

    def _exactly_once(self, prefix: str, report: dict[str, Any]) -> bool:
        held = [each for each in self.company.all("Invoice") if each["DocNumber"].startswith(prefix)]
        voided = {each["DocNumber"] for each in held if not float(each["TotalAmt"])}
        return (
            Counter(each["DocNumber"] for each in held) == {f"{prefix}{n}": 1 for n in range(INVOICES)}
            and report["links"] == {each["DocNumber"]: each["Id"] for each in held}
            and report["ended"].get("voided", 0) == len(voided)
            and not report["open_batches"]
        )


def _words(run: list[Any]) -> str:
    status, total, succeeded, _, code = run
    return f"{status} {succeeded} of {total}" + (f" ({code})" if code else "")
