"""What a new name does elsewhere: to the paths of children, and to the references that show it.

References are stored with the name that they show; a rename rewrites them in place, so that reading costs nothing.
Neither moves a sync token: no document was changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import Any

from django.db.models import F, Q, Value
from django.db.models.functions import Replace

from . import jsontext
from .models import Company, StoredObject

# Entity: the properties that name it together with its name.
REFERENCES = {
    "Customer": ("CustomerRef",),
    "Vendor": ("VendorRef",),
    "Item": ("ItemRef",),
    "Account": (
        "AccountRef", "APAccountRef", "IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef",
        "DiscountAccountRef", "BankAccountRef", "CCAccountRef",
    ),
    "Term": ("SalesTermRef",),
}  # fmt: skip
Rename = tuple[str, dict[str, str], dict[str, str]]


def named(document: dict[str, Any]) -> dict[str, str]:
    """A reference to an object as QuickBooks returns it."""
    name = document.get("FullyQualifiedName") or document.get("DisplayName") or document.get("Name")
    return {"value": document["Id"], "name": name}


def renamed(before: StoredObject, after: StoredObject) -> Rename | None:
    """The entity and both references, where the object is shown under another name than before."""
    if before.entity not in REFERENCES:
        return None
    old, new = named(before.document()), named(after.document())
    return None if old == new else (before.entity, old, new)


def rewrite_references(company: Company, renames: Iterable[Rename]) -> None:
    """One statement per rename, over the documents that show the old name."""
    for entity, old, new in renames:
        texts = [(_reference(key, old), _reference(key, new)) for key in REFERENCES[entity]]
        holders = reduce(Q.__or__, (Q(body__contains=shown) for shown, _ in texts))
        body: Any = F("body")
        for shown, present in texts:
            body = Replace(body, Value(shown), Value(present))
        StoredObject.objects.filter(holders, company=company).update(body=body)


def _reference(key: str, reference: dict[str, str]) -> str:
    return jsontext.encode({key: reference}).decode()[1:-1]
