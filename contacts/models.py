from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from integrations.models import SearchIndex, SyncedRecord, currency_code, is_cut, name_key, text_of

allowed_in_names = RegexValidator(
    r"^[^:\t\n\r]*\Z", "QuickBooks accepts no colon, tab or line break in a name. Take it out."
)


class Contact(SyncedRecord):
    """Somebody a merchant deals with."""

    SEARCHED = ("name", "company_name", "email", "phone")
    ENGINE_FIELDS = SyncedRecord.ENGINE_FIELDS | {"merged_into"}

    name = models.CharField(max_length=500, validators=[allowed_in_names])
    # The name as it is compared: case and spaces aside.
    name_key = models.CharField(max_length=500, blank=True, editable=False)
    company_name = models.CharField(max_length=100, blank=True)
    email = models.EmailField(max_length=100, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    currency = models.CharField(max_length=3, validators=[currency_code])
    address_line1 = models.CharField("address line 1", max_length=500, blank=True)
    address_line2 = models.CharField("address line 2", max_length=500, blank=True)
    address_city = models.CharField("city", max_length=255, blank=True)
    address_state = models.CharField("state or region", max_length=255, blank=True)
    address_postal_code = models.CharField("postal code", max_length=30, blank=True)
    address_country = models.CharField("country", max_length=255, blank=True)
    tax_number = models.CharField(
        max_length=20,
        blank=True,
        help_text="Such as UEN, VAT or EIN. It is not sent; it helps to find the same company in QuickBooks.",
    )
    is_active = models.BooleanField("active", default=True)
    # QuickBooks merged this contact into that one: it is retired, and its documents are the other's.
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    search_text = text_of(*SEARCHED)
    search_text_cut = is_cut(*SEARCHED)

    class Meta(SyncedRecord.Meta):
        abstract = True
        ordering = ["name", "id"]
        constraints = [
            *SyncedRecord.Meta.constraints,
            models.CheckConstraint(condition=~Q(name=""), name="%(class)s_has_a_name"),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="%(class)s_currency_known"
            ),
        ]
        indexes = [
            *SyncedRecord.Meta.indexes,
            # The list's own order, with what it is filtered and counted by: the wide rows are read last.
            models.Index(
                fields=["organization", "name", "id", "is_active", "sync_state"], name="%(class)s_list"
            ),
            # The list of all merchants' contacts.
            models.Index(fields=["created_at", "id"], name="%(class)s_created"),
            models.Index(fields=["organization", "email", "id"], name="%(class)s_email"),
            models.Index(fields=["organization", "currency", "id"], name="%(class)s_currency"),
            SearchIndex(
                fields=["name", "company_name", "email", "phone"],
                beside=("organization", "name", "id", "currency", "is_active", "sync_state"),
                trigrams=("name", "search_text"),
                along=("organization", "sync_state", "id", "search_text_cut", "search_text"),
                name="%(class)s_search",
            ),
            # The few of which a search has to read the row.
            models.Index(
                fields=["organization"], condition=Q(search_text_cut=True), name="%(class)s_search_cut"
            ),
            models.Index(fields=["organization", "name_key"], name="%(class)s_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, update_fields=None, **kwargs) -> None:
        self.name_key = name_key(self.name)
        if update_fields is not None:
            update_fields = {*update_fields, "name_key"}
        super().save(*args, update_fields=update_fields, **kwargs)


class Customer(Contact):
    """Who owes the merchant. QuickBooks' Customer."""

    def get_absolute_url(self) -> str:
        return reverse("customer", args=[self.pk])


class Beneficiary(Contact):
    """Whom the merchant owes. QuickBooks' Vendor."""

    class Meta(Contact.Meta):
        verbose_name_plural = "beneficiaries"

    def get_absolute_url(self) -> str:
        return reverse("beneficiary", args=[self.pk])
