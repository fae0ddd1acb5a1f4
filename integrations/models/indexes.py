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

    Elsewhere, and on PostgreSQL too where the fields are `bounded`: the fields after those of `beside`, so that a
    list is searched, filtered and ordered in the index alone; a table whose rows carry QuickBooks' documents is some
    forty times as long.
    """

    def __init__(
        self,
        *,
        fields: list[str],
        beside: tuple[str, ...] | list[str] = (),
        bounded: bool = False,
        name: str,
    ):
        super().__init__(fields=fields, name=name)
        self.beside, self.bounded = tuple(beside), bounded

    def deconstruct(self) -> tuple[str, tuple, dict[str, Any]]:
        path, arguments, options = super().deconstruct()
        return path, arguments, options | {"beside": self.beside, "bounded": self.bounded}

    def create_sql(
        self,
        model: type[models.Model],
        schema_editor: BaseDatabaseSchemaEditor,
        using: str = "",
        **options: Any,
    ) -> Statement:
        if schema_editor.connection.vendor != "postgresql":
            return self._in_order(self.name).create_sql(model, schema_editor, using, **options)
        quote = schema_editor.quote_name
        in_order = self._in_order(self._name_in_order).create_sql(model, schema_editor, using, **options)
        return Statement(
            _TRIGRAMS,
            table=quote(model._meta.db_table),
            name=quote(self.name),
            columns=", ".join(_trigrams(model._meta.get_field(name), quote) for name in self.fields),
            in_order=f"{in_order};" if self.bounded else "",
        )

    def _in_order(self, name: str) -> models.Index:
        others = [field for field in self.fields if field not in self.beside]
        return models.Index(fields=[*self.beside, *others], name=name)

    @property
    def _name_in_order(self) -> str:
        return f"{self.name}_in_order"

    def remove_sql(
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor, **options: Any
    ) -> Statement:
        if schema_editor.connection.vendor != "postgresql":
            return super().remove_sql(model, schema_editor, **options)
        names = (schema_editor.quote_name(name) for name in (self.name, self._name_in_order))
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
    %(in_order)s
END
$search$
"""
