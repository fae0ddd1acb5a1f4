"""Sync history: every run, how far it is, what became of each record, and retrying what failed."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from .. import rerunning
from ..ids import read_id
from ..listing import Filter
from ..mapping import mapper_for, mappers
from ..models import Direction, Membership, Statement, SyncedRecord, SyncJob, SyncRun
from ..progress import asked_for, progress_of, things
from ..remedies import address_of, remedy_of
from .access import PortalView
from .starting import start, tell_finished, unwatch, watched

RUNS_PER_PAGE = 30
RECORDS_PER_PAGE = 100


def _directions() -> Filter:
    return Filter(
        "direction",
        "What",
        tuple((each.value, asked_for(each)) for each in Direction),
        lambda rows, value: rows.filter(direction=value),
    )


def _statuses() -> Filter:
    return Filter(
        "status", "Outcome", tuple(SyncRun.Status.choices), lambda rows, value: rows.filter(status=value)
    )


def _entities() -> Filter:
    options = tuple((mapper.entity, things(mapper.entity).capitalize()) for mapper in mappers())
    return Filter("entity", "Records", options, lambda rows, value: rows.filter(entity=value))


class History(PortalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        filters = (_directions(), _entities(), _statuses())
        rows = self.narrowed(filters).select_related("requested_by")
        page = Paginator(rows, RUNS_PER_PAGE).get_page(request.GET.get("page"))
        context = {
            "page": page,
            "runs": progress_of(page),
            "filters": [{"filter": each, "value": request.GET.get(each.name, "")} for each in filters],
            "narrowed": any(request.GET.get(each.name) for each in filters),
        }
        return render(request, "integrations/history.html", context)

    def narrowed(self, filters: tuple[Filter, ...]) -> QuerySet:
        rows = SyncRun.objects.filter(organization=self.organization)
        for each in filters:
            value = self.request.GET.get(each.name, "")
            if value in dict(each.options):
                rows = each.apply(rows, value)
        return rows


class RunPages(PortalView):
    def run(self, pk: int) -> SyncRun:
        runs = SyncRun.objects.select_related("requested_by", "organization")
        return get_object_or_404(runs, pk=pk, organization=self.organization)


class RunPage(RunPages):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = self.run(pk)
        if run.finished:
            unwatch(request, run.pk)
        outcome = request.GET.get("outcome", "")
        jobs = run.jobs.defer("before", "after")
        counted = dict(jobs.order_by().values_list("outcome").annotate(Count("pk")))
        if outcome == SyncJob.Outcome.FAILED and outcome not in counted:
            # A conflict counts as failed, too: where there is nothing else, that is what failed.
            outcome = SyncJob.Outcome.CONFLICT.value
        if outcome not in SyncJob.Outcome.values:
            outcome = ""
        if outcome:
            jobs = jobs.filter(outcome=outcome)
        paginator = Paginator(jobs, RECORDS_PER_PAGE)
        # Counted already.
        paginator.count = counted.get(outcome, 0) if outcome else sum(counted.values())
        page = paginator.get_page(request.GET.get("page"))
        context = {
            "progress": progress_of([run])[0],
            "page": page,
            "records": job_rows(list(page), request.membership),
            "outcomes": [
                (value, label, counted[value]) for value, label in SyncJob.Outcome.choices if value in counted
            ],
            "outcome": outcome,
            "retry": rerunning.label(run) if rerunning.retryable(run) else "",
            "result": self._result(run),
        }
        return render(request, "integrations/run.html", context)

    def _result(self, run: SyncRun) -> str:
        """The address of what the run read, where it laid both sides beside each other or settled them."""
        if run.direction == Direction.RECONCILE:
            statement = Statement.objects.filter(run=run).first()
            return reverse("statement", args=[statement.pk]) if statement else ""
        if run.direction == Direction.REPAIR:
            return reverse("statement", args=[run.options["statement"]])
        if run.direction == Direction.MATCH:
            return reverse("contact-reconciliation", args=[run.entity])
        return ""


class RunProgress(RunPages):
    """The moving part alone; it asks for itself again until the run has finished."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        progress = progress_of([self.run(pk)])[0]
        response = render(request, "integrations/_progress.html", {"progress": progress})
        if progress.run.finished:
            unwatch(request, pk)
            tell_finished(response, progress)
        return response


class RunRetry(RunPages):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = self.run(pk)
        return start(request, lambda: rerunning.retry(run, asked=self.asked))


class Tray(PortalView):
    """GET: the runs that follow the person through all pages. POST: one of them was seen and goes."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "integrations/_tray.html", {"tray": watched(request)})

    def post(self, request: HttpRequest) -> HttpResponse:
        if run := read_id(request.POST.get("run")):
            unwatch(request, run)
        return self.get(request) if request.htmx else redirect("sync-history")

    # Whoever may look may put a message away.
    changes = PortalView.reads


def job_rows(jobs: list[SyncJob], membership: Membership) -> list[dict[str, Any]]:
    """Each job with its record's address and remedy; the records are read in one query per entity."""
    wanted: dict[str, set[int]] = {}
    for job in jobs:
        if job.code and job.record_id:
            wanted.setdefault(job.entity, set()).add(job.record_id)
    found: dict[tuple[str, int], SyncedRecord] = {}
    for entity, keys in wanted.items():
        mapper = mapper_for(entity)
        records = mapper.records(membership.organization).filter(pk__in=keys).select_related(*mapper.needs)
        found |= {(entity, record.pk): record for record in records.light(*mapper.needs)}
    return [_job_row(job, found.get((job.entity, job.record_id)), membership) for job in jobs]


def _job_row(job: SyncJob, failed: SyncedRecord | None, membership: Membership) -> dict[str, Any]:
    """`failed` is the record that the job failed on; it was deleted since where there is none."""
    gone = job.code and failed is None
    return {
        "job": job,
        "url": "" if gone else address_of(job.entity, job.record_id),
        "remedy": remedy_of(job.entity, failed, job.code, membership),
    }
