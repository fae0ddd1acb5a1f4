"""How many calls a QuickBooks company may receive: sliding windows over what was already sent."""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings

HISTORY_SECONDS = 60.0
# Nobody sleeps longer than this at a stretch, so that a place that frees early is not missed by much.
LONGEST_SLEEP = 10.0
# Clocks have grains and sums round: a place is given again only when it is certainly out of the window.
MARGIN = 0.001


class Kind(StrEnum):
    """What a call is, as far as limits and retries care."""

    READ = "read"
    QUERY = "query"
    CDC = "cdc"
    BATCH = "batch"
    WRITE = "write"


@dataclass(frozen=True)
class Limit:
    """At most `calls` of these kinds (None: of all) in any `seconds`."""

    kinds: frozenset[Kind] | None
    calls: int
    seconds: float

    def __post_init__(self):
        if self.calls < 1:
            raise ValueError("A limit allows one call at least.")

    def covers(self, kind: Kind) -> bool:
        return self.kinds is None or kind in self.kinds


class Throttle:
    """Every call takes a place when it leaves and gives it back one window after its answer came.

    QuickBooks counts a call when it arrives, which is some time between the two. A place that ages from the
    answer on covers every moment at which the call may have been counted: no window of QuickBooks sees more
    than the limit, however long a call travels.

    `history` is what an earlier holder's `history()` returned: (seconds since the epoch, kind) of past calls.
    """

    def __init__(
        self,
        limits: Sequence[Limit],
        *,
        history: Iterable[tuple[float, Kind]] = (),
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self._limits = tuple(limits)
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._in_flight: Counter[Kind] = Counter()
        # A time in the future is another machine's clock, and would block for longer than a window.
        now = clock()
        self._finished = deque(sorted((min(at, now), Kind(kind)) for at, kind in history))

    def delay(self, kind: Kind) -> float:
        """Seconds until a call of this kind may leave; 0 if it may leave now."""
        with self._lock:
            return self._delay(kind)

    def enter(self, kind: Kind) -> None:
        """Waits for a place and takes it."""
        while True:
            with self._lock:
                seconds = self._delay(kind)
                if seconds <= 0:
                    self._in_flight[kind] += 1
                    return
            self._sleep(min(seconds, LONGEST_SLEEP))

    def leave(self, kind: Kind) -> None:
        """The answer came, or none will: from now on the place ages."""
        with self._lock:
            self._in_flight[kind] -= 1
            self._finished.append((self._clock(), kind))

    def history(self) -> list[tuple[float, Kind]]:
        """The calls of the newest minute, for whoever takes over. Those in flight count as finished now."""
        with self._lock:
            now = self._clock()
            finished = [(at, kind) for at, kind in self._finished if at > now - HISTORY_SECONDS - MARGIN]
            return finished + [(now, kind) for kind in self._in_flight.elements()]

    def _delay(self, kind: Kind) -> float:
        now = self._clock()
        self._forget(now)
        return max((self._delay_of(limit, now) for limit in self._limits if limit.covers(kind)), default=0.0)

    def _delay_of(self, limit: Limit, now: float) -> float:
        window = limit.seconds + MARGIN
        taken = [at + window - now for at, kind in self._finished if limit.covers(kind)]
        # A call in flight keeps its place for one window from now on at the very least.
        taken += [window for kind in self._in_flight.elements() if limit.covers(kind)]
        waits = sorted(wait for wait in taken if wait > 0)
        return waits[len(waits) - limit.calls] if len(waits) >= limit.calls else 0.0

    def _forget(self, now: float) -> None:
        longest = max((limit.seconds for limit in self._limits), default=0.0)
        horizon = now - max(longest, HISTORY_SECONDS) - MARGIN
        while self._finished and self._finished[0][0] < horizon:
            self._finished.popleft()


def default_limits() -> list[Limit]:
    """The budget per company. The settings' defaults are Intuit's own:
    https://developer.intuit.com/app/developer/qbo/docs/learn/limits-and-throttles"""
    return [
        Limit(None, settings.QBO_REQUESTS_PER_MINUTE, 60.0),
        Limit(None, settings.QBO_REQUESTS_PER_SECOND, 1.0),
        Limit(frozenset({Kind.BATCH}), settings.QBO_BATCHES_PER_MINUTE, 60.0),
    ]
