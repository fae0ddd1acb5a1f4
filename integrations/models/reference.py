"""What a merchant's documents refer to: QuickBooks' lists, mirrored."""

from django.db import models

from .record import SyncedRecord


class Account(SyncedRecord):
    class Classification(models.TextChoices):
        ASSET = "Asset"
        EQUITY = "Equity"
        EXPENSE = "Expense"
        LIABILITY = "Liability"
        REVENUE = "Revenue"

    name = models.CharField(max_length=200)
    full_name = models.CharField(max_length=1000, blank=True)
    number = models.CharField(max_length=30, blank=True)
    account_type = models.CharField(max_length=60, blank=True)
    account_subtype = models.CharField(max_length=60, blank=True)
    classification = models.CharField(max_length=20, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta(SyncedRecord.Meta):
        ordering = ["full_name", "id"]
        indexes = [
            *SyncedRecord.Meta.indexes,
            models.Index(fields=["organization", "full_name", "id"], name="account_list"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.full_name or self.name}".strip()


class TaxCode(SyncedRecord):
    """`sales_rate` and `purchase_rate` are percentages, null where QuickBooks alone knows the rate.

    `sales_rates` and `purchase_rates` list the parts, [[TaxRate id, percent as text], …], since QuickBooks rounds
    the tax of each rate by itself.
    """

    name = models.CharField(max_length=200)
    description = models.CharField(max_length=1000, blank=True)
    sales_rate = models.DecimalField(max_digits=9, decimal_places=4, null=True, blank=True)
    purchase_rate = models.DecimalField(max_digits=9, decimal_places=4, null=True, blank=True)
    sales_rates = models.JSONField(default=list, blank=True)
    purchase_rates = models.JSONField(default=list, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta(SyncedRecord.Meta):
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Item(SyncedRecord):
    name = models.CharField(max_length=100)
    full_name = models.CharField(max_length=1000, blank=True)
    # The name as it is compared: case and spaces aside.
    name_key = models.CharField(max_length=100, blank=True, editable=False)
    sku = models.CharField(max_length=100, blank=True)
    description = models.TextField(blank=True)
    type = models.CharField(max_length=20, blank=True)
    unit_price = models.DecimalField(max_digits=19, decimal_places=7, null=True, blank=True)
    purchase_cost = models.DecimalField(max_digits=19, decimal_places=7, null=True, blank=True)
    income_account = models.ForeignKey(
        Account, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    expense_account = models.ForeignKey(
        Account, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_active = models.BooleanField(default=True)

    class Meta(SyncedRecord.Meta):
        ordering = ["name", "id"]
        indexes = [
            *SyncedRecord.Meta.indexes,
            models.Index(fields=["organization", "name", "id"], name="item_list"),
            models.Index(fields=["organization", "name_key"], name="item_by_name"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.name

    def save(self, *args, **kwargs) -> None:
        self.name_key = name_key(self.name)
        super().save(*args, **kwargs)


def name_key(name: str) -> str:
    """A name as names are compared: case and spaces aside."""
    return " ".join(name.split()).casefold()
