from django.contrib import admin

from integrations.admin.document import DocumentAdmin, LineInline

from .models import Bill, BillLine


class BillLineInline(LineInline):
    model = BillLine
    fields = (
        "item",
        "account",
        "description",
        "quantity",
        "unit_price",
        "tax_code",
        "line_amount",
    )


@admin.register(Bill)
class BillAdmin(DocumentAdmin):
    contact = "beneficiary"
    inlines = (BillLineInline,)
