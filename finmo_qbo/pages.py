"""Sign-in, forms that it made stale, the overview, and switching between organizations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import views as auth_views
from django.contrib.auth.forms import AuthenticationForm
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from integrations.api.tokens import SignInThrottle
from integrations.causes import Cause, causes_of
from integrations.guide import Guide
from integrations.models import Conflict, Connection, SyncRun, SyncState
from integrations.progress import progress_of
from integrations.remedies import Remedy, remedies_of_cause
from integrations.views.access import SESSION_KEY, PortalView, came_from
from payables.models import Bill
from receivables.models import Invoice

from .aging import aging_of

RECENT_RUNS = 5
# entity: the name of its list
LISTS = {
    "customers": "customers",
    "beneficiaries": "beneficiaries",
    "invoices": "receivables",
    "bills": "payables",
}


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Whoever signs in anew makes all forms stale that other tabs show; to a script it is told apart from a role."""
    response = render(request, "403_csrf.html", {"back": came_from(request)}, status=403)
    response["X-Stale-Form"] = "true"
    return response


class SignInForm(AuthenticationForm):
    """The e-mail address is the user name."""

    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": "E-mail and password do not match. Check both; the password is case-sensitive.",
    }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "E-mail"
        self.fields["username"].widget.attrs |= {"autocomplete": "username", "inputmode": "email"}


class SignIn(auth_views.LoginView):
    """As many attempts as the API takes, counted together with its own."""

    form_class = SignInForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if SignInThrottle().allow_request(request, self):
            return super().post(request, *args, **kwargs)
        form = self.get_form()
        form.errors["__all__"] = form.error_class(
            ["Too many attempts from here. Wait a minute and try again."]
        )
        return self.render_to_response(self.get_context_data(form=form), status=429)


class SwitchOrganization(PortalView):
    changes = PortalView.reads

    def post(self, request: HttpRequest) -> HttpResponse:
        chosen = request.POST.get("organization", "")
        for membership in request.memberships:
            if membership.organization.slug == chosen:
                request.session[SESSION_KEY] = membership.organization_id
                return redirect("overview")
        raise Http404("There is no such organization.")


@dataclass(frozen=True)
class Attention:
    """Something that waits for a person, where they see it, and what they may press about it."""

    sentence: str
    url: str
    tone: str
    remedies: tuple[Remedy, ...] = ()


class Overview(PortalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        organization, today = self.organization, timezone.localdate()
        enabled = organization.quickbooks_enabled
        recent = SyncRun.objects.filter(organization=organization).select_related("requested_by")[
            :RECENT_RUNS
        ]
        context = {
            "sides": (
                ("Accounts Receivable", "receivables", aging_of(self._rows(Invoice), today)),
                ("Accounts Payable", "payables", aging_of(self._rows(Bill), today)),
            ),
            "connection": organization.connection,
            "attention": self._attention(),
            "guide": Guide.of(organization) if enabled else None,
            "recent": progress_of(recent) if enabled else [],
        }
        return render(request, "overview.html", context)

    def _rows(self, model: type) -> QuerySet:
        return model.objects.filter(organization=self.organization)

    def _attention(self) -> list[Attention]:
        if not self.organization.quickbooks_enabled:
            return []
        found = [*self._of_connection(), *self._failures()]
        conflicts = Conflict.objects.filter(organization=self.organization, resolved_at__isnull=True).count()
        if conflicts:
            found.append(
                Attention(_counted(conflicts, "conflict", "to decide"), reverse("conflicts"), "attention")
            )
        return found

    def _of_connection(self) -> list[Attention]:
        connection: Connection = self.organization.connection
        where = reverse("integrations")
        if connection.status == Connection.Status.NEEDS_RECONNECT:
            return [
                Attention("QuickBooks has to be reconnected. What is waiting then goes on.", where, "bad")
            ]
        if connection.pause:
            return [Attention(f"{connection.get_pause_display()}.", where, "bad")]
        if connection.connected and connection.expires_soon:
            return [
                Attention("The connection to QuickBooks ends soon. Reconnect in time.", where, "attention")
            ]
        return []

    def _failures(self) -> list[Attention]:
        """One line a cause, however many records it stops."""
        return [
            Attention(
                cause.sentence,
                f"{reverse(LISTS[cause.entity])}?{urlencode(_behind(cause))}",
                "bad",
                tuple(remedies_of_cause(cause, self.request.membership)),
            )
            for cause in causes_of(self.organization)
        ]


def _behind(cause: Cause) -> dict[str, str]:
    """The list's filters that show the records behind a cause."""
    named = {"cause": cause.entry.code} if cause.entry.code else {}
    return {"synced": SyncState.FAILED.value, **named}


def _counted(count: int, one: str, what: str) -> str:
    return f"{count:,} {one if count == 1 else one + 's'} {what}"
