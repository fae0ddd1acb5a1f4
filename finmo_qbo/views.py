"""For whoever watches the processes: is this one alive, and can it do its work?"""

from collections.abc import Callable

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis, RedisError

# A load balancer waits a few seconds at most.
BROKER_TIMEOUT = 2.0


@never_cache
@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200, or 503 with what is not ready; never why, since anybody may ask."""
    results = {name: "ok" if check() else "failed" for name, check in CHECKS.items()}
    good = "failed" not in results.values()
    return JsonResponse({"status": "ok" if good else "failed", **results}, status=200 if good else 503)


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def broker_answers() -> bool:
    if not settings.REDIS_URL:
        return database_answers()
    try:
        with Redis.from_url(
            settings.REDIS_URL, socket_timeout=BROKER_TIMEOUT, socket_connect_timeout=BROKER_TIMEOUT
        ) as broker:
            return bool(broker.ping())
    except RedisError:
        return False


def migrations_are_applied() -> bool:
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return False


CHECKS: dict[str, Callable[[], bool]] = {
    "database": database_answers,
    "broker": broker_answers,
    "migrations": migrations_are_applied,
}
