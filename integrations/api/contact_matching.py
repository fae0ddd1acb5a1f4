"""Customers and beneficiaries of both sides: who is alone, who differs, who may be the same, and what settles it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.generics import ListAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from .. import contact_matching
from ..ids import LARGEST_ID
from ..models import Act, ContactFinding, ContactReading, FindingKind, IgnoredFinding
from .conflicts import SIDES
from .fields import PersonField
from .idempotency import idempotent
from .organizations import OrganizationView
from .reconciliation import FieldChangeSerializer, UnreadSerializer
from .runs import SyncRunSerializer, started
from .serializers import MOST_IDS


class KindSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(FindingKind.choices)
    count = serializers.IntegerField(help_text="Open ones.")


class ReadingSerializer(serializers.ModelSerializer):
    """Counts are of active contacts; `agreed` are linked and say the same on both sides."""

    finmo = serializers.IntegerField(source="finmo_count")
    quickbooks = serializers.IntegerField(source="quickbooks_count")
    agreed = serializers.IntegerField(source="agreed_count")
    kinds = serializers.SerializerMethodField()
    ignored = serializers.SerializerMethodField()
    unread = UnreadSerializer(many=True, help_text="What of QuickBooks is in none of the lists for that.")

    class Meta:
        model = ContactReading
        fields = ("id", "entity", "read_at", "finmo", "quickbooks", "agreed", "kinds", "ignored", "unread")

    @extend_schema_field(KindSerializer(many=True))
    def get_kinds(self, reading: ContactReading) -> list[dict[str, Any]]:
        return [{"kind": kind, "count": self._counts(reading)[kind]} for kind in FindingKind.values]

    def get_ignored(self, reading: ContactReading) -> int:
        return self._counts(reading)["ignored"]

    def _counts(self, reading: ContactReading) -> dict[str, int]:
        if not hasattr(self, "_counted"):
            self._counted = contact_matching.counts(reading)
        return self._counted


class IgnoredSerializer(serializers.ModelSerializer):
    by = PersonField()

    class Meta:
        model = IgnoredFinding
        fields = ("note", "by", "at")


class BothSidesSerializer(serializers.Serializer):
    finmo = serializers.JSONField(allow_null=True)
    quickbooks = serializers.JSONField(allow_null=True)


class FindingSerializer(serializers.ModelSerializer):
    """One contact, or two that may be the same: of both sides, or, under `other_…`, of one side."""

    record = serializers.IntegerField(source="record_id", allow_null=True)
    quickbooks_id = serializers.SerializerMethodField()
    other_record = serializers.IntegerField(source="other_record_id", allow_null=True)
    other_quickbooks_id = serializers.SerializerMethodField()
    acts = serializers.SerializerMethodField()
    finmo = serializers.DictField(child=serializers.JSONField(allow_null=True), allow_null=True)
    quickbooks = serializers.DictField(child=serializers.JSONField(allow_null=True), allow_null=True)
    other = serializers.DictField(child=serializers.JSONField(allow_null=True), allow_null=True)
    fields_ = serializers.DictField(child=BothSidesSerializer())
    ignored = IgnoredSerializer(allow_null=True)

    class Meta:
        model = ContactFinding
        fields = (
            "id",
            "kind",
            "name",
            "record",
            "quickbooks_id",
            "other_record",
            "other_quickbooks_id",
            "score",
            "reason",
            "obstacle",
            "acts",
            "finmo",
            "quickbooks",
            "other",
            "fields_",
            "ignored",
        )

    def get_fields(self) -> dict[str, serializers.Field]:
        """`fields` is what the class itself has."""
        found = super().get_fields()
        return {("fields" if name == "fields_" else name): each for name, each in found.items()}

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_quickbooks_id(self, finding: ContactFinding) -> str | None:
        return finding.quickbooks_id or None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_other_quickbooks_id(self, finding: ContactFinding) -> str | None:
        return finding.other_quickbooks_id or None

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(Act.choices)))
    def get_acts(self, finding: ContactFinding) -> list[str]:
        return [str(act) for act in contact_matching.acts_of(finding)]


class FindingsRequestSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(FindingKind.choices, required=False)
    ignored = serializers.BooleanField(required=False, default=False)


class ActRequestSerializer(serializers.Serializer):
    """Which findings, or all open ones of a kind, and what settles them."""

    act = serializers.ChoiceField(Act.choices)
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID),
        required=False,
        allow_empty=False,
        max_length=MOST_IDS,
    )
    kind = serializers.ChoiceField(FindingKind.choices, required=False)
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    preview = serializers.BooleanField(required=False, default=False, help_text="Only say what would change.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("ids" in attrs) == ("kind" in attrs):
            raise serializers.ValidationError("Send either ids or kind.")
        return attrs


class ContactChangeSerializer(serializers.Serializer):
    finding = serializers.IntegerField(source="finding.pk")
    name = serializers.CharField(source="finding.name")
    side = serializers.ChoiceField(SIDES)
    fields = serializers.DictField(child=FieldChangeSerializer())


class ContactPreviewSerializer(serializers.Serializer):
    """What an act would change, or, of `ignore` and `restore`, has noted."""

    act = serializers.ChoiceField(Act.choices)
    changes = ContactChangeSerializer(many=True)


class ReadingView(OrganizationView):
    def reading(self) -> ContactReading:
        readings = ContactReading.objects.filter(entity=self.kwargs["entity"]).select_related("organization")
        return get_object_or_404(self.own(readings), pk=self.kwargs["pk"])


class NewestReading(OrganizationView, APIView):
    @extend_schema(operation_id="contact_reconciliation_newest", responses=ReadingSerializer)
    def get(self, request: Request, entity: str) -> Response:
        """What the newest reading found, counted. 404 `no_reading` where both lists were never read."""
        found = contact_matching.newest(self.organization, entity)
        if found is None:
            raise NotFound("Neither list has been read yet. POST here to read them.", code="no_reading")
        return Response(ReadingSerializer(found).data)

    @extend_schema(
        operation_id="contact_reconciliation_read", request=None, responses={202: SyncRunSerializer}
    )
    @idempotent
    def post(self, request: Request, entity: str) -> Response:
        """Reads both lists afresh: one call to QuickBooks for 1,000 contacts."""
        run = contact_matching.compare(self.organization, entity, asked=self.asked)
        return started(run, request)


class Findings(ReadingView, ListAPIView):
    serializer_class = FindingSerializer
    filter_backends = ()

    @extend_schema(
        operation_id="contact_reconciliation_findings",
        parameters=[
            OpenApiParameter("kind", str, enum=FindingKind.values),
            OpenApiParameter(
                "ignored", bool, description="Those that a person ignored, in place of the open ones."
            ),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The findings of a reading that are still open, the likeliest first."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return ContactFinding.objects.none()
        asked_for = FindingsRequestSerializer(data=self.request.query_params)
        asked_for.is_valid(raise_exception=True)
        chosen = asked_for.validated_data
        of = contact_matching.ignored_findings if chosen["ignored"] else contact_matching.open_findings
        found = of(self.reading()).select_related("reading", "ignored__by")
        return found.filter(kind=chosen["kind"]) if "kind" in chosen else found


class ActOnFindings(ReadingView, APIView):
    @extend_schema(
        operation_id="contact_reconciliation_act",
        request=ActRequestSerializer,
        responses={200: ContactPreviewSerializer, 202: SyncRunSerializer},
    )
    @idempotent
    def post(self, request: Request, entity: str, pk: int) -> Response:
        """Links, imports, pushes, ignores or shows again. 409 `act_not_offered`, `nothing_to_settle`, or
        `two_to_one` where one contact would be linked to two. By `kind`, only pairs are linked of which neither
        contact stands in another pair."""
        reading = self.reading()
        sent = ActRequestSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        asked_for = sent.validated_data
        act = asked_for["act"]
        which = {"findings": asked_for.get("ids"), "kind": asked_for.get("kind")}
        if asked_for["preview"]:
            return _told(act, contact_matching.preview(reading, act, **which))
        changes = (
            [] if act not in (Act.IGNORE, Act.RESTORE) else contact_matching.preview(reading, act, **which)
        )
        run = contact_matching.settle(reading, act, asked=self.asked, note=asked_for.get("note", ""), **which)
        return started(run, request) if run else _told(act, changes)


def _told(act: str, changes: list[contact_matching.Change]) -> Response:
    return Response(ContactPreviewSerializer({"act": act, "changes": changes}).data)
