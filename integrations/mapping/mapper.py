"""One entity, both ways: what its record says, what is sent of it, and what is stored of what comes back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import models

from ..models import Organization, SyncedRecord
from ..spelling import respelled
from .company import Company
from .declared import Condition, Declared
from .fields import Field, Links, Reference, Values, given
from .plain_updates import plain_update
from .problem import Problem

# QuickBooks makes paths of names (contract section 10.1).
FORBIDDEN_IN_NAMES = ":\t\n\r"


class Mapper(Declared):
    """Subclasses declare, and say otherwise where their entity differs; the engine calls."""

    # --- what the engine reads ---------------------------------------------------------------

    def records(self, organization: Organization) -> models.QuerySet:
        return self.model.objects.filter(organization=organization)

    def full_records(self, organization: Organization) -> models.QuerySet:
        return (
            self.records(organization)
            .select_related(*self.select_related)
            .prefetch_related(*self.prefetch_related)
        )

    def linked_and_living(self, organization: Organization) -> models.QuerySet:
        """Records whose counterpart should still be in QuickBooks."""
        return self.records(organization).filter(qbo_id__isnull=False, is_active=True)

    def label(self, record: SyncedRecord) -> str:
        return str(record)[:200]

    def ours(self, record: SyncedRecord, company: Company) -> Values:
        return {each.name: each.ours(record) for each in self.fields}

    def theirs(self, document: Any, company: Company) -> Values:
        return {each.name: each.theirs(document) for each in self.fields}

    def refuse(
        self, record: SyncedRecord, values: Values, changed: set[str], company: Company
    ) -> Problem | None:
        """What is certain to fail is refused before any call."""
        return None

    def refuse_new(self, record: SyncedRecord, company: Company) -> Problem | None:
        """The same for a record that QuickBooks does not have yet."""
        values = self.ours(record, company)
        return self.refuse(record, values, set(values), company)

    def refuse_needed(
        self, record: SyncedRecord, values: Values, changed: set[str], company: Company
    ) -> Problem | None:
        """Why one of the record's `dependencies` could not be made in QuickBooks."""
        return None

    def refuse_answer(self, record: SyncedRecord, document: Any, company: Company) -> Problem | None:
        """What QuickBooks silently did otherwise than asked."""
        return None

    def waits_for(self, record: SyncedRecord) -> tuple[tuple[str, SyncedRecord], ...]:
        """(entity, record) that must be in QuickBooks first."""
        return ()

    def dependencies(self, records: list[SyncedRecord], company: Company) -> list[SyncedRecord]:
        """Records of lower rank that the engine may push by itself, made where they do not exist yet."""
        return []

    def prepare(self, records: list[SyncedRecord], company: Company) -> None:
        """Fills what `ours` and `compose` look up in `company`, in a bounded number of queries."""

    def rate_needed(self, record: SyncedRecord, company: Company) -> tuple[str, date] | None:
        return None

    def same(self, record: SyncedRecord, document: Any, company: Company) -> Problem | None:
        """None where the document is unmistakably this record's; else why it cannot be taken for it."""
        return Problem("name_taken")

    def bears_its_name(self, document: Any) -> bool:
        """Whether nothing else may be called as the document is: a child has its name only among its siblings."""
        return True

    def searched_for(self, record: SyncedRecord) -> str:
        """What a person who looks for the record's counterpart would type first."""
        return str(getattr(record, self.key_column))

    def searches(self, text: str, organization: Organization) -> list[Condition]:
        """Where to look for a text. QuickBooks knows no OR, so each is a question of its own."""
        return [(name, "LIKE", f"%{text}%") for name in self.searched or (self.key,)]

    @property
    def details(self) -> tuple[str, ...]:
        """The details that `shown` may give."""
        return self.known_by

    def shown(self, document: Any, company: Company) -> dict[str, Any]:
        """What a person knows a document of QuickBooks by: {"name", "active", "details": {our field: value}}."""
        theirs = self.theirs(document, company)
        return {
            "name": theirs[self.key_column],
            "active": theirs.get("is_active", True) and not self.voided(document),
            "details": {name: theirs[name] for name in self.known_by if theirs[name]},
        }

    # --- what is sent ------------------------------------------------------------------------

    def compose(
        self, record: SyncedRecord, values: Values, changed: set[str], company: Company
    ) -> dict[str, Any]:
        """The document that creates the record, or, where it is linked, its sparse update."""
        if not record.linked:
            target: dict[str, Any] = {}
            sent = [each for each in self.fields if not each.empty(values[each.name])]
        else:
            target = {"Id": record.qbo_id, "SyncToken": record.qbo_sync_token, "sparse": True}
            sent = self._sent_in_update(values, changed)
            held = self.held(record)
            target |= {name: held[name] for name in self.repeated if held.get(name) is not None}
            target |= {part: dict(held[part]) for part in {each.part for each in sent} if held.get(part)}
        for each in sent:
            each.send(target, values[each.name])
        self.complete(target, record, values, changed, company)
        return target

    def plainly(self, update: dict[str, Any]) -> dict[str, Any]:
        """What `compose` made, for a QuickBooks that does not know a part of it."""
        return plain_update(update, sparse=not self.repeated)

    def held(self, record: SyncedRecord) -> dict[str, Any]:
        """QuickBooks' document as we saw it last, as plain JSON values with Decimals; empty where there is none."""
        return respelled(record.qbo_document or "{}", self.document)

    def _sent_in_update(self, values: Values, changed: set[str]) -> list[Field]:
        """The changed fields and those that every update carries; of an address all parts, as it is replaced whole.

        `compose` lays them over QuickBooks' own version, so that the parts that we do not keep survive.
        """
        wanted = changed | set(self.always_sent)
        parts = {each.part for each in self.fields if each.name in wanted and each.part}
        return [
            each
            for each in self.fields
            if not each.create_only
            and (each.name in wanted or (each.part in parts and not each.empty(values[each.name])))
        ]

    def complete(
        self, target: dict, record: SyncedRecord, values: Values, changed: set[str], company: Company
    ) -> None:
        """Adds what no single field can say."""

    # --- what is stored ----------------------------------------------------------------------

    def references(self, document: Any) -> Iterable[tuple[str, str]]:
        """(entity, QuickBooks id) of everything that the document refers to."""
        for each in self.fields:
            if isinstance(each, Reference) and (value := each.theirs(document)):
                yield each.to, value

    def columns(self, values: Values, links: Links) -> dict[str, Any]:
        """Our columns for these values."""
        columns: dict[str, Any] = {}
        for each in self.fields:
            if each.name in values:
                columns |= each.columns(values[each.name], links)
        return columns

    def mirrored(self, document: Any, company: Company, known: SyncedRecord | None = None) -> dict[str, Any]:
        """Columns in which QuickBooks alone has the word, such as a balance. `known` as in `voided`."""
        return {}

    def unresolved(self, values: Values, links: Links) -> bool:
        """Whether a line refers to something that we do not have, so that its lines must not be rewritten."""
        return False

    def totals(self, document: Any) -> dict[str, Any]:
        """Our totals, taken from QuickBooks' document."""
        return {}

    def voided(self, document: Any, known: SyncedRecord | None = None) -> bool:
        """`known` is our record as it was before this version of the document was read."""
        return False

    def active(self, document: Any) -> bool:
        """Whether QuickBooks still takes something new for it."""
        return given(getattr(document, "Active", None)) is not False

    def our_tax_numbers(self, record: SyncedRecord) -> tuple[str, ...]:
        return ()

    def their_tax_numbers(self, document: Any) -> tuple[str, ...]:
        """As QuickBooks tells them: some are masked but for their last characters."""
        return ()

    def merged(self, record: SyncedRecord) -> bool:
        """Whether it is known here that QuickBooks merged the record into another."""
        return False

    def merged_columns(self, survivor: SyncedRecord) -> dict[str, Any]:
        """The columns of a record that QuickBooks merged into `survivor`."""
        return {"is_active": False}

    def usable(self, document: Any) -> bool:
        """Whether a document of QuickBooks belongs here at all."""
        return True

    def lines(self, values: Values, links: Links) -> list[models.Model] | None:
        """New line rows for these values, or None where the entity has no lines."""
        return None

    def text_columns(self, line: models.Model, values: Values) -> dict[str, Any]:
        """The columns of a line of ours that is to say what `values` say."""
        return {name: values[name] for name in self.line_texts}

    def filled(self, record: SyncedRecord, document: Any, company: Company) -> Values:
        """What we left empty and QuickBooks filled in, from its answer to our own push."""
        theirs = self.theirs(document, company)
        return {
            each.name: theirs[each.name]
            for each in self.fields
            if not isinstance(each, Reference)
            and each.empty(each.ours(record))
            and not each.empty(theirs[each.name])
        }

    def computed(self, record: SyncedRecord, document: Any, company: Company) -> dict[str, Any]:
        """Columns that only QuickBooks could compute, from the same answer."""
        return {}

    def local_match(
        self, document: Any, values: Values, candidates: list[SyncedRecord]
    ) -> SyncedRecord | None:
        """An unlinked record of ours that is unmistakably this document's."""
        return None

    def candidates(
        self, organization: Organization, documents_and_values: list[tuple[Any, Values]]
    ) -> models.QuerySet:
        """Unlinked records that may be the counterparts of these documents."""
        return self.records(organization).none()
