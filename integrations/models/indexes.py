"""An index for searching what a text contains, which an ordinary index cannot serve."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement


class SearchIndex(models.Index):
    """Serves `icontains` on each of `fields`, and `contains` on what the database upper-cased when it was written.

    PostgreSQL: their trigrams, upper-cased as Django's `icontains` compares them. Where the extension pg_trgm cannot
    be had the index is left out, searching reads the table, and `manage.py check --database default` says so.

    `trigrams` names the columns where they are others than `fields`. `along` are the columns of an ordinary index
    beside it, in the list's own order and with the text at its end, for what so many rows match that all are read.

    Elsewhere: the fields after those of `beside`, wide enough that a list is searched, filtered and ordered in the
    index alone; a table whose rows carry QuickBooks' documents is some forty times as long. (SQLite does not take
    a generated column out of an index.)
    """

    def __init__(
        self,
        *,
        fields: list[str],
        beside: tuple[str, ...] | list[str] = (),
        trigrams: tuple[str, ...] | list[str] = (),
        along: tuple[str, ...] | list[str] = (),
        name: str,
    ):
        super().__init__(fields=fields, name=name)
        self.beside, self.trigrams, self.along = tuple(beside), tuple(trigrams), tuple(along)

    def deconstruct(self) -> tuple[str, tuple, dict[str, Any]]:
        path, arguments, options = super().deconstruct()
        added = {"beside": self.beside, "trigrams": self.trigrams, "along": self.along}
        return path, arguments, options | added

    def create_sql(
        self,
        model: type[models.Model],
        schema_editor: BaseDatabaseSchemaEditor,
        using: str = "",
        **options: Any,
    ) -> Statement:
        if schema_editor.connection.vendor != "postgresql":
            others = [name for name in self.fields if name not in self.beside]
            covering = models.Index(fields=[*self.beside, *others], name=self.name)
            return covering.create_sql(model, schema_editor, using, **options)
        quote = schema_editor.quote_name
        along = models.Index(fields=self.along, name=self._name_along) if self.along else None
        return Statement(
            _TRIGRAMS,
            table=quote(model._meta.db_table),
            name=quote(self.name),
            columns=", ".join(
                _trigrams(model._meta.get_field(name), quote) for name in self.trigrams or self.fields
            ),
            along=f"{along.create_sql(model, schema_editor, using, **options)};" if along else "",
        )

    @property
    def _name_along(self) -> str:
        return f"{self.name}_along"

    def remove_sql(
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor, **options: Any
    ) -> Statement:
        if schema_editor.connection.vendor != "postgresql":
            return super().remove_sql(model, schema_editor, **options)
        names = (schema_editor.quote_name(name) for name in (self.name, self._name_along))
        return Statement("DROP INDEX IF EXISTS %(names)s", names=", ".join(names))


def _trigrams(field: models.Field, quote: Callable[[str], str]) -> str:
    column = quote(field.column)
    return f"{column if field.generated else f'UPPER({column}::text)'} gin_trgm_ops"


# A database's owner may create pg_trgm since PostgreSQL 13; it is missing where no contrib package is installed.
_TRIGRAMS = """
DO $search$
BEGIN
    BEGIN
        CREATE EXTENSION IF NOT EXISTS pg_trgm;
    EXCEPTION WHEN insufficient_privilege OR feature_not_supported OR undefined_file THEN
        RAISE WARNING 'Without the extension pg_trgm searching is slow: %%', SQLERRM;
    END;
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
        CREATE INDEX %(name)s ON %(table)s USING gin (%(columns)s);
    END IF;
    %(along)s
END
$search$
"""
