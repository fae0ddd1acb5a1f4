"""Reads what QuickBooks and its gateways answer when they refuse, in all of their formats."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Any, NoReturn
from xml.etree import ElementTree

import msgspec

from . import codes
from .errors import Fault, NeedsReconnect, Refused, Throttled, TokenRefused, Unreachable, error_of

_TOKEN = re.compile(r"(?i)\b((?:token|bearer)\b[^:=]{0,40}[:=]\s*|bearer\s+)\S+|[\w-]{40,}(?:\.[\w-]*)*")
_ERROR_CODE = re.compile(r"errorCode=(\d+)")
_LONGEST_DETAIL = 500


def raise_for(status: int, headers: Mapping[str, str], body: bytes) -> NoReturn:
    """Raises the typed error of a bad answer. The status decides first: gateways answer in any format."""
    intuit_tid = tid(headers)
    fault = next(iter(faults_of(body, intuit_tid)), None)
    known: dict[str, Any] = {"status": status, "intuit_tid": intuit_tid, "fault": fault}
    code = fault.code if fault else ""
    if status == 429 or code == codes.THROTTLED:
        raise Throttled(retry_after=retry_after(headers), **known)
    if status == 401:
        # Where the person who connected lost their rights in the company a fresh token would change nothing.
        raise (NeedsReconnect if code == codes.RIGHTS_LOST else TokenRefused)(**known)
    if status == 403 and not fault:
        fault = Fault("403", "Forbidden", "", "", intuit_tid)
    error = error_of(fault, status) if fault else Unreachable(**known)
    if status >= 500 and isinstance(error, Refused):
        raise Unreachable(**known)
    raise error


def faults_of(body: bytes, intuit_tid: str = "") -> list[Fault]:
    """The faults in a body, whichever of QuickBooks' envelopes it is; none where it is none of them."""
    if body.lstrip()[:1] == b"<":
        return _xml_faults(body, intuit_tid)
    try:
        envelope = msgspec.json.decode(body)
    except ValueError:
        return []
    fault = _either(envelope, "Fault")
    errors = _either(fault, "Error")
    return [
        _fault({name.lower(): text for name, text in error.items()}, intuit_tid)
        for error in (errors if isinstance(errors, list) else [])
        if isinstance(error, dict)
    ]


def tid(headers: Mapping[str, str]) -> str:
    """Intuit's id of the request, under any of the spellings in use."""
    names = {name.lower().replace("_", "-"): text for name, text in headers.items()}
    return names.get("intuit-tid", "")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, where QuickBooks says so: a number or an HTTP date (RFC 9110, 10.2.3)."""
    text = next((text for name, text in headers.items() if name.lower() == "retry-after"), "").strip()
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
        except (TypeError, ValueError):
            return None
    return max(seconds, 0.0) if isfinite(seconds) else None


def redacted(text: str) -> str:
    """QuickBooks' words without tokens ("Token expired: AB0…"), and no longer than a person reads."""
    return _TOKEN.sub(lambda match: (match.group(1) or "") + "[removed]", text)[:_LONGEST_DETAIL]


def _xml_faults(body: bytes, intuit_tid: str) -> list[Fault]:
    # QuickBooks' answers declare no document type: it would only bring entities to expand, or be HTML.
    if b"<!doctype" in body[:2000].lower():
        return []
    try:
        root = ElementTree.fromstring(body)
    except (ElementTree.ParseError, ValueError, LookupError):
        return []
    errors = [element for element in root.iter() if _local_name(element) == "error"]
    return [
        _fault(
            {name.lower(): text for name, text in element.attrib.items()}
            | {_local_name(part): part.text for part in element},
            intuit_tid,
        )
        for element in errors
    ]


def _local_name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2].lower()


def _fault(error: Mapping[str, Any], intuit_tid: str) -> Fault:
    message = str(error.get("message") or "")
    hidden_code = _ERROR_CODE.search(message)
    code = str(error.get("code") or (hidden_code.group(1) if hidden_code else ""))
    return Fault(
        code=code.lstrip("0") or code,
        message=redacted(message),
        detail=redacted(str(error.get("detail") or "")),
        element=str(error.get("element") or ""),
        intuit_tid=intuit_tid,
    )


def _either(parent: Any, name: str) -> Any:
    """Gateways write the names of the envelope in lower case."""
    if not isinstance(parent, dict):
        return None
    return parent.get(name) or parent.get(name.lower())
