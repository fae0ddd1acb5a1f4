from rest_framework import serializers

from contacts.models import Customer
from integrations.api.documents import (
    DocumentFilter,
    DocumentSerializer,
    DocumentViewSet,
    document_fields,
    document_ordering,
)
from integrations.api.fields import OwnReference
from integrations.api.filters import contains, id_of
from integrations.api.lines import MOST_LINES, LineSerializer

from .models import Invoice, InvoiceLine


class InvoiceLineSerializer(LineSerializer):
    requires_name = True

    class Meta(LineSerializer.Meta):
        model = InvoiceLine


class InvoiceSerializer(DocumentSerializer):
    contact = "customer"

    customer = OwnReference(Customer)
    customer_name = serializers.CharField(source="customer.name", read_only=True)
    lines = InvoiceLineSerializer(many=True, allow_empty=False, max_length=MOST_LINES)

    class Meta:
        model = Invoice
        fields = document_fields("customer")


class InvoiceFilter(DocumentFilter):
    customer = id_of("customer_id")
    customer_name = contains("customer__name")
    ordering = document_ordering("customer")


class InvoiceViewSet(DocumentViewSet):
    entity = "invoices"
    contact = "customer"
    serializer_class = InvoiceSerializer
    filterset_class = InvoiceFilter
    search_fields = ("number", "memo", "customer__name")
