from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models, transaction

country_code = RegexValidator(r"^[A-Z]{2}$", "Use the two capital letters of ISO 3166, such as SG.")
currency_code = RegexValidator(r"^[A-Z]{3}$", "Use the three capital letters of ISO 4217, such as SGD.")


class Organization(models.Model):
    """A merchant: everything else belongs to one."""

    slug = models.SlugField(max_length=63, unique=True)
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2, default="SG", validators=[country_code])
    currency = models.CharField(max_length=3, default="SGD", validators=[currency_code])
    quickbooks_enabled = models.BooleanField(
        "QuickBooks integration",
        default=False,
        help_text="Shows Settings → Integrations to the merchant. Switched on by an account manager.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        """A new organization gets its connection, configuration and lane with it."""
        with transaction.atomic():
            is_new = self._state.adding
            super().save(*args, **kwargs)
            if is_new:
                from .configuration import Configuration
                from .connection import Connection
                from .lane import Lane

                for companion in (Connection, Configuration, Lane):
                    companion.objects.create(organization=self)


class Role(models.TextChoices):
    ADMIN = "admin", "Admin"
    ACCOUNTANT = "accountant", "Accountant"
    VIEWER = "viewer", "Viewer"


class Membership(models.Model):
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.VIEWER)

    class Meta:
        ordering = ["organization__name"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "user"], name="one_membership_per_user"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.organization} ({self.get_role_display()})"

    @property
    def can_configure(self) -> bool:
        return self.role == Role.ADMIN

    @property
    def can_edit(self) -> bool:
        return self.role in (Role.ADMIN, Role.ACCOUNTANT)
