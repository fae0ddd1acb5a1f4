"""A connected company takes 250 statements to make. The first of a kind is made that way; the rows that it left are
kept and put back, as they are, for the tests after it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
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
    """`rows` are lists of values, one for each column, as the database takes them."""

    taken_at: datetime
    realm: str
    rows: dict[Model, list[list[Any]]]
    companions: dict[Model, dict[str, Any]]


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
        beginnings = [_values(Organization, pk=organization.pk)]
        beginnings += [_values(each, organization=organization) for each in COMPANIONS]
        timeless = [
            {name: value for name, value in each.items() if not isinstance(value, datetime)}
            for each in beginnings
        ]
        return json.dumps([options, timeless])

    def take(self, kind: str, organization: Organization, realm: str) -> None:
        if kind:
            rows = {each: found for each in _written() if (found := _rows(each))}
            companions = {each: _values(each, organization=organization) for each in COMPANIONS}
            self._kept[kind] = Snapshot(timezone.now(), realm, rows, companions)

    def put_back(self, kind: str, organization: Organization, user: models.Model) -> str:
        """The company's realm; empty where none is kept."""
        snapshot = self._kept.get(kind)
        if snapshot is None or not timedelta() <= timezone.now() - snapshot.taken_at < FRESH:
            return ""
        owners = {Organization: organization.pk, get_user_model(): user.pk}
        for model, rows in snapshot.rows.items():
            _insert(model, rows, owners)
        for model, values in snapshot.companions.items():
            owned = {
                name: _owned(model._meta.get_field(name), value, owners) for name, value in values.items()
            }
            model.objects.filter(organization=organization).update(**owned)
        # It was made with its companions, and would show them as they were.
        organization.refresh_from_db()
        return snapshot.realm


def _written() -> list[Model]:
    """What connecting, pulling and the company itself may write rows of."""
    given = (Organization, Membership, *COMPANIONS)
    labels = ("integrations", "simulator", "django_q")
    return [each for label in labels for each in apps.get_app_config(label).get_models() if each not in given]


def _anything_written() -> bool:
    tables = (connection.ops.quote_name(each._meta.db_table) for each in _written())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {' OR '.join(f'EXISTS (SELECT 1 FROM {table})' for table in tables)}")
        return bool(cursor.fetchone()[0])


def _values(model: Model, **which: Any) -> dict[str, Any]:
    """The one row's, but for its key and its organization."""
    fields = (each for each in model._meta.concrete_fields if not each.primary_key)
    return model.objects.values(*(each.attname for each in fields if each.name != "organization")).get(
        **which
    )


def _rows(model: Model) -> list[list[Any]]:
    fields = model._meta.concrete_fields
    return [
        [each.get_db_prep_save(each.value_from_object(row), connection) for each in fields]
        for row in model._base_manager.all()
    ]


def _insert(model: Model, rows: list[list[Any]], owners: dict[Model, int]) -> None:
    fields = model._meta.concrete_fields
    quote = connection.ops.quote_name
    columns = ", ".join(quote(each.column) for each in fields)
    places = ", ".join(["%s"] * len(fields))
    owned = [[_owned(*each, owners) for each in zip(fields, row, strict=True)] for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})", owned)


def _owned(field: models.Field, value: Any, owners: dict[Model, int]) -> Any:
    """The test's own organization or user in place of those that the value named."""
    return owners.get(field.related_model, value) if value is not None else None
