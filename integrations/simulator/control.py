"""The simulator's own interface, for tests and scripts: companies, switches, mishaps, calls, webhooks."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from . import limits, merging, mishaps, tokens, webhooks
from .faults import Fault
from .models import Call, Company, Mishap
from .seed import COUNTRY_NAMES, seed_company

FIXED = ("id", "realm_id", "created_at", "counters", "next_doc_number")
SWITCHES = tuple(field.name for field in Company._meta.concrete_fields if field.name not in FIXED)


class BadRequest(Exception):
    """The words are the answer."""


def _json(request: HttpRequest) -> dict[str, Any]:
    try:
        body = json.loads(request.body or b"{}")
    except ValueError as error:
        raise BadRequest("The body is not JSON.") from error
    if not isinstance(body, dict):
        raise BadRequest("The body is not an object.")
    return body


def _refusing(view: Any) -> Any:
    """A view whose BadRequest becomes a 400."""

    @csrf_exempt
    def wrapped(request: HttpRequest, **arguments: str) -> HttpResponse:
        try:
            return view(request, **arguments)
        except BadRequest as refusal:
            return JsonResponse({"detail": str(refusal)}, status=400)

    return wrapped


def _company(realm: str) -> Company:
    return get_object_or_404(Company, realm_id=realm)


def _document(company: Company) -> dict[str, Any]:
    return {"realm_id": company.realm_id} | {name: getattr(company, name) for name in SWITCHES}


@_refusing
@require_http_methods(["GET", "POST"])
def companies(request: HttpRequest) -> JsonResponse:
    """GET lists; POST creates, by `country`, `name`, `multicurrency`, `seed`, and any switch.

    `intuit_limits` sets the three limits to Intuit's own numbers, here and in PATCH.
    """
    if request.method == "GET":
        return JsonResponse({"companies": [_document(company) for company in Company.objects.order_by("pk")]})
    body = _json(request)
    country = body.pop("country", "US")
    if country not in COUNTRY_NAMES:
        raise BadRequest(f"country must be one of {', '.join(COUNTRY_NAMES)}")
    options = {key: body.pop(key) for key in ("name", "multicurrency") if key in body}
    documents = bool(body.pop("seed", True))
    company = seed_company(country=country, documents=documents, **options)
    switch(company, body)
    return JsonResponse(_document(company), status=201)


@_refusing
@require_http_methods(["GET", "PATCH", "DELETE"])
def company(request: HttpRequest, realm: str) -> HttpResponse:
    found = _company(realm)
    if request.method == "DELETE":
        found.delete()
        return HttpResponse(status=204)
    if request.method == "PATCH":
        switch(found, _json(request))
    return JsonResponse(_document(found))


def switch(company: Company, values: dict[str, Any]) -> None:
    """Sets switches by name. Raises BadRequest for an unknown one, or a value that does not fit."""
    if values.pop("intuit_limits", False):
        values = limits.INTUIT | values
    for name, value in values.items():
        if name not in SWITCHES:
            raise BadRequest(f"{name} is not a switch; there are {', '.join(SWITCHES)}")
        field = Company._meta.get_field(name)
        if isinstance(field, BooleanField) and not isinstance(value, bool):
            raise BadRequest(f"{name} must be true or false")
        try:
            setattr(company, name, field.clean(value, company))
        except ValidationError as error:
            raise BadRequest(f"{name}: {' '.join(error.messages)}") from error
    # Never the counters: a write may be taking numbers from them at this moment.
    company.save(update_fields=list(values))


@_refusing
@require_http_methods(["GET", "DELETE"])
def calls(request: HttpRequest, realm: str) -> HttpResponse:
    """The exact number of calls, by kind, and the newest hundred; DELETE begins anew."""
    found = _company(realm)
    if request.method == "DELETE":
        found.calls.all().delete()
        return HttpResponse(status=204)
    counts = dict(found.calls.order_by().values_list("kind").annotate(Count("pk")))
    by_kind = {kind: counts.get(kind, 0) for kind in Call.Kind.values}
    newest = found.calls.order_by("-pk").values(
        "at", "kind", "method", "path", "request_id", "status", "tid"
    )[:100]
    return JsonResponse({"total": sum(by_kind.values())} | by_kind | {"calls": list(newest)})


@_refusing
@require_http_methods(["GET", "POST", "DELETE"])
def mishap_list(request: HttpRequest, realm: str) -> HttpResponse:
    """GET lists what waits and what there is; POST adds `kind`, `count`, `matching`, `seconds`."""
    found = _company(realm)
    if request.method == "DELETE":
        found.mishaps.all().delete()
        return HttpResponse(status=204)
    if request.method == "GET":
        waiting = found.mishaps.filter(remaining__gt=0).order_by("pk")
        return JsonResponse({"waiting": [_mishap(each) for each in waiting], "kinds": mishaps.KINDS})
    body = _json(request)
    unknown = set(body) - {"kind", "count", "matching", "seconds"}
    if unknown:
        raise BadRequest(f"unknown: {', '.join(sorted(unknown))}")
    try:
        mishap = mishaps.add(
            found,
            str(body.get("kind", "")),
            count=int(body.get("count", 1)),
            matching=str(body.get("matching", "")),
            seconds=float(body.get("seconds", 0)),
        )
    except (ValueError, TypeError) as error:
        raise BadRequest(str(error)) from error
    return JsonResponse(_mishap(mishap), status=201)


def _mishap(mishap: Mishap) -> dict[str, Any]:
    return {
        "kind": mishap.kind,
        "count": mishap.remaining,
        "matching": mishap.matching,
        "seconds": float(mishap.seconds),
    }


@_refusing
@require_POST
def send_webhooks(request: HttpRequest, realm: str) -> JsonResponse:
    """Sends what has not been told yet to the company's webhook address, or to the one in `url`."""
    found = _company(realm)
    url = str(_json(request).get("url") or found.webhook_url)
    if not url:
        raise BadRequest("There is no webhook address: set webhook_url, or send url.")
    delivery = webhooks.send(found, url)
    return JsonResponse({"sent": delivery.events, "status": delivery.status, "error": delivery.error})


@_refusing
@require_POST
def merge_names(request: HttpRequest, realm: str) -> JsonResponse:
    """What a person does in QuickBooks' pages only: merges `loser` into `survivor`, both of one `entity`."""
    body = _json(request)
    try:
        document = merging.merge(
            _company(realm), *(str(body.get(name, "")) for name in ("entity", "loser", "survivor"))
        )
    except Fault as refusal:
        raise BadRequest(str(refusal)) from refusal
    return JsonResponse(document)


@_refusing
@require_POST
def issue_tokens(request: HttpRequest, realm: str) -> JsonResponse:
    """A grant without a browser."""
    grant = tokens.issue(_company(realm))
    return JsonResponse(
        {
            "realm_id": realm,
            "access_token": tokens.access_token(grant).token,
            "refresh_token": grant.refresh_token,
            "expires_in": int(tokens.ACCESS_LIFE.total_seconds()),
            "x_refresh_token_expires_in": int(tokens.ROLLING_LIFE.total_seconds()),
        },
        status=201,
    )
