from django.contrib import admin
from django.http import HttpRequest
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from integrations.admin.filters import BY_ORGANIZATION, by_fault, day_range
from integrations.admin.spreadsheets import SpreadsheetAdmin
from integrations.admin.synced import SyncedAdmin

from .models import Beneficiary, Contact, Customer
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

    def visible_fieldsets(self, request: HttpRequest, obj: Contact | None) -> list:
        (title, options), *others = super().visible_fieldsets(request, obj)
        if obj and obj.linked:
            why = "The currency stays as it is: QuickBooks lets nobody change that of a contact it has."
            options = options | {"description": why}
        return [(title, options), *others]


@admin.register(Customer)
class CustomerAdmin(ContactAdmin):
    resource = export_resource = CustomerResource


@admin.register(Beneficiary)
class BeneficiaryAdmin(ContactAdmin):
    resource = export_resource = BeneficiaryResource
