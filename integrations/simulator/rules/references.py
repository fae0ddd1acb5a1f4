"""References between objects: they must exist, be active when newly used, and are written back with a name."""

from __future__ import annotations

from typing import Any

from ..books import Books
from ..entities import ENTITIES
from ..faults import fault, invalid_reference, not_found
from ..models import StoredObject
from ..renaming import named


def required(
    books: Books, entity: str, reference: dict[str, str], element: str, previous: dict[str, Any] | None = None
) -> StoredObject:
    """The object that `reference` names. An inactive one is refused unless `previous` already named it."""
    row = books.find(entity, reference["value"])
    if row is None or row.deleted:
        raise invalid_reference(ENTITIES[entity].family, reference["value"], element)
    if not row.active and (previous or {}).get("value") != row.qbo_id:
        raise not_found()
    return row


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


__all__ = ["account", "named", "required"]
