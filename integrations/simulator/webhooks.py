"""Webhooks on demand: the recorded changes as CloudEvents, signed, to one address."""

from __future__ import annotations

import base64
import hashlib
import hmac
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone

from . import jsontext
from .models import Change, Company

MAX_EVENTS = 100  # per POST
TIMEOUT = 10.0
VERBS = {
    "Create": "created",
    "Update": "updated",
    "Delete": "deleted",
    "Merge": "merged",
    "Emailed": "emailed",
}
NAMED_AS_THEY_ARE = (
    "Customer", "Vendor", "Item", "Account", "Invoice", "Bill", "Payment", "BillPayment", "CreditMemo",
    "VendorCredit", "Term", "Employee",
)  # fmt: skip
# Entity: its name in an event's type.
WATCHED = {name: name.lower() for name in NAMED_AS_THEY_ARE} | {"CompanyCurrency": "currency"}


@dataclass(frozen=True)
class Delivery:
    """`status` is the receiver's, 0 where none came back."""

    events: int
    status: int
    error: str


def signature(body: bytes) -> str:
    digest = hmac.new(settings.QBO_WEBHOOK_VERIFIER_TOKEN.encode(), body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def events(company: Company, *others: Company) -> list[dict[str, Any]]:
    """What has not been told yet, at most a hundred, oldest first unless the company sends out of order. One delivery
    may tell of several companies."""
    documents = [_event(change.company, change) for change in _untold(company, *others)]
    if company.webhook_duplicates:
        documents += documents
    return documents[::-1] if company.webhook_reversed else documents


def send(company: Company, url: str) -> Delivery:
    """One POST, with the changes of other companies that tell the same address. What the receiver acknowledges is
    never sent again; the rest waits for the next call."""
    others = Company.objects.filter(webhook_url=url).exclude(pk=company.pk)
    told = list(_untold(company, *others))
    documents = events(company, *others)
    if not documents:
        return Delivery(0, 0, "")
    body = jsontext.encode(documents)
    request = urllib.request.Request(
        url,
        data=body,
        method="POST",
        headers={
            "Content-Type": "application/cloudevents+json",
            "intuit-signature": signature(body),
            "intuit-t-id": str(uuid.uuid4()),
            "intuit-created-time": timezone.now().isoformat(),
            "intuit-notification-schema-version": "1.0",
            "User-Agent": "intuit_notification_server/0.1",
        },
    )
    status, error = _post(request)
    if status == 200:
        Change.objects.filter(pk__in=[change.pk for change in told]).update(sent_at=timezone.now())
    return Delivery(len(documents), status, error)


def _post(request: urllib.request.Request) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            return answer.status, ""
    except urllib.error.HTTPError as refusal:
        return refusal.code, str(refusal)
    except (urllib.error.URLError, TimeoutError) as failure:
        return 0, str(failure)


def _untold(*companies: Company) -> Any:
    changes = Change.objects.filter(company__in=companies, sent_at=None, entity__in=WATCHED)
    return changes.select_related("company").order_by("pk")[:MAX_EVENTS]


def _event(company: Company, change: Change) -> dict[str, Any]:
    verb = company.webhook_void_verb if change.operation == "Void" else VERBS[change.operation]
    event = {
        "specversion": "1.0",
        "id": change.event_id,
        "source": "intuit.c2ltdWxhdG9y",
        "type": f"qbo.{WATCHED[change.entity]}.{verb}.v1",
        "datacontenttype": "application/json",
        "time": change.at.isoformat().replace("+00:00", "Z"),
        "intuitentityid": change.qbo_id,
        "intuitaccountid": company.realm_id,
        "data": {"deletedid": change.deleted_id} if change.deleted_id else {},
    }
    if company.webhook_bare:
        del event["datacontenttype"]
        if not event["data"]:
            del event["data"]
    return event
