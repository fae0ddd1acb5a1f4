"""The QuickBooks Configuration page: what is synced by hand, what by itself, and which defaults it uses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import trigger_client_event

from .. import retrying, services
from ..defaults_form import DefaultsForm
from ..guide import Guide
from ..history import save_configuration
from ..mapping import Mapper, mappers
from ..models import Configuration, SyncRun
from ..progress import things
from .access import Need, PortalView
from .starting import start, watch


@dataclass(frozen=True)
class Waiting:
    """What waits on either side: how many records a push would send, and since when QuickBooks has changes."""

    entity: str
    count: int
    changed_there_at: datetime | None

    @property
    def things(self) -> str:
        return things(self.entity)

    @property
    def counted(self) -> str:
        return things(self.entity, self.count)


class QuickBooksConfiguration(PortalView):
    """POST saves the defaults at the bottom."""

    needs_integration = True
    changes = Need.CONFIGURE

    def configuration(self) -> Configuration:
        return Configuration.objects.get(organization=self.organization)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(DefaultsForm(instance=self.configuration()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = DefaultsForm(request.POST, instance=self.configuration())
        if not form.is_valid():
            return self._page(form)
        runs = form.save_as(self.asked)
        watch(request, runs)
        messages.success(request, " ".join(["The defaults are saved.", *map(retrying.told, runs)]))
        return redirect("quickbooks-configuration")

    def _page(self, form: DefaultsForm) -> HttpResponse:
        context = {
            "connection": self.organization.connection,
            "configuration": form.instance,
            "form": form,
            "guide": Guide.of(self.organization),
            "waiting": {
                stream: self._waiting(stream, form.instance)
                for stream in ("contacts", "receivables", "payables")
            },
        }
        return render(self.request, "integrations/configuration.html", context)

    def _waiting(self, stream: str, configuration: Configuration) -> list[Waiting]:
        return [
            Waiting(
                mapper.entity,
                mapper.records(self.organization).unsynced().count(),
                _moment(configuration.changes_waiting.get(mapper.entity)),
            )
            for mapper in of_stream(stream)
        ]


class Automatic(PortalView):
    """POST one switch: `name` is its field, `on` is there where it is on."""

    needs_integration = True
    changes = Need.CONFIGURE

    def post(self, request: HttpRequest) -> HttpResponse:
        name = request.POST.get("name", "")
        if name not in Configuration.SWITCHES:
            raise Http404("There is no such switch.")
        on = "on" in request.POST
        configuration = Configuration.objects.get(organization=self.organization)
        setattr(configuration, name, on)
        save_configuration(configuration, [name], asked=self.asked)
        label = Configuration._meta.get_field(name).verbose_name
        sentence = f"{label} is {'on' if on else 'off'}."
        if request.htmx:
            return trigger_client_event(HttpResponse(status=204), "notice", {"sentence": sentence})
        messages.success(request, sentence)
        return redirect("quickbooks-configuration")


class StreamSync(PortalView):
    """POST: pushes all that is not in step in a stream, or pulls what changed in QuickBooks."""

    needs_integration = True
    changes = Need.EDIT

    def post(self, request: HttpRequest, stream: str, direction: str) -> HttpResponse:
        chosen = of_stream(stream)
        if direction == "push":
            chosen = [mapper for mapper in chosen if mapper.pushes and mapper.updates]
        if not chosen:
            raise Http404("There is nothing like that to sync.")
        return start(request, lambda: [self._ask(mapper, direction) for mapper in chosen])

    def _ask(self, mapper: Mapper, direction: str) -> SyncRun:
        if direction == "push":
            return services.push(self.organization, mapper.entity, asked=self.asked, all_unsynced=True)
        return services.pull(self.organization, mapper.entity, asked=self.asked)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def of_stream(stream: str) -> list[Mapper]:
    return [mapper for mapper in mappers() if mapper.stream == stream]
