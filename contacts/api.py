from django_filters import rest_framework as filters
from rest_framework import serializers

from integrations.api.fields import CurrencyField, NameField
from integrations.api.filters import SYNCED_ORDERING, SyncedFilter, contains, ordering
from integrations.api.serializers import SYNC_FIELDS, ContactPullRequestSerializer, SyncedSerializer
from integrations.api.viewsets import EditableViewSet

from .models import Beneficiary, Contact, Customer


class AddressSerializer(serializers.ModelSerializer):
    line1 = serializers.CharField(source="address_line1", required=False, allow_blank=True, max_length=500)
    line2 = serializers.CharField(source="address_line2", required=False, allow_blank=True, max_length=500)
    city = serializers.CharField(source="address_city", required=False, allow_blank=True, max_length=255)
    state = serializers.CharField(source="address_state", required=False, allow_blank=True, max_length=255)
    postal_code = serializers.CharField(
        source="address_postal_code", required=False, allow_blank=True, max_length=30
    )
    country = serializers.CharField(
        source="address_country", required=False, allow_blank=True, max_length=255
    )

    class Meta:
        model = Customer
        fields = ("line1", "line2", "city", "state", "postal_code", "country")


class ContactSerializer(SyncedSerializer):
    name = NameField(
        max_length=500,
        error_messages={
            "max_length": "QuickBooks accepts at most {max_length} characters. Shorten the name."
        },
    )
    currency = CurrencyField(required=False, help_text="ISO 4217. Left out: the organization's.")
    address = AddressSerializer(source="*", required=False)

    class Meta:
        fields = (
            "id",
            "name",
            "company_name",
            "email",
            "phone",
            "currency",
            "tax_number",
            "address",
            "is_active",
            *SYNC_FIELDS,
            "created_at",
            "updated_at",
        )

    def create(self, validated_data: dict) -> Contact:
        validated_data.setdefault("currency", self.context["view"].organization.currency)
        return super().create(validated_data)


class CustomerSerializer(ContactSerializer):
    class Meta(ContactSerializer.Meta):
        model = Customer


class BeneficiarySerializer(ContactSerializer):
    class Meta(ContactSerializer.Meta):
        model = Beneficiary


class ContactFilter(SyncedFilter):
    name = contains("name")
    company_name = contains("company_name")
    email = contains("email")
    phone = contains("phone")
    currency = filters.CharFilter()
    is_active = filters.BooleanFilter()
    ordering = ordering("name", "company_name", "email", "phone", "currency", "is_active", *SYNCED_ORDERING)


class ContactViewSet(EditableViewSet):
    pull_request = ContactPullRequestSerializer
    filterset_class = ContactFilter
    search_fields = ("name", "company_name", "email", "phone")


class CustomerViewSet(ContactViewSet):
    entity = "customers"
    serializer_class = CustomerSerializer


class BeneficiaryViewSet(ContactViewSet):
    entity = "beneficiaries"
    serializer_class = BeneficiarySerializer
