"""What a person in admin asks of the integration, and how the answer is told. Nothing here waits for QuickBooks."""

from collections.abc import Callable, Iterator

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from ..models import Organization, SyncRun, Trigger
from ..progress import Progress
from ..services import Asked, Refused
from .labels import link


def asked_by(request: HttpRequest) -> Asked:
    return Asked(Trigger.ADMIN, request.user)


def ask(request: HttpRequest, organization: Organization, question: Callable[[], SyncRun]) -> SyncRun | None:
    """Asks, and tells which run came of it or why it was refused. The request then knows it as `started_run`."""
    try:
        run = question()
    except Refused as refusal:
        messages.error(request, f"{organization}: {refusal}")
        return None
    request.started_run = run
    progress = Progress(SyncRun.objects.get(pk=run.pk))
    followed = link(request, SyncRun, run.pk, "Follow the run")
    messages.success(
        request, format_html("{}: {}. {} {}", organization, progress.title, progress.sentence, followed)
    )
    return run


def by_organization(rows: QuerySet) -> Iterator[tuple[Organization, list[int]]]:
    """(organization, ids of its rows), in two statements whatever the selection's size."""
    ids: dict[int, list[int]] = {}
    for organization_id, pk in rows.order_by("pk").values_list("organization_id", "pk"):
        ids.setdefault(organization_id, []).append(pk)
    found = Organization.objects.in_bulk(ids.keys())
    for organization_id, of_organization in ids.items():
        yield found[organization_id], of_organization
