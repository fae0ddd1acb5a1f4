"""Tables that were migrated once for a whole run: to migrate takes ten seconds of a core, to copy a moment."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS

ROOT = Path(__file__).resolve().parents[1]
# What Django calls a test run's database in memory; each process has its own.
IN_MEMORY = f"file:memorydb_{DEFAULT_DB_ALIAS}?mode=memory&cache=shared"


def manage(database_url: str, *command: str) -> str:
    """What manage.py says, in a process of its own, as on a deploy."""
    environment = os.environ | {
        "ENV_FILE": os.devnull,
        "DJANGO_SETTINGS_MODULE": "finmo_qbo.settings",
        "DEBUG": "1",
        "QBO_ENVIRONMENT": "simulator",
        "DATABASE_URL": database_url,
    }
    command = (sys.executable, "manage.py", *command)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return f"{done.stdout} {done.stderr}"


def migrate(database_url: str) -> None:
    manage(database_url, "migrate", "--verbosity", "0")


def migrated_sqlite(folder: Path) -> Path:
    """The file in `folder`, for reading alone. Of those who ask at once, one makes it and the others wait."""
    made = folder / "migrated.sqlite3"
    with (folder / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            begun = folder / "begun.sqlite3"
            begun.unlink(missing_ok=True)
            migrate(f"sqlite:///{begun}")
            begun.rename(made)
    return made


@contextmanager
def migrated_memory(file: Path) -> Iterator[None]:
    """Django finds its database in memory as the file is, with nothing left to migrate."""
    memory = sqlite3.connect(IN_MEMORY, uri=True)
    source = sqlite3.connect(file)
    source.backup(memory)
    source.close()
    # A database in memory lives as long as somebody is connected.
    yield
    memory.close()
