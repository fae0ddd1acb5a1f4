"""Values of a record before and after, or on both sides, as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ..models import SyncJob
from ..wording import Names, label_of


def names_in(jobs: Sequence[SyncJob]) -> Names | None:
    """The names of what one organization's jobs changed refer to; None where there are no jobs."""
    told = [(job.entity, values) for job in jobs for values in (job.before, job.after)]
    return Names(jobs[0].organization, told) if jobs else None


def changes_of(job: SyncJob, names: Names) -> SafeString | None:
    """What a push sent, or a pull took over, field by field; None where nothing did."""
    rows = [
        (
            label_of(job.entity, field),
            *(names.shown(job.entity, field, values.get(field)) for values in (job.before, job.after)),
        )
        for field in sorted({*job.before, *job.after})
    ]
    return sides(("Field", "Before", "After"), rows) if rows else None


def sides(headers: tuple[str, ...], rows: list[tuple[Any, ...]]) -> SafeString:
    """A table of fields with their values, such as before and after."""
    head = format_html_join("", "<th>{}</th>", ((each,) for each in headers))
    body = format_html_join("", "<tr>{}</tr>", ((_cells(row),) for row in rows))
    return format_html('<table class="finmo-sides"><tr>{}</tr>{}</table>', head, body)


def _cells(row: tuple[Any, ...]) -> SafeString:
    name, *values = row
    cells = format_html_join("", "<td>{}</td>", ((shown(value),) for value in values))
    return format_html("<th>{}</th>{}", str(name).replace("_", " "), cells)


def shown(value: Any) -> SafeString | str:
    """A mapper's value as a person reads it: text, a flag, or a document's lines."""
    if value in (None, "", [], {}):
        return "—"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return format_html(
            "<ol>{}</ol>", format_html_join("", "<li>{}</li>", ((shown(each),) for each in value))
        )
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {shown(part)}" for name, part in value.items() if part)
    return str(value)
