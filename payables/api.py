from rest_framework import serializers

from contacts.models import Beneficiary
from integrations.api.documents import (
    DocumentFilter,
    DocumentSerializer,
    DocumentViewSet,
    document_fields,
    document_ordering,
)
from integrations.api.fields import OwnReference
from integrations.api.filters import contains, id_of
from integrations.api.lines import MOST_LINES, LineReference, LineSerializer
from integrations.eligible import ON_BILLS
from integrations.models import Account

from .models import Bill, BillLine


class BillLineSerializer(LineSerializer):
    absent = LineSerializer.absent | {"account": None}

    account = LineReference(
        Account,
        rule=ON_BILLS,
        required=False,
        allow_null=True,
        help_text="An expense or asset account. Null: the default payable account.",
    )

    class Meta(LineSerializer.Meta):
        model = BillLine
        fields = (*LineSerializer.Meta.fields, "account")


class BillSerializer(DocumentSerializer):
    contact = "beneficiary"

    beneficiary = OwnReference(Beneficiary)
    beneficiary_name = serializers.CharField(source="beneficiary.name", read_only=True)
    lines = BillLineSerializer(many=True, allow_empty=False, max_length=MOST_LINES)

    class Meta:
        model = Bill
        fields = document_fields("beneficiary")


class BillFilter(DocumentFilter):
    beneficiary = id_of("beneficiary_id")
    beneficiary_name = contains("beneficiary__name")
    ordering = document_ordering("beneficiary")


class BillViewSet(DocumentViewSet):
    entity = "bills"
    contact = "beneficiary"
    serializer_class = BillSerializer
    filterset_class = BillFilter
    search_fields = ("number", "memo", "beneficiary__name")
