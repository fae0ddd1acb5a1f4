"""What the simulator remembers: companies, their objects as JSON text, grants, calls and mishaps."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from . import jsontext


def only(rows: models.QuerySet) -> Any:
    """The row of rows of which there is one at most. `first()` would sort them, which costs as much as finding them."""
    return next(iter(rows), None)


class Company(models.Model):
    """One QuickBooks company with everything a person could switch in its settings, and the simulator's own
    switches for how strictly and how unreliably it answers."""

    realm_id = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    country = models.CharField(max_length=2, default="US")
    home_currency = models.CharField(max_length=3, default="USD")
    created_at = models.DateTimeField(default=timezone.now)
    counters = models.JSONField(default=dict)
    next_doc_number = models.PositiveIntegerField(default=1001)

    # The company's own settings, as its owner would change them.
    multicurrency = models.BooleanField(default=False)
    custom_txn_numbers = models.BooleanField(default=False)
    duplicate_doc_numbers_allowed = models.BooleanField(default=False)
    book_close_date = models.DateField(null=True, blank=True)
    ast = models.BooleanField("automated sales tax", default=False)
    subscription_lapsed = models.BooleanField(default=False)
    void_word = models.CharField(
        "what the note of a void begins with, in the company's language", max_length=30, default="Voided"
    )

    # Points that Intuit leaves open, each with the stricter reading as default.
    exchange_rate_required = models.BooleanField("bills need an exchange rate (2410)", default=False)
    contact_currency_ignored = models.BooleanField("a contact's foreign currency is ignored", default=False)
    page_size_clamped = models.BooleanField("MAXRESULTS over 1000 is cut, not refused", default=False)
    repeated_request_id_refused = models.BooleanField("a repeated requestid answers 600", default=False)
    merged_names_vanish = models.BooleanField(
        "a name that was merged away is gone (610), not inactive", default=True
    )

    # Limits: sliding windows, and what may wait for its answer at the same time; null means off.
    requests_per_minute = models.PositiveIntegerField(null=True, blank=True)
    requests_per_second = models.PositiveIntegerField(null=True, blank=True)
    batches_per_minute = models.PositiveIntegerField(null=True, blank=True)
    requests_at_once = models.PositiveIntegerField(null=True, blank=True)
    throttle_as_xml = models.BooleanField("429 as XML", default=False)
    denials_as_xml = models.BooleanField("401 and 403 as XML", default=False)
    latency_ms = models.PositiveIntegerField("latency in milliseconds", default=0)

    # OAuth.
    rotate_every_time = models.BooleanField("a new refresh token at every refresh", default=False)
    kill_grant_on_stale_refresh = models.BooleanField(
        "a superseded refresh token ends the grant", default=False
    )

    # Webhooks.
    webhook_url = models.URLField(blank=True, default="")
    webhook_void_verb = models.CharField(
        max_length=8, default="void", choices=[("void", "void"), ("voided", "voided")]
    )
    webhook_duplicates = models.BooleanField("send every event twice", default=False)
    webhook_reversed = models.BooleanField("send events out of order", default=False)
    webhook_bare = models.BooleanField("leave out what an event may lack", default=False)

    class Meta:
        verbose_name_plural = "companies"

    def __str__(self) -> str:
        return f"{self.name} ({self.realm_id})"

    def take_id(self, family: str) -> int:
        """The next id of a family of entities. Only inside a transaction that holds the company's row."""
        self.counters[family] = self.counters.get(family, 0) + 1
        return self.counters[family]


