"""Web and worker as children of one process in the foreground, which ends them when it is told to end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from types import FrameType, TracebackType

# Seconds that a child may take to finish what it does, before it is killed. Work survives that.
PATIENCE = 10.0
POLL = 0.2


class ChildEnded(Exception):
    """A child ended by itself. The words say which, and how."""


class ToldToEnd(Exception):
    """Ctrl-C, or a signal that means the same."""


class Children:
    """A context: whatever was started in it has ended after it. Each line of a child's output carries its name."""

    def __init__(self, environment: Mapping[str, str] | None = None):
        self._environment = dict(environment or os.environ)
        self._children: dict[str, subprocess.Popen] = {}
        self._told = False

    def __enter__(self) -> Children:
        # A flag, not an exception: several signals may come, and none may cut the ending short.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._tell)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _tell(self, number: int, frame: FrameType | None) -> None:
        self._told = True

    def start(self, name: str, *command: str) -> None:
        """`command` are the arguments of this Python. A session of its own keeps the terminal's Ctrl-C from it."""
        child = subprocess.Popen(
            [sys.executable, *command],
            env=self._environment,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        self._children[name] = child
        threading.Thread(target=_relay, args=(name, child), daemon=True).start()

    def start_web(self, host: str, port: int, *, workers: int, threads: int) -> None:
        sizes = ("--workers", str(workers), "--threads", str(threads))
        self.start(
            "web", "-m", "gunicorn", "--bind", f"{host}:{port}", "--worker-class", "gthread", *sizes,
            # As long as gunicorn allows: other clients of QuickBooks put whole statements into the address.
            "--limit-request-line", "8190", "--log-level", "warning", "finmo_qbo.wsgi",
        )  # fmt: skip

    def start_worker(self) -> None:
        self.start("worker", "manage.py", "qcluster")

    def check(self) -> None:
        """Raises ToldToEnd or ChildEnded."""
        if self._told:
            raise ToldToEnd
        for name, child in self._children.items():
            if child.poll() is not None:
                raise ChildEnded(
                    f"The {name} process ended with status {child.returncode}; see its lines above."
                )

    def watch(self) -> None:
        """Until a child ends or this process is told to: raises like `check`."""
        while True:
            self.check()
            time.sleep(POLL)

    def _end(self) -> None:
        for child in self._children.values():
            child.terminate()
        until = time.monotonic() + PATIENCE
        for child in self._children.values():
            try:
                child.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                pass
            # Its own children may outlive it.
            try:
                os.killpg(child.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            child.wait()


def _relay(name: str, child: subprocess.Popen) -> None:
    for line in child.stdout:
        print(f"{name:>6} │ {line}", end="", flush=True)
