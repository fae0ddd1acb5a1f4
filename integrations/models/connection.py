from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from .organization import Organization
from .token_field import TokenField


class Connection(models.Model):
    """An organization's grant to one QuickBooks company, and what that company is like."""

    class Status(models.TextChoices):
        NOT_CONNECTED = "not_connected", "Not connected"
        CONNECTED = "connected", "Connected"
        NEEDS_RECONNECT = "needs_reconnect", "Needs reconnecting"

    class Pause(models.TextChoices):
        """Why work waits although the grant may be alive."""

        NONE = "", "Not paused"
        NEEDS_RECONNECT = "needs_reconnect", "QuickBooks has to be reconnected"
        SUBSCRIPTION_LAPSED = "subscription_lapsed", "The QuickBooks subscription has ended"
        MISCONFIGURED = "misconfigured", "Finmo's own QuickBooks settings are wrong"
        PAUSED = "paused", "Finmo paused the synchronization"

    # The columns of a connection whose work goes on.
    NOT_PAUSED: ClassVar[dict[str, Any]] = {"pause": Pause.NONE, "pause_detail": "", "paused_at": None}

    organization = models.OneToOneField(Organization, on_delete=models.CASCADE, related_name="connection")
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.NOT_CONNECTED)
    # Kept after disconnecting: the records' QuickBooks ids belong to this company.
    realm_id = models.CharField("QuickBooks company", max_length=32, blank=True)
    connected_at = models.DateTimeField(null=True, blank=True)
    connected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    access_token = TokenField(blank=True, null=True)
    refresh_token = TokenField(blank=True, null=True)
    access_expires_at = models.DateTimeField(null=True, blank=True)
    # Two clocks: unused for about 100 days, and five years after the consent whatever happens.
    refresh_expires_at = models.DateTimeField(null=True, blank=True)
    refresh_hard_expires_at = models.DateTimeField(null=True, blank=True)
    token_version = models.PositiveIntegerField(default=0)
    # When Intuit was last to be told that the grant is given back.
    revoke_asked_at = models.DateTimeField(null=True, blank=True, editable=False)

    pause = models.CharField(max_length=24, choices=Pause.choices, default=Pause.NONE, blank=True)
    pause_detail = models.CharField(max_length=500, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)

    company_name = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2, blank=True)
    # As QuickBooks names them, such as "QuickBooks Online Plus" and "PAID".
    plan = models.CharField(max_length=100, blank=True)
    subscription = models.CharField(max_length=30, blank=True)
    home_currency = models.CharField(max_length=3, blank=True)
    multicurrency = models.BooleanField(default=False)
    custom_numbers = models.BooleanField(default=False)
    uses_sales_tax = models.BooleanField(default=False)
    automated_sales_tax = models.BooleanField(default=False)
    books_closed_until = models.DateField(null=True, blank=True)
    company_read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["realm_id"],
                condition=~models.Q(status="not_connected"),
                name="one_organization_per_connected_realm",
            ),
            models.CheckConstraint(
                condition=models.Q(status="not_connected") | ~models.Q(realm_id=""),
                name="connected_means_a_realm",
            ),
        ]

    def __str__(self) -> str:
        return self.company_name or self.get_status_display()

    @property
    def connected(self) -> bool:
        return self.status == self.Status.CONNECTED

    @property
    def is_us(self) -> bool:
        return self.country == "US"

    @property
    def expires_at(self) -> datetime | None:
        """When the grant dies without a person's consent: the earlier of its two clocks."""
        clocks = [at for at in (self.refresh_expires_at, self.refresh_hard_expires_at) if at]
        return min(clocks, default=None)

    @property
    def expires_soon(self) -> bool:
        return bool(self.expires_at and (self.expires_at - timezone.now()).days < 30)


class ConnectAttempt(models.Model):
    """A consent that was begun: its state is used once, by the person who began it, within ten minutes."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    state_hash = models.CharField(max_length=64, unique=True)
    redirect_uri = models.URLField(max_length=500)
    return_to = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.user} connects {self.organization}"
