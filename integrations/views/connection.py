"""Settings → Integrations: connecting to a QuickBooks company, and letting go of it.

The return from Intuit is the one page that waits for the network.
"""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View
from django_htmx.http import HttpResponseClientRedirect

from .. import connecting
from ..guide import Guide
from ..models import Connection
from ..services import Refused
from ..web_links import callback_address
from .access import SESSION_KEY, Need, PortalView

# The refusal that the integrations page offers a way out of: unlinking everything.
DIFFERENT_COMPANY = "different_company"


class Integrations(PortalView):
    needs_integration = True

    def get(self, request: HttpRequest) -> HttpResponse:
        connection = self.organization.connection
        forgettable = (
            connection.status == Connection.Status.NOT_CONNECTED
            and connection.realm_id
            and connecting.has_links(self.organization)
        )
        context = {
            "connection": connection,
            "guide": Guide.of(self.organization),
            "other_company_refused": request.GET.get("refused") == DIFFERENT_COMPANY,
            "forgettable": forgettable,
        }
        return render(request, "integrations/integrations.html", context)


class Connect(PortalView):
    needs_integration = True
    changes = Need.CONFIGURE

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            address = connecting.begin(
                self.organization,
                request.user,
                redirect_uri=callback_address(request),
                return_to=reverse("quickbooks-configuration"),
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("integrations")
        return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


class Callback(LoginRequiredMixin, View):
    """Where Intuit sends the person back to. The organization is the one for which they began.

    Finmo's own staff, who belong to no organization, come from admin and go back there.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET
        try:
            attempt = connecting.finish(
                request.user,
                state=asked.get("state", ""),
                code=asked.get("code", ""),
                realm_id=asked.get("realmId", ""),
                error=asked.get("error", ""),
            )
        except Refused as refusal:
            return self._refused(refusal)
        request.session[SESSION_KEY] = attempt.organization_id
        messages.success(request, "QuickBooks is connected.")
        return redirect(attempt.return_to)

    def _refused(self, refusal: Refused) -> HttpResponse:
        attempt = getattr(refusal, "attempt", None)
        if attempt is not None:
            self.request.session[SESSION_KEY] = attempt.organization_id
        messages.error(self.request, str(refusal))
        if not self.request.user.memberships.exists():
            return redirect(attempt.return_to if attempt else "admin:index")
        return redirect(f"{reverse('integrations')}?refused={refusal.code}")


class Disconnect(PortalView):
    needs_integration = True
    changes = Need.CONFIGURE

    def post(self, request: HttpRequest) -> HttpResponse:
        connecting.disconnect(self.organization, asked=self.asked)
        messages.success(
            request,
            "QuickBooks is disconnected. Records, their links and the history stay; nothing is synced.",
        )
        return redirect("integrations")


class ForgetCompany(PortalView):
    """Unlinks every record, so that another company can be connected."""

    needs_integration = True
    changes = Need.CONFIGURE

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            connecting.forget_company(self.organization, asked=self.asked)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "All records are unlinked. Press Connect to choose another company.")
        return redirect("integrations")
