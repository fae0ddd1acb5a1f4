"""What each side has of a stream's documents, read for a statement: few fields, a thousand documents to a call."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q

from .. import documents
from ..mapping import Company, Problem, given, mapper_for, walk
from ..mapping.document import DocumentMapper
from ..mapping.voids import looks_voided
from ..models import Document, Organization, SyncJob
from ..qbo.client import PAGE_SIZE
from ..qbo.codes import FIELDS_UNKNOWN
from ..qbo.errors import Refused
from ..qbo.statements import in_list, quote
from . import decoding, find
from .statement_compare import Side
from .work import Work

# Times that reading starts over because the list moved under it.
MOST_STARTS = 3

Sides = dict[str, Side]


class Unsteady(Exception):
    """The list changed too often to be read as a whole."""

    problem = Problem(
        "unreachable",
        "Documents were deleted or redated in QuickBooks again and again while Finmo was reading them.",
        "Read the statement again when nobody is working on these documents.",
    )


class QuickBooksSide:
    """Reads QuickBooks' side of one stream, voided documents too."""

    def __init__(self, work: Work, mapper: DocumentMapper, company: Company):
        self._work, self._mapper, self._company = work, mapper, company
        self._fields = mapper.figures
        # What was read and cannot be understood: by id, or by itself where even that is hidden.
        self._unread: dict[str | bytes, decoding.Unreadable] = {}
        # Ids under which there is something that cannot be read, or may be.
        self.unreadable: set[str] = set()

    @property
    def unread(self) -> list[dict[str, str]]:
        """As a statement keeps it."""
        return [each.saved for each in self._unread.values()]

    def up_to(self, as_of: date, progress: Callable[[int], None]) -> Sides:
        """All documents issued until then, by id. `progress` is told how many were read, page by page.

        Raises Unsteady.
        """
        for _ in range(MOST_STARTS):
            found = self._whole(f"TxnDate <= {quote(as_of.isoformat())}", progress)
            if found is not None:
                return found
        raise Unsteady

    def by_ids(self, ids: Iterable[str]) -> Sides:
        """What QuickBooks holds under these ids; deleted ones are absent."""
        wanted = sorted(set(ids))
        found: Sides = {}
        for part in find.batched(wanted):
            rows = self._select(f"Id IN {in_list(part)}", 1)
            found |= self._sides(rows)
            self.unreadable |= decoding.doubtful(part, rows, found.keys())
        return found

    def _whole(self, where: str, progress: Callable[[int], None]) -> Sides | None:
        """Each page begins with the last document of the page before. None where it does not: something was taken
        out of the list meanwhile, and another document slipped through between the pages."""
        found: Sides = {}
        anchor: str | bytes = ""
        read = 0
        while True:
            rows = self._select(where, max(read, 1))
            if anchor and (not rows or _mark(rows[0]) != anchor):
                return None
            found |= self._sides(rows)
            read += len(rows) - bool(anchor)
            progress(read)
            if len(rows) < PAGE_SIZE:
                return found
            anchor = _mark(rows[-1])

    def _select(self, where: str, start: int) -> list[bytes]:
        """A company that does not know one of the fields is asked for whole documents from then on."""
        client, remote = self._work.client, self._mapper.remote
        try:
            return client.select(remote, where=where, fields=self._fields, start=start).rows
        except Refused as refusal:
            if refusal.code not in FIELDS_UNKNOWN or self._fields == "*":
                raise
        self._fields = "*"
        return client.select(remote, where=where, start=start).rows

    def _sides(self, rows: Iterable[bytes]) -> Sides:
        pairs, unread = decoding.read(self._mapper, rows)
        self._unread |= {each.qbo_id or each.raw: each for each in unread}
        self.unreadable |= {each.qbo_id for each in unread if each.qbo_id}
        read = [document for document, _ in pairs]
        for document in read:
            self._unread.pop(str(document.Id), None)
            self.unreadable.discard(str(document.Id))
        known = self._known([str(document.Id) for document in read if not given(document.TotalAmt)])
        doubtful = [
            str(document.Id) for document in read if looks_voided(document, known.get(str(document.Id)))
        ]
        # Their lines decide. One call more, and only where a document came to nothing since it was last seen.
        whole = find.by_ids(self._work, self._mapper, doubtful)
        sides: Sides = {}
        for document in read:
            qbo_id = str(document.Id)
            document, _ = whole.get(qbo_id, (document, b""))
            if self._mapper.usable(document):
                sides[qbo_id] = _of_document(self._mapper, self._company, document, known.get(qbo_id))
        return self._named(sides)

    def _named(self, sides: Sides) -> Sides:
        """QuickBooks may leave a reference's name out (contract section 10): then the contact bears ours."""
        nameless = {side.contact for side in sides.values() if side.contact and not side.contact_name}
        if not nameless:
            return sides
        contacts = mapper_for(self._mapper.contact_entity).records(self._work.organization)
        names = dict(contacts.filter(qbo_id__in=nameless).values_list("qbo_id", "name"))
        return {
            qbo_id: replace(side, contact_name=side.contact_name or names.get(side.contact, ""))
            for qbo_id, side in sides.items()
        }

    def _known(self, ids: list[str]) -> dict[str, Document]:
        """What our records under these ids came to when QuickBooks was last read."""
        if not ids:
            return {}
        records = self._mapper.records(self._work.organization).filter(qbo_id__in=ids)
        return {record.qbo_id: record for record in records.only("qbo_id", "qbo_total", "ended")}


