"""States, amounts and links as the admin's pages show them."""

from decimal import Decimal
from functools import lru_cache

from django.contrib.admin.utils import quote
from django.contrib.auth import get_permission_codename
from django.db.models import Model
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ..models import Connection, DocumentStatus, SyncJob, SyncRun, SyncState
from ..money import written_amount

_GOOD = (
    SyncState.SYNCED,
    SyncRun.Status.SUCCEEDED,
    *SyncJob.SUCCESSES,
    Connection.Status.CONNECTED,
    DocumentStatus.PAID,
)
_BUSY = (SyncState.QUEUED, SyncRun.Status.RUNNING)
_ATTENTION = (
    SyncState.CHANGED,
    SyncState.CONFLICT,
    SyncRun.Status.WAITING,
    SyncRun.Status.PARTLY_FAILED,
    Connection.Status.NEEDS_RECONNECT,
    DocumentStatus.OVERDUE,
)
_BAD = (SyncState.FAILED,)

# Meaning is never colour alone: each has its sign.
_LOOKS = (
    {str(state): ("success", "check") for state in _GOOD}
    | {str(state): ("info", "schedule") for state in _BUSY}
    | {str(state): ("warning", "warning") for state in _ATTENTION}
    | {str(state): ("danger", "error") for state in _BAD}
)


@lru_cache(maxsize=1000)
def state_label(state: str, text: str, title: str = "") -> SafeString:
    """A state in its colour; `title` is what the pointer brings up."""
    tone, icon = _LOOKS.get(str(state), ("", ""))
    return render_to_string(
        "unfold/helpers/label.html", {"type": tone, "icon": icon, "text": text, "label_title": title}
    )


def amount(value: Decimal | None, currency: str) -> SafeString | str:
    """With the currency's own decimals; digits line up in a column."""
    if value is None:
        return "—"
    return format_html('<span class="finmo-amount">{} {}</span>', written_amount(value, currency), currency)


def may(request: HttpRequest, verb: str, model: type[Model]) -> bool:
    """Whether the person has the model's permission for view, add, change or delete; who may change may view."""
    verbs = ("view", "change") if verb == "view" else (verb,)
    names = (f"{model._meta.app_label}.{get_permission_codename(each, model._meta)}" for each in verbs)
    return any(request.user.has_perm(name) for name in names)


def page_of(model: type[Model], pk: int | str) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[quote(pk)])


def list_of(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def link(request: HttpRequest, model: type[Model], pk: int | str | None, text: object) -> SafeString | str:
    """To a record's page, for those who may see it; plain text for others."""
    if pk is None or not may(request, "view", model):
        return str(text)
    return format_html('<a class="finmo-link" href="{}">{}</a>', page_of(model, pk), text)
