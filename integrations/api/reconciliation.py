"""The two-sided statement of receivables and of payables, and the repair of what differs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from .. import reconciling
from ..days import plausible
from ..ids import LARGEST_ID
from ..models import Difference, Fix, Kind, Statement, SyncState
from ..statements.report import CurrencyReport, Figures, report_of
from .conflicts import SIDES
from .fields import PersonField, amount_text
from .idempotency import idempotent
from .organizations import OrganizationView
from .runs import SyncRunSerializer, started
from .serializers import MOST_IDS


class AmountsSerializer(serializers.Serializer):
    total = serializers.CharField()
    balance = serializers.CharField()


class FiguresSerializer(AmountsSerializer):
    """Of the documents that count: neither voided nor deleted, and issued until the day of the statement."""

    count = serializers.IntegerField()


class AcceptanceSerializer(serializers.Serializer):
    note = serializers.CharField()
    by = PersonField(source="accepted_by")
    at = serializers.DateTimeField(source="accepted_at")


class SideSerializer(serializers.Serializer):
    """One side's document, in its own currency; `counted` says whether it stands in the side's totals."""

    counted = serializers.BooleanField()
    number = serializers.CharField()
    contact = serializers.CharField()
    issue_date = serializers.DateField()
    due_date = serializers.DateField(allow_null=True)
    currency = serializers.CharField()
    exchange_rate = serializers.CharField(allow_null=True)
    total = serializers.CharField()
    tax_total = serializers.CharField()
    balance = serializers.CharField()
    ended = serializers.CharField(help_text="Empty, voided or deleted.")
    sync_state = serializers.ChoiceField(
        SyncState.choices,
        allow_null=True,
        default=None,
        help_text="Of Finmo's record when it was read: why one that is only in Finmo is not in QuickBooks.",
    )


class DifferenceSerializer(serializers.ModelSerializer):
    """One document, under the gravest kind that fits; `also` names the others."""

    also = serializers.ListField(child=serializers.ChoiceField(Kind.choices))
    record = serializers.IntegerField(source="record_id", allow_null=True)
    quickbooks_id = serializers.SerializerMethodField()
    total = serializers.SerializerMethodField(help_text="Finmo's minus QuickBooks'.")
    balance = serializers.SerializerMethodField()
    fixes = serializers.SerializerMethodField()
    finmo = SideSerializer(allow_null=True)
    quickbooks = SideSerializer(allow_null=True)
    accepted = serializers.SerializerMethodField()

    class Meta:
        model = Difference
        fields = (
            "id",
            "kind",
            "also",
            "record",
            "number",
            "contact",
            "quickbooks_id",
            "total",
            "balance",
            "fixes",
            "finmo",
            "quickbooks",
            "accepted",
        )

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_quickbooks_id(self, difference: Difference) -> str | None:
        return difference.quickbooks_id or None

    def get_total(self, difference: Difference) -> str:
        return amount_text(difference.total, difference.currency)

    def get_balance(self, difference: Difference) -> str:
        return amount_text(difference.balance, difference.currency)

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(Fix.choices)))
    def get_fixes(self, difference: Difference) -> list[str]:
        return [str(fix) for fix in reconciling.fixes_of(difference)]

    @extend_schema_field(AcceptanceSerializer(allow_null=True))
    def get_accepted(self, difference: Difference) -> dict[str, Any] | None:
        return AcceptanceSerializer(difference).data if difference.accepted_at else None


class CurrencySerializer(serializers.Serializer):
    currency = serializers.CharField()
    finmo = serializers.SerializerMethodField()
    quickbooks = serializers.SerializerMethodField()
    difference = serializers.SerializerMethodField(help_text="Finmo's minus QuickBooks'.")
    differences = DifferenceSerializer(many=True)
    unexplained = serializers.SerializerMethodField(help_text="What the differences leave of the difference.")

    @extend_schema_field(FiguresSerializer)
    def get_finmo(self, report: CurrencyReport) -> dict[str, Any]:
        return _figures(report.finmo, report.currency)

    @extend_schema_field(FiguresSerializer)
    def get_quickbooks(self, report: CurrencyReport) -> dict[str, Any]:
        return _figures(report.quickbooks, report.currency)

    @extend_schema_field(FiguresSerializer)
    def get_difference(self, report: CurrencyReport) -> dict[str, Any]:
        return _figures(report.difference, report.currency)

    @extend_schema_field(AmountsSerializer)
    def get_unexplained(self, report: CurrencyReport) -> dict[str, str]:
        figures = _figures(report.unexplained, report.currency)
        return {"total": figures["total"], "balance": figures["balance"]}


class UnreadSerializer(serializers.Serializer):
    """A document of QuickBooks in a form that Finmo cannot read; each may be empty."""

    quickbooks_id = serializers.CharField(allow_blank=True)
    field = serializers.CharField(allow_blank=True, help_text="QuickBooks' field that cannot be read.")


class StatementSerializer(serializers.ModelSerializer):
    """`as_of` selects documents by issue date; their balances are those at `read_at`."""

    currencies = serializers.SerializerMethodField()
    unread = UnreadSerializer(many=True, help_text="What is in none of QuickBooks' figures for that.")

    class Meta:
        model = Statement
        fields = ("id", "as_of", "read_at", "currencies", "unread")

    @extend_schema_field(CurrencySerializer(many=True))
    def get_currencies(self, statement: Statement) -> list[dict[str, Any]]:
        return CurrencySerializer(report_of(statement), many=True).data


class StatementRequestSerializer(serializers.Serializer):
    as_of = serializers.DateField(
        required=False,
        validators=[plausible],
        help_text="Documents issued until this day; today unless sent.",
    )


class RepairRequestSerializer(serializers.Serializer):
    """Which differences, or all open ones of a kind, and what settles them. `accept` needs a note."""

    fix = serializers.ChoiceField(Fix.choices)
    differences = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID),
        required=False,
        allow_empty=False,
        max_length=MOST_IDS,
    )
    kind = serializers.ChoiceField(Kind.choices, required=False)
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    preview = serializers.BooleanField(required=False, default=False, help_text="Only say what would change.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("differences" in attrs) == ("kind" in attrs):
            raise serializers.ValidationError("Send either differences or kind.")
        if attrs["fix"] == Fix.ACCEPT and not attrs["preview"] and not attrs.get("note", "").strip():
            raise serializers.ValidationError({"note": "Say why the difference is accepted."})
        return attrs


class FieldChangeSerializer(serializers.Serializer):
    to = serializers.CharField(allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        """`from` is no name that Python takes."""
        return {"from": serializers.CharField(allow_null=True), **super().get_fields()}


class ChangeSerializer(serializers.Serializer):
    """What would change of one document, and on which side."""

    difference = serializers.IntegerField(source="difference.pk")
    number = serializers.CharField(source="difference.number")
    contact = serializers.CharField(source="difference.contact")
    side = serializers.ChoiceField(SIDES)
    fields = serializers.DictField(child=FieldChangeSerializer())


class PreviewSerializer(serializers.Serializer):
    fix = serializers.ChoiceField(Fix.choices)
    changes = ChangeSerializer(many=True)


class StatementView(OrganizationView, APIView):
    def statement(self, stream: str, pk: int) -> Statement:
        return get_object_or_404(self.own(Statement.objects.filter(stream=stream)), pk=pk)


class Newest(StatementView):
    @extend_schema(
        operation_id="reconciliation_newest",
        parameters=[OpenApiParameter("as_of", str, description="Of this day alone.")],
        responses=StatementSerializer,
    )
    def get(self, request: Request, stream: str) -> Response:
        """The newest stored statement. 404 `no_statement` where none was read yet."""
        asked_for = StatementRequestSerializer(data=request.query_params)
        asked_for.is_valid(raise_exception=True)
        found = reconciling.newest(self.organization, stream, **asked_for.validated_data)
        if found is None:
            raise NotFound("No such statement was read yet. POST here to read one.", code="no_statement")
        return Response(StatementSerializer(found).data)

    @extend_schema(request=StatementRequestSerializer, responses={202: SyncRunSerializer})
    @idempotent
    def post(self, request: Request, stream: str) -> Response:
        """Reads a fresh statement from QuickBooks."""
        sent = StatementRequestSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        run = reconciling.reconcile(self.organization, stream, asked=self.asked, **sent.validated_data)
        return started(run, request)


class Stored(StatementView):
    @extend_schema(operation_id="reconciliation_retrieve", responses=StatementSerializer)
    def get(self, request: Request, stream: str, pk: int) -> Response:
        """A statement that was read before."""
        return Response(StatementSerializer(self.statement(stream, pk)).data)


class Repair(StatementView):
    @extend_schema(
        request=RepairRequestSerializer, responses={200: PreviewSerializer, 202: SyncRunSerializer}
    )
    @idempotent
    def post(self, request: Request, stream: str, pk: int) -> Response:
        """Settles differences. 409 `fix_not_offered` or `nothing_to_repair` where the fix does not settle them."""
        statement = self.statement(stream, pk)
        sent = RepairRequestSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        asked_for = sent.validated_data
        which = {name: asked_for.get(name) for name in ("differences", "kind")}
        fix = asked_for["fix"]
        if asked_for["preview"]:
            changes = reconciling.preview(statement, fix, **which)
            return Response(PreviewSerializer({"fix": fix, "changes": changes}).data)
        note = asked_for.get("note", "")
        run = reconciling.repair(statement, fix, asked=self.asked, note=note, **which)
        return started(run, request)


def _figures(figures: Figures, currency: str) -> dict[str, Any]:
    return {
        "count": figures.count,
        "total": amount_text(figures.total, currency),
        "balance": amount_text(figures.balance, currency),
    }
