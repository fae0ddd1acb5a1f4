"""Finding in QuickBooks what may be there already: by name before a contact is created, by number when a
document's is taken, and by both when an answer was lost."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from ..mapping import Company, Mapper, Problem, given
from ..models import SyncedRecord, name_key
from ..qbo.codes import GONE, NOT_UNDERSTOOD
from ..qbo.errors import Refused
from ..qbo.statements import in_list, quote
from .decoding import ByKey, Read, decoded, doubtful, id_of, newest
from .work import Work

logger = logging.getLogger(__name__)

# Beyond this many names it is cheaper to read the whole list, 1,000 to a call.
FEW = 30
# Ids or names in one statement.
CHUNK = 300
# Gaps of a name that are looked for in two spellings.
MOST_GAPS = 5
# So often one look is cut in halves to find the names that cannot be asked for.
MOST_HALVED = 15
# So many ids are read one by one before they count as deleted; more are asked for once more.
MOST_READ = 10

# By the keys of the records whose documents they are.
Found = dict[int, Read]
# By the keys of the records that QuickBooks refused to look for.
NotAsked = dict[int, Refused]
# What a wildcard stands for in a name with a backslash.
_GAP = re.compile(r"[\\\s]+")


def batched(values: list[str]) -> Iterator[list[str]]:
    """As many as go into one statement."""
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))


def by_ids(work: Work, mapper: Mapper, ids: Iterable[str]) -> dict[str, Read]:
    """What QuickBooks holds under these ids, inactive ones too; deleted ones are absent."""
    rows = rows_by_ids(work, mapper, ids)
    return newest(decoded(mapper, rows))


def rows_by_ids(work: Work, mapper: Mapper, ids: Iterable[str]) -> list[bytes]:
    """The same as it came, with what we cannot read."""
    return [
        row
        for part in batched(sorted(set(ids)))
        for row in work.client.select(
            mapper.remote, where=f"Id IN {in_list(part)}" + mapper.even_inactive
        ).rows
    ]


def gone(work: Work, mapper: Mapper, ids: Iterable[str]) -> set[str]:
    """Those of the ids under which QuickBooks holds nothing any more. What we cannot read is there all the same, and
    where not even its id can be read, it may be any of those that were asked for with it. Raises Stopped."""
    wanted = sorted(set(ids))
    missing: set[str] = set()
    if len(wanted) <= MOST_READ:
        missing = {qbo_id for qbo_id in wanted if not _is_there(work, mapper, qbo_id)}
    else:
        for part in batched(wanted):
            rows = rows_by_ids(work, mapper, part)
            missing |= set(part) - set(map(id_of, rows)) - doubtful(part, rows, ())
    work.require_same_company()
    return missing


def _is_there(work: Work, mapper: Mapper, qbo_id: str) -> bool:
    """Read by its id: a query may not show yet what was made a moment ago (contract section 12, trap 5)."""
    try:
        work.client.read(mapper.remote, qbo_id)
    except Refused as refusal:
        if refusal.code == GONE:
            return False
        raise
    return True


def by_key(work: Work, mapper: Mapper, records: list[SyncedRecord]) -> tuple[ByKey, NotAsked]:
    """(what QuickBooks holds under the records' names or numbers, by name key; what it refused to look for).

    A name that it does not understand leaves its neighbours alone: they are asked for without it.
    """
    found: ByKey = defaultdict(list)
    refused: NotAsked = {}
    bearers: dict[str, list[SyncedRecord]] = defaultdict(list)
    for record in records:
        if name := str(getattr(record, mapper.key_column)):
            bearers[name].append(record)
    waiting = list(parts(bearers))
    halved = 0
    while waiting:
        part = waiting.pop()
        try:
            for page in work.client.pages(mapper.remote, where=where_named(mapper, part)):
                collect(mapper, page.rows, found)
        except Refused as refusal:
            if len(part) > 1 and refusal.code in NOT_UNDERSTOOD and halved < MOST_HALVED:
                halved += 1
                waiting += halves(part)
            else:
                logger.warning("%d of %s cannot be looked for: %s", len(part), mapper.entity, refusal)
                refused |= {record.pk: refusal for name in part for record in bearers[name]}
    return found, refused


def all_by_key(work: Work, mapper: Mapper) -> ByKey:
    found: ByKey = defaultdict(list)
    for page in work.client.pages(mapper.remote):
        collect(mapper, page.rows, found)
    return found


def spellings(name: str) -> set[str]:
    """QuickBooks compares without case, but not without spaces: so also with one gap, or all, written double."""
    words = name.split()
    doubled = {
        " ".join(words[:gap]) + "  " + " ".join(words[gap:])
        for gap in range(1, min(len(words), MOST_GAPS + 1))
    }
    return {name, " ".join(words), "  ".join(words), *doubled}


def parts(names: Iterable[str]) -> Iterator[list[str]]:
    """As many names as go into one statement in all their spellings; one with a backslash goes alone."""
    part: list[str] = []
    size = 0
    for name in sorted(names):
        if "\\" in name:
            yield [name]
            continue
        more = len(spellings(name))
        if part and size + more > CHUNK:
            yield part
            part, size = [], 0
        part.append(name)
        size += more
    if part:
        yield part


def halves(part: list[str]) -> list[list[str]]:
    middle = len(part) // 2
    return [part[:middle], part[middle:]]


def where_named(mapper: Mapper, part: list[str]) -> str:
    """The condition that finds whatever bears a name or number of this part, and perhaps some that does not.

    Whether a literal has its backslashes doubled is not confirmed (contract section 3), so a name is asked for with
    wildcards in their place.
    """
    if "\\" in part[0]:
        return f"{mapper.key} LIKE {quote(_GAP.sub('%', part[0]))}"
    spelled = {spelling for name in part for spelling in spellings(name)} - {""}
    return f"{mapper.key} IN {in_list(sorted(spelled))}"


def judge(
    mapper: Mapper, company: Company, records: list[SyncedRecord], held: ByKey
) -> tuple[Found, dict[int, Problem]]:
    """For unlinked records: the document that is unmistakably theirs and bound to nobody, or why not."""
    ids = [str(document.Id) for same in held.values() for document, _ in same]
    bound = set(mapper.records(company.organization).filter(qbo_id__in=ids).values_list("qbo_id", flat=True))
    found: Found = {}
    problems: dict[int, Problem] = {}
    for record in records:
        for document, raw in held.get(name_key(str(getattr(record, mapper.key_column))), []):
            problem = mapper.same(record, document, company)
            if problem is None and str(document.Id) in bound:
                problem = linked_elsewhere(mapper)
            if problem is None:
                bound.add(str(document.Id))
                found[record.pk] = (document, raw)
                problems.pop(record.pk, None)
                break
            problems.setdefault(record.pk, problem)
    return found, problems


def linked_elsewhere(mapper: Mapper) -> Problem:
    """The name or number is taken by what another record here stands for."""
    return Problem(
        mapper.taken_code,
        "QuickBooks has this already, and another record here is linked to it.",
        "Where both are the same, go on with the linked one; else give this one another name or number, and sync it "
        "again.",
    )


def made_by_us(
    work: Work, mapper: Mapper, company: Company, records: list[SyncedRecord]
) -> tuple[Found, NotAsked]:
    """After a lost answer: which of these unlinked records QuickBooks holds now, and of which it does not say."""
    keyed = [record for record in records if getattr(record, mapper.key_column)]
    unkeyed = [record for record in records if not getattr(record, mapper.key_column)]
    held, refused = by_key(work, mapper, keyed)
    alike: dict[str, list[SyncedRecord]] = defaultdict(list)
    for record in unkeyed:
        alike[_likeness(mapper, record)].append(record)
    for likeness, same in sorted(alike.items(), key=lambda each: each[0]):
        try:
            held[""] += decoded(mapper, work.client.select(mapper.remote, where=likeness).rows)
        except Refused as refusal:
            refused |= {record.pk: refusal for record in same}
    # Who has a number chooses first; nothing is given to two.
    found, _ = judge(mapper, company, keyed + unkeyed, held)
    return found, {pk: refusal for pk, refusal in refused.items() if pk not in found}


def _likeness(mapper: Mapper, record: SyncedRecord) -> str:
    """A document without a number is known by its contact and date."""
    [(_, contact)] = mapper.waits_for(record)
    return where_of_contact(mapper, contact.qbo_id, record.issue_date, record.issue_date)


def where_of_contact(mapper: Mapper, contact_id: str, first: date, last: date) -> str:
    """The condition that finds a contact's documents of the days between, both included."""
    day = (
        f"TxnDate = {quote(str(first))}"
        if first == last
        else f"TxnDate >= {quote(str(first))} AND TxnDate <= {quote(str(last))}"
    )
    return f"{mapper.contact_path} = {quote(contact_id)} AND {day}"


def collect(mapper: Mapper, rows: Iterable[bytes], found: ByKey) -> None:
    for document, raw in decoded(mapper, rows):
        if not mapper.bears_its_name(document):
            continue
        found[name_key(str(given(getattr(document, mapper.key)) or ""))].append((document, raw))
