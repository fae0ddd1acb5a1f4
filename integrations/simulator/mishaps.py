"""Things that go wrong between a client and QuickBooks, each for the next so many calls."""

from __future__ import annotations

import time
from decimal import Decimal

from django.db.models import F
from django.http import HttpRequest, HttpResponse

from . import responses
from .models import Company, Mishap

# kind: what happens
KINDS = {
    "request_lost": "The call is not carried out and never answered",
    "answer_lost": "The call is carried out, its answer never arrives",
    "throttled": "429 before the call is carried out",
    "throttled_after": "429 although the call was carried out",
    "server_error": "500 before the call is carried out",
    "server_error_after": "500 although the call was carried out",
    "unavailable": "503 with an HTML page before the call is carried out",
    "unavailable_after": "503 with an HTML page although the call was carried out",
    "slow": "The answer takes so many seconds",
    "token_expired": "The access token has expired",
    "rights_lost": "The person who connected may not see this company any more",
    "grant_revoked": "The grant was revoked by the user",
    "cut_off": "The call is carried out, its answer ends in the middle",
    "broken_json": "The call is carried out, its answer is not JSON",
    "requestid_forgotten": "A known requestid is carried out again",
}


def add(
    company: Company, kind: str, *, count: int = 1, matching: str = "", seconds: Decimal | float = 0
) -> Mishap:
    """Raises ValueError for an unknown kind or a count that is not positive."""
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}")
    if count < 1:
        raise ValueError("count must be at least 1")
    return Mishap.objects.create(
        company=company, kind=kind, remaining=count, matching=matching, seconds=seconds
    )


def take(company: Company, address: str) -> Mishap | None:
    """The first mishap that waits for a call to this address; it has then happened once more.

    Calls to the token endpoint meet only a mishap whose `matching` names them.
    """
    is_token = "/v3/company/" not in address
    for mishap in Mishap.objects.filter(company=company, remaining__gt=0).order_by("pk"):
        if mishap.matching not in address or (is_token and not mishap.matching):
            continue
        if Mishap.objects.filter(pk=mishap.pk, remaining__gt=0).update(remaining=F("remaining") - 1):
            return mishap
    return None


def wait(company: Company, mishap: Mishap | None) -> None:
    """The company's own latency and the mishap's. No transaction is open, so that a slow call blocks nobody."""
    seconds = company.latency_ms / 1000
    if mishap and mishap.kind == "slow":
        seconds += float(mishap.seconds)
    if seconds:
        time.sleep(seconds)


def instead(request: HttpRequest, company: Company, kind: str) -> HttpResponse | None:
    """What is answered instead of carrying the call out."""
    if kind == "request_lost":
        return responses.lost(request)
    if kind == "rights_lost":
        return responses.rights_lost()
    if kind == "throttled":
        return responses.throttled(request, as_xml=company.throttle_as_xml)
    if kind == "server_error":
        return responses.server_error()
    return responses.unavailable() if kind == "unavailable" else None


def spoiled(request: HttpRequest, company: Company, response: HttpResponse, kind: str) -> HttpResponse:
    """What becomes of the answer on its way back; the call itself has been carried out."""
    if kind == "answer_lost":
        return responses.lost(request)
    if kind == "cut_off":
        response.content = response.content[: len(response.content) // 2]
    if kind == "broken_json":
        response.content = b"{" + response.content
    return instead(request, company, kind.removesuffix("_after")) or response
