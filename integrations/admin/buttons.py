"""Buttons on a record's page.

Each is a POST with a CSRF token. django-unfold's own detail actions are links, and a GET that acts could be
triggered from any page that a signed-in person opens.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.admin import ModelAdmin

from ..services import Refused
from .labels import page_of
from .paging import SearchedAdmin


@dataclass(frozen=True)
class Button:
    """`press(request, record)` does it; it may answer with another page than the record's.

    `allowed` is the person's right: without it the button is not shown and pressing it is refused. `offered` is
    whether it makes sense now: without it the button is not shown, and pressing it is for the service to refuse.
    `confirm` is asked on a page of its own first. With `page` the button only leads to that address.
    """

    name: str
    label: str
    press: Callable[[HttpRequest, Any], HttpResponse | None] | None
    allowed: bool
    offered: bool = True
    group: str = ""
    icon: str = ""
    variant: str = "default"
    confirm: str = ""
    page: str = ""

    @property
    def shown(self) -> bool:
        return self.allowed and self.offered


class ButtonsAdmin(SearchedAdmin, ModelAdmin):
    """A ModelAdmin whose record pages have buttons."""

    change_form_outer_before_template = "admin/integrations/_about_before.html"
    view_on_site = False
    # Counting beside each filter would read the whole table several times.
    show_facets = ShowFacets.NEVER

    def get_buttons(self, request: HttpRequest, record: Model) -> list[Button]:
        """All buttons of the record's page, also those that this person may not press."""
        return []

    def page_context(self, request: HttpRequest, record: Model) -> dict[str, Any]:
        """What the templates around the form show of the record."""
        return {}

    def get_urls(self) -> list[URLPattern]:
        press = path(
            "<path:object_id>/press/<slug:name>/",
            self.admin_site.admin_view(self.press),
            name=f"{self.opts.app_label}_{self.opts.model_name}_press",
        )
        return [press, *super().get_urls()]

    def press(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        record = self.get_object(request, unquote(object_id))
        if record is None:
            raise Http404
        button = next((each for each in self.get_buttons(request, record) if each.name == name), None)
        if button is None:
            raise Http404
        if not button.allowed or not self.has_view_permission(request, record):
            raise PermissionDenied
        if button.page:
            return HttpResponseRedirect(button.page)
        if request.method != "POST":
            return self._confirmation(request, record, button)
        try:
            answer = button.press(request, record)
        except Refused as refusal:
            messages.error(request, str(refusal))
            answer = None
        return answer or HttpResponseRedirect(self.page_after(request, record))

    def page_after(self, request: HttpRequest, record: Model) -> str:
        """Where a person is once a button was pressed."""
        return page_of(self.model, record.pk)

    def _confirmation(self, request: HttpRequest, record: Model, button: Button) -> HttpResponse:
        if not button.confirm:
            return HttpResponseNotAllowed(["POST"])
        context = {
            **self.admin_site.each_context(request),
            "title": f"{button.label}?",
            "opts": self.opts,
            "record": record,
            "button": button,
            "back": page_of(self.model, record.pk),
        }
        return TemplateResponse(request, "admin/integrations/confirm.html", context)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        extra = dict(extra_context or {})
        record = self.get_object(request, unquote(object_id)) if object_id else None
        if record is not None and self.has_view_or_change_permission(request, record):
            extra |= {"button_groups": self.button_groups(request, record)} | self.page_context(
                request, record
            )
        return super().changeform_view(request, object_id, form_url, extra)

    def button_groups(self, request: HttpRequest, record: Model, back: str = "") -> list[dict[str, Any]]:
        """The buttons to show, by group; `back` names the page that they stand on, for `page_after`."""
        groups: dict[str, list[dict[str, Any]]] = {}
        query = f"?back={back}" if back else ""
        for button in self.get_buttons(request, record):
            if button.shown:
                press = reverse(
                    f"admin:{self.opts.app_label}_{self.opts.model_name}_press", args=[record.pk, button.name]
                )
                url = button.page or press + query
                groups.setdefault(button.group, []).append({"button": button, "url": url})
        return [{"title": title, "buttons": buttons} for title, buttons in groups.items()]
