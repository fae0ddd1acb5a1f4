"""Intuit's webhook: a doorbell. It says what to read, and is never believed."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from .mapping import Mapper, mapper_told_by, referring
from .models import Configuration, Connection, Direction, Organization, SyncRun, Trigger
from .qbo.webhooks import BadNotification, Event, parse, verify
from .services import Asked, pull
from .sync.suspected import suspect

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
    """A burst becomes one pull per company and entity."""
    _note_merges(events)
    told: dict[str, dict[str, Mapper]] = {}
    for event in events:
        for mapper in _touched_by(event):
            told.setdefault(event.realm_id, {})[mapper.entity] = mapper
    connections = Connection.objects.filter(
        realm_id__in=told,
        status=Connection.Status.CONNECTED,
        organization__quickbooks_enabled=True,
    ).select_related("organization")
    for connection in connections:
        for mapper in told[connection.realm_id].values():
            _ring_for(connection.organization, mapper)


def _touched_by(event: Event) -> list[Mapper]:
    """Whose records the event concerns. A merge moves what refers to the name, too."""
    mapper = mapper_told_by(event.entity)
    if mapper is None:
        return []
    merges = event.operation == "merged" and mapper.merges
    return [mapper, *(other for other, _ in referring(mapper.entity))] if merges else [mapper]


def _note_merges(events: list[Event]) -> None:
    """The change feed will not tell of them. The next pull looks whether it is so, whoever asks for it."""
    merges: dict[str, list[tuple[str, str, str]]] = {}
    for event in events:
        mapper = mapper_told_by(event.entity)
        if mapper and event.operation == "merged" and event.deleted_id:
            merges.setdefault(event.realm_id, []).append((mapper.entity, event.deleted_id, event.id))
    if not merges:
        return
    connections = Connection.objects.filter(
        realm_id__in=merges, status=Connection.Status.CONNECTED, organization__quickbooks_enabled=True
    )
    for connection in connections.select_related("organization"):
        suspect(connection.organization, merges[connection.realm_id], told=True)


def _ring_for(organization: Organization, mapper: Mapper) -> None:
    with transaction.atomic():
        configuration = Configuration.objects.select_for_update().get(organization=organization)
        if not _pulls_by_itself(configuration, mapper):
            configuration.changes_waiting[mapper.entity] = timezone.now().isoformat()
            configuration.save(update_fields=["changes_waiting"])
            return
        waiting = SyncRun.objects.filter(
            organization=organization,
            entity=mapper.entity,
            direction=Direction.PULL,
            status__in=[SyncRun.Status.QUEUED, SyncRun.Status.WAITING],
        )
        if not waiting.exists():
            pull(organization, mapper.entity, asked=Asked(Trigger.WEBHOOK))


def _pulls_by_itself(configuration: Configuration, mapper: Mapper) -> bool:
    """Documents by their own switch, contacts by theirs; lists that documents refer to where either pulls."""
    if mapper.stream == "contacts":
        return configuration.contacts_auto_sync
    either = configuration.receivables_auto_pull or configuration.payables_auto_pull
    return getattr(configuration, f"{mapper.stream}_auto_pull", either)
