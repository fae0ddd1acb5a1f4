from django.contrib import admin

from integrations.admin.document import DocumentAdmin, LineInline
from integrations.admin.spreadsheets import SpreadsheetAdmin

from .models import Bill, BillLine
from .spreadsheets import BillLinesResource, BillResource


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
class BillAdmin(SpreadsheetAdmin, DocumentAdmin):
    resource = BillResource
    export_resource = BillLinesResource
    contact = "beneficiary"
    inlines = (BillLineInline,)
