"""OAuth 2.0 as Intuit serves it: consent, token endpoint, revocation, discovery."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from . import mishaps, responses, tokens
from .models import Call, Company
from .seed import COUNTRY_NAMES, seed_company

# Signing people in (openid and what belongs to it) is not part of the simulator, so those scopes are refused.
SCOPES = {"com.intuit.quickbooks.accounting", "com.intuit.quickbooks.payment"}
HARD_EXPIRY_HEADER = "x-include-refresh-token-hard-expires-in"


def _with_tid(view: Any) -> Any:
    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        response = view(request)
        response["intuit_tid"] = response.get("intuit_tid") or responses.new_tid()
        return response

    return wrapped


def _error(status: int, error: str, description: str = "") -> JsonResponse:
    body = {"error": error} | ({"error_description": description} if description else {})
    return JsonResponse(body, status=status)


# --- consent ----------------------------------------------------------------------------------


@csrf_exempt
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """GET shows the consent page; POST is the person's answer to it. The simulator knows no sign-in."""
    asked = request.GET
    problem = _request_problem(asked)
    if problem:
        # Nothing may be sent to an address that is not known to belong to the client.
        return render(request, "simulator/consent_error.html", {"problem": problem}, status=400)
    error = _scope_problem(asked)
    if error:
        return HttpResponseRedirect(
            _with_query(asked["redirect_uri"], {"error": error, "state": asked.get("state", "")})
        )
    if request.method == "POST":
        return HttpResponseRedirect(_with_query(asked["redirect_uri"], _decision(request)))
    context = {"companies": Company.objects.order_by("name", "pk"), "countries": COUNTRY_NAMES}
    return render(request, "simulator/consent.html", context)


def _request_problem(asked: Mapping[str, str]) -> str:
    if not constant_time_compare(asked.get("client_id", ""), settings.QBO_CLIENT_ID):
        return "The client_id is not that of a known app."
    return (
        ""
        if _is_registered(asked.get("redirect_uri", ""))
        else "The redirect_uri query parameter value is invalid. Make sure it is listed for the app."
    )


def _is_registered(uri: str) -> bool:
    """Exactly one that is listed: in SIMULATOR_REDIRECT_URIS, else QBO_REDIRECT_URI. With neither, any address of the
    web without parameters."""
    listed = getattr(settings, "SIMULATOR_REDIRECT_URIS", None) or [settings.QBO_REDIRECT_URI]
    if any(listed):
        return uri in listed
    parts = urlsplit(uri)
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not (parts.query or parts.fragment)


def _scope_problem(asked: Mapping[str, str]) -> str:
    if asked.get("response_type") != "code":
        return "unsupported_response_type"
    scopes = asked.get("scope", "").split()
    if not scopes or not SCOPES.issuperset(scopes):
        return "invalid_scope"
    return "" if asked.get("state") else "invalid_request"


def _decision(request: HttpRequest) -> dict[str, str]:
    """What the callback is told: a code for the chosen company, or the refusal."""
    state = request.GET.get("state", "")
    if request.POST.get("decision") != "connect":
        return {"error": "access_denied", "state": state}
    country = request.POST.get("country", "")
    company = Company.objects.filter(realm_id=request.POST.get("realm_id", "")).first()
    if company is None and country in COUNTRY_NAMES:
        company = seed_company(country=country)
    if company is None:
        return {"error": "access_denied", "state": state}
    code = tokens.authorize(company, request.GET["redirect_uri"])
    return {"code": code, "state": state, "realmId": company.realm_id}


def _with_query(uri: str, values: dict[str, str]) -> str:
    return f"{uri}{'&' if urlsplit(uri).query else '?'}{urlencode(values)}"


# --- token endpoint ---------------------------------------------------------------------------


@csrf_exempt
@require_POST
@_with_tid
def token(request: HttpRequest) -> HttpResponse:
    if not _is_client(request, request.POST):
        return _error(401, "invalid_client")
    grant_type = request.POST.get("grant_type", "")
    if grant_type not in ("authorization_code", "refresh_token"):
        return _error(400, "unsupported_grant_type" if grant_type else "invalid_request")
    company = tokens.company_of(request.POST.get("refresh_token", ""), request.POST.get("code", ""))
    if company is None:
        return _granted(request, grant_type)
    call = Call.objects.create(
        company=company, kind=Call.Kind.TOKEN, method="POST", path=request.path, tid=responses.new_tid()
    )
    response = _counted(request, company, grant_type)
    Call.objects.filter(pk=call.pk).update(status=response.status_code)
    response["intuit_tid"] = call.tid
    return response


