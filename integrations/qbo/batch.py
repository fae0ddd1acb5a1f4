"""What QuickBooks answers to each item of a batch, which succeeds or fails alone."""

from dataclasses import dataclass

import msgspec

from .answers import Answer, Parts
from .errors import Fault, QuickBooksError, Refused, Unreachable, error_of


@dataclass(frozen=True)
class BatchAnswer:
    """The answer to one item: a `document` of an `entity`, or a `fault`, or the `rows` of a query.

    Not `answered`: what became of the item is unknown, though the batch was carried out.
    """

    b_id: str
    document: bytes | None
    entity: str | None
    fault: Fault | None
    rows: list[bytes]
    answered: bool = True


def batch_answer(answer: Answer, item: Parts) -> BatchAnswer:
    """An item has its `bId` and one more part: the fault, the query's rows, or the object itself."""
    b_id = _b_id(item)
    fault = answer.fault(item)
    if fault:
        return BatchAnswer(b_id, None, None, fault, [])
    if bytes(item.get("QueryResponse", b"")).startswith(b"{"):
        rows = answer.rows(answer.object(bytes(item["QueryResponse"])))
        return BatchAnswer(b_id, None, rows.entity, None, rows.documents)
    for name, part in item.items():
        if name[:1].isupper() and bytes(part).startswith(b"{"):
            return BatchAnswer(b_id, bytes(part), name, None, [])
    return BatchAnswer(b_id, None, None, None, [], answered=False)


def rows_or_error(answer: BatchAnswer, intuit_tid: str) -> list[bytes] | QuickBooksError:
    """The rows of a query, or why there are none. Raises what concerns the whole company."""
    if not answer.answered:
        return Unreachable(status=200, detail="A query was left without an answer.", intuit_tid=intuit_tid)
    if answer.fault is None:
        return answer.rows
    error = error_of(answer.fault)
    if isinstance(error, Refused | Unreachable):
        return error
    raise error


def _b_id(item: Parts) -> str:
    """As it was sent, also where it comes back as a number; empty where it is missing."""
    b_id = msgspec.json.decode(bytes(item.get("bId", b"null")))
    return str(b_id) if isinstance(b_id, str | int) else ""
