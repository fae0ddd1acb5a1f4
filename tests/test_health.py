import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client


def test_a_living_process_answers_without_the_database():
    answer = Client().get("/healthz/")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_a_ready_one_has_database_broker_and_migrations(db):
    answer = Client().get("/readyz/")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "broker": "ok", "migrations": "ok"}


def test_an_unapplied_migration_is_not_ready(db):
    MigrationRecorder.Migration.objects.filter(app="contacts").delete()
    answer = Client().get("/readyz/")
    assert answer.status_code == 503
    assert answer.json() == {"status": "failed", "database": "ok", "broker": "ok", "migrations": "failed"}


def test_a_broker_that_does_not_answer_is_not_ready_and_stays_unnamed(db, settings):
    settings.REDIS_URL = "redis://:secret@127.0.0.1:9/0"
    answer = Client().get("/readyz/")
    assert answer.status_code == 503
    assert answer.json()["broker"] == "failed"
    assert "secret" not in answer.content.decode()


def test_a_database_that_does_not_answer_is_not_ready(db):
    def down(execute, sql, params, many, context):
        raise DatabaseError("password=secret")

    with connection.execute_wrapper(down):
        answer = Client().get("/readyz/")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "failed",
        "database": "failed",
        "broker": "failed",
        "migrations": "failed",
    }


@pytest.mark.parametrize("path", ["/healthz/", "/readyz/"])
def test_both_answer_over_plain_http(db, settings, path):
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get(path).status_code == 200
    assert Client().post(path).status_code == 405
