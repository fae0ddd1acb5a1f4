"""Whether QuickBooks' transaction is voided, which none of its fields says (contract section 4)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from .. import documents
from ..models import Document
from .fields import given

# What the private note of a voided transaction begins with, in a company whose language is English.
VOIDED_NOTE = "voided"


def is_voided(document: documents.Transaction, known: Document | None) -> bool:
    """`known` is our record as it was before this version of the document was read; None where there is none.

    A void empties every amount and quantity and writes a word into the note, in the company's language. In another
    language than English it is known by what was emptied: by a document that came to something before. One that
    always was of 0, and one that is empty when it is first seen, say nothing of a void.
    """
    if any(_amounts(document)):
        return False
    if str(given(document.PrivateNote) or "").casefold().startswith(VOIDED_NOTE):
        return True
    if known is None:
        return False
    return known.ended == Document.Ended.VOIDED or (bool(known.qbo_total) and not any(_quantities(document)))


def looks_voided(document: documents.Transaction, known: Document | None) -> bool:
    """Whether the document, read without its lines, may be voided in words that we do not know."""
    return (
        known is not None
        and not given(document.TotalAmt)
        and bool(known.qbo_total)
        and not is_voided(document, None)
    )


def _amounts(document: documents.Transaction) -> Iterable[Decimal | None]:
    yield given(document.TotalAmt)
    yield given(document.Balance)
    for line in given(document.Line) or []:
        yield given(line.Amount)


def _quantities(document: documents.Transaction) -> Iterable[Decimal | None]:
    """A price of 0 leaves them as they were: somebody gave the goods away."""
    for line in given(document.Line) or []:
        for detail in (given(line.SalesItemLineDetail), given(line.ItemBasedExpenseLineDetail)):
            if detail:
                yield given(detail.Qty)
