"""Pushes to QuickBooks or pulls from it, as the portal would. Ends with status 1 where anything failed."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from integrations import services
from integrations.ids import read_id
from integrations.management.working_off import work_off
from integrations.mapping import Mapper, mappers
from integrations.models import Direction, Organization, SyncJob, SyncRun, Trigger
from integrations.services import Asked


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("organization", metavar="ORG", help="the slug")
        parser.add_argument("direction", choices=[Direction.PUSH.value, Direction.PULL.value])
        parser.add_argument(
            "entities", nargs="*", metavar="ENTITY", help=", ".join(m.entity for m in mappers())
        )
        parser.add_argument("--ids", nargs="+", type=_id, help="push only these records of one entity")
        parser.add_argument(
            "--compare", action="store_true", help="of a pull: compare all ids and versions of both sides too"
        )
        parser.add_argument("--wait", action="store_true", help="work it off in this process")

    def handle(self, *args: Any, **options: Any) -> None:
        organization = Organization.objects.filter(slug=options["organization"]).first()
        if organization is None:
            raise CommandError(f"There is no organization “{options['organization']}”.")
        chosen = _chosen(options)
        try:
            with transaction.atomic():
                runs = [_start(organization, mapper, options) for mapper in chosen]
        except services.Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        if not options["wait"]:
            for run in runs:
                self.stdout.write(f"{run}: {run.total} queued" if run.total else f"{run}: queued")
            return
        keys = [run.pk for run in runs]
        work_off(organization, keys, self.stderr)
        self._report(SyncRun.objects.filter(pk__in=keys).order_by("pk"))

    def _report(self, runs: Any) -> None:
        problems = 0
        for run in runs:
            self.stdout.write(f"{run}: {run.get_status_display().lower()}, {run.done} of {run.total}")
            if run.error:
                problems += 1
                self.stderr.write(f"{run}: {run.error_message} {run.error_remedy}")
        failures = SyncJob.objects.filter(run__in=runs, outcome__in=SyncJob.FAILURES).order_by("run_id", "id")
        for job in failures.only("label", "message", "remedy").iterator():
            problems += 1
            self.stderr.write(f"{job.label}: {job.message} {job.remedy}".rstrip())
        if problems:
            raise CommandError(f"{problems} failed.")


def _id(text: str) -> int:
    key = read_id(text)
    if key is None:
        raise ArgumentTypeError(f"“{text}” is no record's id. Write its number, such as 145.")
    return key


def _chosen(options: dict[str, Any]) -> list[Mapper]:
    """In registry order; by default all, of a push those that a person edits here."""
    known = {mapper.entity: mapper for mapper in mappers()}
    pushes = options["direction"] == Direction.PUSH
    if unknown := [name for name in options["entities"] if name not in known]:
        raise CommandError(f"Unknown: {', '.join(unknown)}. Choose from {', '.join(known)}.")
    if options["ids"] and not (pushes and len(options["entities"]) == 1):
        raise CommandError("--ids goes with a push of one entity.")
    if options["compare"] and pushes:
        raise CommandError("--compare goes with a pull.")
    wanted = options["entities"] or [
        name for name, mapper in known.items() if not pushes or (mapper.pushes and mapper.updates)
    ]
    return [mapper for name, mapper in known.items() if name in wanted]


def _start(organization: Organization, mapper: Mapper, options: dict[str, Any]) -> SyncRun:
    asked = Asked(Trigger.COMMAND)
    if options["direction"] == Direction.PULL:
        return services.pull(organization, mapper.entity, asked=asked, compare=options["compare"])
    return services.push(
        organization,
        mapper.entity,
        asked=asked,
        ids=options["ids"],
        all_unsynced=not options["ids"],
    )
