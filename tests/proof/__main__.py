"""`make proof`: every crash point and every fault, what QuickBooks holds afterwards, and what the run says.

Workers die by a real SIGKILL, faults come over real HTTP. Ends with status 1 where a record is not there exactly once.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.processes.backends import PostgresAndRedis, SQLite, missing_services
from tests.processes.house import House

from .matrix import Row, crash_rows, fault_rows
from .stage import INVOICES, SETTINGS, Stage


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        backend = SQLite(folder) if missing_services() else PostgresAndRedis()
        print(f"{backend.name}; each row pushes {INVOICES} invoices.\n")
        try:
            with backend.ground() as ground, House(ground, folder, **SETTINGS) as house:
                stage = Stage(house)
                failures = _print_rows("The worker is killed", crash_rows(), stage)
                failures += _print_rows("The call fails", fault_rows(stage), stage)
        finally:
            backend.close()
    print(f"\n{failures} rows failed." if failures else "\nEvery record is in QuickBooks exactly once.")
    return 1 if failures else 0


def _print_rows(title: str, rows: dict[str, Row], stage: Stage) -> int:
    """Prints as it goes; returns how many rows do not hold."""
    print(f"{title:66} {'exactly once':14} the run says\n{'─' * 120}")
    failures = 0
    for what, row in rows.items():
        result = row(stage)
        failures += not result.once
        print(
            f"{what[0].upper() + what[1:]:66} {'yes' if result.once else 'NO':14} {result.says}", flush=True
        )
    print()
    return failures


if __name__ == "__main__":
    sys.exit(main())
