"""HTTP answers as QuickBooks and its gateway give them."""

from __future__ import annotations

import socket
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from . import clock, faults, jsontext, xmltext

THROTTLED = "The request limit was reached.  Try again later"
HTML = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"


def new_tid() -> str:
    """A transaction id as in the `intuit_tid` header."""
    return f"1-{uuid.uuid4().hex[:8]}-{uuid.uuid4().hex[:24]}"


def wants_xml(request: HttpRequest) -> bool:
    """QuickBooks answers XML unless JSON is asked for."""
    return "json" not in request.headers.get("Accept", "").lower()


def success(request: HttpRequest, document: dict[str, Any]) -> HttpResponse:
    if wants_xml(request):
        return HttpResponse(xmltext.encode(document), content_type="application/xml;charset=utf-8")
    return HttpResponse(jsontext.encode(document), content_type="application/json;charset=utf-8")


def refusal(request: HttpRequest, fault: faults.Fault) -> HttpResponse:
    envelope = fault.envelope()
    if wants_xml(request):
        return HttpResponse(xmltext.encode(envelope), status=400, content_type="application/xml")
    return HttpResponse(jsontext.encode(envelope), status=400, content_type="application/json")


def gateway(
    request: HttpRequest, kind: str, name: str, code: str, status: int, detail: str | None, *, as_xml: bool
) -> HttpResponse:
    """The gateway speaks JSON to who asks for it, and now and then XML even to them."""
    now = timezone.now()
    body = faults.gateway(kind, name, code, status, detail, int(now.timestamp() * 1000))
    if as_xml or wants_xml(request):
        [error] = body["fault"]["error"]
        told = {"Message": error["message"]} | ({"Detail": detail} if detail else {}) | {"code": code}
        document = {"Fault": {"type": kind, "Error": [told]}, "time": clock.envelope_time()}
        response = HttpResponse(xmltext.encode(document), status=status, content_type="application/xml")
    else:
        response = HttpResponse(jsontext.encode(body), status=status, content_type="application/json")
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="Intuit", error="invalid_token"'
    return response


def unauthorized(
    request: HttpRequest, detail: str, code: str = "3200", *, as_xml: bool = False
) -> HttpResponse:
    return gateway(request, "AUTHENTICATION", "AuthenticationFailed", code, 401, detail, as_xml=as_xml)


def forbidden(request: HttpRequest, *, as_xml: bool = False) -> HttpResponse:
    return gateway(request, "SERVICE", "ApplicationAuthorizationFailed", "3100", 403, None, as_xml=as_xml)


def throttled(request: HttpRequest, *, as_xml: bool) -> HttpResponse:
    return gateway(request, "SERVICE", "ThrottleExceeded", "3001", 429, THROTTLED, as_xml=as_xml)


def rights_lost() -> HttpResponse:
    detail = "AuthorizationFailure: -11014-You do not have access to this company."
    return _failed(401, "AuthorizationFault", "120", detail)


def server_error() -> HttpResponse:
    return _failed(500, "SystemFault", "10000", "System Failure Error: an unexpected error occurred.")


def _failed(status: int, kind: str, code: str, detail: str) -> HttpResponse:
    """What QuickBooks itself, and not its gateway, says of a call that it did not look into."""
    error = {"Message": faults.MESSAGES[code], "Detail": detail, "code": code, "element": ""}
    body = {"Fault": {"Error": [error], "type": kind}}
    return HttpResponse(jsontext.encode(body), status=status, content_type="application/json")


def unavailable() -> HttpResponse:
    return HttpResponse(
        HTML.format("503 Service Temporarily Unavailable"), status=503, content_type="text/html"
    )


def lost(request: HttpRequest) -> HttpResponse:
    """No answer: the connection is cut where the server gives us its socket, else a proxy's timeout page."""
    connection = request.META.get("gunicorn.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
    return HttpResponse(HTML.format("504 Gateway Time-out"), status=504, content_type="text/html")
