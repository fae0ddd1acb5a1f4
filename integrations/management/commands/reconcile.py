"""Reads and prints the two-sided statement: does what Finmo says equal what QuickBooks says, and if not, why not."""

from __future__ import annotations

import csv
import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from rest_framework.renderers import JSONRenderer

from integrations import reconciling, services
from integrations.api.reconciliation import StatementSerializer
from integrations.days import read_day
from integrations.management.working_off import work_off
from integrations.models import Kind, Organization, Statement, Stream, SyncRun, Trigger
from integrations.services import Asked
from integrations.statements.as_csv import COLUMNS, csv_rows


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("organization", metavar="ORG", help="the slug")
        parser.add_argument("stream", nargs="?", choices=Stream.values, help="both unless named")
        parser.add_argument(
            "--as-of", type=_day, metavar="DATE", help="documents issued until then; today unless named"
        )
        parser.add_argument("--format", choices=["table", "json", "csv"], default="table")
        parser.add_argument(
            "--stored", action="store_true", help="print the newest without reading QuickBooks"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        organization = Organization.objects.filter(slug=options["organization"]).first()
        if organization is None:
            raise CommandError(f"There is no organization “{options['organization']}”.")
        streams = [options["stream"]] if options["stream"] else Stream.values
        if options["stored"]:
            statements = [_stored(organization, stream, options["as_of"]) for stream in streams]
        else:
            statements = self._read(organization, streams, options["as_of"])
        write = {"table": self._write_table, "json": self._write_json, "csv": self._write_csv}
        write[options["format"]](statements, whole=not options["stream"])

    def _read(self, organization: Organization, streams: list[str], as_of: date | None) -> list[Statement]:
        asked = Asked(Trigger.COMMAND)
        try:
            keys = [
                reconciling.reconcile(organization, stream, asked=asked, as_of=as_of).pk for stream in streams
            ]
        except services.Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        work_off(organization, keys, self.stderr)
        runs = SyncRun.objects.filter(pk__in=keys).order_by("pk")
        if problems := [f"{run}: {run.error_message} {run.error_remedy}" for run in runs if run.error]:
            raise CommandError("\n".join(problems))
        return [run.statement for run in runs]

    def _write_json(self, statements: list[Statement], *, whole: bool) -> None:
        shown = {each.stream: StatementSerializer(each).data for each in statements}
        [*_, last] = shown.values()
        plain = json.loads(JSONRenderer().render(shown if whole else last))
        self.stdout.write(json.dumps(plain, indent=2, ensure_ascii=False))

    def _write_csv(self, statements: list[Statement], *, whole: bool) -> None:
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerow(COLUMNS)
        for statement in statements:
            writer.writerows(csv_rows(statement))

    def _write_table(self, statements: list[Statement], *, whole: bool) -> None:
        for statement in statements:
            shown = StatementSerializer(statement).data
            read_at = f"{statement.read_at:%Y-%m-%d %H:%M} UTC"
            self.stdout.write(f"{statement}, balances as read at {read_at}")
            if not shown["currencies"]:
                self.stdout.write("  No documents on either side.")
            for currency in shown["currencies"]:
                self._write_currency(currency)
            if statement.unread_note:
                self.stdout.write(f"\n  {statement.unread_note}")
            self.stdout.write("")

    def _write_currency(self, shown: dict[str, Any]) -> None:
        self.stdout.write(f"\n  {shown['currency']:<12}{'count':>8}{'total':>20}{'balance':>20}")
        for side, title in (("finmo", "Finmo"), ("quickbooks", "QuickBooks"), ("difference", "Difference")):
            row = shown[side]
            self.stdout.write(f"  {title:<12}{row['count']:>8}{row['total']:>20}{row['balance']:>20}")
        left = shown["unexplained"]
        self.stdout.write(f"  {'Unexplained':<12}{'':>8}{left['total']:>20}{left['balance']:>20}")
        for line in shown["differences"]:
            named = " ".join(filter(None, [line["number"], line["contact"]])) or line["quickbooks_id"]
            settled = " (accepted)" if line["accepted"] else ""
            self.stdout.write(
                f"    {Kind(line['kind']).label + settled:<34}{named[:40]:<42}{line['total']:>16}{line['balance']:>16}"
            )


def _day(text: str) -> date:
    try:
        return read_day(text)
    except ValidationError as error:
        raise ArgumentTypeError(error.message) from error


def _stored(organization: Organization, stream: str, as_of: date | None) -> Statement:
    found = reconciling.newest(organization, stream, as_of=as_of)
    if found is None:
        raise CommandError(f"No statement of {stream} was read yet. Leave out --stored to read one.")
    return found
