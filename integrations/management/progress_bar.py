"""How far runs are, on a terminal as a bar that moves, elsewhere as a line whenever something has changed."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event, Thread
from types import TracebackType

from django.core.management.base import OutputWrapper
from django.db import connection
from django.db.models import Sum

from integrations.models import SyncRun

WIDTH = 30
REFRESH_SECONDS = 0.5


class ProgressBar:
    def __init__(self, stream: OutputWrapper, run_ids: Sequence[int]):
        self._stream = stream
        self._run_ids = run_ids
        self._last = ""
        self._ended = Event()
        self._painter = Thread(target=self._paint, daemon=True) if stream.isatty() else None

    def __enter__(self) -> ProgressBar:
        if self._painter:
            self._painter.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ended.set()
        if self._painter:
            self._painter.join()
            self._stream.write(f"\r{self._bar()}", str)

    def show(self) -> None:
        """A line where there is no terminal; a bar paints itself."""
        line = self._sentence(*self._counts())
        if not self._painter and line != self._last:
            self._last = line
            self._stream.write(line, str)

    def _paint(self) -> None:
        try:
            while not self._ended.wait(REFRESH_SECONDS):
                self._stream.write(f"\r{self._bar()}", str, ending="")
                self._stream.flush()
        finally:
            # Each thread has a database connection of its own.
            connection.close()

    def _counts(self) -> tuple[int, int, int]:
        """(done, total, failed) of all runs together."""
        sums = SyncRun.objects.filter(pk__in=self._run_ids).aggregate(
            total=Sum("total"), succeeded=Sum("succeeded"), failed=Sum("failed"), skipped=Sum("skipped")
        )
        return sums["succeeded"] + sums["failed"] + sums["skipped"], sums["total"], sums["failed"]

    def _sentence(self, done: int, total: int, failed: int) -> str:
        return f"{done:,} of {total:,}" + (f" · {failed:,} failed" if failed else "")

    def _bar(self) -> str:
        done, total, failed = self._counts()
        filled = WIDTH * min(done, total) // total if total else 0
        return f"[{'█' * filled}{'░' * (WIDTH - filled)}] {self._sentence(done, total, failed)}"
