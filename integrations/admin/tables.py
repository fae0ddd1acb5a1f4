"""Read-only tables of runs and jobs on other records' pages: {"headers": [...], "rows": [[cell, ...], ...]}."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ..faults import explain
from ..mapping import mapper_for
from ..models import SyncJob, SyncRun
from ..progress import Progress
from ..wording import Names
from .labels import link, state_label
from .sides import changes_of, names_in

Table = dict[str, list[Any]]


def moment(at) -> str:
    return date_format(timezone.localtime(at), "j M Y, H:i") if at else "—"


def runs_table(request: HttpRequest, runs: Iterable[SyncRun]) -> Table:
    rows = [
        [
            link(request, SyncRun, run.pk, Progress(run).title),
            state_label(run.status, run.get_status_display(), run.error_message),
            records_of(run),
            run.get_trigger_display(),
            str(run.requested_by or "—"),
            moment(run.created_at),
        ]
        for run in runs
    ]
    return {"headers": ["Run", "State", "Records", "Asked through", "By", "Asked"], "rows": rows}


def records_of(run: SyncRun) -> str:
    if not run.total:
        return "—"
    failures = f" · {run.failed:,} failed" if run.failed else ""
    return f"{run.done:,} of {run.total:,}{failures}"


def jobs_table(request: HttpRequest, jobs: Iterable[SyncJob], *, named: bool) -> Table:
    """`named` adds what the job is about; on the record's own page stands what changed instead."""
    headers = ["Job", "Outcome", "What happened", "By", "Finished"]
    jobs, rows = list(jobs), []
    names = None if named else names_in(jobs)
    for job in jobs:
        row = [
            link(request, SyncJob, job.pk, job.get_direction_display()),
            outcome_label(job),
            _with_changes(job, names) if names else happened(job),
            str(job.run.requested_by or job.run.get_trigger_display()),
            moment(job.finished_at),
        ]
        rows.append([_about(request, job), *row] if named else row)
    return {"headers": ["Record", *headers] if named else headers, "rows": rows}


def _about(request: HttpRequest, job: SyncJob) -> SafeString | str:
    return link(request, mapper_for(job.entity).model, job.record_id, job.label or "—")


def _with_changes(job: SyncJob, names: Names) -> SafeString | str:
    """What happened, with the fields that went out, before and after, to be opened beneath."""
    fields = changes_of(job, names)
    if fields is None:
        return happened(job)
    count = len({*job.before, *job.after})
    summary = f"{count} field{'s' if count != 1 else ''}"
    opened = format_html('<details class="finmo-fields"><summary>{}</summary>{}</details>', summary, fields)
    return format_html('<div class="finmo-told">{}{}</div>', job.message or "", opened)


def outcome_label(job: SyncJob) -> SafeString:
    if job.outcome:
        return state_label(job.outcome, job.get_outcome_display(), job.message)
    return state_label(job.status, job.get_status_display())


def happened(job: SyncJob) -> SafeString | str:
    if job.outcome not in SyncJob.FAILURES:
        return job.message or "—"
    told = job.message or explain(job.code).meaning
    return format_html('<div class="finmo-told">{} <em>{}</em></div>', told, job.remedy)
