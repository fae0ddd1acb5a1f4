"""Retrying together what failed for one cause."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from .. import retrying
from ..causes import is_entity
from .access import Need, PortalView
from .starting import start


class CauseRetry(PortalView):
    """POST: all records of an entity that failed for a cause; with `with_contacts` their contacts first."""

    needs_integration = True
    changes = Need.EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, entity: str, code: str) -> HttpResponse:
        if not is_entity(entity):
            raise Http404("There is nothing like that to retry.")
        return start(
            request,
            lambda: retrying.retry_cause(
                self.organization,
                entity,
                code,
                asked=self.asked,
                with_contacts=bool(request.POST.get("with_contacts")),
            ),
        )
