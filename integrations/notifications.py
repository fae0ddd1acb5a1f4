"""Intuit's webhook: a doorbell. It says what to read, and is never believed."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from .mapping import Mapper, mapper_for, mapper_told_by, referring
from .models import Configuration, Connection, Organization, Trigger, WebhookReceipt
from .qbo.webhooks import BadNotification, Event, parse, verify
from .services import Asked, pull_each
from .sync.suspected import suspect_each

logger = logging.getLogger(__name__)


@csrf_exempt
@require_POST
def quickbooks(request: HttpRequest) -> HttpResponse:
    """401 for what Intuit did not sign. Anything that it did sign is answered 200, since a refusal makes it send the
    whole delivery again and hold others back (contract section 7.1)."""
    signature = request.headers.get("intuit-signature", "")
    if not verify(request.body, signature, settings.QBO_WEBHOOK_VERIFIER_TOKEN):
        return HttpResponse("The signature is not Intuit's.", status=401, content_type="text/plain")
    try:
        ring(parse(request.body))
    except BadNotification as error:
        logger.warning("A signed notification could not be read: %s", error)
    return HttpResponse(status=200)


def ring(events: list[Event]) -> None:
    """A burst becomes one pull per company and entity, in a fixed number of statements however many companies."""
    heard = _heard(events)
    if not heard:
        return
    with transaction.atomic():
        configurations = {each.organization.connection.realm_id: each for each in _of_connected(heard)}
        _note_merges(events, {realm: each.organization for realm, each in configurations.items()})
        pulls, waiting, receipts = [], [], []
        for realm, configuration in configurations.items():
            chosen = {name for name in heard[realm] if _pulls_by_itself(configuration, mapper_for(name))}
            pulls += [(configuration.organization, entity) for entity in sorted(chosen)]
            receipts += _receipts(configuration.organization, heard[realm], chosen)
            if left := heard[realm].keys() - chosen:
                configuration.changes_waiting |= dict.fromkeys(left, timezone.now().isoformat())
                waiting.append(configuration)
        Configuration.objects.bulk_update(waiting, ["changes_waiting"], batch_size=100)
        WebhookReceipt.objects.bulk_create(receipts)
        pull_each(pulls, asked=Asked(Trigger.WEBHOOK))


def _heard(events: list[Event]) -> dict[str, dict[str, list[Event]]]:
    """{company: {entity: its events}}."""
    heard: dict[str, dict[str, list[Event]]] = {}
    for event in events:
        for mapper in _touched_by(event):
            heard.setdefault(event.realm_id, {}).setdefault(mapper.entity, []).append(event)
    return heard


def _receipts(
    organization: Organization, heard: dict[str, list[Event]], awaited: set[str]
) -> list[WebhookReceipt]:
    """How late the news came, and whether a pull will answer it: operations watches that."""
    now = timezone.now()
    return [
        WebhookReceipt(
            organization=organization,
            entity=entity,
            events=len(events),
            happened_at=min((event.time for event in events if event.time), default=None),
            received_at=now,
            awaited=entity in awaited,
        )
        for entity, events in heard.items()
    ]


def _touched_by(event: Event) -> list[Mapper]:
    """Whose records the event concerns. A merge moves what refers to the name, too."""
    mapper = mapper_told_by(event.entity)
    if mapper is None:
        return []
    merges = event.operation == "merged" and mapper.merges
    return [mapper, *(other for other, _ in referring(mapper.entity))] if merges else [mapper]


def _note_merges(events: list[Event], connected: dict[str, Organization]) -> None:
    """The change feed will not tell of them. The next pull looks whether it is so, whoever asks for it."""
    merges = []
    for event in events:
        mapper = mapper_told_by(event.entity)
        organization = connected.get(event.realm_id)
        if organization and mapper and event.operation == "merged" and event.deleted_id:
            merges.append((organization, mapper.entity, event.deleted_id, event.id))
    if merges:
        suspect_each(merges, told=True)


def _of_connected(realms: Iterable[str]) -> QuerySet[Configuration]:
    """The configurations of the organizations that are connected to these companies, held until the commit."""
    return (
        Configuration.objects.filter(
            organization__quickbooks_enabled=True,
            organization__connection__realm_id__in=list(realms),
            organization__connection__status=Connection.Status.CONNECTED,
        )
        .select_related("organization__connection")
        .select_for_update(of=("self",))
        .order_by("pk")
    )


def _pulls_by_itself(configuration: Configuration, mapper: Mapper) -> bool:
    """Documents by their own switch, contacts by theirs; lists that documents refer to where either pulls."""
    if mapper.stream == "contacts":
        return configuration.contacts_auto_sync
    either = configuration.receivables_auto_pull or configuration.payables_auto_pull
    return getattr(configuration, f"{mapper.stream}_auto_pull", either)
