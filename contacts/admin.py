from django.contrib import admin
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from integrations.admin.filters import BY_ORGANIZATION, by_fault, day_range
from integrations.admin.spreadsheets import SpreadsheetAdmin
from integrations.admin.synced import SyncedAdmin

from .models import Beneficiary, Customer
from .spreadsheets import BeneficiaryResource, CustomerResource


class ContactAdmin(SpreadsheetAdmin, SyncedAdmin):
    list_display = ("name", "organization", "email", "currency", "is_active", "state")
    list_filter = (
        BY_ORGANIZATION,
        ("sync_state", ChoicesDropdownFilter),
        by_fault("sync_error_code"),
        "is_active",
        day_range("created_at"),
    )
    search_fields = ("name", "company_name", "email", "=qbo_id")
    fieldsets = (
        (None, {"fields": ("organization", "name", "company_name", "currency", "tax_number", "is_active")}),
        ("Contact", {"fields": (("email", "phone"),)}),
        (
            "Address",
            {
                "fields": (
                    ("address_line1", "address_line2"),
                    ("address_city", "address_state"),
                    ("address_postal_code", "address_country"),
                )
            },
        ),
    )


@admin.register(Customer)
class CustomerAdmin(ContactAdmin):
    resource = export_resource = CustomerResource


@admin.register(Beneficiary)
class BeneficiaryAdmin(ContactAdmin):
    resource = export_resource = BeneficiaryResource
