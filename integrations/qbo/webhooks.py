"""Intuit's notifications: is one genuine, and what does it say changed?

Nothing here is believed beyond that: whoever is told re-reads the object.
"""

import hmac
import logging
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any

import msgspec

logger = logging.getLogger(__name__)

# Intuit's are of 20 digits at most.
LONGEST_ID = 32

_OPERATIONS = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "merge": "merged",
    # Intuit's table says "void", others saw "voided".
    "void": "voided",
}


class BadNotification(ValueError):
    """The body is no notification of Intuit's."""


@dataclass(frozen=True)
class Event:
    """One change. `entity` is QuickBooks' name in lower case; `operation` is created, updated, deleted, merged,
    voided or emailed; `deleted_id` is the id that a merge removed, or empty;
    `event_id` is the same in a repeated delivery, and empty in the older format; `time` is aware, or None
    where it cannot be read.
    """

    realm_id: str
    entity: str
    id: str
    operation: str
    deleted_id: str
    event_id: str
    time: datetime | None


def verify(body: bytes, signature: str, token: str) -> bool:
    """Whether Intuit signed these very bytes: base64 of HMAC-SHA256 under the app's verifier token."""
    if not token:
        return False
    expected = b64encode(hmac.digest(token.encode(), body, sha256))
    return hmac.compare_digest(expected, signature.strip().encode())


def parse(body: bytes) -> list[Event]:
    """The events of a CloudEvents array, or of the older `eventNotifications` object. Realms may be mixed.

    An event that cannot be read is left out, so that it does not cost the others; BadNotification where none can.
    """
    try:
        notification = msgspec.json.decode(body)
        readers = list(_readers(notification))
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadNotification("The notification has an unknown shape.") from error
    events = []
    for read in readers:
        try:
            events.append(read())
        except (BadNotification, KeyError, TypeError, AttributeError):
            logger.warning("An event of a notification could not be read")
    if readers and not events:
        raise BadNotification("None of the notification's events can be read.")
    return events


def _readers(notification: Any) -> Iterator[Callable[[], Event]]:
    if isinstance(notification, list):
        for event in notification:
            yield partial(_cloud_event, event)
        return
    for notice in notification["eventNotifications"]:
        for entity in notice["dataChangeEvent"]["entities"]:
            yield partial(_legacy_event, notice["realmId"], entity)


def _cloud_event(event: dict[str, Any]) -> Event:
    provider, _, rest = event["type"].partition(".")
    entity, _, verb = rest.partition(".")
    if provider.lower() != "qbo" or not verb:
        raise BadNotification("The notification is of an unknown type.")
    data = event.get("data") or {}
    return Event(
        realm_id=_text(event["intuitaccountid"]),
        entity=entity.lower(),
        id=_text(event["intuitentityid"]),
        operation=_operation(verb.partition(".")[0]),
        deleted_id=_deleted_id(data),
        event_id=str(event.get("id") or ""),
        time=_time(event.get("time")),
    )


def _legacy_event(realm_id: Any, entity: dict[str, Any]) -> Event:
    return Event(
        realm_id=_text(realm_id),
        entity=entity["name"].lower(),
        id=_text(entity["id"]),
        operation=_operation(entity["operation"]),
        deleted_id=_deleted_id(entity),
        event_id="",
        time=_time(entity.get("lastUpdated")),
    )


def _operation(verb: str) -> str:
    return _OPERATIONS.get(verb.lower(), verb.lower())


def _deleted_id(data: dict[str, Any]) -> str:
    told = data.get("deletedid") or data.get("deletedId")
    return _text(told) if told else ""


def _text(value: Any) -> str:
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise TypeError("An id is text.")
    text = str(value)
    if not text or len(text) > LONGEST_ID or not text.isprintable():
        raise BadNotification("An id has characters or a length that no id has.")
    return text


def _time(value: Any) -> datetime | None:
    """Accepts 0 to 9 digits of fraction; Python keeps six."""
    try:
        time = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return time if time.tzinfo else None
