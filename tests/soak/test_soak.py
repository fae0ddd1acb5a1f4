"""Both sides are edited, paid, voided, deleted and merged at once, while workers die, answers get lost, notifications
repeat and tokens expire. Then it settles: both sides agree record by record, every disagreement is an open conflict or
a true reason, and nothing exists twice.

`SOAK_SEEDS=7,8 SOAK_STEPS=5000 pytest tests/soak` tells other stories; a failing one prints its seed and the steps of
the records concerned.
"""

import logging
import os
from datetime import timedelta

import pytest
import time_machine

from contacts.models import Beneficiary, Customer
from integrations.models import Configuration, Conflict, PushBatch, SyncJob, SyncRun
from integrations.simulator.models import StoredObject
from payables.models import Bill
from receivables.models import Invoice
from tests.quickbooks import QuickBooks

from . import here, there, trouble
from .agreement import disagreements
from .world import TAG, World, frozen

pytestmark = pytest.mark.slow

SHORT = [(seed, 300) for seed in (1, 2)]
LONG = [(seed, 2000) for seed in (101, 102, 103)]
STORIES = [
    (int(seed), int(os.environ.get("SOAK_STEPS", 2000)))
    for seed in os.environ.get("SOAK_SEEDS", "").split(",")
    if seed
] or SHORT + LONG

STEPS = {
    here.new_contact: 3, here.edit_contact: 3, here.new_document: 7, here.edit_document: 9, here.push: 8, here.pull: 3,
    here.void: 2, here.decide: 3, here.retry: 1,
    there.new_contact: 2, there.edit_contact: 3, there.switch_contact: 1, there.merge: 1, there.new_document: 5,
    there.edit_document: 9, there.pay: 5, there.unpay: 2, there.void: 1, there.delete: 2,
    trouble.work: 6, trouble.die: 5, trouble.tick: 4, trouble.wait: 6, trouble.mishap: 4, trouble.tell: 4,
    there.close_books: 0.5, trouble.gap: 0.1,
    trouble.tell_again: 1, trouble.revoke: 0.3, trouble.reconnect: 5, trouble.lapse: 0.4, trouble.renew: 4,
}  # fmt: skip
# Rounds after which all must be quiet.
MOST_ROUNDS = 20
QUARTER = timedelta(minutes=16)
# Contacts, the comparison of lists, and what failed for a person to repair are due again.
WEEK = timedelta(days=8)


class SlowCompany:
    """Its slow answers cost the soak's time and nobody else's."""

    def __init__(self, traveller: time_machine.Traveller):
        self.sleep = traveller.shift


@pytest.fixture
def qbo_options() -> dict:
    return {"country": "SG", "multicurrency": True}


@pytest.fixture
def time(settings, monkeypatch):
    # The clock stands still between steps, so no budget may ever run out.
    settings.QBO_REQUESTS_PER_MINUTE = settings.QBO_REQUESTS_PER_SECOND = settings.QBO_BATCHES_PER_MINUTE = (
        10**9
    )
    logging.disable(logging.CRITICAL)
    with frozen("2026-11-23 08:00Z") as traveller:
        monkeypatch.setattr("integrations.simulator.mishaps.time", SlowCompany(traveller))
        yield traveller
    logging.disable(logging.NOTSET)


@pytest.fixture
def company(time, qbo, clock) -> QuickBooks:
    return qbo


@pytest.mark.parametrize(("seed", "steps"), STORIES)
def test_both_sides_agree_in_the_end(seed, steps, company, organization, admin_user, time):
    print(f"SOAK_SEEDS={seed} SOAK_STEPS={steps}")
    world = World(seed, organization, admin_user, company, time)
    switch_everything_on(world)
    for act in world.random.choices(list(STEPS), list(STEPS.values()), k=steps):
        act(world)
    settle(world)
    assert_agreement(world)
    decide_everything(world)
    settle(world)
    assert_agreement(world)


def switch_everything_on(world: World) -> None:
    configuration = Configuration.objects.get(organization=world.organization)
    for name in Configuration.SWITCHES:
        setattr(configuration, name, True)
    configuration.save(update_fields=list(Configuration.SWITCHES))
    world.organization.refresh_from_db()


def settle(world: World) -> None:
    world.qbo.control(f"{world.qbo.realm}/mishaps/", method="DELETE")
    trouble.renew(world)
    trouble.reconnect(world)
    world.wait(WEEK)
    world.say("nothing goes wrong any more")
    before, quiet = None, 0
    for _ in range(MOST_ROUNDS):
        world.wait(WEEK if quiet else QUARTER)
        world.deliver()
        world.tick()
        world.work()
        trouble.reconnect(world)
        at_rest = before == (before := everything(world)) and not at_work(world)
        quiet = quiet + 1 if at_rest else 0
        if quiet == 2:
            return
    raise AssertionError("\n".join(["It does not come to rest:", *at_work(world), "", *world.log[-40:]]))


def at_work(world: World) -> list[str]:
    mine = {"organization": world.organization}
    runs = SyncRun.objects.filter(**mine, status__in=SyncRun.UNFINISHED)
    jobs = SyncJob.objects.filter(**mine).exclude(status=SyncJob.Status.DONE)
    batches = PushBatch.objects.filter(**mine, settled_at=None)
    return [str(each) for rows in (runs, jobs, batches) for each in rows]


def everything(world: World) -> list:
    """What would be different if anything still moved."""
    rows = StoredObject.objects.filter(company__realm_id=world.qbo.realm).order_by("pk")
    found = list(rows.values_list("entity", "qbo_id", "sync_token", "deleted"))
    for model in (Customer, Beneficiary, Invoice, Bill):
        records = model.objects.filter(organization=world.organization).order_by("pk")
        found += records.values_list("pk", "qbo_sync_token", "sync_state", "revision")
    return found


def decide_everything(world: World) -> None:
    while Conflict.objects.filter(organization=world.organization, resolved_at=None).exists():
        here.decide(world)


def assert_agreement(world: World) -> None:
    found = disagreements(world)
    tags = {tag.group() for text in found for tag in TAG.finditer(text)}
    assert not found, "\n".join(["Both sides differ:", *found, "", *world.told_of(tags)])
