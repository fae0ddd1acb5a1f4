"""Reads QuickBooks' good answers: an envelope, with every object in it left as the bytes that came."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import msgspec

from .errors import Fault, Unreachable, error_of
from .refusals import faults_of, raise_for, tid
from .transport import Reply

T = TypeVar("T")
Parts = dict[str, msgspec.Raw]


@dataclass(frozen=True)
class Rows:
    """A QueryResponse. QuickBooks leaves the entity's name out where nothing was found."""

    entity: str | None
    documents: list[bytes]


@dataclass(frozen=True)
class Answer:
    """An envelope. A part that is absent or of another shape makes the whole answer Unreachable.

    `time`: QuickBooks' clock, aware; where the answer does not tell it, a moment before the answer was made.
    """

    parts: Parts
    intuit_tid: str
    time: datetime

    def part(self, name: str) -> bytes:
        for key, part in self.parts.items():
            if key.lower() == name.lower() and bytes(part) != b"null":
                return bytes(part)
        raise self.untrustworthy(f"The answer has no {name}.")

    def object(self, part: bytes) -> Parts:
        return self._decoded(part, Parts)

    def objects(self, part: bytes) -> list[Parts]:
        return self._decoded(part, list[Parts])

    def rows(self, query_response: Parts) -> Rows:
        """The entity's own list, whose name begins with a capital; another only where there is none of these."""
        lists = self.lists(query_response)
        entity = next(iter(sorted(lists, key=lambda name: not name[:1].isupper())), None)
        return Rows(entity, lists[entity] if entity else [])

    def lists(self, query_response: Parts) -> dict[str, list[bytes]]:
        """Whatever a QueryResponse lists, by the name that stands before it."""
        return {
            name: [bytes(document) for document in self._decoded(bytes(part), list[msgspec.Raw])]
            for name, part in query_response.items()
            if bytes(part).startswith(b"[")
        }

    @staticmethod
    def counts_more(query_response: Parts, told: int) -> bool:
        """Whether it says that there are more objects than it tells. A count that is no number says nothing."""
        count = bytes(query_response.get("totalCount", b"")).strip(b'"')
        return count.isdigit() and int(count) > told

    def query_responses(self) -> list[Parts]:
        """What a CDCResponse holds: a QueryResponse for each entity. Raises the error of a fault in it."""
        responses = []
        for change in self.objects(self.part("CDCResponse")):
            self._refuse_fault(change)
            responses += self.objects(bytes(change.get("QueryResponse", b"[]")))
        for response in responses:
            self._refuse_fault(response)
        return responses

    def fault(self, parts: Parts) -> Fault | None:
        """The fault of one part of a good answer, such as an item of a batch."""
        part = bytes(parts.get("Fault") or parts.get("fault") or b"null")
        if part == b"null":
            return None
        faults = faults_of(b'{"Fault":' + part + b"}", self.intuit_tid)
        return faults[0] if faults else Fault("", "Fault", "", "", self.intuit_tid)

    def _refuse_fault(self, parts: Parts) -> None:
        if fault := self.fault(parts):
            raise error_of(fault)

    def untrustworthy(self, detail: str) -> Unreachable:
        return Unreachable(status=200, detail=detail, intuit_tid=self.intuit_tid)

    def _decoded(self, part: bytes, kind: type[T]) -> T:
        try:
            return msgspec.json.decode(part, type=kind)
        except msgspec.DecodeError:
            raise self.untrustworthy("A part of the answer has an unknown shape.") from None


def read_answer(reply: Reply, asked_at: datetime) -> Answer:
    """Raises a QuickBooksError where the reply is not a good answer. `asked_at`: when the request went out."""
    if reply.status != 200:
        raise_for(reply.status, reply.headers, reply.body)
    intuit_tid = tid(reply.headers)
    try:
        # The decoder leaves the parts unread, and would let broken text inside of them pass.
        reply.body.decode()
        parts = msgspec.json.decode(reply.body, type=Parts)
    except ValueError:
        raise Unreachable(status=200, detail="The answer is no JSON object.", intuit_tid=intuit_tid) from None
    answer = Answer(parts, intuit_tid, _time(parts, reply.headers) or asked_at)
    if answer.fault(answer.parts):
        raise_for(reply.status, reply.headers, reply.body)
    return answer


def _time(parts: Parts, headers: Mapping[str, str]) -> datetime | None:
    """A clock that runs ahead is not believed: whoever asked for what changed since then would never hear of it."""
    now = datetime.now(UTC)
    told = (_moment(parts.get("time")), _date(headers))
    return next((time for time in told if time and time <= now), None)


def _moment(part: msgspec.Raw | None) -> datetime | None:
    """ISO text with an offset, or milliseconds since 1970 as the gateway writes them (contract section 9.1)."""
    try:
        told: Any = msgspec.json.decode(part or b"null")
        if isinstance(told, str) and not told.isdigit():
            time = datetime.fromisoformat(told)
            return time if time.tzinfo else None
        return None if told is None else datetime.fromtimestamp(int(told) / 1000, UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def _date(headers: Mapping[str, str]) -> datetime | None:
    """The clock of who answered, as HTTP tells it."""
    try:
        date = parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return None
    return date if date.tzinfo else None
