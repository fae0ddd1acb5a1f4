"""What invoices and bills have in common: a subclass names its contact and its lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from .. import services
from ..editing import require_living, save_document
from ..models import HEAVY, Document, DocumentLine, DocumentQuerySet, DocumentStatus
from .fields import AmountField, CurrencyField, PlainNumberField
from .filters import SYNCED_ORDERING, SyncedFilter, contains, ordering
from .idempotency import idempotent
from .runs import SyncRunSerializer, started
from .serializers import SYNC_FIELDS, DocumentPushRequestSerializer, SyncedSerializer
from .viewsets import EditableViewSet


def document_fields(contact: str) -> tuple[str, ...]:
    return (
        "id",
        "number",
        contact,
        f"{contact}_name",
        "issue_date",
        "due_date",
        "currency",
        "exchange_rate",
        "tax_treatment",
        "memo",
        "lines",
        "subtotal",
        "tax_total",
        "total",
        "balance",
        "status",
        "quickbooks_total",
        "quickbooks_tax_total",
        "total_difference",
        *SYNC_FIELDS,
        "created_at",
        "updated_at",
    )


class DocumentSerializer(SyncedSerializer):
    """A subclass declares `lines`, and `contact` with the two fields of that name."""

    contact: ClassVar[str]

    number = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=21,
        error_messages={
            "max_length": "QuickBooks accepts at most {max_length} characters. Shorten the number."
        },
    )
    currency = CurrencyField(required=False, help_text="ISO 4217. Left out: the contact's.")
    exchange_rate = PlainNumberField(
        required=False,
        allow_null=True,
        max_digits=18,
        decimal_places=9,
        min_value=Decimal("0.000000001"),
        error_messages={"min_value": "Send a rate above zero."},
        help_text="Home currency for one unit. Null: QuickBooks' rate for the issue date.",
    )
    subtotal = AmountField()
    tax_total = AmountField()
    total = AmountField()
    balance = AmountField(help_text="What is still to be paid; QuickBooks' word once it was synced.")
    status = serializers.ChoiceField(DocumentStatus.choices, read_only=True)
    quickbooks_total = AmountField(source="qbo_total", allow_null=True)
    quickbooks_tax_total = AmountField(source="qbo_tax_total", allow_null=True)
    total_difference = AmountField(
        source="difference",
        allow_null=True,
        help_text="QuickBooks' total minus Finmo's; null where they agree.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        issued, due = (self._value(attrs, name) for name in ("issue_date", "due_date"))
        if issued and due and due < issued:
            raise serializers.ValidationError(
                {"due_date": ["The due date is before the issue date. Choose a later one."]}
            )
        if self.instance is None:
            attrs.setdefault("currency", attrs[self.contact].currency)
        return attrs

    def _value(self, attrs: dict[str, Any], name: str) -> Any:
        """As it will be: sent now, or stored, or what a new document gets."""
        if name in attrs or self.instance:
            return attrs.get(name, getattr(self.instance, name, None))
        return self.Meta.model._meta.get_field(name).get_default()

    def create(self, validated_data: dict[str, Any]) -> Document:
        lines = self._built(validated_data.pop("lines"))
        document = self.Meta.model(organization=self.context["view"].organization, **validated_data)
        return self._saved(document, lines)

    def update(self, instance: Document, validated_data: dict[str, Any]) -> Document:
        lines = self._built(validated_data.pop("lines")) if "lines" in validated_data else None
        for name, value in validated_data.items():
            setattr(instance, name, value)
        return self._saved(instance, lines)

    def _saved(self, document: Document, lines: list[DocumentLine] | None) -> Document:
        try:
            save_document(document, lines)
        except ValidationError as error:
            raise serializers.ValidationError(error.message_dict) from error
        return document

    def _built(self, lines: list[dict[str, Any]]) -> list[DocumentLine]:
        return [self.fields["lines"].child.build(line) for line in lines]


class DocumentFilter(SyncedFilter):
    number = contains("number")
    memo = contains("memo")
    currency = filters.CharFilter()
    issue_date = filters.DateFromToRangeFilter()
    due_date = filters.DateFromToRangeFilter()
    total = filters.RangeFilter()
    balance = filters.RangeFilter()
    status = filters.MultipleChoiceFilter(choices=DocumentStatus.choices, method="in_status")

    def in_status(self, documents: DocumentQuerySet, name: str, statuses: list[str]) -> DocumentQuerySet:
        return documents.in_status(*statuses) if statuses else documents


def document_ordering(contact: str) -> filters.OrderingFilter:
    plain = ("number", "issue_date", "due_date", "currency", "subtotal", "tax_total", "total", "balance")
    return ordering(*plain, *SYNCED_ORDERING, status="status_now", **{f"{contact}_name": f"{contact}__name"})


class DocumentViewSet(EditableViewSet):
    push_request = DocumentPushRequestSerializer
    # Set by the subclasses: our field for whom the document is with.
    contact: ClassVar[str]

    def get_queryset(self) -> models.QuerySet:
        lines = self.mapper.line_model.objects.select_related("item").defer(
            *(f"item__{name}" for name in HEAVY)
        )
        documents = super().get_queryset().with_status().select_related(self.contact)
        return documents.light(self.contact).prefetch_related(models.Prefetch("lines", lines))

    def require_editable(self, record: Document) -> None:
        require_living(record)

    @extend_schema(request=None, responses={202: SyncRunSerializer})
    @action(detail=True, methods=["post"])
    @idempotent
    def void(self, request: Request, pk: int) -> Response:
        """Voids the invoice, or deletes the bill, in QuickBooks; here it is voided once QuickBooks agreed."""
        document = self.get_object()
        if document.ended == Document.Ended.DELETED:
            require_living(document)
        run = services.void(self.organization, self.entity, asked=self.asked, ids=[document.pk])
        return started(run, request)
