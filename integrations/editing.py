"""What a person may do to a record by hand, whichever page or call it comes through.

Nothing here is queued for QuickBooks: an edit waits until it is pushed.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError

from .mapping import mapper_of
from .models import Direction, Document, DocumentLine, SyncedRecord, SyncJob, name_key
from .services import Refused
from .sync.lease import hold_lane

# A change of these changes the amounts of lines that stay as they are.
_RECKONING = ("currency", "tax_treatment")
_LINE_CONTENT = (
    "item_id",
    "custom_name",
    "description",
    "quantity",
    "unit_price",
    "tax_code_id",
    "account_id",
)


def require_living(document: Document) -> None:
    """Raises Refused for a document that was voided, or deleted in QuickBooks: it is read only."""
    if document.ended == Document.Ended.DELETED:
        raise Refused("deleted_record")
    if document.ended == Document.Ended.VOIDED:
        raise Refused(
            "voided_record", "This document was voided, so it can no longer be changed. Create a new one."
        )


def save_document(document: Document, lines: Sequence[DocumentLine] | None) -> None:
    """Saves a document that was just made or just edited, with these lines; None keeps the lines that it has.

    A line with a primary key is the document's own line of that key. Totals are made anew only where they have to
    be: QuickBooks' own, with its tax and with lines of kinds that Finmo does not keep, stay otherwise.

    Raises ValidationError as `set_totals` does.
    """
    with transaction.atomic():
        if document._state.adding:
            _save_with_totals(document, list(lines or ()))
            return
        held = held_lines(document)
        if lines is not None and alike(lines, held):
            lines = None
        if lines is None and not _reckoning_changed(document):
            document.save()
            return
        lines = held if lines is None else list(lines)
        _keep_identity(held, lines)
        _save_with_totals(document, lines)


def _save_with_totals(document: Document, lines: list[DocumentLine]) -> None:
    set_totals(document, lines)
    document.save_with(lines)


def set_totals(document: Document, lines: list[DocumentLine]) -> None:
    """Totals as these lines make them. Raises ValidationError where QuickBooks accepts no document of such a total."""
    document.set_totals(lines)
    if document.total < 0:
        raise ValidationError(
            {
                "lines": "The total must not be negative. Make it a credit note in QuickBooks, or correct the lines."
            }
        )


def held_lines(document: Document) -> list[DocumentLine]:
    return list(document.lines.select_related("item", "tax_code", "account"))


def alike(some: Sequence[DocumentLine], others: Sequence[DocumentLine]) -> bool:
    """Whether the lines say the same, in the same order."""
    return _content(some) == _content(others)


def heard_of(record: SyncedRecord) -> bool:
    """Whether QuickBooks has the record, had it, or may get it from what is under way.

    What failed before any call that writes left, as for want of a contact or an account, it never heard of. A job
    that was put back has let go of its batch, which may have left.
    """
    jobs = SyncJob.objects.filter(
        organization_id=record.organization_id, entity=mapper_of(record).entity, record_id=record.pk
    )
    never_left = {
        "direction": Direction.PUSH,
        "status": SyncJob.Status.DONE,
        "outcome": SyncJob.Outcome.FAILED,
        "batch": None,
        "attempts__lte": 1,
        "quickbooks_id": "",
    }
    linked = type(record).objects.linked().filter(pk=record.pk).exists()
    return linked or jobs.exclude(**never_left).exists()


def delete_record(record: SyncedRecord) -> None:
    """Removes what QuickBooks never heard of. Raises Refused: `synced_record`, `in_use`, and of what has ended why."""
    if isinstance(record, Document):
        require_living(record)
    with transaction.atomic():
        hold_lane(record.organization_id)
        if heard_of(record):
            raise Refused("synced_record", _synced_record_sentence(record))
        try:
            record.delete()
        except ProtectedError as error:
            raise Refused(
                "in_use", "Other records refer to this one. Delete those first, or make this one inactive."
            ) from error


def _synced_record_sentence(record: SyncedRecord) -> str:
    remedy = "Void it" if isinstance(record, Document) else "Make it inactive"
    return f"This record was sent to QuickBooks, so it cannot be deleted. {remedy} instead."


def _content(lines: Sequence[DocumentLine]) -> list[tuple]:
    return [tuple(getattr(line, name) for name in _LINE_CONTENT) for line in lines]


def _reckoning_changed(document: Document) -> bool:
    stored = type(document).objects.values_list(*_RECKONING).get(pk=document.pk)
    return stored != tuple(getattr(document, name) for name in _RECKONING)


def _keep_identity(held: Sequence[DocumentLine], lines: Sequence[DocumentLine]) -> None:
    """Gives each line the id, here and in QuickBooks, of the line that it continues.

    That is the line of its own id, else the one at its position for the same item or custom item.
    """
    by_id = {line.pk: line for line in held}
    continued = {line.pk for line in lines}
    for line, at_position in zip(lines, [*held, *[None] * len(lines)], strict=False):
        earlier = by_id.get(line.pk)
        if (
            earlier is None
            and at_position
            and at_position.pk not in continued
            and _same_thing(at_position, line)
        ):
            earlier = at_position
        if earlier:
            line.pk = earlier.pk
            line.qbo_line_id = earlier.qbo_line_id


def _same_thing(one: DocumentLine, other: DocumentLine) -> bool:
    return one.item_id == other.item_id and name_key(one.custom_name) == name_key(other.custom_name)
