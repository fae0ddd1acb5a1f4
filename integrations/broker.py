"""The task queue in the database, with signs of life there as well: a web process cannot see a worker's memory."""

from __future__ import annotations

import time
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django_q.brokers.orm import ORM

from .models import Heartbeat

# django-q tells its state twice a second; so often it is written down.
BEAT_SECONDS = 5.0
# Who has not been heard of for this long is gone.
ALIVE = timedelta(seconds=20)
KEPT = timedelta(days=1)


class DatabaseBroker(ORM):
    _written: dict[str, float]

    def set_stat(self, key: str, value: str, timeout: int) -> None:
        written = self.__dict__.setdefault("_written", {})
        if time.monotonic() - written.get(key, float("-inf")) < BEAT_SECONDS:
            return
        if not written:
            Heartbeat.objects.filter(seen_at__lt=timezone.now() - KEPT).delete()
        written[key] = time.monotonic()
        Heartbeat.objects.update_or_create(key=key, defaults={"status": value, "seen_at": timezone.now()})

    def get_stat(self, key: str) -> str | None:
        return self._alive().filter(key=key).values_list("status", flat=True).first()

    def get_stats(self, pattern: str) -> list[str]:
        """Of all clusters that are alive; the pattern is Redis' and says no more than that."""
        return list(self._alive().order_by("key").values_list("status", flat=True))

    @staticmethod
    def _alive() -> QuerySet[Heartbeat]:
        return Heartbeat.objects.filter(seen_at__gte=timezone.now() - ALIVE)
