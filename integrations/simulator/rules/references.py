"""References between objects: they must exist, be active when newly used, and are written back with a name."""

from __future__ import annotations

from typing import Any

from ..books import Books
from ..entities import KNOWN
from ..faults import fault, invalid_reference, not_found
from ..models import StoredObject
from ..renaming import named


def required(
    books: Books, entity: str, reference: dict[str, str], element: str, previous: dict[str, Any] | None = None
) -> StoredObject:
    """The object that `reference` names. An inactive one is refused unless `previous` already named it."""
    row = books.resolve(entity, reference["value"])
    if row is None or row.deleted:
        raise invalid_reference(KNOWN[entity].family, reference["value"], element)
    if not row.active and (previous or {}).get("value") != row.qbo_id:
        raise not_found()
    return row


def check(
    books: Books, values: dict[str, Any], previous: dict[str, Any] | None, entities: dict[str, str]
) -> None:
    """Refuses each of these properties that names nothing; `entities` says of which kind each is."""
    for key, entity in entities.items():
        if values.get(key):
            required(books, entity, values[key], key, (previous or {}).get(key))


def account(
    books: Books,
    reference: dict[str, str],
    element: str,
    types: tuple[str, ...],
    previous: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The account's document; refused (6430) where its type is not one of `types`."""
    document = required(books, "Account", reference, element, previous).document()
    if document["AccountType"] not in types:
        raise fault(
            "6430",
            f"Invalid account type: {document['AccountType']}. {element} takes {', '.join(types)}.",
            element,
        )
    return document


__all__ = ["account", "check", "named", "required"]
