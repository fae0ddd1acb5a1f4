"""How far a run is, as people read it: its title, the sentence it stands at, and whether anybody works on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count
from django.utils import timezone

from .mapping import mapper_for
from .models import Direction, Fix, Lane, SyncJob, SyncRun

# After a crash work goes on within two minutes by itself; what rests longer than that needs a person.
LOST_AFTER = timedelta(minutes=2)

_TITLES = {
    Direction.PUSH: "Sync {things} to QuickBooks",
    Direction.PULL: "Pull {things} from QuickBooks",
    Direction.VOID: "Void {things} in QuickBooks",
    Direction.RECONCILE: "Reconcile {things}",
    Direction.REPAIR: "Repair {things}",
    Direction.REFRESH: "Read {things} again from QuickBooks",
    Direction.LOOK_UP: "Search {things} in QuickBooks",
    Direction.LINK: "Link {things} to QuickBooks",
    Direction.UNLINK: "Unlink {things} from QuickBooks",
    Direction.MATCH: "Reconcile {things}",
    Direction.IMPORT: "Import {things} from QuickBooks",
}
_ENDINGS = {
    Direction.PUSH: "synced",
    Direction.PULL: "pulled",
    Direction.VOID: "voided",
    Direction.RECONCILE: "compared",
    Direction.REPAIR: "repaired",
    Direction.REFRESH: "changed in QuickBooks",
    Direction.LINK: "linked",
    Direction.UNLINK: "unlinked",
    Direction.MATCH: "compared",
    Direction.IMPORT: "imported",
}
_VERBS = {
    Direction.PUSH: "Syncing",
    Direction.PULL: "Reading",
    Direction.VOID: "Voiding",
    Direction.RECONCILE: "Reading",
    Direction.REPAIR: "Repairing",
    Direction.REFRESH: "Reading",
    Direction.LOOK_UP: "Searching",
    Direction.LINK: "Linking",
    Direction.UNLINK: "Unlinking",
    Direction.MATCH: "Reading",
    Direction.IMPORT: "Importing",
}


@dataclass(frozen=True)
class Progress:
    """`stalled`: unfinished, nobody holds the lane, and nothing has moved for two minutes. `conflicts`: how many of the
    failed ones wait for a person's decision."""

    run: SyncRun
    stalled: bool = False
    conflicts: int = 0

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
        if self.conflicts and not self.failures:
            return "attention"
        return {"succeeded": "good", "partly_failed": "attention", "failed": "bad"}[self.run.status]

    @property
    def failures(self) -> int:
        """Those that no decision mends."""
        return self.run.failed - self.conflicts

    @property
    def waiting(self) -> bool:
        return self.run.status == SyncRun.Status.WAITING

    @property
    def moving(self) -> bool:
        """Somebody works on it, or will in a moment: a bar may say so."""
        return not (self.run.finished or self.waiting or self.stalled)

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
        verb = _VERBS[Direction(run.direction)]
        return f"{verb} {run.done:,} of {run.total:,}{failures}"

    def _ending(self) -> str:
        run = self.run
        if run.error_message and (not run.done or run.direction == Direction.RECONCILE):
            return run.error_message
        if not run.total and run.direction == Direction.RECONCILE:
            return f"QuickBooks has no {self.things} until that day."
        if not run.total and run.direction == Direction.MATCH:
            return f"QuickBooks has no {self.things}."
        if not run.total and run.direction == Direction.LOOK_UP:
            return f"QuickBooks has no {self.things} that fit “{run.options['search']}”."
        if not run.total:
            nothing = "Nothing has changed in QuickBooks" if self._pulls else "Everything is in step already"
            return f"{nothing}: no {self.things} to {'pull' if self._pulls else 'send'}."
        if run.direction == Direction.LOOK_UP:
            return f"{run.total:,} {things(run.entity, run.total)} found in QuickBooks."
        if run.skipped == run.total and run.direction == Direction.REFRESH:
            return "Nothing has changed in QuickBooks since it was last read."
        if run.skipped == run.total:
            return f"Everything was in step already: {run.total:,} {things(run.entity, run.total)} needed nothing."
        if run.direction == Direction.REPAIR and run.options.get("fix") == Fix.ACCEPT:
            return f"{run.total:,} difference{'' if run.total == 1 else 's'} accepted. Nothing was sent."
        parts = [
            f"{run.succeeded:,} of {run.total:,} {things(run.entity, run.total)} {_ENDINGS[Direction(run.direction)]}"
        ]
        if run.skipped:
            parts.append(f"{run.skipped:,} needed nothing")
        if self.failures:
            parts.append(f"{self.failures:,} failed")
        if self.conflicts:
            parts.append(f"{self.conflicts:,} {'conflict' if self.conflicts == 1 else 'conflicts'} to decide")
        return " ".join(filter(None, [", ".join(parts) + ".", run.error_message]))

    @property
    def _pulls(self) -> bool:
        return self.run.direction == Direction.PULL


def asked_for(direction: str) -> str:
    """What a run does, in the words of the portal's buttons: it says Sync where admin says Push."""
    return "Sync to QuickBooks" if direction == Direction.PUSH else str(Direction(direction).label)


def progress_of(runs: Iterable[SyncRun]) -> list[Progress]:
    """The progress of each run; at most three queries, and none where no run has been unfinished for long and none
    has failures."""
    runs = list(runs)
    conflicts = _conflicts([run for run in runs if run.finished and run.failed])
    lost = timezone.now() - LOST_AFTER
    old = [run for run in runs if not run.finished and run.created_at <= lost]
    stalled = _stalled(old, lost) if old else set()
    return [Progress(run, run.pk in stalled, conflicts.get(run.pk, 0)) for run in runs]


def _conflicts(runs: list[SyncRun]) -> dict[int, int]:
    """{run's key: how many of its records are in conflict}."""
    if not runs:
        return {}
    jobs = SyncJob.objects.filter(run__in=runs, outcome=SyncJob.Outcome.CONFLICT).order_by()
    return dict(jobs.values_list("run").annotate(Count("pk")))


def _stalled(runs: list[SyncRun], lost: datetime) -> set[int]:
    """Keys of the runs whose lane nobody has held, and of which nothing has moved, since `lost`."""
    lanes = Lane.objects.filter(organization__in={run.organization_id for run in runs}, expires_at__lte=lost)
    idle = set(lanes.values_list("organization_id", flat=True))
    left = [run for run in runs if run.organization_id in idle and (run.started_at or run.created_at) <= lost]
    if not left:
        return set()
    jobs = SyncJob.objects.filter(run__in=[run.pk for run in left], finished_at__gt=lost)
    return {run.pk for run in left} - set(jobs.values_list("run", flat=True))


def things(entity: str, count: int = 0) -> str:
    """An entity as people say it, in the plural unless there is exactly one: "tax codes"."""
    names = mapper_for(entity).model._meta
    return str(names.verbose_name if count == 1 else names.verbose_name_plural)
