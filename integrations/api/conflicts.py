"""Fields that both sides changed to different values, for a person to decide."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from .. import resolving
from ..models import Conflict, Trigger
from .fields import PersonField
from .filters import Moments, contains, id_of, ordering
from .idempotency import idempotent
from .organizations import OrganizationView

SIDES = ("finmo", "quickbooks")


class DisputedFieldSerializer(serializers.Serializer):
    """What both sides last agreed on, and what each says now: text, true or false, null, or a list of lines."""

    base = serializers.JSONField()
    finmo = serializers.JSONField()
    quickbooks = serializers.JSONField()


class ConflictSerializer(serializers.ModelSerializer):
    record = serializers.IntegerField(source="record_id", read_only=True)
    fields = serializers.DictField(child=DisputedFieldSerializer())
    finmo_changed_at = serializers.DateTimeField(source="edited_at", read_only=True, allow_null=True)
    finmo_changed_by = PersonField(source="edited_by", help_text="Null where nobody said who edited.")
    finmo_changed_through = serializers.ChoiceField(
        Trigger.choices, source="edited_through", read_only=True, allow_blank=True
    )
    quickbooks_changed_at = serializers.DateTimeField(
        source="changed_there_at",
        read_only=True,
        allow_null=True,
        help_text="QuickBooks does not say by whom.",
    )
    resolved_by = PersonField()

    class Meta:
        model = Conflict
        fields = (
            "id",
            "entity",
            "record",
            "label",
            "fields",
            "choices",
            "finmo_changed_at",
            "finmo_changed_by",
            "finmo_changed_through",
            "quickbooks_changed_at",
            "opened_at",
            "resolved_at",
            "resolved_by",
        )


class DecisionSerializer(serializers.Serializer):
    """`keep` decides all fields for one side, `fields` each field by itself. Send one of the two."""

    keep = serializers.ChoiceField(SIDES, required=False)
    fields = serializers.DictField(child=serializers.ChoiceField(SIDES), required=False, allow_empty=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError("Send either keep or fields.")
        return attrs

    def validate_fields(self, choices: dict[str, str]) -> dict[str, str]:
        undecided = self.instance.fields.keys() - choices.keys()
        if undecided or len(choices) > len(self.instance.fields):
            raise serializers.ValidationError(
                f"Decide each of these fields: {', '.join(self.instance.fields)}."
            )
        return choices


class ConflictFilter(filters.FilterSet):
    state = filters.ChoiceFilter(
        method="in_state",
        choices=[("open", "Open"), ("resolved", "Resolved")],
        help_text="Open ones unless asked.",
    )
    entity = filters.CharFilter()
    record = id_of("record_id")
    label = contains("label")
    opened_at = Moments()
    ordering = ordering("entity", "label", "opened_at", "resolved_at")

    def in_state(self, conflicts: QuerySet, name: str, state: str) -> QuerySet:
        return conflicts.filter(resolved_at__isnull=state == "open")


class ConflictViewSet(OrganizationView, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """Records of which both sides changed the same field; open ones unless asked."""

    serializer_class = ConflictSerializer
    queryset = Conflict.objects.select_related("edited_by", "resolved_by")
    filterset_class = ConflictFilter
    search_fields = ("label",)
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet:
        return self.own(super().get_queryset())

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        conflicts = super().filter_queryset(queryset)
        if self.action == "list" and "state" not in self.request.query_params:
            return conflicts.filter(resolved_at__isnull=True)
        return conflicts

    @extend_schema(request=DecisionSerializer, responses=ConflictSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def resolve(self, request: Request, pk: int) -> Response:
        """Decides every field in dispute. Where Finmo's value is kept, the record is pushed."""
        conflict = self.get_object()
        sent = DecisionSerializer(conflict, data=request.data)
        sent.is_valid(raise_exception=True)
        decision = sent.validated_data
        choices = decision.get("fields") or dict.fromkeys(conflict.fields, decision["keep"])
        resolving.resolve(conflict, choices, asked=self.asked)
        return Response(self.get_serializer(self.get_object()).data)
