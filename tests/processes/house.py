"""The whole product as processes of its own: web with the embedded QuickBooks, workers, and people's acts."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import requests

from . import forks
from .backends import ROOT, Ground
from .company import Company

LEASE_SECONDS = 5
STARTING = 60.0
WORKING = 180.0


class House:
    """A context: its processes have ended after it. What they printed is in `folder`, one file each."""

    def __init__(self, ground: Ground, folder: Path, **settings: Any):
        self._folder = folder
        self._processes: list[subprocess.Popen] = []
        self._forks: subprocess.Popen | None = None
        self._port = free_port()
        self.address = f"http://127.0.0.1:{self._port}"
        self._environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("QBO_", "DJANGO_"))
        } | {
            "ENV_FILE": os.devnull,
            "DJANGO_SETTINGS_MODULE": "finmo_qbo.settings",
            "DEBUG": "0",
            "SECRET_KEY": "tests",
            "FIELD_ENCRYPTION_KEYS": "tests",
            "SECURE_SSL_REDIRECT": "0",
            "FINMO_ENVIRONMENT": "production",
            "QBO_ENVIRONMENT": "simulator",
            "PORT": str(self._port),
            "DATABASE_URL": ground.database_url,
            "REDIS_URL": ground.redis_url,
            "Q_NAME": ground.queue,
            "LANE_LEASE_SECONDS": str(LEASE_SECONDS),
            "LOG_LEVEL": "INFO",
            **{name: str(value) for name, value in settings.items()},
        }

    def __enter__(self) -> House:
        self.start(
            "web", "-m", "gunicorn", "--bind", f"127.0.0.1:{self._port}", "--worker-class", "gthread",
            "--workers", "1", "--threads", "16", "finmo_qbo.wsgi",
        )  # fmt: skip
        try:
            until(self._answers, STARTING, "the web process to answer")
        except BaseException:
            # Nobody leaves a context that was never entered.
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        for process in reversed(self._processes):
            self.kill(process)

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.address}/healthz/", timeout=5).ok
        except (requests.ConnectionError, requests.Timeout):
            return False

    # --- processes ---------------------------------------------------------------------------

    def start(self, name: str, *command: str, **settings: Any) -> subprocess.Popen:
        """A process group of its own, so that it can be killed with all its children. `settings` are its own too."""
        log = (self._folder / f"{name}-{len(self._processes)}.log").open("w")
        with log:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=self._environment | {key: str(value) for key, value in settings.items()},
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._processes.append(process)
        return process

    def start_worker(self, **settings: Any) -> subprocess.Popen:
        return self.start("worker", "manage.py", "qcluster", **settings)

    def kill(self, process: subprocess.Popen) -> None:
        """SIGKILL for the process and everything that it started."""
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()

    # --- what happens in it ------------------------------------------------------------------

    def company(self, **options: Any) -> Company:
        return Company(f"{self.address}/simulator", **options)

    def act(self, name: str, **arguments: Any) -> Any:
        """The result of one of tests/processes/acts.py, in a process of its own."""
        [result] = self.acts((name, arguments))
        return result

    def acts(self, *acts: tuple[str, dict[str, Any]]) -> list[Any]:
        """The same for several, one after the other in one process."""
        return forks.ask(self._started_forks(), acts)

    def _started_forks(self) -> subprocess.Popen:
        if self._forks is None:
            self._forks = forks.start(self._environment, self._folder / "acts.log")
            self._processes.append(self._forks)
        return self._forks

    def perform(self, module: str, *acts: tuple[str, dict[str, Any]]) -> list[Any]:
        """The same for the acts of a module that has settings of its own, in a process that starts with them."""
        command = [sys.executable, "-m", module, json.dumps(acts)]
        done = subprocess.run(command, cwd=ROOT, env=self._environment, capture_output=True, text=True)
        if done.returncode:
            raise AssertionError(f"{acts} failed:\n{done.stdout}\n{done.stderr}")
        return json.loads(done.stdout.splitlines()[-1])

    def start_bells(self) -> None:
        """Sweeps every second instead of every minute, until the house ends."""
        forks.begin(self._started_forks(), [("ring", {})])


def until(true: Callable[[], Any], seconds: float, what: str) -> Any:
    """What `true` returned when it was true. Raises AssertionError when it was not in time."""
    end = time.monotonic() + seconds
    while not (found := true()):
        if time.monotonic() > end:
            raise AssertionError(f"Waited {seconds:.0f} seconds for {what}")
        time.sleep(0.05)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
