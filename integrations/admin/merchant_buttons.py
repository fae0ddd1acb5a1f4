"""What can be pressed in a merchant's cockpit: connecting, importing, pulling, pushing."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponseRedirect

from .. import connecting, contact_matching, services
from ..mapping import Mapper, mappers, matched
from ..models import Connection, Organization
from ..progress import things
from ..web_links import callback_address
from .asking import ask, asked_by
from .buttons import Button
from .labels import may, page_of

_CONNECTION, _PULL, _PUSH = "Connection", "From QuickBooks", "To QuickBooks"


def merchant_buttons(
    model_admin: ModelAdmin, request: HttpRequest, organization: Organization
) -> list[Button]:
    return [
        *_connection_buttons(model_admin, request, organization),
        *(_pull_button(request, mapper) for mapper in mappers()),
        *_push_buttons(request),
        *(_match_button(request, mapper) for mapper in matched()),
    ]


def _connection_buttons(
    model_admin: ModelAdmin, request: HttpRequest, organization: Organization
) -> list[Button]:
    connection = organization.connection
    unconnected = connection.status == Connection.Status.NOT_CONNECTED
    allowed = may(request, "change", Connection)
    return [
        Button(
            "connect",
            "Reconnect QuickBooks" if connection.realm_id else "Connect QuickBooks",
            partial(_connect, model_admin),
            allowed,
            offered=organization.quickbooks_enabled,
            group=_CONNECTION,
            icon="link",
            variant="default" if connection.connected else "primary",
        ),
        *_pausing_buttons(model_admin, organization.connection, allowed),
        Button(
            "disconnect",
            "Disconnect",
            partial(_disconnect, model_admin),
            allowed,
            offered=not unconnected,
            group=_CONNECTION,
            icon="link_off",
            confirm="Finmo gives its access to the QuickBooks company back. Ids and history stay, and what is "
            "queued waits until QuickBooks is connected again.",
        ),
        Button(
            "unlink-all",
            "Unlink all records",
            partial(_unlink_all, model_admin),
            allowed,
            offered=unconnected and bool(connection.realm_id),
            group=_CONNECTION,
            icon="heart_broken",
            variant="danger",
            confirm="Every record of this organization forgets its counterpart in "
            f"{connection.company_name or 'the QuickBooks company'}, so that another company can be connected. "
            "This cannot be undone: syncing to the same company again may create everything a second time.",
        ),
    ]


def _pausing_buttons(model_admin: ModelAdmin, connection: Connection, allowed: bool) -> list[Button]:
    return [
        Button(
            "pause",
            "Pause",
            partial(_pause, model_admin),
            allowed,
            offered=connection.connected and connection.pause != Connection.Pause.PAUSED,
            group=_CONNECTION,
            icon="pause",
            confirm="Nothing is sent to or read from QuickBooks until you press Resume. What people ask for "
            "meanwhile is kept and waits; they see that Finmo paused it.",
        ),
        Button(
            "resume",
            "Resume",
            partial(_resume, model_admin),
            allowed,
            offered=connection.connected and bool(connection.pause),
            group=_CONNECTION,
            icon="play_arrow",
            variant="primary",
        ),
    ]


def _pull_button(request: HttpRequest, mapper: Mapper) -> Button:
    name = "chart of accounts" if mapper.entity == "accounts" else things(mapper.entity)
    verb = "Pull" if mapper.updates else "Import"
    return Button(
        f"pull-{mapper.entity}",
        f"{verb} {name}",
        partial(_pull, mapper.entity),
        allowed=may(request, "change", mapper.model),
        group=_PULL,
        icon="cloud_download",
    )


def _push_buttons(request: HttpRequest) -> list[Button]:
    """One for each stream, such as contacts, with all of the stream's entities."""
    streams: dict[str, list[Mapper]] = {}
    for mapper in mappers():
        if mapper.pushes and mapper.updates:
            streams.setdefault(mapper.stream, []).append(mapper)
    return [
        Button(
            f"push-{stream}",
            f"Push all unsynced {stream}",
            partial(_push, [mapper.entity for mapper in of_stream]),
            allowed=all(may(request, "change", mapper.model) for mapper in of_stream),
            group=_PUSH,
            icon="cloud_upload",
        )
        for stream, of_stream in streams.items()
    ]


def _match_button(request: HttpRequest, mapper: Mapper) -> Button:
    return Button(
        f"match-{mapper.entity}",
        f"Reconcile {things(mapper.entity)}",
        partial(_match, mapper.entity),
        allowed=may(request, "change", mapper.model),
        group=_PULL,
        icon="person_search",
    )


def _connect(
    model_admin: ModelAdmin, request: HttpRequest, organization: Organization
) -> HttpResponseRedirect:
    url = connecting.begin(
        organization,
        request.user,
        redirect_uri=callback_address(request),
        return_to=page_of(Organization, organization.pk),
    )
    model_admin.log_change(request, organization, "Began connecting QuickBooks.")
    return HttpResponseRedirect(url)


def _pause(model_admin: ModelAdmin, request: HttpRequest, organization: Organization) -> None:
    connecting.pause(organization, asked=asked_by(request))
    model_admin.log_change(request, organization, "Paused the synchronization.")
    messages.success(request, "The synchronization is paused. Press Resume to let it go on.")


def _resume(model_admin: ModelAdmin, request: HttpRequest, organization: Organization) -> None:
    connecting.resume(organization, asked=asked_by(request))
    model_admin.log_change(request, organization, "Resumed the synchronization.")
    messages.success(request, "The synchronization goes on, with what waited first.")


def _disconnect(model_admin: ModelAdmin, request: HttpRequest, organization: Organization) -> None:
    connecting.disconnect(organization, asked=asked_by(request))
    model_admin.log_change(request, organization, "Disconnected QuickBooks.")
    messages.success(request, "QuickBooks is disconnected. Ids and history are kept.")


def _unlink_all(model_admin: ModelAdmin, request: HttpRequest, organization: Organization) -> None:
    connecting.forget_company(organization, asked=asked_by(request))
    model_admin.log_change(request, organization, "Unlinked all records from QuickBooks.")
    messages.success(request, "All records are unlinked. Another QuickBooks company can be connected.")


def _pull(entity: str, request: HttpRequest, organization: Organization) -> None:
    ask(request, organization, lambda: services.pull(organization, entity, asked=asked_by(request)))


def _match(entity: str, request: HttpRequest, organization: Organization) -> None:
    ask(
        request, organization, lambda: contact_matching.compare(organization, entity, asked=asked_by(request))
    )


def _push(entities: list[str], request: HttpRequest, organization: Organization) -> None:
    for entity in entities:
        run = ask(
            request,
            organization,
            partial(services.push, organization, entity, asked=asked_by(request), all_unsynced=True),
        )
        if run is None:
            return
