from django.conf import settings
from django.db import models
from django.db.models import Q

from .organization import Organization
from .sync import Trigger


class Conflict(models.Model):
    """Both sides changed one field to different values: a person decides.

    `fields` is {name: {"base", "finmo", "quickbooks"}}; `choices` {name: "finmo"|"quickbooks"} once decided.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="conflicts")
    entity = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    label = models.CharField(max_length=200, blank=True)
    fields = models.JSONField()
    choices = models.JSONField(default=dict, blank=True)
    # Who changed it here and when, as far as that is known, and when it was changed there: QuickBooks says not by whom.
    edited_at = models.DateTimeField("changed in Finmo", null=True, blank=True)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    edited_through = models.CharField(max_length=10, choices=Trigger.choices, blank=True)
    changed_there_at = models.DateTimeField("changed in QuickBooks", null=True, blank=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "record_id"],
                condition=Q(resolved_at__isnull=True),
                name="one_open_conflict_per_record",
            )
        ]
        indexes = [models.Index(fields=["organization", "resolved_at", "-id"], name="conflict_list")]

    def __str__(self) -> str:
        return f"{self.entity}: {self.label}"
