"""Versions of a record: the ETag that an answer carries, and the If-Match that a change may carry."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils.http import parse_etags
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from .errors import ChangedMeanwhile

HEADER = "If-Match"


def etag_of(representation: dict[str, Any]) -> str:
    return f'"{hashlib.sha256(JSONRenderer().render(representation)).hexdigest()[:32]}"'


def require_unchanged(request: Request, current: dict[str, Any]) -> None:
    """Raises ChangedMeanwhile where If-Match names no version that is `current`."""
    expected = request.headers.get(HEADER)
    if expected is None or expected.strip() == "*":
        return
    # A proxy that compresses an answer marks its ETag as weak; it is still the one that we gave.
    named = {each.removeprefix("W/") for each in parse_etags(expected)}
    if etag_of(current) not in named:
        raise ChangedMeanwhile(current)
