"""The Accounting API v3 of one company: who may call, how often, what goes wrong, and what is answered."""

from __future__ import annotations

import re
from typing import Any
from urllib import parse

import msgspec
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from . import (
    batch,
    cdc,
    clock,
    companyinfo,
    jsontext,
    limits,
    mishaps,
    querying,
    responses,
    sending,
    tokens,
    xmltext,
)
from .books import Books
from .entities import BY_LOWER_NAME, ENTITIES, Entity
from .faults import Fault, fault, not_found, unsupported
from .models import AccessToken, Call, Company, Replay, StoredObject, only
from .writing import write

MAX_REQUEST_ID, MAX_BATCH_REQUEST_ID = 50, 36


@csrf_exempt
def company_api(request: HttpRequest, realm: str, path: str) -> HttpResponse:
    """Every call under /v3/company/<realm>/."""
    tid = responses.new_tid()
    segments = path.strip("/").lower().split("/")
    company = only(Company.objects.filter(realm_id=realm)) if "\0" not in realm else None
    if company is None:
        response = _gate(request, None) or responses.forbidden(request)
    else:
        call = Call.objects.create(
            company=company,
            kind=_kind(request, segments),
            method=_recorded(request.method, 6),
            path=_recorded(request.path, 300),
            request_id=_recorded(_parameter(request, "requestid"), 60),
            tid=tid,
        )
        response = _answer(request, company, segments, call)
        Call.objects.filter(pk=call.pk).update(status=response.status_code)
    response["intuit_tid"] = tid
    return response


def _recorded(text: str | None, longest: int) -> str:
    """What the database can keep of it."""
    return (text or "").replace("\0", "")[:longest]


def _kind(request: HttpRequest, segments: list[str]) -> str:
    if segments[0] in ("query", "cdc", "batch"):
        return segments[0]
    return Call.Kind.READ if request.method == "GET" else Call.Kind.WRITE


def _parameter(request: HttpRequest, name: str) -> str | None:
    """A query parameter; clients differ in the letter case of its name."""
    return next((value for key, value in request.GET.items() if key.lower() == name), None)


# --- at the gate ------------------------------------------------------------------------------


def _answer(request: HttpRequest, company: Company, segments: list[str], call: Call) -> HttpResponse:
    mishap = mishaps.take(company, request.get_full_path())
    kind = mishap.kind if mishap else ""
    mishaps.wait(company, mishap)
    refused = _gate(request, company, kind)
    if refused is not None:
        return refused
    if limits.exceeded(company, call.kind):
        return responses.throttled(request, as_xml=company.throttle_as_xml)
    response = mishaps.instead(request, company, kind)
    if response is not None:
        return response
    response = _execute(request, company, segments, forget=kind == "requestid_forgotten")
    return mishaps.spoiled(request, company, response, kind)


def _gate(request: HttpRequest, company: Company | None, mishap: str = "") -> HttpResponse | None:
    """401 without a living token, 403 where it is one for another company; None lets the call in."""
    as_xml = company is not None and company.denials_as_xml
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not value:
        return responses.unauthorized(request, "Empty field", "3202", as_xml=as_xml)
    token = only(AccessToken.objects.select_related("grant").filter(token=value))
    if token is None:
        return responses.unauthorized(request, f"Token invalid: {value}", as_xml=as_xml)
    if mishap == "token_expired":
        token.expires_at = timezone.now()
        token.save(update_fields=["expires_at"])
    if mishap == "grant_revoked":
        tokens.revoke(token.grant)
        token.grant.revoked = True
    if token.grant.revoked:
        return responses.unauthorized(request, f"Token revoked: {value}", as_xml=as_xml)
    if token.expires_at <= timezone.now():
        return responses.unauthorized(request, f"Token expired: {value}", as_xml=as_xml)
    if company is None or token.grant.company_id != company.pk:
        return responses.forbidden(request, as_xml=as_xml)
    return None


# --- inside -----------------------------------------------------------------------------------


def _execute(request: HttpRequest, company: Company, segments: list[str], *, forget: bool) -> HttpResponse:
    try:
        if "\0" in parse.unquote(request.get_full_path()):
            raise unsupported("on an address with a NUL")
        if request.method == "POST" and segments != ["query"]:
            return _write(request, company, segments, forget=forget)
        if request.method == "GET" and segments[0] == "invoice" and segments[2:] == ["pdf"]:
            return HttpResponse(sending.pdf(company, segments[1]), content_type="application/pdf")
        if request.method in ("GET", "POST"):
            return responses.success(
                request, _read(request, company, segments) | {"time": clock.envelope_time()}
            )
        raise _no_such_path(request)
    except Fault as refusal:
        return responses.refusal(request, refusal)


def _no_such_path(request: HttpRequest) -> Fault:
    full = request.build_absolute_uri(request.path)
    return unsupported(f"Could not find resource for relative : {request.path} of full path: {full}")


