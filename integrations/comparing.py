"""A record as it would be sent, beside what QuickBooks holds of it, field by field. Nothing here is asked of
QuickBooks: its side is the document that was read last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from . import documents
from .mapping import Company, Mapper, Problem, Values, company_of, mapper_of
from .models import Cursor, Direction, Document, SyncedRecord, SyncJob
from .money import written_amount
from .sync import merge
from .wording import Names, label_of

SAME, HERE, THERE, BOTH, DIFFERENT = (
    "",
    "Changed in Finmo",
    "Changed in QuickBooks",
    "Changed on both sides",
    "Different",
)
# After these QuickBooks' document is stored; what needed no call is not read by a push.
_TOLD = (SyncJob.Outcome.CREATED, SyncJob.Outcome.UPDATED, SyncJob.Outcome.LINKED)
LINE_PARTS = ("item", "account", "description", "quantity", "unit_price", "amount", "tax_code")


@dataclass(frozen=True)
class Row:
    """One field. `word` says how the two differ, and is empty where they agree."""

    label: str
    finmo: Any
    quickbooks: Any
    base: Any = None
    word: str = SAME


@dataclass(frozen=True)
class Section:
    title: str
    rows: list[Row]

    @property
    def differs(self) -> bool:
        return any(row.word for row in self.rows)


@dataclass(frozen=True)
class Comparison:
    """`problem` is why a push would be refused here; `read_at` when QuickBooks' side was last known to be this."""

    sections: list[Section]
    problem: Problem | None
    read_at: datetime | None
    changed_there_at: datetime | None

    @property
    def differences(self) -> int:
        return sum(bool(row.word) for section in self.sections for row in section.rows)


@dataclass
class _Sides:
    """What the sides of a record say, as values."""

    mapper: Mapper
    record: SyncedRecord
    company: Company
    ours: Values = field(default_factory=dict)
    document: Any = None
    theirs: Values = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.mapper.prepare([self.record], self.company)
        self.ours = self.mapper.ours(self.record, self.company)
        if self.record.qbo_document:
            self.document = documents.decode(self.record.qbo_document.encode(), self.mapper.document)
            self.theirs = self.mapper.theirs(self.document, self.company)

    @property
    def agreed(self) -> Values:
        return self.record.base.get("fields", {})


def compare(record: SyncedRecord) -> Comparison:
    """Both sides of a record, with names for ids; a bounded number of statements."""
    mapper = mapper_of(record)
    company = company_of(record.organization)
    record = mapper.full_records(record.organization).get(pk=record.pk)
    sides = _Sides(mapper, record, company)
    told = [(mapper.entity, values) for values in (sides.ours, sides.theirs, sides.agreed)]
    names = Names(record.organization, told)
    sections = [Section("Fields", list(_fields(sides, names)))]
    if "lines" in sides.ours:
        sections += _lines(sides, names)
        sections.append(Section("Totals", list(_totals(sides))))
    return Comparison(sections, _problem(sides), _read_at(record, mapper), record.qbo_updated_at)


def _fields(sides: _Sides, names: Names) -> Iterator[Row]:
    entity = sides.mapper.entity
    here = merge.changed_here(sides.record.base, sides.ours)
    there = merge.changed_there(sides.record.base, sides.theirs)
    for each in sides.mapper.fields:
        name = each.name
        values = (sides.ours[name], sides.theirs.get(name), sides.agreed.get(name))
        finmo, quickbooks, base = (names.shown(entity, name, value) for value in values)
        word = SAME
        if sides.theirs and not merge.equal(values[0], values[1]):
            word = _word(name in here, name in there)
        yield Row(label_of(entity, name), finmo, quickbooks, base, word)


def _word(here: bool, there: bool) -> str:
    """Where neither changed, the two only read differently: QuickBooks rounds, or fills in."""
    if here and there:
        return BOTH
    return HERE if here else THERE if there else SAME


