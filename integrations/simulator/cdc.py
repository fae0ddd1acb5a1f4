"""Change data capture: what changed since a moment, deleted transactions as stubs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from . import clock
from .entities import BY_LOWER_NAME, ENTITIES
from .faults import fault, missing
from .models import Company, StoredObject

LOOK_BACK = timedelta(days=30)
MAX_OBJECTS = 1000  # in the whole answer, without a flag that more were left out
UNSUPPORTED = ("JournalCode", "TaxAgency", "TimeActivity", "TaxCode", "TaxRate", "CompanyInfo", "Preferences")


def run(company: Company, entities: str | None, changed_since: str | None) -> list[dict[str, Any]]:
    """One QueryResponse per requested entity, in that order, `{}` where nothing changed. Raises Fault."""
    if not entities:
        raise missing("entities")
    if not changed_since:
        raise missing("changedSince")
    try:
        since = clock.parse(changed_since)
    except ValueError as error:
        raise fault(
            "2060", f"changedSince should be a valid date. Supplied value:{changed_since}", "changedSince"
        ) from error
    if since < clock.now() - LOOK_BACK:
        raise fault("4001", "QueryValidationError: changedSince can go back at most 30 days.", "changedSince")
    left, responses = MAX_OBJECTS, []
    for requested in entities.split(","):
        documents = _changed(company, _named(requested.strip()), since, left)
        left -= len(documents)
        responses.append(_response(BY_LOWER_NAME[requested.strip().lower()], documents))
    return responses


def _named(requested: str) -> str:
    name = BY_LOWER_NAME.get(requested.lower())
    if name is None or name in UNSUPPORTED:
        raise fault("4001", f"QueryValidationError: {requested} is not supported by change data capture")
    return name


def _changed(company: Company, name: str, since: Any, limit: int) -> list[dict[str, Any]]:
    if name not in ENTITIES:
        return []
    rows = StoredObject.objects.filter(company=company, entity=name, updated_at__gte=since)
    if not ENTITIES[name].transaction:
        # The feed never tells that a name was merged away (contract section 12, trap 12).
        rows = rows.filter(deleted=False)
    rows = rows.order_by("-updated_at", "-number")[:limit]
    return [_stub(row) if row.deleted else row.document() for row in rows]


def _stub(row: StoredObject) -> dict[str, Any]:
    return {
        "domain": "QBO",
        "status": "Deleted",
        "Id": row.qbo_id,
        "MetaData": {"LastUpdatedTime": clock.stamp(row.updated_at)},
    }


def _response(name: str, documents: list[dict[str, Any]]) -> dict[str, Any]:
    if not documents:
        return {}
    return {name: documents, "startPosition": 1, "maxResults": len(documents)}
