"""A POST with the header Idempotency-Key is done once, however often it arrives."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.db import transaction
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from ..models import IdempotencyKey
from .errors import Conflicting

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(days=7)
_LONGEST = IdempotencyKey._meta.get_field("key").max_length
_KEPT_HEADERS = ("Location", "ETag")

Handler = Callable[..., Response]


def idempotent(handler: Handler) -> Handler:
    """Makes a view's creating POST repeatable for the same person and organization.

    What the handler does and its answer are committed together. A duplicate that arrives meanwhile waits for
    that commit, because both insert the same key. A refusal is not kept: the same request may succeed later.
    """

    @wraps(handler)
    def repeatable(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return handler(view, request, *args, **kwargs)
        if not 0 < len(key) <= _LONGEST:
            raise ValidationError(
                f"{HEADER} takes 1 to {_LONGEST} characters.", code="invalid_idempotency_key"
            )
        theirs = IdempotencyKey.objects.filter(organization=view.organization, user=request.user)
        with transaction.atomic():
            theirs.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
            kept, is_new = theirs.get_or_create(
                key=key,
                defaults={
                    "organization": view.organization,
                    "user": request.user,
                    "fingerprint": _fingerprint(request),
                },
            )
            if not is_new:
                return _again(kept, request)
            response = handler(view, request, *args, **kwargs)
            _keep(kept, response)
        return response

    repeatable.is_idempotent = True
    return repeatable


def _fingerprint(request: Request) -> str:
    asked = json.dumps([request.method, request.get_full_path(), request.data], sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()


def _keep(kept: IdempotencyKey, response: Response) -> None:
    kept.status = response.status_code
    kept.body = JSONRenderer().render(response.data).decode()
    kept.headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    kept.save(update_fields=["status", "body", "headers"])


def _again(kept: IdempotencyKey, request: Request) -> Response:
    if kept.fingerprint != _fingerprint(request):
        raise Conflicting(
            f"This {HEADER} was used for another request. Use a new one for a new request.",
            code="idempotency_key_reused",
        )
    return Response(json.loads(kept.body), status=kept.status, headers=kept.headers)
