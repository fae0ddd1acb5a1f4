"""Whether, and after how long, a failed request goes out again."""

import random

from .errors import QuickBooksError, Throttled, Unreachable
from .throttle import Kind

# Seconds before the second, third and fourth try.
UNREACHABLE_WAITS = (1.0, 4.0, 15.0)
THROTTLED_WAITS = (2.0, 15.0, 60.0)
# Asked to wait longer than this, the worker does something else instead.
LONGEST_WAIT = 120.0


def wait_before_retry(error: QuickBooksError, kind: Kind, tries: int) -> float | None:
    """Seconds to wait after this many `tries` before the same request, under the same id; None: not again."""
    if tries > len(THROTTLED_WAITS):
        return None
    if isinstance(error, Throttled):
        # Nothing was carried out, so a write may go out again as well.
        if error.retry_after is None:
            return jittered(THROTTLED_WAITS[tries - 1])
        return error.retry_after if error.retry_after <= LONGEST_WAIT else None
    if kind in (Kind.WRITE, Kind.BATCH):
        # It may have been carried out. Whoever sent it looks first.
        return None
    if isinstance(error, Unreachable):
        return jittered(UNREACHABLE_WAITS[tries - 1])
    return None


def jittered(seconds: float) -> float:
    """Workers that failed together must not come back together."""
    return seconds * random.uniform(0.8, 1.2)
