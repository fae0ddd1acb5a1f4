"""The doorbell: a task that carries nothing but whose lane has work. Rows are the memory, so a bell that is lost or
rung twice does no harm."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django_q.brokers import Broker, get_broker
from django_q.brokers.orm import ORM
from django_q.models import OrmQ
from django_q.tasks import async_task

from .models import Organization

DRAIN = "integrations.tasks.drain"
START = "integrations.tasks.start"


class Collected(Broker):
    """Keeps what is to be queued, so that it can be queued in one go."""

    def __init__(self) -> None:
        self.list_key = get_broker().list_key
        self.packages: list[str] = []

    def enqueue(self, task: str) -> None:
        self.packages.append(task)


def ring(organization_id: int) -> None:
    async_task(DRAIN, organization_id, task_name=f"drain {organization_id}")


def ring_after_commit(organization: Organization) -> None:
    transaction.on_commit(lambda: ring(organization.pk))


def ring_each(organization_ids: Iterable[int], function: str = DRAIN) -> None:
    """Rings for many: a few hundred bells in one statement, where the queue is a table."""
    collected = Collected()
    verb = function.rpartition(".")[-1]
    for organization_id in organization_ids:
        async_task(function, organization_id, task_name=f"{verb} {organization_id}", broker=collected)
    broker = get_broker()
    if isinstance(broker, ORM):
        now = timezone.now()
        broker.get_connection().bulk_create(
            [OrmQ(key=broker.list_key, payload=package, lock=now) for package in collected.packages],
            batch_size=500,
        )
    else:
        for package in collected.packages:
            broker.enqueue(package)
