"""What QuickBooks may hold already of what is about to be created: its names and numbers, asked for in one call.

QuickBooks refuses a number that is taken only in companies that switched the warning on (contract sections 10.5 and
10.6), and no setting tells which do. So a document that people entered on both sides is looked for before it goes out.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from ..mapping import Mapper, mapper_of
from ..models import Direction, SyncedRecord, SyncJob, name_key
from ..qbo.client import PAGE_SIZE
from ..qbo.errors import Refused, Unreachable
from . import find
from .work import Work

logger = logging.getLogger(__name__)

# Queries of one call.
MOST_QUERIES = 30


def answered(work: Work, mapper: Mapper, records: Iterable[SyncedRecord]) -> bool:
    """Whether all of their names were asked for in this turn."""
    asked = work.held[mapper.entity].asked
    return all(name_key(_name(mapper, record)) in asked for record in records)


def look(work: Work, wanted: Iterable[SyncedRecord]) -> None:
    """Asks for the names and numbers that this turn did not ask for yet, and for those of the queue with them. What
    QuickBooks refuses to look for, or answers unreadably, stays unasked."""
    by_mapper: dict[Mapper, set[str]] = defaultdict(set)
    for record in wanted:
        mapper = mapper_of(record)
        name = _name(mapper, record)
        if name and name_key(name) not in work.held[mapper.entity].asked:
            by_mapper[mapper].add(name)
    for mapper, names in by_mapper.items():
        names |= _queued(work, mapper)
    parts = [(mapper, part) for mapper, names in by_mapper.items() for part in _parts(sorted(names))]
    for start in range(0, len(parts), MOST_QUERIES):
        _ask(work, parts[start : start + MOST_QUERIES])


def rows_of_each(work: Work, selections: Sequence[tuple[str, str]]) -> list[list[bytes] | None]:
    """All rows of each (entity, condition), 30 of them at most, in one call as far as they fit into it. None for what
    QuickBooks refused to look for, or answered unreadably. Raises Unreachable."""
    found: list[list[bytes] | None] = [None] * len(selections)
    try:
        for place, rows in enumerate(work.client.select_each(selections)):
            if rows is not None and len(rows) >= PAGE_SIZE:
                entity, where = selections[place]
                rows = [row for page in work.client.pages(entity, where=where) for row in page.rows]
            found[place] = rows
    except (Refused, Unreachable) as error:
        if isinstance(error, Unreachable) and error.status != 200:
            raise
        logger.warning("QuickBooks cannot be asked what it holds already: %s", error)
    return found


def _ask(work: Work, parts: list[tuple[Mapper, list[str]]]) -> None:
    answers = rows_of_each(
        work, [(mapper.remote, find.where_named(mapper, names)) for mapper, names in parts]
    )
    for (mapper, names), rows in zip(parts, answers, strict=True):
        if rows is not None:
            held = work.held[mapper.entity]
            held.asked |= set(map(name_key, names))
            find.collect(mapper, rows, held.documents)


def _queued(work: Work, mapper: Mapper) -> set[str]:
    """Names or numbers of what waits to be created, so that one call asks for all."""
    jobs = SyncJob.objects.filter(
        organization=work.organization,
        entity=mapper.entity,
        direction=Direction.PUSH,
        status=SyncJob.Status.QUEUED,
    )
    waiting = mapper.records(work.organization).filter(qbo_id=None, pk__in=jobs.values("record_id"))
    names = set(waiting.values_list(mapper.key_column, flat=True)) - {""}
    asked = work.held[mapper.entity].asked
    return {name for name in names if name_key(name) not in asked}


def _parts(names: list[str]) -> Iterator[list[str]]:
    """As many names as go into one statement in all their spellings."""
    part: list[str] = []
    size = 0
    for name in names:
        more = len(find.spellings(name))
        if part and size + more > find.CHUNK:
            yield part
            part, size = [], 0
        part.append(name)
        size += more
    if part:
        yield part


def _name(mapper: Mapper, record: SyncedRecord) -> str:
    return str(getattr(record, mapper.key_column))
