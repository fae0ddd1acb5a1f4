"""The resources that are kept in step with QuickBooks: read, edit, push, pull."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models, transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from .. import linking, services
from ..editing import delete_record
from ..mapping import Mapper, mapper_for
from ..models import SyncedRecord
from ..sync.lease import hold_lane
from .etags import etag_of, require_unchanged
from .idempotency import idempotent
from .organizations import OrganizationView
from .runs import SyncRunSerializer, started
from .serializers import (
    LinkRequestSerializer,
    LookUpRequestSerializer,
    PullRequestSerializer,
    PushRequestSerializer,
)


class MirroredViewSet(OrganizationView, GenericViewSet):
    """A list of QuickBooks that is read here and refreshed by a pull. A subclass names its entity."""

    entity: ClassVar[str]
    pull_request: ClassVar[type[serializers.Serializer]] = PullRequestSerializer
    lookup_value_converter = "int"

    @property
    def mapper(self) -> Mapper:
        return mapper_for(self.entity)

    def get_queryset(self) -> models.QuerySet:
        return self.own(self.mapper.model.objects.light())

    def list(self, request: Request) -> Response:
        """The organization's records, a page at a time."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.shown(page, many=True).data)

    def retrieve(self, request: Request, pk: int) -> Response:
        """One record, with its version as the ETag."""
        record = self.get_object()
        return Response(self.shown(record).data, headers={"ETag": etag_of(self.whole(record))})

    @extend_schema(responses={202: SyncRunSerializer})
    @action(detail=False, methods=["post"])
    @idempotent
    def pull(self, request: Request) -> Response:
        """Reads what changed in QuickBooks."""
        options = self.checked(self.pull_request)
        run = services.pull(self.organization, self.entity, asked=self.asked, **options)
        return started(run, request)

    def whole(self, record: SyncedRecord) -> dict[str, Any]:
        return self.get_serializer(record).data

    def shown(self, records: Any, **options: Any) -> serializers.BaseSerializer:
        """The serializer, with those of its fields that `?fields=` names."""
        serializer = self.get_serializer(records, **options)
        asked = self.request.query_params.get("fields", "")
        if names := {name.strip() for name in asked.split(",") if name.strip()}:
            fields = getattr(serializer, "child", serializer).fields
            if unknown := names - fields.keys():
                raise ValidationError({"fields": [f"There is no field {name}." for name in sorted(unknown)]})
            for name in fields.keys() - names:
                del fields[name]
        return serializer

    def checked(self, serializer: type[serializers.Serializer]) -> dict[str, Any]:
        sent = serializer(data=self.request.data)
        sent.is_valid(raise_exception=True)
        return sent.validated_data


class EditableViewSet(MirroredViewSet):
    """What people keep here, and what is pushed."""

    push_request: ClassVar[type[serializers.Serializer]] = PushRequestSerializer

    @idempotent
    def create(self, request: Request) -> Response:
        """Keeps a new record. It is not sent to QuickBooks until it is pushed."""
        sent = self.get_serializer(data=request.data)
        sent.is_valid(raise_exception=True)
        answer = self.stored(sent.save(editor=self.asked).pk, status.HTTP_201_CREATED)
        answer.headers["Location"] = self.reverse_action("detail", args=[answer.data["id"]])
        return answer

    def update(self, request: Request, pk: int, partial: bool = False) -> Response:
        """Changes a record, which then waits to be pushed."""
        with transaction.atomic():
            record = self.unchanged_record()
            self.require_editable(record)
            sent = self.get_serializer(record, data=request.data, partial=partial)
            sent.is_valid(raise_exception=True)
            sent.save(editor=self.asked)
            return self.stored(record.pk, status.HTTP_200_OK)

    def partial_update(self, request: Request, pk: int) -> Response:
        """Changes those fields of a record that are sent."""
        return self.update(request, pk, partial=True)

    def destroy(self, request: Request, pk: int) -> Response:
        """Removes what was never synced; 409 `synced_record` where QuickBooks may know it."""
        with transaction.atomic():
            hold_lane(self.organization.pk)
            delete_record(self.unchanged_record())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses={202: SyncRunSerializer})
    @action(detail=False, methods=["post"])
    @idempotent
    def sync(self, request: Request) -> Response:
        """Pushes the records with these ids, or all that are not in step, to QuickBooks."""
        run = services.push(
            self.organization, self.entity, asked=self.asked, **self.checked(self.push_request)
        )
        return started(run, request)

    @extend_schema(request=LookUpRequestSerializer, responses={202: SyncRunSerializer})
    @action(detail=False, methods=["post"], url_path="look-up")
    @idempotent
    def look_up(self, request: Request) -> Response:
        """Searches in QuickBooks; `sync-runs/{id}/candidates/` then lists what was found."""
        search = self.checked(LookUpRequestSerializer)["search"]
        return started(linking.look_up(self.organization, self.entity, search, asked=self.asked), request)

    @extend_schema(request=LinkRequestSerializer, responses={202: SyncRunSerializer})
    @action(detail=True, methods=["post"])
    @idempotent
    def link(self, request: Request, pk: int) -> Response:
        """Ties the record to what QuickBooks has already. Its empty fields are filled from there; what differs then
        waits to be pushed."""
        pairs = {self.get_object().pk: self.checked(LinkRequestSerializer)["quickbooks_id"]}
        return started(linking.link(self.organization, self.entity, pairs, asked=self.asked), request)

    @extend_schema(request=None, responses={202: SyncRunSerializer})
    @action(detail=True, methods=["post"])
    @idempotent
    def unlink(self, request: Request, pk: int) -> Response:
        """Forgets which record of QuickBooks this is; that one stays. A later push or pull may find it again by its
        name or number."""
        ids = [self.get_object().pk]
        return started(linking.unlink(self.organization, self.entity, ids, asked=self.asked), request)

    def require_editable(self, record: SyncedRecord) -> None:
        """Raises services.Refused where nobody may change the record any more."""

    def unchanged_record(self) -> SyncedRecord:
        """The record, locked until the transaction ends; as it was where the caller's If-Match says so."""
        locked = self.get_queryset().select_for_update(of=("self",))
        record = get_object_or_404(locked, pk=self.kwargs["pk"])
        require_unchanged(self.request, self.whole(record))
        return record

    def stored(self, pk: int, code: int) -> Response:
        """The record as the database has it now."""
        answer = self.whole(self.get_queryset().get(pk=pk))
        return Response(answer, status=code, headers={"ETag": etag_of(answer)})
