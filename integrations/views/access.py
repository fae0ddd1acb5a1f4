"""Who is looking, at which organization, and what they may do: the base of every page of the portal."""

from __future__ import annotations

from enum import Enum
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View
from django.views.decorators.cache import never_cache
from django_htmx.http import HttpResponseClientRedirect

from ..models import Membership, Organization
from ..services import Asked, Trigger

SESSION_KEY = "organization"


class Need(Enum):
    """What a page asks of the person's role."""

    READ = "read"
    EDIT = "edit"
    CONFIGURE = "configure"

    def met_by(self, membership: Membership) -> bool:
        if self is Need.READ:
            return True
        return membership.can_edit if self is Need.EDIT else membership.can_configure


# A record's address answers with the sidebar alone where a script asks: stored, Back would show it without its page.
# Nor may Back show figures that have changed since, or that somebody who signed out saw.
@method_decorator(never_cache, name="dispatch")
class PortalView(View):
    """A page of the signed-in person's organization. `reads` guards GET, `changes` everything else."""

    reads: ClassVar[Need] = Need.READ
    changes: ClassVar[Need] = Need.EDIT
    # Where no account manager has enabled the integration, such a page does not exist.
    needs_integration: ClassVar[bool] = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return _sign_in_first(request)
        memberships = _memberships(request)
        if not memberships:
            return render(request, "no_organization.html", status=403)
        request.memberships = memberships
        request.membership = _current(request, memberships)
        if self.needs_integration and not self.organization.quickbooks_enabled:
            raise Http404("The integration is not enabled for this organization.")
        need = self.reads if request.method in ("GET", "HEAD", "OPTIONS") else self.changes
        if not need.met_by(request.membership):
            raise PermissionDenied("Your role does not allow this. Ask an admin of your organization.")
        return super().dispatch(request, *args, **kwargs)

    @property
    def organization(self) -> Organization:
        return self.request.membership.organization

    @property
    def asked(self) -> Asked:
        return Asked(Trigger.PORTAL, self.request.user)

    @property
    def wants_fragment(self) -> bool:
        return bool(self.request.htmx) and not self.request.htmx.history_restore_request


def came_from(request: HttpRequest, *, otherwise: str = "/") -> str:
    """The local address of the page that the person pressed a button on."""
    referer = request.htmx.current_url or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}):
        return otherwise
    parts = urlsplit(referer)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    """After signing in, the person is back on the page that they saw, never on a bare action."""
    seen = request.get_full_path()
    if request.htmx or request.method != "GET":
        seen = came_from(request)
    answer = redirect_to_login(seen, reverse("login"))
    return HttpResponseClientRedirect(answer.url) if request.htmx else answer


def _memberships(request: HttpRequest) -> list[Membership]:
    """One query; QuickBooks' tokens stay in the database."""
    return list(
        request.user.memberships.select_related("organization__connection").defer(
            "organization__connection__access_token", "organization__connection__refresh_token"
        )
    )


def _current(request: HttpRequest, memberships: list[Membership]) -> Membership:
    chosen = request.session.get(SESSION_KEY)
    return next((each for each in memberships if each.organization_id == chosen), memberships[0])
