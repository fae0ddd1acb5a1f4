"""Rows in the order of a column of what they belong to, such as invoices by the customer's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Model

# Each related record's own rows are looked up in turn, no further than the page asked for. PostgreSQL's planner
# would rather join all of them and sort, which takes more than twice as long for a page half way; OFFSET 0 is how it
# is told not to. Both halves come from an index alone.
_ALONG = """
SELECT own.id FROM {related} AS related CROSS JOIN LATERAL (
    SELECT id FROM {rows} AS own WHERE {own_scope} AND own.{key} = related.id ORDER BY id {direction} OFFSET 0
) AS own
WHERE {scope} ORDER BY related.{column} {direction}, related.id {direction} LIMIT %s OFFSET %s
"""


@dataclass(frozen=True)
class KeysAlong:
    """The keys of all rows within `scope`, which is a column of both tables: {"organization": …}. A slice of it is
    one statement. PostgreSQL only."""

    model: type[Model]
    relation: str
    column: str
    descending: bool
    scope: Mapping[str, Any]

    def __getitem__(self, part: slice) -> list[int]:
        field = self.model._meta.get_field(self.relation)
        quote = connection.ops.quote_name
        related = field.related_model
        columns = [quote(related._meta.get_field(name).column) for name in self.scope]
        first = part.start or 0
        statement = _ALONG.format(
            related=quote(related._meta.db_table),
            rows=quote(self.model._meta.db_table),
            own_scope=" AND ".join(f"own.{name} = %s" for name in columns),
            key=quote(field.column),
            scope=" AND ".join(f"related.{name} = %s" for name in columns),
            column=quote(related._meta.get_field(self.column).column),
            direction="DESC" if self.descending else "ASC",
        )
        parameters = [each.pk if isinstance(each, Model) else each for each in self.scope.values()]
        with connection.cursor() as cursor:
            cursor.execute(statement, [*parameters, *parameters, part.stop - first, first])
            return [key for (key,) in cursor.fetchall()]
