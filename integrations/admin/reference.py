"""QuickBooks' lists as they were read."""

from django.contrib import admin
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from ..models import Account, Item, TaxCode
from .filters import BY_ORGANIZATION, by_fault, day_range
from .synced import MirroredAdmin

_STATE = ("sync_state", ChoicesDropdownFilter)


@admin.register(Account)
class AccountAdmin(MirroredAdmin):
    list_display = (
        "full_name",
        "organization",
        "number",
        "account_type",
        "classification",
        "currency",
        "is_active",
        "state",
    )
    list_filter = (BY_ORGANIZATION, _STATE, "is_active", day_range("updated_at"))
    search_fields = ("full_name", "number", "=qbo_id")
    # The order that an index has.
    ordering = ("organization_id", "full_name", "id")
    fields = (
        "organization",
        "full_name",
        "number",
        ("account_type", "account_subtype"),
        ("classification", "currency"),
        "is_active",
    )


@admin.register(TaxCode)
class TaxCodeAdmin(MirroredAdmin):
    list_display = (
        "name",
        "organization",
        "description",
        "sales_rate",
        "purchase_rate",
        "is_active",
        "state",
    )
    list_filter = (BY_ORGANIZATION, _STATE, "is_active", day_range("updated_at"))
    search_fields = ("name", "description", "=qbo_id")
    fields = ("organization", "name", "description", ("sales_rate", "purchase_rate"), "is_active")


@admin.register(Item)
class ItemAdmin(MirroredAdmin):
    page_note = (
        "QuickBooks keeps this list, so nothing can be changed or linked by hand here: what is imported is linked by "
        "the import, and Finmo adds only what a document's custom item needs. Change it in QuickBooks, then press "
        "Pull from QuickBooks."
    )
    list_display = (
        "name",
        "organization",
        "sku",
        "type",
        "unit_price",
        "purchase_cost",
        "is_active",
        "state",
    )
    list_filter = (
        BY_ORGANIZATION,
        _STATE,
        by_fault("sync_error_code"),
        "is_active",
        day_range("updated_at"),
    )
    search_fields = ("name", "sku", "=qbo_id")
    # The order that an index has.
    ordering = ("organization_id", "name", "id")
    fields = (
        "organization",
        "full_name",
        ("sku", "type"),
        "description",
        ("unit_price", "purchase_cost"),
        ("income_account", "expense_account"),
        "is_active",
    )
