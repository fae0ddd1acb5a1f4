"""The engine's memory: what was asked, what is to be done, what was sent, and what came of it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from .indexes import SearchIndex
from .organization import Organization


class Direction(models.TextChoices):
    PUSH = "push", "Push to QuickBooks"
    PULL = "pull", "Pull from QuickBooks"
    VOID = "void", "Void in QuickBooks"
    RECONCILE = "reconcile", "Reconcile"
    REPAIR = "repair", "Repair"
    REFRESH = "refresh", "Read again from QuickBooks"
    LOOK_UP = "look_up", "Search in QuickBooks"
    LINK = "link", "Link to an existing record"
    UNLINK = "unlink", "Unlink"
    MATCH = "match", "Reconcile contacts"
    IMPORT = "import", "Import from QuickBooks"


# Runs that the lane works off as a whole: nothing is queued for each record before they begin.
WITHOUT_JOBS = (
    Direction.PULL,
    Direction.RECONCILE,
    Direction.REPAIR,
    Direction.REFRESH,
    Direction.LOOK_UP,
    Direction.MATCH,
    Direction.IMPORT,
)


class Trigger(models.TextChoices):
    ADMIN = "admin", "Admin"
    API = "api", "API"
    PORTAL = "portal", "Portal"
    SCHEDULE = "schedule", "Schedule"
    WEBHOOK = "webhook", "Webhook"
    COMMAND = "command", "Command"


PERSONS = (Trigger.ADMIN, Trigger.API, Trigger.PORTAL, Trigger.COMMAND)


class Priority(models.IntegerChoices):
    CLICK = 0, "A person's click"
    BULK = 1, "Bulk"
    AUTOMATIC = 2, "Automatic"


class SyncRun(models.Model):
    """What was asked for in one go, with its progress."""

    class Status(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        WAITING = "waiting", "Waiting"
        SUCCEEDED = "succeeded", "Succeeded"
        PARTLY_FAILED = "partly_failed", "Partly failed"
        FAILED = "failed", "Failed"

    UNFINISHED = (Status.QUEUED, Status.RUNNING, Status.WAITING)

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="sync_runs")
    direction = models.CharField(max_length=10, choices=Direction.choices)
    entity = models.CharField(max_length=40)
    trigger = models.CharField(max_length=10, choices=Trigger.choices)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.BULK)
    status = models.CharField(max_length=14, choices=Status.choices, default=Status.QUEUED)
    options = models.JSONField(default=dict, blank=True)
    total = models.PositiveIntegerField(default=0)
    succeeded = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    retry_of = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="retries"
    )
    error_code = models.CharField(max_length=40, blank=True)
    error_message = models.TextField(blank=True)
    error_remedy = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["organization", "-id"], name="run_list"),
            models.Index(fields=["organization", "status", "direction"], name="run_unfinished"),
            # Operations draws runs and their failures by day.
            models.Index(fields=["created_at", "status", "failed"], name="run_by_day"),
            # Lists of all merchants' runs.
            models.Index(fields=["trigger", "id"], name="run_trigger"),
            models.Index(fields=["status", "id"], condition=~Q(status="succeeded"), name="run_status"),
            models.Index(fields=["error_code", "id"], condition=~Q(error_code=""), name="run_fault"),
            SearchIndex(fields=["error_message"], beside=("organization",), name="run_search"),
        ]

    def __str__(self) -> str:
        return f"{self.get_direction_display()}: {self.entity} #{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("sync-run", args=[self.pk])

    @property
    def done(self) -> int:
        return self.succeeded + self.failed + self.skipped

    @property
    def finished(self) -> bool:
        return self.status not in self.UNFINISHED

    @property
    def error(self) -> dict[str, str] | None:
        if not self.error_code:
            return None
        return {"code": self.error_code, "message": self.error_message, "remedy": self.error_remedy}


class QueueStep(models.Model):
    """Records of a long run that have no job yet: the lane queues them when their turn comes."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="queue_steps")
    run = models.ForeignKey(SyncRun, on_delete=models.CASCADE, related_name="steps")
    # Of at most queueing.STEP records, ascending.
    ids = models.JSONField()
    size = models.PositiveSmallIntegerField()
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.size} records of {self.run_id}"

    @classmethod
    def to_take(cls, organization_id: int) -> models.QuerySet:
        """Those whose runs go on. What a run that failed left here is what its retry takes up."""
        steps = cls.objects.filter(organization=organization_id, run__status__in=SyncRun.UNFINISHED)
        return steps.select_related("run")


