"""What a mapper declares of its entity, which the engine, the client, the commands and the pages go by."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from .. import documents
from ..models import SyncedRecord
from .fields import Field

# (QuickBooks' field, operator, value)
Condition = tuple[str, str, str]


class Declared:
    """What of an entity needs no code: its names on both sides, and what QuickBooks does with it."""

    entity: ClassVar[str]  # our resource's name: "customers"
    remote: ClassVar[str]  # QuickBooks' name: "Customer"
    document: ClassVar[type[documents.Entity]]
    model: ClassVar[type[SyncedRecord]]
    # Referenced entities have a lower rank than those that refer to them; equal ranks share a batch.
    rank: ClassVar[int]
    fields: ClassVar[tuple[Field, ...]]
    pushes: ClassVar[bool] = True
    # Whether a linked record's later changes go to QuickBooks.
    updates: ClassVar[bool] = True
    # Whether the change data capture feed knows the entity (contract section 6).
    in_change_feed: ClassVar[bool] = True
    # Whether a pull adds what is unknown here without being asked to.
    adds_unknown: ClassVar[bool] = True
    # What QuickBooks offers to end a document: "void", "delete", or nothing.
    ending: ClassVar[str] = ""
    # QuickBooks' entity that pays a document.
    settled_by: ClassVar[str] = ""
    # QuickBooks' field by which a lost or earlier record is found again, and ours.
    key: ClassVar[str]
    key_column: ClassVar[str]
    # Whether QuickBooks is asked for the same name before a record is created.
    looks_first: ClassVar[bool] = False
    # QuickBooks' fields in which a person's search looks, and the order of what it finds.
    searched: ClassVar[tuple[str, ...]] = ()
    found_in_order: ClassVar[str] = "Id"
    # Fields by which a person tells one document from another, beside its name or number.
    known_by: ClassVar[tuple[str, ...]] = ()
    # Our code where the name or number is held by something else.
    taken_code: ClassVar[str] = "name_taken"
    # Ids that are no numbers, and that a query takes all the same.
    named_ids: ClassVar[frozenset[str]] = frozenset()
    # Appended to a statement that must find inactive records too; QuickBooks hides those (contract section 3).
    even_inactive: ClassVar[str] = " AND Active IN (true, false)"
    # Fields that are decided together when both sides changed.
    merged_whole: ClassVar[frozenset[str]] = frozenset()
    # Names the record that a merged one became part of; empty where QuickBooks merges none.
    survivor_column: ClassVar[str] = ""
    # A field → the one of `merged_whole` that it is decided with: a contact and its currency.
    decided_with: ClassVar[dict[str, str]] = {}
    # What a line only says, so that both sides' changes of it may be merged line by line.
    line_texts: ClassVar[frozenset[str]] = frozenset()
    # Fields that every update carries, changed or not.
    always_sent: ClassVar[tuple[str, ...]] = ()
    # QuickBooks' fields that every update repeats as they are there: of some entities Intuit documents full updates
    # only, which empty what they leave out (contract section 4).
    repeated: ClassVar[tuple[str, ...]] = ()
    # The condition under which a list is complete.
    everything: ClassVar[str] = "Active IN (true, false)"
    needs_tax_rates: ClassVar[bool] = False
    # Whether both sides' lists are laid beside each other by names, addresses and numbers.
    matched: ClassVar[bool] = False
    # Whether QuickBooks merges two of them into one, and what refers to the one then refers to the other.
    merges: ClassVar[bool] = False
    # QuickBooks keeps the list; we mirror it.
    mirrors: ClassVar[bool] = False
    # Columns without which no row can be made.
    required_columns: ClassVar[frozenset[str]] = frozenset()
    line_model: ClassVar[type[models.Model] | None] = None
    # The stream on the configuration page: "contacts", "receivables", "payables", "accounts", "items", …
    stream: ClassVar[str]
    # Our foreign keys to what must be in QuickBooks, and active, before this.
    needs: ClassVar[tuple[str, ...]] = ()
    # {our code: the setting whose choice repairs it}
    repaired_by: ClassVar[dict[str, str]] = {}
    select_related: ClassVar[tuple[str, ...]] = ()
    prefetch_related: ClassVar[tuple[str, ...]] = ()
    # QuickBooks' page for one record, appended to the web application's address.
    web_path: ClassVar[str] = ""
