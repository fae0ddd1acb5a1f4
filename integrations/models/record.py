from __future__ import annotations

from typing import Any, ClassVar, Protocol

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import models, transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from .organization import Organization
from .sync import Trigger


class SyncState(models.TextChoices):
    NOT_SYNCED = "not_synced", "Not synced"
    QUEUED = "queued", "Queued"
    SYNCED = "synced", "Synced"
    CHANGED = "changed", "Changed since"
    FAILED = "failed", "Failed"
    CONFLICT = "conflict", "Conflict"


class Editor(Protocol):
    """Who edits, and through which door."""

    user: AbstractBaseUser | None
    trigger: Trigger


def waiting_state() -> Case:
    """The state of a record that has yet to be sent, whatever became of it before."""
    return Case(When(qbo_id__isnull=True, then=Value(SyncState.NOT_SYNCED)), default=Value(SyncState.CHANGED))


# QuickBooks' document, and what both sides last agreed on.
HEAVY = ("qbo_document", "base")


class SyncedQuerySet(models.QuerySet):
    # What a bulk push has to do: neither in step, nor under way, nor waiting for a person's decision.
    UNSYNCED: ClassVar[Q] = Q(sync_state__in=[SyncState.NOT_SYNCED, SyncState.CHANGED, SyncState.FAILED])

    def unsynced(self) -> SyncedQuerySet:
        return self.filter(self.UNSYNCED)

    def linked(self) -> SyncedQuerySet:
        return self.filter(qbo_id__isnull=False)

    def light(self, *related: str) -> SyncedQuerySet:
        """Without what makes rows wide and no list shows, of the records and of those that they name here."""
        prefixes = ("", *(f"{name}__" for name in related))
        return self.defer(*(f"{prefix}{name}" for prefix in prefixes for name in HEAVY))


class SyncedRecord(models.Model):
    """A record with a counterpart in QuickBooks.

    `save()` is a person's edit: it adds a revision and clears `accounting_synced`, and it never writes the
    engine's columns, so that a form that was opened before a push cannot undo what the push stored. The engine
    never calls `save()`: it updates the columns of ENGINE_FIELDS, and its own writes of mirrored columns, by
    query.
    """

    ENGINE_FIELDS: ClassVar[set[str]] = {
        "qbo_id",
        "qbo_sync_token",
        "qbo_updated_at",
        "qbo_document",
        "base",
        "revision",
        "accounting_synced",
        "accounting_synced_at",
        "sync_state",
        "sync_error_code",
        "sync_error_message",
        "sync_error_remedy",
        "sync_error_tid",
        "edited_at",
        "edited_by",
        "edited_through",
    }

    # Indexes begin with it, so it needs none of its own.
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+", db_index=False)
    qbo_id = models.CharField("QuickBooks id", max_length=32, null=True, blank=True, editable=False)  # noqa: DJ001
    qbo_sync_token = models.CharField(max_length=32, blank=True, editable=False)
    qbo_updated_at = models.DateTimeField(null=True, blank=True, editable=False)
    # QuickBooks' newest document, character for character: what we do not own is sent back from here.
    qbo_document = models.TextField(blank=True, editable=False)
    # The fields on which both sides last agreed, as the mapper names them.
    base = models.JSONField(default=dict, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)
    accounting_synced = models.BooleanField(default=False, editable=False)
    accounting_synced_at = models.DateTimeField(null=True, blank=True, editable=False)
    sync_state = models.CharField(
        max_length=10, choices=SyncState.choices, default=SyncState.NOT_SYNCED, editable=False
    )
    sync_error_code = models.CharField(max_length=40, blank=True, editable=False)
    sync_error_message = models.TextField(blank=True, editable=False)
    sync_error_remedy = models.TextField(blank=True, editable=False)
    sync_error_tid = models.CharField(max_length=64, blank=True, editable=False)
    # The last edit by a person here: when, by whom where that is known, and through which door.
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        db_index=False,
    )
    edited_through = models.CharField(max_length=10, choices=Trigger.choices, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SyncedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["qbo_id", "organization"],
                condition=Q(qbo_id__isnull=False),
                name="%(class)s_one_per_quickbooks_id",
            ),
            models.CheckConstraint(condition=~Q(qbo_id=""), name="%(class)s_quickbooks_id_not_empty"),
            models.CheckConstraint(
                condition=Q(
                    accounting_synced=False,
                    sync_state__in=[s for s in SyncState.values if s != SyncState.SYNCED],
                )
                | Q(accounting_synced=True, sync_state=SyncState.SYNCED),
                name="%(class)s_synced_state_agrees",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "id"], name="%(class)s_newest"),
            models.Index(fields=["organization", "sync_state", "id"], name="%(class)s_state"),
            # Failures are few, and counted by cause on every overview.
            models.Index(
                fields=["organization", "sync_error_code"],
                condition=Q(sync_state="failed"),
                name="%(class)s_failed",
            ),
            # What staff look for among all merchants' records is few among many.
            models.Index(
                fields=["sync_state", "id"],
                condition=~Q(sync_state=SyncState.SYNCED),
                name="%(class)s_out_of_step",
            ),
        ]

    def save(self, *args: Any, update_fields=None, **kwargs: Any) -> None:
        if self._state.adding:
            for name, value in self._edit().items():
                setattr(self, name, value)
            super().save(*args, update_fields=update_fields, **kwargs)
            return
        fields = set(update_fields) if update_fields is not None else self._own_fields()
        with transaction.atomic():
            super().save(*args, update_fields=(fields - self.ENGINE_FIELDS) | {"updated_at"}, **kwargs)
            self._mark_edited()

    # Who makes the next save().
    _editor: Editor | None = None

    @property
    def editor(self) -> Editor | None:
        return self._editor

    @editor.setter
    def editor(self, editor: Editor) -> None:
        """Whoever lets a person edit says who it is before save(), and for that one alone."""
        self._editor = editor

    @property
    def linked(self) -> bool:
        return self.qbo_id is not None

    @property
    def sync_error(self) -> dict[str, str] | None:
        if not self.sync_error_code:
            return None
        return {
            "code": self.sync_error_code,
            "message": self.sync_error_message,
            "remedy": self.sync_error_remedy,
        }

    def _own_fields(self) -> set[str]:
        return {field.name for field in self._meta.concrete_fields if not field.primary_key}

    def _edit(self) -> dict[str, Any]:
        """The columns that tell of this edit."""
        editor, self._editor = self._editor, None
        return {
            "edited_at": timezone.now(),
            "edited_by": editor.user if editor else None,
            "edited_through": editor.trigger if editor else "",
        }

    def _mark_edited(self) -> None:
        type(self).objects.filter(pk=self.pk).update(
            **self._edit(),
            revision=F("revision") + 1,
            accounting_synced=False,
            sync_state=Case(
                When(sync_state__in=[SyncState.QUEUED, SyncState.CONFLICT], then=F("sync_state")),
                default=waiting_state(),
            ),
            sync_error_code="",
            sync_error_message="",
            sync_error_remedy="",
            sync_error_tid="",
        )
        self.refresh_from_db(fields=sorted(self.ENGINE_FIELDS))
