"""What the API answers when it does not do as asked: always `{"code", "detail", "fields"?}`."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.signals import got_request_exception
from django.http import Http404
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound, PermissionDenied, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from ..models import Connection
from ..services import NotConnected, Refused, UnknownRecord

logger = logging.getLogger(__name__)

WHOLE = "non_field_errors"


class Conflicting(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


class ChangedMeanwhile(APIException):
    """`current` is the record as it is now."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "changed_meanwhile"
    default_detail = "The record was changed since you read it. Look at “current” and send your change again."

    def __init__(self, current: dict[str, Any]):
        super().__init__()
        self.current = current


class Internal(APIException):
    default_code = "internal"
    default_detail = "Something went wrong at Finmo. Finmo has been told; try again later."


def answer(exc: Exception, context: dict[str, Any]) -> Response:
    """REST framework's EXCEPTION_HANDLER."""
    refusal = _as_refusal(exc)
    if isinstance(refusal, Internal):
        request = context["request"]._request
        logger.error("%s %s failed", request.method, request.path, exc_info=exc)
        got_request_exception.send(sender=None, request=request)
    response = exception_handler(refusal, context)
    response.data = _body(refusal)
    return response


def _as_refusal(exc: Exception) -> APIException:
    if isinstance(exc, APIException):
        return exc
    if isinstance(exc, Http404 | UnknownRecord):
        return NotFound("There is no such record.")
    if isinstance(exc, DjangoPermissionDenied):
        return PermissionDenied()
    if isinstance(exc, NotConnected):
        # Not switched on yet is not connected either; the sentence tells which.
        reconnect = exc.code == Connection.Status.NEEDS_RECONNECT
        code = Connection.Status.NEEDS_RECONNECT if reconnect else Connection.Status.NOT_CONNECTED
        return Conflicting(str(exc), code=code.value)
    if isinstance(exc, Refused):
        return Conflicting(str(exc), code=exc.code)
    return Internal()


def _body(exc: APIException) -> dict[str, Any]:
    if isinstance(exc, ValidationError):
        return _invalid(exc)
    body = {"code": exc.get_codes(), "detail": exc.detail}
    if isinstance(exc, ChangedMeanwhile):
        body["current"] = exc.current
    return body


def _invalid(exc: ValidationError) -> dict[str, Any]:
    if isinstance(exc.detail, list):
        return {"code": exc.get_codes()[0], "detail": " ".join(map(str, exc.detail))}
    problems = {name: _flat(below) for name, below in exc.detail.items()}
    whole = problems.pop(WHOLE, [])
    detail = " ".join(whole) or "Some values are not accepted. See “fields”."
    return {"code": "invalid", "detail": detail} | ({"fields": problems} if problems else {})


def _flat(problems: Any) -> Any:
    """Problems of a nested list as a whole stand directly under the list's name."""
    if isinstance(problems, dict):
        if problems.keys() == {WHOLE}:
            return _flat(problems[WHOLE])
        return {name: _flat(below) for name, below in problems.items()}
    if isinstance(problems, list):
        return [_flat(below) for below in problems]
    return str(problems)
