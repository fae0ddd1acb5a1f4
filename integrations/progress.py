"""How far a run is, as people read it: its title, the sentence it stands at, and whether anybody works on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from django.db.models import Max
from django.utils import timezone

from .mapping import mapper_for
from .models import Direction, Lane, SyncRun

# After a crash work goes on within two minutes by itself; what rests longer than that needs a person.
LOST_AFTER = timedelta(minutes=2)

_TITLES = {
    Direction.PUSH: "Sync {things} to QuickBooks",
    Direction.PULL: "Pull {things} from QuickBooks",
    Direction.VOID: "Void {things} in QuickBooks",
    Direction.RECONCILE: "Reconcile {things}",
    Direction.REPAIR: "Repair {things}",
}
_ENDINGS = {
    Direction.PUSH: "synced",
    Direction.PULL: "pulled",
    Direction.VOID: "voided",
    Direction.RECONCILE: "compared",
    Direction.REPAIR: "repaired",
}


@dataclass(frozen=True)
class Progress:
    run: SyncRun

    @property
    def things(self) -> str:
        return things(self.run.entity)

    @property
    def title(self) -> str:
        return _TITLES[Direction(self.run.direction)].format(things=self.things)

    @property
    def tone(self) -> str:
        """One of the four meanings: good, attention, bad, busy."""
        if not self.run.finished:
            return "attention" if self.stalled or self.waiting else "busy"
        return {"succeeded": "good", "partly_failed": "attention", "failed": "bad"}[self.run.status]

    @property
    def waiting(self) -> bool:
        return self.run.status == SyncRun.Status.WAITING

    @property
    def sentence(self) -> str:
        if self.run.finished:
            return self._ending()
        if self.waiting:
            return self.run.error_message or "Waiting until QuickBooks can be reached again."
        if self.stalled:
            return (
                "Nothing has moved for more than two minutes: Finmo's worker is not running. "
                "Nothing is lost, and the run goes on as soon as it is back. Tell Finmo support if it stays."
            )
        return self._under_way()

    def _under_way(self) -> str:
        run = self.run
        if run.status == SyncRun.Status.QUEUED:
            return "Queued, starts in a moment."
        if not run.total:
            return "Reading from QuickBooks …"
        failures = f" · {run.failed:,} failed" if run.failed else ""
        verb = "Reading" if run.direction == Direction.PULL else "Syncing"
        return f"{verb} {run.done:,} of {run.total:,}{failures}"

    def _ending(self) -> str:
        run = self.run
        if run.error_message and not run.done:
            return run.error_message
        if not run.total:
            nothing = "Nothing has changed in QuickBooks" if self._pulls else "Everything is in step already"
            return f"{nothing}: no {self.things} to {'pull' if self._pulls else 'send'}."
        if run.skipped == run.total:
            return f"Everything was in step already: {run.total:,} {self.things} needed nothing."
        parts = [f"{run.succeeded:,} of {run.total:,} {self.things} {_ENDINGS[Direction(run.direction)]}"]
        if run.skipped:
            parts.append(f"{run.skipped:,} needed nothing")
        if run.failed:
            parts.append(f"{run.failed:,} failed")
        return ", ".join(parts) + "."

    @property
    def _pulls(self) -> bool:
        return self.run.direction == Direction.PULL

    @cached_property
    def stalled(self) -> bool:
        """Unfinished, nobody holds the lane, and nothing has moved for two minutes."""
        run, now = self.run, timezone.now()
        if run.finished or self.waiting or now - run.created_at < LOST_AFTER:
            return False
        lane = Lane.objects.get(organization_id=run.organization_id)
        moved = run.jobs.aggregate(at=Max("finished_at"))["at"]
        seen = [at for at in (run.created_at, run.started_at, moved, lane.expires_at) if at]
        return now - max(seen) >= LOST_AFTER


def things(entity: str) -> str:
    """An entity in the plural, as people say it: "tax codes"."""
    return str(mapper_for(entity).model._meta.verbose_name_plural)
