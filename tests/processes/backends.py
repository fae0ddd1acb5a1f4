"""What a house stands on: SQLite, or PostgreSQL with Redis where both answer. Each house gets a database of its own."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis

from tests.migrated import migrate, migrated_sqlite

ROOT = Path(__file__).resolve().parents[2]
POSTGRES_URL = os.environ.get("TEST_POSTGRES_URL", "postgres://root@127.0.0.1:5432/postgres")
REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
SECONDS = 3


@dataclass(frozen=True)
class Ground:
    """`queue` names a house's own tasks on a broker that it shares."""

    database_url: str
    redis_url: str
    queue: str


def missing_services() -> str:
    """Why there can be no house on PostgreSQL and Redis; empty where there can."""
    try:
        psycopg.connect(POSTGRES_URL, connect_timeout=SECONDS).close()
    except psycopg.OperationalError as error:
        return f"PostgreSQL does not answer at {urlsplit(POSTGRES_URL).netloc}: {_first_line(error)}"
    try:
        with redis.Redis.from_url(REDIS_URL, socket_connect_timeout=SECONDS) as broker:
            broker.ping()
    except redis.RedisError as error:
        return f"Redis does not answer at {urlsplit(REDIS_URL).netloc}: {_first_line(error)}"
    return ""


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]


class SQLite:
    """Files in a folder, copied from one that was migrated once for all who work in it."""

    name = "SQLite"

    def __init__(self, folder: Path):
        self._folder = folder
        self._template = migrated_sqlite(folder)

    @contextmanager
    def ground(self) -> Iterator[Ground]:
        path = self._folder / f"{uuid.uuid4().hex}.sqlite3"
        shutil.copy(self._template, path)
        try:
            yield Ground(f"sqlite:///{path}", "", "finmo")
        finally:
            for leftover in self._folder.glob(f"{path.name}*"):
                leftover.unlink()

    def close(self) -> None:
        """The file stays: others of the same run may still copy it."""


class PostgresAndRedis:
    """Databases made from a template that was migrated once; tasks on Redis under a name of their own."""

    name = "PostgreSQL and Redis"

    def __init__(self):
        self._template = f"finmo_template_{uuid.uuid4().hex[:12]}"
        _administer(f'CREATE DATABASE "{self._template}"')
        migrate(_address(self._template))

    @contextmanager
    def ground(self) -> Iterator[Ground]:
        name = f"finmo_test_{uuid.uuid4().hex[:12]}"
        _administer(f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"')
        try:
            yield Ground(_address(name), REDIS_URL, name)
        finally:
            _drop(name)
            with redis.Redis.from_url(REDIS_URL) as broker:
                for key in broker.scan_iter(f"django_q:{name}:*"):
                    broker.delete(key)

    def close(self) -> None:
        _drop(self._template)


def _address(database: str) -> str:
    return urlsplit(POSTGRES_URL)._replace(path=f"/{database}").geturl()


def _administer(statement: str) -> None:
    with psycopg.connect(POSTGRES_URL, autocommit=True) as connection:
        connection.execute(statement)


def _drop(database: str) -> None:
    _administer(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
