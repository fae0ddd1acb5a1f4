"""What stands before every call: the lease is still ours, the work may go on, the rate limits allow it, and it is
counted."""

from __future__ import annotations

import time

from ..models import Lane
from ..qbo.throttle import Kind, Throttle, default_limits
from .counting import count_call, uncount_call
from .lease import LEASE, Lease
from .permission import require_permission

# Sleeping longer at a stretch would let the lease run out.
SLICE = LEASE.total_seconds() / 6


class LaneGate:
    """The client's Gate for the holder of a lane."""

    def __init__(self, lease: Lease, realm_id: str):
        self._lease = lease
        self._realm_id = realm_id
        recent = Lane.objects.values_list("recent_calls", flat=True).get(pk=lease.lane_id)
        history = [(at, Kind(kind)) for at, kind in recent]
        self._throttle = Throttle(default_limits(), history=history)

    def enter(self, kind: Kind) -> None:
        while (wait := self._throttle.delay(kind)) > 0:
            self.pause(wait)
        require_permission(self._lease.organization_id, self._realm_id)
        self._throttle.enter(kind)
        recent = self._recent()
        self._lease.renew(recent_calls=recent)
        count_call(self._lease.organization_id, kind, in_last_minute=len(recent))

    def leave(self, kind: Kind, *, left: bool = True) -> None:
        self._throttle.leave(kind)
        if not left:
            uncount_call(self._lease.organization_id, kind)

    def pause(self, seconds: float) -> None:
        """Sleeps, in slices short enough to keep the lease."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._lease.renew()
            time.sleep(min(left, SLICE))

    def remember(self) -> None:
        """Leaves the newest minute of calls to whoever works here next."""
        Lane.objects.filter(pk=self._lease.lane_id).update(recent_calls=self._recent())

    def _recent(self) -> list:
        return [[at, str(kind)] for at, kind in self._throttle.history()]


class FreeGate:
    """For the OAuth return, which runs beside the lane: counts, and waits for nothing."""

    def __init__(self, organization_id: int):
        self._organization_id = organization_id

    def enter(self, kind: Kind) -> None:
        count_call(self._organization_id, kind)

    def leave(self, kind: Kind, *, left: bool = True) -> None:
        if not left:
            uncount_call(self._organization_id, kind)

    def pause(self, seconds: float) -> None:
        time.sleep(min(seconds, 2.0))
