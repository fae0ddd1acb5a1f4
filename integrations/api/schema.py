"""What the OpenAPI document says of every operation: its headers, and how errors look."""

from __future__ import annotations

from typing import Any

from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from . import etags, idempotency, organizations


class TokenScheme(KnoxTokenScheme):
    target_class = "integrations.api.authentication.TokenAuthentication"
    name = "token"


class ErrorSerializer(serializers.Serializer):
    """Every refusal."""

    code = serializers.CharField(help_text="Stable; for programs.")
    detail = serializers.CharField(help_text="A sentence for people.")
    fields = serializers.DictField(required=False, help_text="{field: what is wrong with it}")
    current = serializers.DictField(required=False, help_text="With 412: the record as it is now.")


def _header(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=description)


ORGANIZATION = _header(
    organizations.HEADER, "The organization's slug; needed by members of several organizations."
)
IDEMPOTENCY_KEY = _header(
    idempotency.HEADER,
    "A text of your own per request: sent again with it, the request is answered, not repeated.",
)
IF_MATCH = _header(etags.HEADER, "The ETag of the record that you read: 412 where it was changed since.")
FIELDS = OpenApiParameter("fields", str, description="Only these fields, separated by commas: id,name.")


class ApiSchema(AutoSchema):
    def get_override_parameters(self) -> list[OpenApiParameter]:
        parameters = []
        if isinstance(self.view, organizations.OrganizationView):
            parameters.append(ORGANIZATION)
        if getattr(self._handler(), "is_idempotent", False):
            parameters.append(IDEMPOTENCY_KEY)
        action = getattr(self.view, "action", "")
        if hasattr(self.view, "unchanged_record") and action in ("update", "partial_update", "destroy"):
            parameters.append(IF_MATCH)
        if hasattr(self.view, "shown") and action in ("list", "retrieve"):
            parameters.append(FIELDS)
        return parameters

    def _handler(self) -> Any:
        return getattr(self.view, getattr(self.view, "action", None) or self.method.lower(), None)

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        return {**bodies, "4XX": self._get_response_for_code(ErrorSerializer, "4XX")}
