"""What QuickBooks may hold already of what is about to be created: its names and numbers, asked for in one call.

QuickBooks refuses a number that is taken only in companies that switched the warning on (contract sections 10.5 and
10.6), and no setting tells which do. So a document that people entered on both sides is looked for before it goes out.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence

from ..mapping import Mapper, mapper_of
from ..models import SyncedRecord, name_key
from ..qbo.client import PAGE_SIZE
from ..qbo.codes import NOT_UNDERSTOOD
from ..qbo.errors import QuickBooksError, Refused, Unreachable
from . import find
from .claims import queued_pushes
from .work import Work

logger = logging.getLogger(__name__)

# Queries of one call.
MOST_QUERIES = 30

# Names or numbers of one statement.
Part = tuple[Mapper, list[str]]


def answered(work: Work, mapper: Mapper, records: Iterable[SyncedRecord]) -> bool:
    """Whether all of their names were asked for in this turn."""
    asked = work.held[mapper.entity].asked
    return all(name_key(_name(mapper, record)) in asked for record in records)


def look(work: Work, wanted: Iterable[SyncedRecord]) -> None:
    """Asks for the names and numbers that this turn did not ask for yet, and for those of the queue with them. What
    QuickBooks refuses to look for, or answers unreadably, stays unasked; its neighbours are asked for without it."""
    by_mapper: dict[Mapper, set[str]] = defaultdict(set)
    for record in wanted:
        mapper = mapper_of(record)
        name = _name(mapper, record)
        if name and name_key(name) not in work.held[mapper.entity].asked:
            by_mapper[mapper].add(name)
    for mapper, names in by_mapper.items():
        names |= _queued(work, mapper)
    parts = [(mapper, part) for mapper, names in by_mapper.items() for part in find.parts(names)]
    halved = 0
    while parts:
        asked, parts = parts[:MOST_QUERIES], parts[MOST_QUERIES:]
        for mapper, names in _ask(work, asked):
            if len(names) > 1 and halved < find.MOST_HALVED:
                halved += 1
                parts += [(mapper, half) for half in find.halves(names)]


def rows_of_each(
    work: Work, selections: Sequence[tuple[str, str]]
) -> list[list[bytes] | QuickBooksError | None]:
    """All rows of each (entity, condition), 30 of them at most, in one call as far as they fit into it; or why
    QuickBooks did not tell them. None where it refused the call as such, or answered unreadably. Raises Unreachable."""
    found: list[list[bytes] | QuickBooksError | None] = [None] * len(selections)
    try:
        for place, rows in enumerate(work.client.select_each(selections)):
            entity, where = selections[place]
            if isinstance(rows, QuickBooksError):
                logger.warning("A part of %s cannot be looked for: %s", entity, rows)
            elif len(rows) >= PAGE_SIZE:
                rows = [row for page in work.client.pages(entity, where=where) for row in page.rows]
            found[place] = rows
    except (Refused, Unreachable) as error:
        if isinstance(error, Unreachable) and error.status != 200:
            raise
        logger.warning("QuickBooks cannot be asked what it holds already: %s", error)
    return found


def _ask(work: Work, parts: list[Part]) -> list[Part]:
    """Returns those that were not understood, or not answered: smaller ones may be."""
    answers = rows_of_each(
        work, [(mapper.remote, find.where_named(mapper, names)) for mapper, names in parts]
    )
    again: list[Part] = []
    for (mapper, names), rows in zip(parts, answers, strict=True):
        if isinstance(rows, list):
            held = work.held[mapper.entity]
            held.asked |= set(map(name_key, names))
            find.collect(mapper, rows, held.documents)
        elif isinstance(rows, Unreachable) or (rows and rows.code in NOT_UNDERSTOOD):
            again.append((mapper, names))
    return again


def _queued(work: Work, mapper: Mapper) -> set[str]:
    """Names or numbers of what waits to be created, so that one call asks for all."""
    queued = queued_pushes(work, mapper).values("record_id")
    waiting = mapper.records(work.organization).filter(qbo_id=None, pk__in=queued)
    names = set(waiting.values_list(mapper.key_column, flat=True)) - {""}
    asked = work.held[mapper.entity].asked
    return {name for name in names if name_key(name) not in asked}


def _name(mapper: Mapper, record: SyncedRecord) -> str:
    return str(getattr(record, mapper.key_column))