class StoredObject(models.Model):
    """A list object or transaction: its document as JSON text, and columns for what is searched by.

    `name_key` is the casefolded DisplayName or Name, `full_name_key` the same with its parents' names, `doc_key`
    the casefolded DocNumber, `contact_id` the customer's or vendor's id. A deleted transaction stays as a row,
    for change data capture.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="objects_stored")
    entity = models.CharField(max_length=20)
    qbo_id = models.CharField(max_length=20)
    number = models.BigIntegerField(default=0)
    sync_token = models.PositiveIntegerField(default=0)
    name_key = models.CharField(max_length=600, default="", blank=True)
    full_name_key = models.CharField(max_length=600, default="", blank=True)
    doc_key = models.CharField(max_length=30, default="", blank=True)
    contact_id = models.CharField(max_length=20, default="", blank=True)
    txn_date = models.DateField(null=True, blank=True)
    due_date = models.DateField(null=True, blank=True)
    total = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    balance = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    active = models.BooleanField(default=True)
    deleted = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    body = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "entity", "qbo_id"], name="simulator_object_unique")
        ]
        indexes = [
            models.Index(fields=["company", "entity", "number"], name="simulator_object_number"),
            models.Index(fields=["company", "entity", "updated_at"], name="simulator_object_updated"),
            models.Index(fields=["company", "entity", "name_key"], name="simulator_object_name"),
            models.Index(fields=["company", "entity", "full_name_key"], name="simulator_object_full_name"),
            models.Index(fields=["company", "entity", "doc_key"], name="simulator_object_doc"),
            models.Index(fields=["company", "entity", "contact_id"], name="simulator_object_contact"),
            models.Index(
                fields=["company", "entity", "txn_date", "number"], name="simulator_object_txn_date"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entity} {self.qbo_id}"

    def document(self) -> dict[str, Any]:
        """A fresh copy of the stored document."""
        return jsontext.decode(self.body)


class Change(models.Model):
    """Something that happened to an object: what a webhook would tell. `sent_at` is empty until it did."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="changes")
    entity = models.CharField(max_length=20)
    qbo_id = models.CharField(max_length=20)
    operation = models.CharField(max_length=10)
    # Of a merge: the id that it removed.
    deleted_id = models.CharField(max_length=20, blank=True, default="")
    at = models.DateTimeField()
    event_id = models.CharField(max_length=36)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["company", "sent_at"], name="simulator_change_unsent")]

    def __str__(self) -> str:
        return f"{self.entity} {self.qbo_id} {self.operation}"


class Replay(models.Model):
    """The answer that was given under a requestid, to be given again instead of executing."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE)
    request_id = models.CharField(max_length=50)
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "request_id"], name="simulator_replay_unique")
        ]

    def __str__(self) -> str:
        return self.request_id


class Call(models.Model):
    """One HTTP request that reached a company; the limits count these rows. `status` 0: not yet answered."""

    class Kind(models.TextChoices):
        READ = "read"
        QUERY = "query"
        CDC = "cdc"
        BATCH = "batch"
        WRITE = "write"
        TOKEN = "token"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="calls")
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=5, choices=Kind.choices)
    method = models.CharField(max_length=6)
    path = models.CharField(max_length=300)
    request_id = models.CharField(max_length=60, blank=True, default="")
    status = models.PositiveSmallIntegerField(default=0)
    tid = models.CharField(max_length=40)

    class Meta:
        indexes = [models.Index(fields=["company", "at"], name="simulator_call_window")]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"


class Mishap(models.Model):
    """A fault that waits for the next `remaining` calls whose path contains `matching`."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="mishaps")
    kind = models.CharField(max_length=24)
    remaining = models.PositiveIntegerField(default=1)
    matching = models.CharField(max_length=200, blank=True, default="")
    seconds = models.DecimalField(max_digits=6, decimal_places=2, default=0)

    def __str__(self) -> str:
        return f"{self.kind} × {self.remaining}"


class Grant(models.Model):
    """A person's consent: its refresh token with both clocks."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="grants")
    refresh_token = models.CharField(max_length=80, unique=True)
    authorized_at = models.DateTimeField(default=timezone.now)
    rotated_at = models.DateTimeField(default=timezone.now)
    refreshed_at = models.DateTimeField(default=timezone.now)
    revoked = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"grant {self.pk} of {self.company_id}"


class SupersededToken(models.Model):
    """A refresh token that was replaced; presenting it again is a sign of a race or a theft."""

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="superseded")
    refresh_token = models.CharField(max_length=80, unique=True)

    def __str__(self) -> str:
        return f"superseded token of grant {self.grant_id}"


class AuthorizationCode(models.Model):
    code = models.CharField(max_length=80, unique=True)
    company = models.ForeignKey(Company, on_delete=models.CASCADE)
    redirect_uri = models.CharField(max_length=500)
    expires_at = models.DateTimeField()
    grant = models.ForeignKey(Grant, null=True, on_delete=models.CASCADE)

    def __str__(self) -> str:
        return f"code for {self.company_id}"


class AccessToken(models.Model):
    token = models.CharField(max_length=120, unique=True)
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="access_tokens")
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"access token of grant {self.grant_id}"
