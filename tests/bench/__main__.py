"""`make bench`: all measures as a table and as bench.json. `python -m tests.bench lists pulling` runs some of them.

Each module of TOPICS names its measures in MEASURES: functions that take a house and return rows. Every measure has
a house, and so a database, of its own: on PostgreSQL where it answers, else on SQLite. A topic with ON_SQLITE_TOO is
measured on both.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
from collections.abc import Callable
from contextlib import closing
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.processes.backends import ROOT, PostgresAndRedis, SQLite, missing_services
from tests.processes.house import House

from .rows import Row

TOPICS = ("engine", "lists", "admin_lists", "statement")
Measure = Callable[[House], list[Row]]


def main() -> None:
    chosen = _chosen(_asked())
    with tempfile.TemporaryDirectory() as folder:
        results = [row for on in _backends() for row in _measured(on, Path(folder), chosen)]
    machine = {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 1),
    }
    (ROOT / "bench.json").write_text(json.dumps({"machine": machine, "results": results}, indent=2) + "\n")
    _print_table(results, machine)


def _asked() -> list[str]:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", help="topics or measures; all without any")
    names = parser.parse_args().names
    known = {*TOPICS, *(measure.__name__ for topic in _topics() for measure in topic.MEASURES)}
    if unknown := set(names) - known:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}")
    return names


def _topics() -> list[ModuleType]:
    return [import_module(f"tests.bench.{name}") for name in TOPICS]


def _chosen(names: list[str]) -> list[tuple[ModuleType, Measure]]:
    return [
        (topic, measure)
        for topic in _topics()
        for measure in topic.MEASURES
        if not names or {topic.__name__.rpartition(".")[2], measure.__name__} & set(names)
    ]


def _backends() -> list[type]:
    return [SQLite] if missing_services() else [PostgresAndRedis, SQLite]


def _measured(kind: type, folder: Path, chosen: list[tuple[ModuleType, Measure]]) -> list[Row]:
    here = [measure for topic, measure in chosen if _is_measured_on(kind, topic)]
    if not here:
        return []
    with closing(SQLite(folder) if kind is SQLite else kind()) as backend:
        return [
            {**row, "database": backend.name}
            for measure in here
            for row in _rows_of(backend, folder, measure)
        ]


def _is_measured_on(kind: type, topic: ModuleType) -> bool:
    return kind is _backends()[0] or getattr(topic, "ON_SQLITE_TOO", False)


def _rows_of(backend: Any, folder: Path, measure: Measure) -> list[Row]:
    with backend.ground() as ground, House(ground, folder, LANE_LEASE_SECONDS=60) as house:
        return measure(house)


def _print_table(results: list[Row], machine: dict[str, Any]) -> None:
    print(f"\n{machine['cores']} cores, load {machine['load']}, Python {machine['python']}")
    for database in dict.fromkeys(row["database"] for row in results):
        print(f"\n{database}\n")
        for row in results:
            if row["database"] == database:
                print(f"{row['what']:30} {row['measure']:52} {row['value']:>10,}   {row['target']}")
    print("\nbench.json holds the same.")


if __name__ == "__main__":
    main()
