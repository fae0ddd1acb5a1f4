"""An index for searching what a text contains, which an ordinary index cannot serve."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement


class SearchIndex(models.Index):
    """Serves `icontains` on each of `fields`.

    PostgreSQL: their trigrams, upper-cased as Django's `icontains` compares them. Where the extension pg_trgm cannot
    be had the index is left out, searching reads the table, and `manage.py check --database default` says so.

    Elsewhere: the fields after those of `beside`, wide enough that a list is searched, filtered and ordered in the
    index alone; a table whose rows carry QuickBooks' documents is some forty times as long.
    """

    def __init__(self, *, fields: list[str], beside: tuple[str, ...] | list[str] = (), name: str):
        super().__init__(fields=fields, name=name)
        self.beside = tuple(beside)

    def deconstruct(self) -> tuple[str, tuple, dict[str, Any]]:
        path, arguments, options = super().deconstruct()
        return path, arguments, options | {"beside": self.beside}

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
        columns = [quote(model._meta.get_field(name).column) for name in self.fields]
        return Statement(
            _TRIGRAMS,
            table=quote(model._meta.db_table),
            name=quote(self.name),
            columns=", ".join(f"UPPER({column}::text) gin_trgm_ops" for column in columns),
        )

    def remove_sql(
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor, **options: Any
    ) -> Statement:
        if schema_editor.connection.vendor != "postgresql":
            return super().remove_sql(model, schema_editor, **options)
        return Statement("DROP INDEX IF EXISTS %(name)s", name=schema_editor.quote_name(self.name))


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
END
$search$
"""
