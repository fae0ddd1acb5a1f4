"""What was asked for, how far it is, and what came of each record."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.viewsets import GenericViewSet

from .. import linking, rerunning
from ..models import Direction, SyncJob, SyncRun, Trigger
from .fields import PersonField
from .filters import Moments, contains, id_of, ordering
from .idempotency import idempotent
from .organizations import OrganizationView
from .serializers import ExplainedSerializer


class SyncRunSerializer(serializers.ModelSerializer):
    requested_by = PersonField()
    error = ExplainedSerializer(
        read_only=True, allow_null=True, help_text="Why the run as a whole failed, or what it waits for."
    )
    retry_of = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)

    class Meta:
        model = SyncRun
        fields = (
            "id",
            "direction",
            "entity",
            "trigger",
            "status",
            "total",
            "done",
            "succeeded",
            "failed",
            "skipped",
            "requested_by",
            "created_at",
            "started_at",
            "finished_at",
            "error",
            "retry_of",
        )
        extra_kwargs = {"done": {"help_text": "Succeeded, failed and skipped together."}}


class NullableText(serializers.CharField):
    """Null where there is none."""

    def __init__(self, **kwargs: Any):
        super().__init__(read_only=True, allow_null=True, **kwargs)

    def to_representation(self, value: str) -> str | None:
        return value or None


class SyncJobSerializer(serializers.ModelSerializer):
    record = serializers.IntegerField(source="record_id", allow_null=True)
    outcome = serializers.SerializerMethodField()
    code = NullableText()
    message = NullableText()
    remedy = NullableText()
    quickbooks_id = NullableText()
    intuit_tid = NullableText(help_text="Intuit's id of the call, which its support asks for.")

    class Meta:
        model = SyncJob
        fields = (
            "id",
            "entity",
            "record",
            "label",
            "outcome",
            "code",
            "message",
            "remedy",
            "quickbooks_id",
            "intuit_tid",
            "finished_at",
        )

    @extend_schema_field(
        serializers.ChoiceField([each for each in SyncJob.Outcome.choices if each[0]], allow_null=True)
    )
    def get_outcome(self, job: SyncJob) -> str | None:
        """Null while the record waits."""
        return job.outcome or None


class CandidateSerializer(serializers.Serializer):
    """A record of QuickBooks that a search found."""

    quickbooks_id = serializers.CharField(source="id")
    name = serializers.CharField(help_text="Its name or number.")
    active = serializers.BooleanField(help_text="False: it takes no link until it is active again there.")
    details = serializers.DictField(help_text="{field: value}: what else tells it from others.")
    record = serializers.IntegerField(
        source="bound.pk", default=None, allow_null=True, help_text="The record here that it is linked to."
    )


class SyncRunFilter(filters.FilterSet):
    direction = filters.MultipleChoiceFilter(choices=Direction.choices)
    entity = filters.CharFilter()
    trigger = filters.MultipleChoiceFilter(choices=Trigger.choices)
    status = filters.MultipleChoiceFilter(choices=SyncRun.Status.choices)
    requested_by = contains("requested_by__email")
    created_at = Moments()
    started_at = Moments()
    finished_at = Moments()
    ordering = ordering(
        "created_at", "started_at", "finished_at", "status", "direction", "entity", "total", "failed"
    )


class SyncJobFilter(filters.FilterSet):
    entity = filters.CharFilter()
    record = id_of("record_id")
    label = contains("label")
    outcome = filters.MultipleChoiceFilter(choices=SyncJob.Outcome.choices)
    code = filters.CharFilter()
    ordering = ordering("label", "outcome", "code", "finished_at")


class SyncRunViewSet(OrganizationView, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """What people, schedules and QuickBooks' notifications asked for, newest first."""

    serializer_class = SyncRunSerializer
    queryset = SyncRun.objects.select_related("requested_by")
    lookup_value_converter = "int"
    search_fields = ("entity", "requested_by__email")

    @property
    def filterset_class(self) -> type[filters.FilterSet] | None:
        return {"records": SyncJobFilter, "candidates": None}.get(self.action, SyncRunFilter)

    def get_queryset(self) -> QuerySet:
        return self.own(super().get_queryset())

    @extend_schema(responses=SyncJobSerializer(many=True))
    @action(detail=True, serializer_class=SyncJobSerializer, search_fields=("label", "message"))
    def records(self, request: Request, pk: int) -> Response:
        """What came of each record of the run."""
        run = self.get_run()
        jobs = self.filter_queryset(run.jobs.defer("before", "after", "detail"))
        page = self.paginate_queryset(jobs)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(responses=CandidateSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def candidates(self, request: Request, pk: int) -> Response:
        """What a search in QuickBooks found, at most 25 by each of its questions; empty while it runs."""
        return Response(CandidateSerializer(linking.candidates(self.get_run()), many=True).data)

    @extend_schema(request=None, responses={202: SyncRunSerializer})
    @action(detail=True, methods=["post"])
    @idempotent
    def retry(self, request: Request, pk: int) -> Response:
        """A new run over what failed in this one. 409 `nothing_to_retry` where nothing did."""
        return started(rerunning.retry(self.get_run(), asked=self.asked), request)

    def get_run(self) -> SyncRun:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])


def started(run: SyncRun, request: Request) -> Response:
    """202 with the run, and where to follow it."""
    fresh = SyncRun.objects.select_related("requested_by").get(pk=run.pk)
    where = reverse("api:sync-runs-detail", args=[run.pk], request=request)
    return Response(
        SyncRunSerializer(fresh).data, status=status.HTTP_202_ACCEPTED, headers={"Location": where}
    )
