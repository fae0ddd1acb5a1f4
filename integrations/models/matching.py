"""What the reconciliation of contacts found: who is only on one side, who differs, and who may be the same."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from .organization import Organization
from .statement import note_of_unread
from .sync import SyncRun


class FindingKind(models.TextChoices):
    """In the order in which a person deals with them: who is the same is known before anybody is added."""

    POSSIBLE = "possible", "Possible match"
    DIFFERS = "differs", "Linked but different"
    ONLY_IN_FINMO = "only_in_finmo", "Only in Finmo"
    ONLY_IN_QUICKBOOKS = "only_in_quickbooks", "Only in QuickBooks"
    DUPLICATE_IN_FINMO = "duplicate_in_finmo", "Possible duplicate in Finmo"
    DUPLICATE_IN_QUICKBOOKS = "duplicate_in_quickbooks", "Possible duplicate in QuickBooks"


class Act(models.TextChoices):
    LINK = "link", "Link"
    IMPORT = "import", "Import from QuickBooks"
    PUSH = "push", "Sync to QuickBooks"
    IGNORE = "ignore", "Ignore"
    RESTORE = "restore", "Show again"


class ContactReading(models.Model):
    """Both sides' lists of one entity, laid beside each other at `read_at`."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    entity = models.CharField(max_length=40)
    # The QuickBooks company that it was read from: its ids mean nothing in another one.
    realm_id = models.CharField(max_length=32)
    read_at = models.DateTimeField()
    run = models.OneToOneField(SyncRun, on_delete=models.SET_NULL, null=True, related_name="contact_reading")
    # Active ones, and those that are linked and say the same.
    finmo_count = models.PositiveIntegerField(default=0)
    quickbooks_count = models.PositiveIntegerField(default=0)
    agreed_count = models.PositiveIntegerField(default=0)
    # [{"quickbooks_id", "field"}] of QuickBooks' contacts that Finmo cannot read, and so compares with nothing.
    unread = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["organization", "entity", "-id"], name="contact_reading_newest")]

    def __str__(self) -> str:
        return f"{self.entity} as of {self.read_at}"

    @property
    def unread_note(self) -> str:
        """What is compared with nothing, and what to do; empty where all could be read."""
        return note_of_unread(self.unread, "contact", "They stand in none of these lists.")


class IgnoredFinding(models.Model):
    """A person's word that a finding is none. `fingerprint` tells what differed: another difference is news."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    entity = models.CharField(max_length=40)
    realm_id = models.CharField(max_length=32)
    kind = models.CharField(max_length=24, choices=FindingKind.choices)
    # Which contacts, as `ContactFinding.subject` writes it.
    subject = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64, blank=True)
    note = models.TextField(blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "entity", "realm_id", "kind", "subject"], name="ignored_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.subject}"


class ContactFinding(models.Model):
    """One contact, or two that may be the same.

    `finmo` and `quickbooks` are what each side says of it, {field: value} in our words; of two on one side both
    stand on that side, the second under `other`. `fields` is {field: {"finmo", "quickbooks"}} of what differs.
    """

    reading = models.ForeignKey(ContactReading, on_delete=models.CASCADE, related_name="findings")
    kind = models.CharField(max_length=24, choices=FindingKind.choices)
    name = models.CharField(max_length=500)
    record_id = models.BigIntegerField(null=True, blank=True)
    quickbooks_id = models.CharField(max_length=32, blank=True)
    other_record_id = models.BigIntegerField(null=True, blank=True)
    other_quickbooks_id = models.CharField(max_length=32, blank=True)
    # 1 to 100, of what may be the same.
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    reason = models.TextField(blank=True)
    # Why the two cannot be linked, although they may be the same.
    obstacle = models.TextField(blank=True)
    # The only pair that either of the two stands in.
    sure = models.BooleanField(default=False)
    finmo = models.JSONField(null=True, blank=True)
    quickbooks = models.JSONField(null=True, blank=True)
    other = models.JSONField(null=True, blank=True)
    fields = models.JSONField(default=dict, blank=True)
    # Our record as it was when it was read, by which it is seen that it has come into step since.
    sync_token = models.CharField(max_length=32, blank=True)
    was_synced = models.BooleanField(default=False)
    ignored = models.ForeignKey(
        IgnoredFinding, on_delete=models.SET_NULL, null=True, blank=True, related_name="findings"
    )

    class Meta:
        ordering = [models.F("score").desc(nulls_last=True), "name", "id"]
        indexes = [
            models.Index(fields=["reading", "kind", "id"], name="finding_list"),
            models.Index(fields=["reading"], condition=Q(ignored__isnull=False), name="finding_ignored"),
        ]

    def __str__(self) -> str:
        return self.name or self.subject

    @property
    def subject(self) -> str:
        return (
            f"{self.record_id or ''} {self.quickbooks_id} "
            f"{self.other_record_id or ''} {self.other_quickbooks_id}"
        )
