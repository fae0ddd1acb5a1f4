"""What operations looks at besides the work itself: how late webhooks come, and which workers are alive."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from .organization import Organization


class WebhookReceipt(models.Model):
    """One delivery's word that an entity of an organization changed, and when a pull had read it.

    `happened_at` is QuickBooks' time of the delivery's oldest event, null where it told none. What nothing pulls
    by itself is not `awaited`: it waits for a person.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    entity = models.CharField(max_length=40)
    events = models.PositiveIntegerField(default=1)
    happened_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    awaited = models.BooleanField(default=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            # Operations tells the delays of a week, wherever they were the longest.
            models.Index(
                fields=["received_at", "happened_at", "answered_at", "awaited", "events"],
                name="receipt_delays",
            ),
            models.Index(
                fields=["organization", "entity"],
                condition=Q(answered_at__isnull=True),
                name="receipt_unanswered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.events} × {self.entity} at {self.received_at}"


class Heartbeat(models.Model):
    """The newest sign of life of a worker cluster whose queue is in the database; Redis keeps its own."""

    key = models.CharField(max_length=100, unique=True)
    status = models.TextField()
    seen_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.key} at {self.seen_at}"
