"""Workers as operations shows them: their signs of life, and who holds a lane."""

from datetime import timedelta

from django.utils import timezone
from django_q.status import Stat, Status

from integrations.broker import DatabaseBroker
from integrations.models import (
    Heartbeat,
    Lane,
)
from tests.admin.pages import OPERATIONS


class Sentinel:
    """What django-q's own process would tell of itself."""

    def __init__(self, cluster_id: str, broker):
        self.cluster_id, self.broker = cluster_id, broker
        self.pid = self.parent_pid = 4711
        self.tob = timezone.now()
        self.reincarnations, self.monitor, self.pusher, self.pool = 0, None, None, []

        class Empty:
            @staticmethod
            def qsize() -> int:
                return 0

        self.result_queue = self.task_queue = Empty()

    def status(self) -> str:
        return "Idle"


def test_a_worker_on_the_database_is_seen_while_it_lives(superuser, db):
    assert "No worker is alive" in superuser.get(OPERATIONS).content.decode()
    stat = Stat(Sentinel("one", DatabaseBroker()))
    stat.save()

    assert [row[0] for row in superuser.get(OPERATIONS).context["workers"]["rows"]] == [f"{stat.host}:4711"]
    Heartbeat.objects.update(seen_at=timezone.now() - timedelta(seconds=30))
    assert superuser.get(OPERATIONS).context["workers"]["rows"] == []


def test_signs_of_life_are_written_every_few_seconds_only(db, django_assert_num_queries):
    broker = DatabaseBroker()
    Heartbeat.objects.create(key="old", status="", seen_at=timezone.now() - timedelta(days=2))
    broker.set_stat("one", "first", 3)
    with django_assert_num_queries(0):
        broker.set_stat("one", "second", 3)
    assert list(Heartbeat.objects.values_list("key", "status")) == [("one", "first")]
    assert (broker.get_stat("one"), broker.get_stat("two")) == ("first", None)


def test_a_queue_that_does_not_answer_is_told(superuser, monkeypatch, settings):
    from redis import ConnectionError as Lost

    def refuse():
        raise Lost

    monkeypatch.setattr(Stat, "get_all", staticmethod(refuse))
    assert "The queue does not answer" in superuser.get(OPERATIONS).content.decode()


def test_a_state_that_somebody_else_signed_is_no_worker(db):
    Heartbeat.objects.create(key="forged", status="x:y")
    assert Stat.get_all(DatabaseBroker()) == []
    assert isinstance(Stat.get(1, "unknown", DatabaseBroker()), Status)


def test_who_holds_a_lease_is_shown_with_whom_they_work_for(superuser, organization):
    Lane.objects.update(holder="web-7:4711:abcdef", expires_at=timezone.now() + timedelta(seconds=40))
    assert superuser.get(OPERATIONS).context["lease_holders"]["rows"][0][1] == "web-7:4711"
    Lane.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert superuser.get(OPERATIONS).context["lease_holders"]["rows"] == []
