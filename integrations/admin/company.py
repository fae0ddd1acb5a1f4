"""What the cockpit shows of a merchant's QuickBooks company and of its records."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ..mapping import mappers
from ..models import Connection, Organization, SyncState
from ..progress import things
from .labels import list_of, may
from .tables import Table, moment

Facts = list[tuple[str, Any]]


def company_facts(connection: Connection) -> dict[str, Facts]:
    """{heading: [(name, value)]}. Tokens are not among them: nobody needs to see one."""
    return {"Company": _company(connection), "Consent": _consent(connection)}


def _company(connection: Connection) -> Facts:
    closed = connection.books_closed_until
    return [
        ("Name", connection.company_name or "—"),
        ("Company ID", connection.realm_id or "—"),
        ("Country", connection.country or "—"),
        ("Plan", connection.plan or "—"),
        ("Subscription", connection.subscription.capitalize() or "—"),
        ("Home currency", connection.home_currency or "—"),
        ("Multicurrency", _on(connection.multicurrency)),
        ("Custom transaction numbers", _on(connection.custom_numbers)),
        ("Sales tax", _sales_tax(connection)),
        ("Books closed until", date_format(closed, "j M Y") if closed else "—"),
        ("Last read", moment(connection.company_read_at)),
    ]


def _consent(connection: Connection) -> Facts:
    return [
        ("Connected", moment(connection.connected_at)),
        ("By", str(connection.connected_by or "—")),
        ("Ends if unused", _until(connection.refresh_expires_at)),
        ("Ends in any case", _until(connection.refresh_hard_expires_at)),
        ("Ends first", _until(connection.expires_at)),
    ]


def _on(value: bool) -> str:
    return "On" if value else "Off"


def _sales_tax(connection: Connection) -> str:
    if not connection.uses_sales_tax:
        return "Off"
    return "Automated" if connection.automated_sales_tax else "On"


def _until(at) -> str:
    if at is None:
        return "—"
    days = (at - timezone.now()).days
    return f"{moment(at)} ({'past' if days < 0 else f'{days:,} days'})"


def sync_counts(request: HttpRequest, organization: Organization) -> Table:
    """How many records are in each state: one grouped statement for each entity that the person may see."""
    rows = []
    for mapper in mappers():
        if may(request, "view", mapper.model):
            counted = (
                mapper.records(organization).order_by().values("sync_state").annotate(records=Count("pk"))
            )
            counts = {each["sync_state"]: each["records"] for each in counted}
            cells = [
                _count(mapper.model, organization, state, counts.get(state, 0)) for state in SyncState.values
            ]
            rows.append([things(mapper.entity).capitalize(), *cells])
    return {"headers": ["Records", *SyncState.labels], "rows": rows}


def _count(model, organization: Organization, state: str, number: int) -> SafeString | str:
    if not number:
        return "—"
    url = f"{list_of(model)}?organization__id__exact={organization.pk}&sync_state__exact={state}"
    return format_html('<a class="finmo-link" href="{}">{}</a>', url, f"{number:,}")
