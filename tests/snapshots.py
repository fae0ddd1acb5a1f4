"""A connected company takes 250 statements to make. The first of a kind is made that way; the rows that it left are
kept and put back, as they are, for the tests after it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connection, models
from django.utils import timezone

from integrations.models import Configuration, Connection, Lane, Membership, Organization

# Made with the organization, and changed by what is kept.
COMPANIONS = (Connection, Configuration, Lane)
# No company is older than this when its test begins: no schedule is due by then, and no token ends.
FRESH = timedelta(minutes=4)

Model = type[models.Model]


@dataclass(frozen=True)
class Snapshot:
    """Rows are lists of values, one for each column, as the database takes them."""

    taken_at: datetime
    realm: str
    rows: dict[Model, list[list[Any]]]
    companions: dict[Model, list[Any]]


class Snapshots:
    """Companies by their kind, which is everything that they are made from.

    Ids stay as they were, but for those of the organization and its user. So nothing is kept or put back where
    somebody made rows before, who could have been given the same.
    """

    def __init__(self):
        self._kept: dict[str, Snapshot] = {}

    def kind(self, organization: Organization, options: dict[str, Any]) -> str:
        """Empty where there are rows already."""
        if _anything_written():
            return ""
        beginnings = [_beginning(Organization, "id", organization)]
        beginnings += [_beginning(each, "organization_id", organization) for each in COMPANIONS]
        return json.dumps([options, beginnings], default=str)

    def take(self, kind: str, organization: Organization, realm: str) -> None:
        if kind:
            rows = {each: found for each in _written() if (found := _rows(each))}
            companions = {each: _rows(each, organization=organization)[0] for each in COMPANIONS}
            self._kept[kind] = Snapshot(timezone.now(), realm, rows, companions)

    def put_back(self, kind: str, organization: Organization, user: models.Model) -> str:
        """The company's realm; empty where none is kept."""
        snapshot = self._kept.get(kind)
        if snapshot is None or not timedelta() <= timezone.now() - snapshot.taken_at < FRESH:
            return ""
        owners = {Organization: organization.pk, get_user_model(): user.pk}
        for model, rows in snapshot.rows.items():
            _insert(model, rows, owners)
        for model, row in snapshot.companions.items():
            _write_over(model, row, owners)
        # It was made with its companions, and would show them as they were.
        organization.refresh_from_db()
        return snapshot.realm


def _written() -> list[Model]:
    """What connecting, pulling and the company itself may write rows of."""
    given = (Organization, Membership, *COMPANIONS)
    labels = ("integrations", "simulator", "django_q")
    return [each for label in labels for each in apps.get_app_config(label).get_models() if each not in given]


def _anything_written() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_question())
        return bool(cursor.fetchone()[0])


def _beginning(model: Model, column: str, organization: Organization) -> list[Any]:
    """The one row's values, but for keys; of times whether there is one."""
    with connection.cursor() as cursor:
        cursor.execute(_selection(model, column), [organization.pk])
        return list(cursor.fetchone())


def _rows(model: Model, **which: Any) -> list[list[Any]]:
    fields = model._meta.concrete_fields
    return [
        [each.get_db_prep_save(each.value_from_object(row), connection) for each in fields]
        for row in model._base_manager.filter(**which)
    ]


def _insert(model: Model, rows: list[list[Any]], owners: dict[Model, int]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(_insertion(model), [_owned(model, row, owners) for row in rows])


def _write_over(model: Model, row: list[Any], owners: dict[Model, int]) -> None:
    """The organization's one row, which keeps its key."""
    fields, owned = model._meta.concrete_fields, _owned(model, row, owners)
    values = [value for field, value in zip(fields, owned, strict=True) if not _ties(field)]
    with connection.cursor() as cursor:
        cursor.execute(_update(model), [*values, owners[Organization]])


def _owned(model: Model, row: list[Any], owners: dict[Model, int]) -> list[Any]:
    """The test's own organization and user in place of those that the row named."""
    owned = list(row)
    for place, related in _references(model):
        if owned[place] is not None:
            owned[place] = owners.get(related, owned[place])
    return owned


# --- what is the same for every test -------------------------------------------------------------------


@cache
def _references(model: Model) -> list[tuple[int, Model]]:
    related = (each.related_model for each in model._meta.concrete_fields)
    return [(place, each) for place, each in enumerate(related) if each]


def _ties(field: models.Field) -> bool:
    return field.primary_key or field.name == "organization"


@cache
def _question() -> str:
    tables = (connection.ops.quote_name(each._meta.db_table) for each in _written())
    return f"SELECT {' OR '.join(f'EXISTS (SELECT 1 FROM {table})' for table in tables)}"


@cache
def _selection(model: Model, column: str) -> str:
    quote = connection.ops.quote_name
    own = [each for each in model._meta.concrete_fields if not _ties(each)]
    told = ", ".join(
        f"{quote(each.column)} IS NULL" if isinstance(each, models.DateTimeField) else quote(each.column)
        for each in own
    )
    return f"SELECT {told} FROM {quote(model._meta.db_table)} WHERE {quote(column)} = %s"


@cache
def _insertion(model: Model) -> str:
    quote, fields = connection.ops.quote_name, model._meta.concrete_fields
    columns = ", ".join(quote(each.column) for each in fields)
    places = ", ".join(["%s"] * len(fields))
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})"


@cache
def _update(model: Model) -> str:
    quote = connection.ops.quote_name
    changed = ", ".join(
        f"{quote(each.column)} = %s" for each in model._meta.concrete_fields if not _ties(each)
    )
    return f"UPDATE {quote(model._meta.db_table)} SET {changed} WHERE {quote('organization_id')} = %s"
