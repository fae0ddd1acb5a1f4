"""One worker per company: a conditional UPDATE with an expiry, renewed while working."""

from __future__ import annotations

import os
import socket
import uuid
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from ..models import Lane

# Longer than the longest call (QBO_TIMEOUT), short enough that work goes on soon after a crash.
LEASE = timedelta(seconds=settings.LANE_LEASE_SECONDS)


def hold_lane(organization_id: int) -> Lane:
    """Until the transaction ends nothing is queued for the organization, and no worker begins or ends a call's answer.

    Who locks more in a transaction than one record locks this first, so that no two wait for each other.
    """
    return Lane.objects.select_for_update().get(organization=organization_id)


class LeaseLost(Exception):
    """Somebody else works this lane now: stop at once, and touch nothing more."""


class Lease:
    def __init__(self, lane_id: int, organization_id: int, holder: str):
        self.lane_id = lane_id
        self.organization_id = organization_id
        self.holder = holder

    @classmethod
    def take(cls, organization_id: int) -> Lease | None:
        """The lease, or None where somebody holds it: the holder will see the new rows."""
        holder = f"{socket.gethostname()[:20]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"
        now = timezone.now()
        taken = Lane.objects.filter(
            Q(holder="") | Q(expires_at__lt=now), organization_id=organization_id
        ).update(holder=holder, expires_at=now + LEASE)
        if not taken:
            return None
        lane_id = Lane.objects.values_list("pk", flat=True).get(organization_id=organization_id)
        return cls(lane_id, organization_id, holder)

    def renew(self, **columns) -> None:
        """Raises LeaseLost where the lease ran out and somebody else took it."""
        kept = Lane.objects.filter(pk=self.lane_id, holder=self.holder).update(
            expires_at=timezone.now() + LEASE, **columns
        )
        if not kept:
            raise LeaseLost

    def release(self) -> None:
        Lane.objects.filter(pk=self.lane_id, holder=self.holder).update(holder="", expires_at=timezone.now())
