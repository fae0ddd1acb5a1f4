from django.db import models
from django.utils import timezone

from .organization import Organization


class Lane(models.Model):
    """The one queue of work towards an organization's QuickBooks company, and who is working it off.

    `holder` is empty or names a worker whose lease runs until `expires_at`. `recent_calls` is the newest minute
    of calls, [[epoch seconds, kind], …], so that a successor keeps to the same rate limits.
    """

    organization = models.OneToOneField(Organization, on_delete=models.CASCADE, related_name="lane")
    holder = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField(default=timezone.now)
    recent_calls = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["holder", "expires_at"])]

    def __str__(self) -> str:
        return f"Lane of {self.organization}"

    @property
    def taken(self) -> bool:
        return bool(self.holder) and self.expires_at > timezone.now()


class CallCount(models.Model):
    """How many calls went to QuickBooks for an organization on a day (UTC), by kind.

    Intuit meters what reads and lets write for free (contract section 8); calls for tokens are neither.
    """

    class Kind(models.TextChoices):
        READ = "read", "Read"
        QUERY = "query", "Query"
        CDC = "cdc", "Change feed"
        BATCH = "batch", "Batch"
        WRITE = "write", "Write"
        TOKEN = "token", "Token"

    METERED = (Kind.READ, Kind.QUERY, Kind.CDC)
    WRITES = (Kind.BATCH, Kind.WRITE)

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="call_counts")
    day = models.DateField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    calls = models.PositiveIntegerField(default=0)
    # The most calls of all kinds in any sixty seconds that ended with a call of this kind.
    busiest_minute = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["day"], name="calls_of_day")]
        constraints = [
            models.UniqueConstraint(fields=["organization", "day", "kind"], name="one_count_per_day")
        ]

    def __str__(self) -> str:
        return f"{self.calls} × {self.kind} on {self.day}"
