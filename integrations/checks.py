"""What a deploy is told before it goes wrong."""

from django.apps import apps
from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from .models import SearchIndex

# The lane's lease is renewed before each call; a call has to end before it does.
MARGIN = 5


@register(Tags.database)
def check_search_indexes(app_configs, databases=None, **kwargs) -> list:
    """Whether PostgreSQL could make the indexes that searching needs, once the migrations have run."""
    found = []
    for alias in databases or ():
        connection = connections[alias]
        if connection.vendor == "postgresql" and (missing := _missing_search_indexes(connection)):
            found.append(
                Warning(
                    f"PostgreSQL has no index for searching, so it reads whole tables: {', '.join(missing)}.",
                    hint=(
                        "As a superuser run CREATE EXTENSION pg_trgm in this database (the package "
                        "postgresql-contrib has it), then apply the migrations named list_indexes again: "
                        "docs/operations.md says how."
                    ),
                    id="integrations.W003",
                )
            )
    return found


def _missing_search_indexes(connection: BaseDatabaseWrapper) -> list[str]:
    applied = MigrationRecorder(connection).applied_migrations()
    migrated = {app for app, name in applied if name.endswith("_list_indexes")}
    wanted = {
        index.name
        for model in apps.get_models()
        for index in model._meta.indexes
        if isinstance(index, SearchIndex) and model._meta.app_label in migrated
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE indexname = ANY(%s)", [list(wanted)])
        there = {name for (name,) in cursor.fetchall()}
    return sorted(wanted - there)


@register(Tags.security)
def check_quickbooks_settings(app_configs, **kwargs) -> list:
    found = []
    if settings.QBO_ENVIRONMENT != "simulator":
        for name in ("QBO_CLIENT_ID", "QBO_CLIENT_SECRET"):
            if not getattr(settings, name):
                found.append(
                    Error(
                        f"{name} is not set, so nobody can connect QuickBooks.",
                        hint="Copy it from the app's Keys page on Intuit's developer portal.",
                        id="integrations.E001",
                    )
                )
        if not settings.QBO_WEBHOOK_VERIFIER_TOKEN:
            found.append(
                Warning(
                    "QBO_WEBHOOK_VERIFIER_TOKEN is not set: Intuit's notifications will be refused.",
                    hint="Copy it from the app's Webhooks page on Intuit's developer portal.",
                    id="integrations.W001",
                )
            )
    longest = settings.LANE_LEASE_SECONDS - MARGIN
    if settings.QBO_TIMEOUT > longest:
        found.append(
            Warning(
                "QBO_TIMEOUT is longer than a worker's lease: a second worker could take over during a call.",
                hint=f"Set it to {longest} seconds or less.",
                id="integrations.W002",
            )
        )
    return found
