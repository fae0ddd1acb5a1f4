"""One question before an action changes many records."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from .labels import list_of

# So many names of what is about to change stand on the page that asks.
SHOWN_NAMES = 20
CONFIRMED = "confirmed"


def question(
    model_admin: ModelAdmin, request: HttpRequest, rows: QuerySet, action: str, **words: Any
) -> HttpResponse:
    """The page that asks, and whose button runs the action again with CONFIRMED. `words` are `verb`, `means`,
    `button`, `picture`, and `nothing` for a selection in which there is nothing to do."""
    options, count = model_admin.opts, rows.count()
    things = options.verbose_name if count == 1 else options.verbose_name_plural
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"{words['verb']} {count:,} {things}?",
        "opts": options,
        "names": [str(record) for record in rows[:SHOWN_NAMES]],
        "more": max(count - SHOWN_NAMES, 0),
        "count": count,
        "ids": list(rows.values_list("pk", flat=True)),
        "action": action,
        "back": list_of(model_admin.model),
        **words,
    }
    return TemplateResponse(request, "admin/integrations/confirm_selected.html", context)
