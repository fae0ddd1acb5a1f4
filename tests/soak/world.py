"""A merchant and its QuickBooks company on which a soak acts by chance, the same for the same seed."""

from __future__ import annotations

import hmac
import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from hashlib import sha256
from random import Random
from typing import Any

import time_machine
from django.conf import settings
from django.db import connection, models, transaction
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ

from integrations import tasks
from integrations.models import Organization, Trigger
from integrations.services import Asked
from integrations.simulator import webhooks
from integrations.simulator.models import Change, Company, StoredObject
from tests.dying import Killed, Mortal
from tests.quickbooks import QuickBooks, answer_bells

# Every document and contact names by whom it was made, on both sides, as long as it lives.
TAG = re.compile(r"#(\d+)\b")
# So many contacts and documents live at a time: a long story deepens instead of widening.
MOST_CONTACTS, MOST_DOCUMENTS = 12, 30
# The company's own more often than the other.
CURRENCIES = ("SGD", "SGD", "SGD", "USD")
# Documents are dated so many days back at most.
OLDEST = 60
# A worker that makes more statements than this in one turn will never come to rest.
ENDLESS = 20_000


class World:
    def __init__(
        self,
        seed: int,
        organization: Organization,
        user: Any,
        qbo: QuickBooks,
        clock: time_machine.Traveller,
    ):
        self.random = Random(seed)
        self.organization, self.user, self.qbo, self.clock = organization, user, qbo, clock
        self.asked = Asked(Trigger.API, user)
        self.log: list[str] = []
        self._tags = 0
        self._delivered: list[bytes] = []
        self._browser = Client()

    # --- names ---------------------------------------------------------------------------------

    def tag(self) -> str:
        self._tags += 1
        return f"#{self._tags}"

    def day(self) -> date:
        """Today, or a while ago."""
        return timezone.localdate() - timedelta(
            days=self.random.choice([0, 0, self.random.randint(1, OLDEST)])
        )

    def say(self, text: str) -> None:
        self.log.append(f"{len(self.log):5} {text}")

    def told_of(self, words: set[str]) -> list[str]:
        """The steps that name one of these."""
        found = [re.compile(rf"{re.escape(word)}\b") for word in words]
        return [line for line in self.log if any(each.search(line) for each in found)]

    # --- both sides ----------------------------------------------------------------------------

    @property
    def company(self) -> Company:
        return Company.objects.get(realm_id=self.qbo.realm)

    def here(self, model: type[models.Model], **conditions: Any) -> Any:
        """One of our records, or None."""
        return self._one(model.objects.filter(organization=self.organization, **conditions))

    def there(self, *entities: str, **conditions: Any) -> StoredObject | None:
        """One of QuickBooks' objects, or None."""
        return self._one(self._living(*entities).filter(**conditions))

    def number_there(self, entity: str) -> int:
        return self._living(entity).filter(active=True).exclude(total=0).count()

    def _living(self, *entities: str) -> models.QuerySet:
        rows = StoredObject.objects.filter(company__realm_id=self.qbo.realm, entity__in=entities)
        return rows.filter(deleted=False)

    def _one(self, rows: models.QuerySet) -> Any:
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        return rows.get(pk=self.random.choice(ids)) if ids else None

    # --- workers -------------------------------------------------------------------------------

    def work(self, statements: int = ENDLESS) -> bool:
        """Works the lane off. False where the worker died on the way."""
        return self._mortally(statements, lambda: tasks.drain(self.organization.pk))

    def tick(self, statements: int = ENDLESS) -> bool:
        """The schedules of one minute, and what they ring for."""
        tasks.sweep()
        tasks.tick()
        alive = self._mortally(statements, answer_bells)
        OrmQ.objects.all().delete()
        return alive

    def _mortally(self, statements: int, act: Callable[[], None]) -> bool:
        try:
            with connection.execute_wrapper(Mortal(statements)):
                act()
        except Killed:
            # Where the worker was in no transaction, the statement was: what it leaves broken is the test's own one.
            transaction.set_rollback(False)
            if statements == ENDLESS:
                raise AssertionError("The worker does not come to rest") from None
            # Its lease runs out.
            self.wait(timedelta(seconds=settings.LANE_LEASE_SECONDS + 1))
            return False
        return True

    def wait(self, time: timedelta) -> None:
        self.clock.shift(time)

    # --- webhooks ------------------------------------------------------------------------------

    def deliver(self) -> int:
        """What QuickBooks has not told yet; again where it is asked to repeat itself."""
        events = webhooks.events(self.company)
        if not events:
            return 0
        body = json.dumps(events).encode()
        self._delivered.append(body)
        self._post(body)
        ids = {event["id"] for event in events}
        return Change.objects.filter(company=self.company, event_id__in=ids).update(sent_at=timezone.now())

    def deliver_again(self) -> None:
        if self._delivered:
            self._post(self.random.choice(self._delivered))

    def _post(self, body: bytes) -> None:
        digest = hmac.digest(settings.QBO_WEBHOOK_VERIFIER_TOKEN.encode(), body, sha256)
        answer = self._browser.post(
            "/webhooks/quickbooks/",
            body,
            content_type="application/cloudevents+json",
            headers={"intuit-signature": b64encode(digest).decode()},
        )
        assert answer.status_code == 200, answer.content


@contextmanager
def frozen(moment: str) -> Iterator[time_machine.Traveller]:
    """Time moves where the soak moves it, so that a seed is a story."""
    with time_machine.travel(moment, tick=False) as traveller:
        yield traveller
