"""Two stored statements of one stream side by side."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ..models import Kind, Statement
from ..statements.change import Remaining, change_between
from .fields import amount_text
from .reconciliation import CurrencySerializer, DifferenceSerializer, StatementView


class SumsSerializer(CurrencySerializer):
    """Both sides, their difference, and what its lines leave of it."""

    currency = None
    differences = None


class StatementHeadSerializer(serializers.ModelSerializer):
    class Meta:
        model = Statement
        fields = ("id", "as_of", "read_at", "repaired_at")


class ClosedSerializer(DifferenceSerializer):
    """As it stood in the older statement; `settled_at` where it was repaired there."""

    class Meta(DifferenceSerializer.Meta):
        fields = (*DifferenceSerializer.Meta.fields, "settled_at")


class BeforeSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(Kind.choices)
    total = serializers.CharField()
    balance = serializers.CharField()


class RemainingSerializer(serializers.Serializer):
    """As it stands in the newer statement; `before` is what the older one said of it."""

    first_seen_at = serializers.DateTimeField(help_text="When the first statement that has it was read.")
    days = serializers.IntegerField(help_text="Whole days from then to the newer statement.")
    changed = serializers.BooleanField(help_text="Whether its kind or amounts are others now.")
    before = BeforeSerializer()
    difference = DifferenceSerializer()

    def to_representation(self, each: Remaining) -> dict[str, Any]:
        then = each.then
        amounts = {name: amount_text(getattr(then, name), then.currency) for name in ("total", "balance")}
        return {
            "first_seen_at": serializers.DateTimeField().to_representation(each.first_seen),
            "days": each.age.days,
            "changed": each.changed,
            "before": {"id": then.pk, "kind": then.kind, **amounts},
            "difference": DifferenceSerializer(each.now).data,
        }


class CurrencyChangeSerializer(serializers.Serializer):
    currency = serializers.CharField()
    then = SumsSerializer(help_text="In the older statement.")
    now = SumsSerializer(help_text="In the newer statement.")
    closed = ClosedSerializer(many=True)
    new = DifferenceSerializer(many=True)
    remaining = RemainingSerializer(many=True)


class StatementChangeSerializer(serializers.Serializer):
    older = StatementHeadSerializer()
    newer = StatementHeadSerializer()
    currencies = CurrencyChangeSerializer(many=True)


class Change(StatementView):
    @extend_schema(operation_id="reconciliation_compare", responses=StatementChangeSerializer)
    def get(self, request: Request, stream: str, pk: int, other: int) -> Response:
        """Two stored statements compared: the figures then and now, which differences were closed, which are new,
        and which remain since when. The older one is the one that was read first, in whichever order they are
        named. 409 `same_statement`, or `different_company` where they are of two QuickBooks companies."""
        change = change_between(self.statement(stream, pk), self.statement(stream, other))
        return Response(StatementChangeSerializer(change).data)
