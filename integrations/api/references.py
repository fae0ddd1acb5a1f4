"""QuickBooks' lists, mirrored: accounts, items, tax codes. Read, and refreshed by a pull."""

from django.db import models
from django_filters import rest_framework as filters
from rest_framework import serializers

from ..models import Account, Item, TaxCode
from .fields import PlainNumberField, PriceField
from .filters import Moments, contains, id_of, ordering
from .viewsets import MirroredViewSet

CURRENCY = "organization.currency"
TIMES = ("created_at", "updated_at")


class ReferenceSerializer(serializers.ModelSerializer):
    quickbooks_id = serializers.CharField(source="qbo_id", read_only=True, allow_null=True)


class AccountSerializer(ReferenceSerializer):
    class Meta:
        model = Account
        fields = (
            "id",
            "name",
            "full_name",
            "number",
            "account_type",
            "classification",
            "currency",
            "is_active",
            "quickbooks_id",
            *TIMES,
        )


class ItemSerializer(ReferenceSerializer):
    unit_price = PriceField(currency=CURRENCY, allow_null=True)
    purchase_cost = PriceField(currency=CURRENCY, allow_null=True)
    income_account = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)
    expense_account = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)

    class Meta:
        model = Item
        fields = (
            "id",
            "name",
            "full_name",
            "sku",
            "description",
            "type",
            "unit_price",
            "purchase_cost",
            "income_account",
            "expense_account",
            "is_active",
            "quickbooks_id",
            *TIMES,
        )


class TaxCodeSerializer(ReferenceSerializer):
    sales_rate = PlainNumberField(
        max_digits=9,
        decimal_places=4,
        allow_null=True,
        help_text="Per cent; null where QuickBooks alone knows.",
    )
    purchase_rate = PlainNumberField(max_digits=9, decimal_places=4, allow_null=True)

    class Meta:
        model = TaxCode
        fields = (
            "id",
            "name",
            "description",
            "sales_rate",
            "purchase_rate",
            "is_active",
            "quickbooks_id",
            *TIMES,
        )


class ReferenceFilter(filters.FilterSet):
    name = contains("name")
    is_active = filters.BooleanFilter()
    quickbooks_id = filters.CharFilter("qbo_id")
    updated_at = Moments()


class AccountFilter(ReferenceFilter):
    number = filters.CharFilter()
    account_type = filters.CharFilter()
    classification = filters.MultipleChoiceFilter(choices=Account.Classification.choices)
    currency = filters.CharFilter()
    ordering = ordering("name", "full_name", "number", "account_type", "classification", "currency", *TIMES)


class ItemFilter(ReferenceFilter):
    sku = filters.CharFilter()
    type = filters.CharFilter()
    unit_price = filters.RangeFilter()
    income_account = id_of("income_account_id")
    expense_account = id_of("expense_account_id")
    ordering = ordering("name", "sku", "type", "unit_price", "purchase_cost", *TIMES)


class TaxCodeFilter(ReferenceFilter):
    ordering = ordering("name", "sales_rate", "purchase_rate", *TIMES)


class AccountViewSet(MirroredViewSet):
    entity = "accounts"
    serializer_class = AccountSerializer
    filterset_class = AccountFilter
    search_fields = ("full_name", "number", "account_type")


class ItemViewSet(MirroredViewSet):
    entity = "items"
    serializer_class = ItemSerializer
    filterset_class = ItemFilter
    search_fields = ("name", "full_name", "sku", "description")

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().select_related("organization")


class TaxCodeViewSet(MirroredViewSet):
    entity = "tax-codes"
    serializer_class = TaxCodeSerializer
    filterset_class = TaxCodeFilter
    search_fields = ("name", "description")