def _counted(request: HttpRequest, company: Company, grant_type: str) -> HttpResponse:
    """A call for a known company's tokens, with the mishap that waits for it."""
    mishap = mishaps.take(company, request.path)
    kind = mishap.kind if mishap else ""
    mishaps.wait(company, mishap)
    response = mishaps.instead(request, company, kind)
    if response is not None:
        return response
    if kind == "grant_revoked":
        for grant in company.grants.all():
            tokens.revoke(grant)
    return mishaps.spoiled(request, company, _granted(request, grant_type), kind)


def _granted(request: HttpRequest, grant_type: str) -> HttpResponse:
    try:
        if grant_type == "refresh_token":
            grant, access = tokens.refresh(request.POST.get("refresh_token", ""))
        else:
            grant, access = tokens.exchange(
                request.POST.get("code", ""), request.POST.get("redirect_uri", "")
            )
    except tokens.InvalidGrant as refusal:
        return _error(400, "invalid_grant", str(refusal))
    body = {
        "token_type": "bearer",
        "access_token": access.token,
        "expires_in": int(tokens.ACCESS_LIFE.total_seconds()),
        "refresh_token": grant.refresh_token,
        "x_refresh_token_expires_in": int(tokens.ROLLING_LIFE.total_seconds()),
    }
    if request.headers.get(HARD_EXPIRY_HEADER, "").lower() == "true":
        body["x_refresh_token_hard_expires_in"] = tokens.hard_expires_in(grant)
    response = JsonResponse(body)
    response["Cache-Control"] = "no-store"
    return response


def _is_client(request: HttpRequest, body: Mapping[str, Any]) -> bool:
    """Whether the app's id and secret came with the request: by Basic authentication, or in the body."""
    header = request.headers.get("Authorization", "")
    if header.lower().startswith("basic "):
        try:
            decoded = base64.b64decode(header[6:], validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return False
        client, _, secret = decoded.partition(":")
    else:
        client, secret = str(body.get("client_id", "")), str(body.get("client_secret", ""))
    expected = constant_time_compare(client, settings.QBO_CLIENT_ID)
    return constant_time_compare(secret, settings.QBO_CLIENT_SECRET) and expected and bool(client)


@csrf_exempt
@require_POST
@_with_tid
def revoke(request: HttpRequest) -> HttpResponse:
    """The body is JSON, as documented, or a form, as the standard has it."""
    body: Any = request.POST
    if request.content_type == "application/json":
        try:
            body = json.loads(request.body)
        except ValueError:
            return _error(400, "invalid_request")
    if not isinstance(body, Mapping):
        return _error(400, "invalid_request")
    if not _is_client(request, body):
        return _error(401, "invalid_client")
    grant = tokens.find(str(body.get("token", "")))
    if grant is None or grant.revoked:
        return _error(400, "invalid_token")
    tokens.revoke(grant)
    return HttpResponse(status=200)


@require_GET
@_with_tid
def discovery(request: HttpRequest) -> JsonResponse:
    base = request.build_absolute_uri("/simulator")
    return JsonResponse(
        {
            "issuer": f"{base}/op/v1",
            "authorization_endpoint": f"{base}/connect/oauth2",
            "token_endpoint": f"{base}/oauth2/v1/tokens/bearer",
            # Clients read these two keys whether they sign people in or not.
            "userinfo_endpoint": f"{base}/v1/openid_connect/userinfo",
            "revocation_endpoint": f"{base}/v2/oauth2/tokens/revoke",
            "jwks_uri": f"{base}/op/v1/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": sorted(SCOPES),
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
        }
    )


@require_GET
@_with_tid
def userinfo(request: HttpRequest) -> HttpResponse:
    """No token carries the scope openid, so nobody is ever described."""
    response = _error(403, "insufficient_scope", "The access token has no openid scope.")
    response["WWW-Authenticate"] = 'Bearer error="insufficient_scope", scope="openid"'
    return response


@require_GET
@_with_tid
def jwks(request: HttpRequest) -> JsonResponse:
    """No id_token is issued, so there is no key to check one with."""
    return JsonResponse({"keys": []})