class PushBatch(models.Model):
    """One writing call to QuickBooks, committed before it leaves and settled by its answer.

    While `settled_at` is null its outcome is unknown: the same bytes go out again under the same request id,
    or QuickBooks is searched for what they would have made.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="push_batches")
    realm_id = models.CharField(max_length=32)
    request_id = models.CharField(max_length=36, unique=True, default=uuid.uuid4, editable=False)
    # batch, or the entity and operation of a single call: "Invoice/void".
    operation = models.CharField(max_length=40, default="batch")
    body = models.TextField()
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    intuit_tid = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name_plural = "push batches"
        indexes = [
            models.Index(
                fields=["organization", "id"], condition=Q(settled_at__isnull=True), name="batch_unsettled"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.request_id}"


class SyncJob(models.Model):
    """One record's part in a run: the outbox before it ran, the journal afterwards."""

    class Status(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        DONE = "done", "Done"

    class Outcome(models.TextChoices):
        PENDING = "", "Pending"
        CREATED = "created", "Created"
        UPDATED = "updated", "Updated"
        LINKED = "linked", "Linked"
        UNLINKED = "unlinked", "Unlinked"
        UNCHANGED = "unchanged", "Unchanged"
        SKIPPED = "skipped", "Skipped"
        FAILED = "failed", "Failed"
        CONFLICT = "conflict", "Conflict"

    SUCCESSES = (Outcome.CREATED, Outcome.UPDATED, Outcome.LINKED, Outcome.UNLINKED)
    FAILURES = (Outcome.FAILED, Outcome.CONFLICT)

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="sync_jobs")
    run = models.ForeignKey(SyncRun, on_delete=models.CASCADE, related_name="jobs")
    direction = models.CharField(max_length=10, choices=Direction.choices)
    entity = models.CharField(max_length=40)
    # The registry's order: what is referred to goes before what refers to it.
    rank = models.PositiveSmallIntegerField(default=0)
    record_id = models.BigIntegerField(null=True, blank=True)
    label = models.CharField(max_length=200, blank=True)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.BULK)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.QUEUED)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.PENDING, blank=True)
    # The record's revision that was sent; an edit made meanwhile has a higher one and stays pending.
    revision = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    batch = models.ForeignKey(
        PushBatch, on_delete=models.SET_NULL, null=True, blank=True, related_name="jobs"
    )
    code = models.CharField(max_length=40, blank=True)
    message = models.TextField(blank=True)
    remedy = models.TextField(blank=True)
    detail = models.TextField(blank=True)
    quickbooks_id = models.CharField(max_length=32, blank=True)
    intuit_tid = models.CharField(max_length=64, blank=True)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "record_id"], condition=Q(status="queued"), name="one_queued_job_per_record"
            ),
            models.UniqueConstraint(
                fields=["entity", "record_id"],
                condition=Q(status="running"),
                name="one_running_job_per_record",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "priority", "rank", "id"],
                condition=Q(status="queued"),
                name="job_claim",
            ),
            # How much is queued, and since when.
            models.Index(
                fields=["organization", "status", "created_at"],
                condition=~Q(status="done"),
                name="job_unfinished",
            ),
            models.Index(fields=["run", "outcome", "id"], name="job_of_run"),
            models.Index(fields=["entity", "record_id", "-id"], name="job_of_record"),
            # Operations and the fault table count failures by their day.
            models.Index(
                fields=["created_at", "code", "organization"], condition=~Q(code=""), name="job_fault"
            ),
            models.Index(fields=["organization", "-id"], name="job_list"),
            # Lists of all merchants' jobs.
            models.Index(fields=["created_at", "id"], name="job_created"),
            models.Index(fields=["outcome", "id"], name="job_outcome"),
            models.Index(fields=["code", "id"], condition=~Q(code=""), name="job_code"),
            models.Index(fields=["quickbooks_id"], condition=~Q(quickbooks_id=""), name="job_quickbooks_id"),
            models.Index(fields=["intuit_tid"], condition=~Q(intuit_tid=""), name="job_intuit_tid"),
            SearchIndex(fields=["label"], beside=("organization", "-id"), name="job_search"),
        ]

    def __str__(self) -> str:
        return f"{self.get_direction_display()}: {self.label or self.record_id}"
