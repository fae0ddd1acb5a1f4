"""What the names in a file mean: an organization's contacts, items, tax codes and accounts, by what people write."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from ..lines_grid import LineChoices, usable_items
from ..models import Document, Organization, SyncedRecord, name_key

# {name key: the keys of all that are called so}
Named = dict[str, list[Any]]


class Names:
    """For documents of one kind; each list is read once, when it is first asked for."""

    def __init__(self, organization: Organization, document: type[Document], contact: type[SyncedRecord]):
        self._organization, self._document, self._contact = organization, document, contact

    @cached_property
    def choices(self) -> LineChoices:
        document = self._document(organization=self._organization)
        return LineChoices(self._organization, document.default_tax_code())

    @cached_property
    def contacts(self) -> Named:
        active = self._contact.objects.filter(organization=self._organization, is_active=True)
        return by_name(active.values_list("name", "pk"))

    @cached_property
    def items(self) -> Named:
        found = usable_items(self._organization).values_list("name", "full_name", "pk")
        return by_name((name, pk) for short, full, pk in found for name in {short, full} if name)

    @cached_property
    def tax_codes(self) -> Named:
        return by_name((code.name, pk) for pk, code in self.choices.tax_codes.items())

    @cached_property
    def accounts(self) -> Named:
        found = self.choices.accounts.items()
        return by_name(
            (name, pk)
            for pk, account in found
            for name in {account.name, account.full_name, account.number, str(account)}
            if name
        )


def by_name(rows: Iterable[tuple[str, Any]]) -> Named:
    found: Named = {}
    for name, key in rows:
        found.setdefault(name_key(name), []).append(key)
    return found
