"""Workers, time, and what goes wrong, by chance."""

from __future__ import annotations

from datetime import timedelta

from integrations.models import Connection
from integrations.simulator.mishaps import KINDS

from .world import World

# A revoked grant has its own step.
MISHAPS = sorted(KINDS.keys() - {"grant_revoked", "rights_lost"})
# Longer than the change feed looks back.
GAP = timedelta(days=33)
MOST_STATEMENTS = 300


def work(world: World) -> None:
    world.say("a worker works")
    world.work()


def die(world: World) -> None:
    statements = world.random.randint(1, MOST_STATEMENTS)
    died = not world.work(statements)
    world.say(f"a worker {f'dies at statement {statements}' if died else 'is done before it dies'}")


def tick(world: World) -> None:
    if world.random.random() < 0.3:
        statements = world.random.randint(1, MOST_STATEMENTS)
        died = not world.tick(statements)
        world.say(f"a tick{f', the worker dies at statement {statements}' if died else ''}")
    else:
        world.tick()
        world.say("a tick")


def wait(world: World) -> None:
    seconds = world.random.choice([1, 1, 5, 30, 61, 300, 900, 900, 3700, 90_000])
    world.wait(timedelta(seconds=seconds))
    world.say(f"{seconds} seconds pass")


def mishap(world: World) -> None:
    kind, count = world.random.choice(MISHAPS), world.random.choice([1, 1, 1, 2, 5])
    slow = {"seconds": world.random.choice([5, 25, 59])} if kind == "slow" else {}
    world.qbo.mishap(kind, count, **slow)
    world.say(f"mishap: {kind} × {count} {slow or ''}")


def gap(world: World) -> None:
    """Nobody works for so long that the change feed has forgotten what happened first."""
    world.wait(GAP)
    world.say(f"{GAP.days} days pass")


def revoke(world: World) -> None:
    world.qbo.mishap("grant_revoked")
    world.say("mishap: grant_revoked")


def reconnect(world: World) -> None:
    if Connection.objects.get(organization=world.organization).status == "needs_reconnect":
        world.qbo.connect(world.organization, world.user)
        world.say("here: reconnected")


def lapse(world: World) -> None:
    lapsed = not world.company.subscription_lapsed
    world.qbo.switch(subscription_lapsed=lapsed)
    world.say(f"there: the subscription {'lapses' if lapsed else 'is renewed'}")


def renew(world: World) -> None:
    if world.company.subscription_lapsed:
        lapse(world)


def tell(world: World) -> None:
    world.qbo.switch(
        webhook_reversed=world.random.random() < 0.5,
        webhook_duplicates=world.random.random() < 0.3,
        webhook_void_verb=world.random.choice(["void", "voided"]),
        webhook_bare=world.random.random() < 0.3,
    )
    world.say(f"QuickBooks tells of {world.deliver()} changes")


def tell_again(world: World) -> None:
    world.deliver_again()
    world.say("QuickBooks repeats a notification")
