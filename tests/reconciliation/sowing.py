"""Sows differences in Finmo and in QuickBooks at random, and keeps the truth of them.

The truth of a document is what was done to it, and what both sides then hold of it: never what a comparison says.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date

from integrations.models import Document, Kind
from integrations.simulator.models import StoredObject
from tests.reconciliation.ground import Ground
from tests.reconciliation.sowers import QUEUED, RECEIVABLES_ALONE, SOWERS

AS_OF = date(2026, 10, 31)
# (currency, record, QuickBooks id)
Place = tuple[str, int | None, str | None]


@dataclass(frozen=True)
class Sown:
    """One document. `finmo` and `quickbooks` are (currency, day) where that side has it and it has not ended."""

    record: int | None
    quickbooks_id: str | None
    kinds: frozenset[str]
    finmo: tuple[str, date] | None
    quickbooks: tuple[str, date] | None

    def lines(self, as_of: date) -> dict[Place, list[str]]:
        """It stands once in each currency in which a side counts it, under the gravest kind."""
        sides = [side for side in (self.finmo, self.quickbooks) if side and side[1] <= as_of]
        kinds = [str(kind) for kind in Kind if kind in self.kinds]
        return {(currency, self.record, self.quickbooks_id): kinds for currency, _ in sides}


@dataclass
class Field(Ground):
    """A ground in which differences are sown."""

    sown: list[Sown] = field(default_factory=list)

    def sow(self, *names: str) -> None:
        for name in sorted(names, key=lambda name: name == QUEUED):
            self.sown += SOWERS[name](self)

    def expected(self, as_of: date = AS_OF) -> dict[Place, list[str]]:
        """The lines of a statement: kinds, gravest first."""
        return {place: kinds for each in self.sown for place, kinds in each.lines(as_of).items()}

    @property
    def truth(self) -> dict[tuple[int | None, str | None], str]:
        return {place[1:]: kinds[0] for place, kinds in self.expected().items()}

    def here(self, record: Document) -> tuple[str, date] | None:
        found = type(record).objects.filter(pk=record.pk, ended="")
        return found.values_list("currency", "issue_date").first()

    def there(self, quickbooks_id: str) -> tuple[str, date] | None:
        own = StoredObject.objects.filter(company__realm_id=self.qbo.realm, entity=self.remote)
        row = own.get(qbo_id=quickbooks_id)
        document = json.loads(row.body)
        voided = document.get("PrivateNote", "").startswith("Voided")
        return None if row.deleted or voided else (document["CurrencyRef"]["value"], row.txn_date)

    def pair(self, record: Document, *kinds: str) -> list[Sown]:
        """The truth of a linked record, as both sides hold it now."""
        sides = (self.here(record), self.there(record.qbo_id))
        return [Sown(record.pk, record.qbo_id, frozenset(kinds), *sides)]

    def only_there(self, quickbooks_id: str, *kinds: str) -> list[Sown]:
        return [Sown(None, quickbooks_id, frozenset(kinds), None, self.there(quickbooks_id))]

    def only_here(self, record: Document) -> list[Sown]:
        return [Sown(record.pk, None, frozenset({Kind.ONLY_IN_FINMO}), self.here(record), None)]

    def write(self, record: Document, **columns) -> None:
        """Into our row, without making it an edit."""
        type(record).objects.filter(pk=record.pk).update(**columns)


def kinds_of(stream: str) -> list[str]:
    return [name for name in SOWERS if stream == "receivables" or name not in RECEIVABLES_ALONE]
