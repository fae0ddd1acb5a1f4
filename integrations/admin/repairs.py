"""What staff press about a failure: the fault table's button as a link or a retry, for those who may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from .. import retrying
from ..causes import Cause, is_entity
from ..faults import Button, FaultEntry
from ..ids import read_id
from ..mapping import Mapper, mapper_for
from ..models import Configuration, Connection, Organization, SyncJob
from ..progress import Progress
from ..services import Refused
from ..web_links import quickbooks_home
from .asking import asked_by
from .labels import link, list_of, may, page_of

# What one must be allowed to change, and the tab of the merchant's page that it stands on.
_SETTINGS = {
    Button.OPEN_SETTING: (Connection, ""),
    Button.RECONNECT: (Connection, ""),
    Button.CHOOSE_ACCOUNT: (Configuration, "#configuration"),
    Button.CHOOSE_TAX_CODE: (Configuration, "#configuration"),
}


@dataclass(frozen=True)
class Repair:
    """A link, `elsewhere` to QuickBooks; with `fields` a button that posts them."""

    label: str
    url: str
    elsewhere: bool = False
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class CauseLine:
    """A cause as operations shows it: who has it, the records behind it where they may be seen, and what to press."""

    cause: Cause
    organization: Any
    records_url: str
    repairs: list[Repair]


def cause_lines(request: HttpRequest, causes: list[Cause]) -> list[CauseLine]:
    """Of what the person may see, in the journal or as records; the organizations in one statement."""
    seen = [cause for cause in causes if may(request, "view", SyncJob) or _may_see_records(request, cause)]
    organizations = Organization.objects.in_bulk({cause.organization_id for cause in seen})
    return [
        CauseLine(
            cause,
            link(request, Organization, cause.organization_id, organizations[cause.organization_id]),
            records_url(cause) if _may_see_records(request, cause) else "",
            repairs_of(request, cause),
        )
        for cause in seen
    ]


def _may_see_records(request: HttpRequest, cause: Cause) -> bool:
    return may(request, "view", mapper_for(cause.entity).model)


def records_url(cause: Cause) -> str:
    """The list of the records behind a cause."""
    asked = {
        "organization__id__exact": cause.organization_id,
        "sync_state__exact": "failed",
        "fault": cause.entry.code,
    }
    return f"{list_of(mapper_for(cause.entity).model)}?{urlencode(asked)}"


def repairs_of(request: HttpRequest, cause: Cause) -> list[Repair]:
    """First what repairs it, then what sends all of them again."""
    found = [setting_of(request, cause.organization_id, cause.entry)]
    on_the_record = cause.entry.button in (Button.RENAME, Button.OPEN_RECORD, Button.LINK)
    if on_the_record and _may_see_records(request, cause):
        label = cause.entry.button.label if cause.count == 1 else "Open the records"
        found.append(Repair(label, records_url(cause)))
    if may_retry(request, mapper_for(cause.entity)):
        found.append(_retry(cause))
    return [repair for repair in found if repair]


def setting_of(request: HttpRequest, organization_id: int, entry: FaultEntry) -> Repair | None:
    """Where the repair is, if that is not on the record: the merchant's page, or QuickBooks."""
    if entry.button == Button.OPEN_QUICKBOOKS:
        return Repair(entry.button.label, quickbooks_home(), elsewhere=True)
    needed, tab = _SETTINGS.get(entry.button, (None, ""))
    if needed is None or not may(request, "view", Organization) or not may(request, "change", needed):
        return None
    return Repair(entry.button.label, page_of(Organization, organization_id) + tab)


def may_retry(request: HttpRequest, mapper: Mapper) -> bool:
    return may(request, "change", mapper.model)


def _may_send_contacts(request: HttpRequest, mapper: Mapper) -> bool:
    contacts = (mapper.model._meta.get_field(name).related_model for name in mapper.needs)
    return all(may(request, "change", contact) for contact in contacts)


def _retry(cause: Cause) -> Repair | None:
    fields = [
        ("organization", str(cause.organization_id)),
        ("entity", cause.entity),
        ("code", cause.entry.code),
    ]
    label = "Retry all" if cause.count > 1 else "Retry"
    if cause.entry.button == Button.SYNC_CONTACT:
        fields.append(("with_contacts", "1"))
        label = "Push the contacts too" if cause.count > 1 else "Push the contact too"
    elif not cause.retryable:
        return None
    return Repair(label, reverse("admin:integrations_cause_retry"), fields=tuple(fields))


def retry_view(request: HttpRequest, model_admin: ModelAdmin) -> HttpResponse:
    """POST `organization`, `entity` and `code`: one run over all that failed for the cause."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    entity, pk = request.POST.get("entity", ""), read_id(request.POST.get("organization"))
    if not is_entity(entity) or pk is None:
        raise Http404("There is nothing like that to retry.")
    mapper, with_contacts = mapper_for(entity), bool(request.POST.get("with_contacts"))
    if not may_retry(request, mapper) or (with_contacts and not _may_send_contacts(request, mapper)):
        raise PermissionDenied
    organization = get_object_or_404(Organization, pk=pk)
    _retry_cause(request, organization, entity, request.POST.get("code", ""), with_contacts)
    return HttpResponseRedirect(_came_from(request))


def _retry_cause(
    request: HttpRequest, organization: Organization, entity: str, code: str, with_contacts: bool
) -> None:
    try:
        runs = retrying.retry_cause(
            organization, entity, code, asked=asked_by(request), with_contacts=with_contacts
        )
    except Refused as refusal:
        messages.error(request, f"{organization}: {refusal}")
        return
    for run in runs:
        messages.success(request, f"{organization}: {Progress(run).title}. {run.total:,} go out again.")


def _came_from(request: HttpRequest) -> str:
    referer = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(referer, {request.get_host()}):
        return referer
    return reverse("admin:index")