def _lines(sides: _Sides, names: Names) -> list[Section]:
    """Ours beside QuickBooks' line of the same id, else of the same place."""
    ours, theirs = sides.ours["lines"], list(sides.theirs.get("lines", []))
    agreed = {line["id"]: line for line in sides.agreed.get("lines") or []}
    custom = [line.custom_name for line in sides.record.lines.all()]
    pairs = []
    for place, line in enumerate(ours):
        match = next((each for each in theirs if line["id"] and each["id"] == line["id"]), None)
        if match is None and not line["id"] and place < len(theirs):
            match = theirs[place]
        if match is not None:
            theirs.remove(match)
        pairs.append((line, match, custom[place]))
    pairs += [(None, line, "") for line in theirs]
    return [
        Section(f"Line {number}", list(_line_rows(sides, names, line, match, agreed, name)))
        for number, (line, match, name) in enumerate(pairs, start=1)
    ]


def _line_rows(
    sides: _Sides,
    names: Names,
    ours: Values | None,
    theirs: Values | None,
    agreed: dict[str, Values],
    custom_name: str,
) -> Iterator[Row]:
    base = agreed.get((theirs or {}).get("id", ""), {})
    shown = [names.line(line or {}) for line in (ours, theirs, base)]
    if ours and custom_name and not ours["item"]:
        shown[0]["item"] = f"{custom_name} (made with the next push)"
    for name in LINE_PARTS:
        finmo, quickbooks, before = (line.get(name) for line in shown)
        if name == "amount":
            currency = sides.record.currency
            finmo, quickbooks, before = (_amount(value, currency) for value in (finmo, quickbooks, before))
        if not finmo and not quickbooks:
            continue
        differs = sides.theirs and not merge.equal((ours or {}).get(name), (theirs or {}).get(name))
        label = name.replace("_", " ").capitalize()
        yield Row(label, finmo, quickbooks, before, DIFFERENT if differs else SAME)


def _totals(sides: _Sides) -> Iterator[Row]:
    record: Document = sides.record
    told = sides.mapper.totals(sides.document) if sides.document else {}
    if sides.document:
        told["balance"] = sides.mapper.mirrored(sides.document, sides.company)["balance"]
    for name in ("subtotal", "tax_total", "total", "balance"):
        finmo, quickbooks = getattr(record, name), told.get(name)
        word = DIFFERENT if quickbooks is not None and finmo != quickbooks else SAME
        shown = (_amount(value, record.currency) for value in (finmo, quickbooks))
        yield Row(label_of(sides.mapper.entity, name), *shown, None, word)


def _amount(value: Decimal | str | None, currency: str) -> str | None:
    return None if value is None else written_amount(Decimal(value), currency)


def _problem(sides: _Sides) -> Problem | None:
    """What a push would be refused for before any call."""
    mapper, record = sides.mapper, sides.record
    if not mapper.pushes or getattr(record, "ended", ""):
        return None
    changed = merge.changed_here(record.base, sides.ours) if record.linked else set(sides.ours)
    return mapper.refuse(record, sides.ours, changed, sides.company) if changed else None


def _read_at(record: SyncedRecord, mapper: Mapper) -> datetime | None:
    """The change feed tells of every record; a job tells of its own."""
    if not record.linked:
        return None
    told = Q(outcome__in=_TOLD) | Q(outcome=SyncJob.Outcome.UNCHANGED, direction=Direction.PULL)
    jobs = SyncJob.objects.filter(
        told, entity=mapper.entity, record_id=record.pk, quickbooks_id=record.qbo_id
    ).exclude(finished_at=None)
    moments = [
        Cursor.objects.filter(organization=record.organization_id, entity=mapper.entity)
        .values_list("read_at", flat=True)
        .first(),
        jobs.order_by("-id").values_list("finished_at", flat=True).first(),
    ]
    return max((moment for moment in moments if moment), default=None)