def written_since(organization: Organization, mapper: DocumentMapper, moment: datetime) -> set[str]:
    """Documents that were pushed while others were being read: what was read of them may be old."""
    jobs = SyncJob.objects.filter(organization=organization, entity=mapper.entity, finished_at__gte=moment)
    return set(jobs.exclude(quickbooks_id="").values_list("quickbooks_id", flat=True))


def read_finmo(mapper: DocumentMapper, company: Company, chosen: Q) -> list[Side]:
    """Ours, in one statement and without what only the engine needs."""
    contact = mapper.contact
    rows = (
        mapper.records(company.organization)
        .filter(chosen)
        .order_by("pk")
        .values_list(
            "pk",
            "qbo_id",
            "number",
            f"{contact}__qbo_id",
            f"{contact}__name",
            "issue_date",
            "due_date",
            "currency",
            "exchange_rate",
            "total",
            "tax_total",
            "balance",
            "ended",
            "sync_state",
        )
    )
    return [_of_row(company, row) for row in rows.iterator(chunk_size=2000)]


def _of_row(company: Company, row: tuple) -> Side:
    pk, qbo_id, number, contact, name, issued, due, currency, rate, total, tax, balance, ended, state = row
    return Side(
        record=pk,
        qbo_id=qbo_id,
        number=number,
        contact=contact,
        contact_name=name,
        issue_date=issued.isoformat(),
        due_date=due.isoformat() if due else None,
        currency=currency,
        rate=rate if company.is_foreign(currency) else None,
        total=total,
        tax=tax,
        balance=balance,
        ended=ended,
        state=state,
    )


def _of_document(
    mapper: DocumentMapper, company: Company, document: documents.Transaction, known: Document | None
) -> Side:
    values = mapper.theirs(document, company)
    figures = mapper.mirrored(document, company, known)
    rate = values["exchange_rate"]
    return Side(
        record=None,
        qbo_id=str(document.Id),
        number=values["number"],
        contact=values[mapper.contact],
        contact_name=str(walk(document, f"{mapper.contact_path}.name") or ""),
        issue_date=values["issue_date"],
        due_date=values["due_date"],
        currency=values["currency"],
        rate=Decimal(rate) if rate else None,
        total=figures["qbo_total"],
        tax=figures["qbo_tax_total"],
        balance=figures["balance"],
        ended=figures.get("ended", ""),
    )


def _mark(raw: bytes) -> str | bytes:
    """What a row is known by from one page to the next: itself, where its id cannot be read."""
    return decoding.id_of(raw) or raw
