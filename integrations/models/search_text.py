"""What a record is searched in, as one column that the database itself keeps: `search_text`.

What half of the rows match is found by reading every row's text. One column, upper-cased when it was written, is read
several times as fast as four that are upper-cased now; and being bounded it fits an index in the list's own order, so
that the rows themselves, which carry QuickBooks' documents, stay unread. PostgreSQL only: SQLite reads the row for a
generated column all the same, and is asked for the columns themselves.
"""

from __future__ import annotations

from django.db.models import BooleanField, GeneratedField, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat, Left, Length, Upper
from django.db.models.lookups import GreaterThan

# PostgreSQL holds a row of an ordinary index within 2,704 bytes, of which a character may take four.
BOUND = 600


def text_of(*names: str) -> GeneratedField:
    """The fields, upper-cased, each in a line of its own: the first BOUND characters of it."""
    return GeneratedField(
        expression=Left(Upper(_together(names)), BOUND), output_field=TextField(), db_persist=True
    )


def is_cut(*names: str) -> GeneratedField:
    """Whether there is more than that."""
    return GeneratedField(
        expression=GreaterThan(Length(_together(names)), BOUND), output_field=BooleanField(), db_persist=True
    )


def _together(names: tuple[str, ...]) -> Combinable:
    first, *others = names
    parts = (part for name in others for part in (Value("\n"), name))
    return Concat(first, *parts, output_field=TextField())
