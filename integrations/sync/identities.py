"""All ids and sync tokens of both sides laid beside each other: it finds what the change feed cannot tell.

A name that was merged away, a deletion in a gap of the feed, a change that was missed. One call per 1,000 records,
and one per 300 that differ.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
from django.utils import timezone

from .. import documents
from ..mapping import Company, Mapper, given
from ..models import Cursor
from ..qbo.client import PAGE_SIZE
from ..qbo.codes import NOT_UNDERSTOOD
from ..qbo.errors import Refused
from . import decoding, find
from .apply import store
from .incoming import Stored
from .work import Work
from .writing import mark_gone

# A stream that runs weekly is compared each time, however long its run takes.
COMPARED_EVERY = timedelta(days=7) - timedelta(hours=1)


def due(work: Work) -> set[str]:
    """Entities whose last comparison is a week old. A list that was read as a whole was compared by that."""
    long_ago = timezone.now() - COMPARED_EVERY
    cursors = Cursor.objects.filter(organization=work.organization)
    return {
        cursor.entity for cursor in cursors if cursor.compared_at is None or cursor.compared_at < long_ago
    }


def compare_identities(
    work: Work, company: Company, mapper: Mapper, between: Callable[[], None]
) -> tuple[Stored, datetime]:
    """Reads and stores what differs, marks what is gone. Returns what it did and when, in QuickBooks' clock, it began.

    `between` is called between calls, as a person who presses a button does not wait for a long list.
    """
    listed, began = _listed(work, mapper, between)
    stored = Stored()
    held = dict(
        mapper.records(work.organization).filter(qbo_id__isnull=False).values_list("qbo_id", "qbo_sync_token")
    )
    stored.seen = listed.keys() & held.keys()
    living = set(mapper.linked_and_living(work.organization).values_list("qbo_id", flat=True))
    moved = {qbo_id for qbo_id, token in listed.items() if held.get(qbo_id, token) != token}
    unknown = listed.keys() - held.keys() if mapper.adds_unknown else set()
    for part in find.batched(sorted(moved | unknown | living - listed.keys(), key=_by_number)):
        stored.add(_read_again(work, company, mapper, part))
        between()
    with work.storing():
        Cursor.objects.filter(organization=work.organization, entity=mapper.entity).update(
            compared_at=timezone.now()
        )
    return stored, began


def _listed(work: Work, mapper: Mapper, between: Callable[[], None]) -> tuple[dict[str, str], datetime]:
    """{Id: SyncToken} of everything there, and QuickBooks' clock at the first page.

    A deletion while we turn pages moves rows to the page behind. So each page begins with the last row of the one
    before; a page in which nothing is known shows that rows moved, and the page before it is read once more.
    """
    listed: dict[str, str] = {}
    passed: set[str | bytes] = set()
    began: datetime | None = None
    start = 1
    fields = "Id, SyncToken"
    while True:
        try:
            page = work.client.select(
                mapper.remote, where=mapper.everything, fields=fields, start=start, size=PAGE_SIZE
            )
        except Refused as refusal:
            if fields == "*" or refusal.code not in NOT_UNDERSTOOD:
                raise
            # Not every company takes a list of fields (contract section 3).
            fields = "*"
            continue
        began = began or page.time
        # What has no id that can be read is known by itself.
        rows = {decoding.id_of(raw) or raw: raw for raw in page.rows}
        if start > 1 and not rows.keys() & passed:
            start = max(1, start - PAGE_SIZE)
            continue
        passed |= rows.keys()
        listed |= {qbo_id: _token(raw) for qbo_id, raw in rows.items() if isinstance(qbo_id, str)}
        if len(page.rows) < PAGE_SIZE:
            return listed, began
        start += PAGE_SIZE - 1
        between()


def _token(raw: bytes) -> str:
    """Empty where it cannot be read: then it is not the one that we hold, and the whole is read."""
    try:
        return str(given(documents.decode(raw, documents.Entity).SyncToken) or "")
    except msgspec.MsgspecError:
        return ""


def _read_again(work: Work, company: Company, mapper: Mapper, ids: list[str]) -> Stored:
    """What is not there even when it is asked for by its id, is gone."""
    rows = find.rows_by_ids(work, mapper, ids)
    stored = store(work, mapper, company, rows, adds_unknown=mapper.adds_unknown)
    missing = set(ids) - stored.seen
    if missing:
        stored.journal += mark_gone(mapper, work.organization, find.gone(work, mapper, missing))
    return stored


def _by_number(qbo_id: str) -> tuple[int, str]:
    return len(qbo_id), qbo_id
