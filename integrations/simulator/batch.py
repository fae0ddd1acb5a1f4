"""The batch call: up to thirty items, worked off one after the other, each on its own."""

from __future__ import annotations

from typing import Any

from . import cdc, querying
from .books import Books
from .entities import ENTITIES
from .faults import Fault, fault, missing, unsupported
from .writing import write

MAX_ITEMS = 30
MAX_ID_WITH_REQUEST_ID = 10
OWN = ("bId", "operation", "optionsData", "Query", "CDCQuery")
NAMES = {entity.lower(): entity for entity in ENTITIES}


def run(books: Books, body: Any, *, has_request_id: bool) -> list[dict[str, Any]]:
    """The items of the answer in the order of the request; an item that faults leaves the others alone."""
    if not isinstance(body, dict) or not isinstance(body.get("BatchItemRequest"), list):
        raise missing("BatchItemRequest")
    items = body["BatchItemRequest"]
    if len(items) > MAX_ITEMS:
        raise fault("1040", f"The batch size exceeds the allowed limit of {MAX_ITEMS}.", "")
    for item in items:
        if not isinstance(item, dict):
            raise missing("BatchItemRequest")
        if has_request_id and len(str(item.get("bId", ""))) > MAX_ID_WITH_REQUEST_ID:
            raise fault(
                "2130", f"A bId can have at most {MAX_ID_WITH_REQUEST_ID} characters with a requestid.", "bId"
            )
    books.isolate()
    books.prefetch(_referenced(items))
    return [_answered(books, item) for item in items]


def _answered(books: Books, item: dict[str, Any]) -> dict[str, Any]:
    try:
        with books.item():
            result = _execute(books, item)
    except Fault as refusal:
        result = {"Fault": refusal.document()}
    return result | ({"bId": str(item["bId"])} if "bId" in item else {})


def _execute(books: Books, item: dict[str, Any]) -> dict[str, Any]:
    if "Query" in item:
        return {"QueryResponse": querying.run(books.company, str(item["Query"]))}
    if "CDCQuery" in item:
        return {"CDCResponse": {"QueryResponse": _changes(books, item["CDCQuery"])}}
    named = [name for name in item if name not in OWN]
    if len(named) != 1 or named[0].lower() not in NAMES:
        raise unsupported(f"batch item with {', '.join(named) or 'no object'}")
    entity = ENTITIES[NAMES[named[0].lower()]]
    operation = item.get("operation")
    if not operation:
        raise missing("operation")
    options = str(item.get("optionsData") or "").lower()
    if operation == "update" and options == "void":
        operation = "void"
    document = write(
        books, entity, operation, item[named[0]], duplicate_allowed="allowduplicatedocnum" in options
    )
    return {entity.name: document}


def _changes(books: Books, asked: Any) -> list[dict[str, Any]]:
    wanted = asked if isinstance(asked, dict) else {}
    entities, since = (str(wanted.get(name) or "") for name in ("Entities", "ChangedSince"))
    return cdc.run(books.company, entities, since)


def _referenced(value: Any) -> set[str]:
    """Every id that the items name, to load them at once."""
    if isinstance(value, list):
        return set().union(*(_referenced(each) for each in value))
    if not isinstance(value, dict):
        return set()
    ids = {str(value[key]) for key in ("value", "Id", "TxnId") if isinstance(value.get(key), str | int)}
    # No text of the database has a NUL; the item that names such an id is refused when its turn comes.
    ids = {each for each in ids if "\0" not in each}
    return ids.union(*(_referenced(each) for each in value.values()))
