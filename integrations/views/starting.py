"""Starting a run from a page: the button's place shows its progress, or why it was refused."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import trigger_client_event

from ..models import SyncRun
from ..progress import Progress
from ..services import NotConnected, Refused
from .access import came_from

# Runs that this person started and has not yet seen the end of, newest first.
WATCHED = "watched_runs"
MOST_WATCHED = 5


def start(request: HttpRequest, ask: Callable[[], SyncRun | list[SyncRun]]) -> HttpResponse:
    """Asks for one run or several, and answers with their progress, or with the refusal and its remedy."""
    try:
        asked = ask()
    except Refused as refusal:
        return refused(request, refusal)
    runs = asked if isinstance(asked, list) else [asked]
    watch(request, runs)
    if not request.htmx:
        return redirect(runs[0]) if len(runs) == 1 else redirect("sync-history")
    started = [Progress(run) for run in runs]
    response = render(request, "integrations/_started.html", {"started": started})
    for progress in started:
        if progress.run.finished:
            tell_finished(response, progress)
    return response


def tell_finished(response: HttpResponse, progress: Progress) -> None:
    """The page then shows anew what the run may have changed, and says how it ended."""
    ended = {"run": progress.run.pk, "sentence": f"{progress.title}: {progress.sentence}"}
    trigger_client_event(response, "run-finished", ended, after="settle")


def watch(request: HttpRequest, runs: list[SyncRun]) -> None:
    seen = [pk for pk in request.session.get(WATCHED, []) if pk not in {run.pk for run in runs}]
    request.session[WATCHED] = [*(run.pk for run in runs), *seen][:MOST_WATCHED]


def unwatch(request: HttpRequest, pk: int) -> None:
    watched = request.session.get(WATCHED, [])
    if pk in watched:
        request.session[WATCHED] = [each for each in watched if each != pk]


def watched(request: HttpRequest) -> list[Progress]:
    """For the tray that follows through all pages, a run's own page aside. No query where nothing is watched."""
    keys = request.session.get(WATCHED, [])
    if not keys:
        return []
    runs = SyncRun.objects.filter(organization=request.membership.organization, pk__in=keys)
    return [Progress(run) for run in runs if run.get_absolute_url() != request.path]


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """Why not, in the button's place or on the page that it stood on."""
    where = reverse("integrations") if isinstance(refusal, NotConnected) else ""
    if request.htmx:
        return render(request, "integrations/_refused.html", {"refusal": refusal, "where": where})
    messages.error(request, str(refusal))
    return redirect(where or came_from(request))