def _read(request: HttpRequest, company: Company, segments: list[str]) -> dict[str, Any]:
    match segments:
        case ["query"]:
            statement = _text(request) if request.method == "POST" else request.GET.get("query", "")
            return {"QueryResponse": querying.run(company, statement)}
        case ["cdc"]:
            changed = cdc.run(company, _parameter(request, "entities"), _parameter(request, "changedsince"))
            return {"CDCResponse": [{"QueryResponse": changed}]}
        case ["preferences"] | ["preferences", _]:
            return {"Preferences": companyinfo.preferences(company)}
        case ["companyinfo"] | ["companyinfo", _]:
            if segments[1:] not in ([company.realm_id], ["1"]):
                raise not_found()
            return {"CompanyInfo": companyinfo.company_info(company)}
        case ["exchangerate"]:
            rate = companyinfo.exchange_rate(
                company, _parameter(request, "sourcecurrencycode"), _parameter(request, "asofdate")
            )
            return {"ExchangeRate": rate}
        case [name, qbo_id] if name in BY_LOWER_NAME:
            return _read_object(company, BY_LOWER_NAME[name], qbo_id)
    raise _no_such_path(request)


def _read_object(company: Company, entity: str, qbo_id: str) -> dict[str, Any]:
    row = StoredObject.objects.filter(
        company=company, entity=entity, qbo_id__iexact=qbo_id, deleted=False
    ).first()
    if row is not None:
        return {entity: row.document()}
    if not re.fullmatch(r"-?\d+", qbo_id):
        raise fault("2030", f"Id should be a valid number. Supplied value:{qbo_id}", "Id")
    raise not_found()


def _write(request: HttpRequest, company: Company, segments: list[str], *, forget: bool) -> HttpResponse:
    """One write, or one batch, in one transaction that is committed before the answer leaves."""
    is_batch = segments == ["batch"]
    sends = segments[0] == "invoice" and segments[2:] == ["send"]
    if not (is_batch or sends) and (len(segments) != 1 or segments[0] not in BY_LOWER_NAME):
        raise _no_such_path(request)
    request_id = _request_id(request, MAX_BATCH_REQUEST_ID if is_batch else MAX_REQUEST_ID)
    with transaction.atomic():
        company = Company.objects.select_for_update().get(pk=company.pk)
        known = only(Replay.objects.filter(company=company, request_id=request_id)) if request_id else None
        if known and not forget:
            if company.repeated_request_id_refused:
                raise fault("600", f"Duplicate Request ID : {request_id}", "")
            return responses.success(request, jsontext.decode(known.body))
        books = Books(company)
        document = _written(request, books, segments, has_request_id=bool(request_id))
        books.flush()
        document |= {"time": clock.envelope_time()}
        if request_id:
            replay = known or Replay(company=company, request_id=request_id)
            replay.body = jsontext.encode(document).decode()
            replay.save()
    return responses.success(request, document)


def _written(
    request: HttpRequest, books: Books, segments: list[str], *, has_request_id: bool
) -> dict[str, Any]:
    if segments == ["batch"]:
        return {"BatchItemResponse": batch.run(books, _body(request), has_request_id=has_request_id)}
    if len(segments) == 1:
        return _write_object(request, books, segments[0], _body(request))
    with books.item():
        return {"Invoice": sending.send(books, segments[1], _parameter(request, "sendto") or "")}


def _request_id(request: HttpRequest, longest: int) -> str:
    request_id = _parameter(request, "requestid") or ""
    if len(request_id) > longest:
        raise fault("2130", f"The requestid can have at most {longest} characters.", "requestid")
    return request_id


def _text(request: HttpRequest) -> str:
    try:
        return request.body.decode()
    except UnicodeDecodeError as error:
        raise fault("500", "The request is not encoded in UTF-8.") from error


def _body(request: HttpRequest) -> Any:
    try:
        decode = xmltext.decode if "xml" in request.content_type else jsontext.decode
        return decode(_text(request))
    except (msgspec.DecodeError, xmltext.Malformed) as error:
        raise fault("2010", f"Property Name:{error} specified is unsupported or invalid") from error


def _write_object(request: HttpRequest, books: Books, name: str, body: Any) -> dict[str, Any]:
    entity = ENTITIES.get(BY_LOWER_NAME[name])
    if entity is None:
        raise unsupported(f"POST on {BY_LOWER_NAME[name]}")
    operation = _operation(request, entity, body)
    allowed = "allowduplicatedocnum" in (_parameter(request, "include") or "").lower()
    with books.item():
        return {entity.name: write(books, entity, operation, body, duplicate_allowed=allowed)}


def _operation(request: HttpRequest, entity: Entity, body: Any) -> str:
    """What a POST asks for: by its parameters, else by whether the body has an Id."""
    asked = (_parameter(request, "operation") or "").lower()
    if (_parameter(request, "include") or "").lower() == "void":
        return "void"
    if asked in ("delete", "void", "update"):
        return asked
    if asked not in ("", "create"):
        raise unsupported(f"{asked} on {entity.name}")
    return "update" if isinstance(body, dict) and body.get("Id") and asked != "create" else "create"
