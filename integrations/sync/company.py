"""What the connected QuickBooks company is like, read seldom and kept on the connection."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec
from django.utils import timezone

from .. import documents
from ..mapping import given, walk
from ..models import Configuration, Connection
from ..qbo.client import Client
from ..qbo.errors import Unreachable
from ..spelling import decode_what_fits

logger = logging.getLogger(__name__)

FRESH = timedelta(hours=1)
# What of it decides whether a record is taken.
JUDGED_BY = (
    "plan",
    "home_currency",
    "multicurrency",
    "custom_numbers",
    "books_closed_until",
    "uses_sales_tax",
)
# Every company has them: an answer without them says nothing.
NEVER_EMPTY = ("company_name", "country", "home_currency")

# {our column: (path in QuickBooks' document, our value for what stands there)}
Reading = dict[str, tuple[str, Callable[[Any], Any]]]


def is_stale(connection: Connection) -> bool:
    return connection.company_read_at is None or timezone.now() - connection.company_read_at > FRESH


def read_company(connection: Connection, client: Client) -> None:
    """Two calls: CompanyInfo and Preferences (contract section 10.9).

    What it tells in a form that nobody knows stays as it was read last: work goes on. Raises Refused where QuickBooks
    refuses to tell.
    """
    columns = _told(connection, client.company_info, documents.CompanyInfo, INFO)
    columns |= _told(connection, client.preferences, documents.Preferences, PREFERENCES)
    before = _judged_by(connection)
    Connection.objects.filter(pk=connection.pk).update(**columns, company_read_at=timezone.now())
    connection.refresh_from_db()
    if _judged_by(connection) != before:
        # What was refused for how the company was may pass now.
        Configuration.objects.filter(organization_id=connection.organization_id).update(failures_due_at=None)


def _judged_by(connection: Connection) -> list[Any]:
    return [getattr(connection, name) for name in JUDGED_BY]


def _told(
    connection: Connection, ask: Callable[[], bytes], kind: type[documents.Entity], reading: Reading
) -> dict[str, Any]:
    """The columns that the answer tells."""
    try:
        document, unread = decode_what_fits(ask(), kind)
    except (Unreachable, msgspec.DecodeError) as error:
        if isinstance(error, Unreachable) and error.status != 200:
            raise
        logger.warning(
            "Organization %s: %s stays as last read: %s", connection.organization_id, kind.__name__, error
        )
        return {}
    if unread:
        logger.warning(
            "Organization %s: of %s stay as last read: %s",
            connection.organization_id,
            kind.__name__,
            ", ".join(sorted(unread)),
        )
    columns = {
        name: value_of(walk(document, path))
        for name, (path, value_of) in reading.items()
        if not any(f"{path}.".startswith(f"{each}.") for each in unread)
    }
    return {name: value for name, value in columns.items() if value or name not in NEVER_EMPTY}


def _country(told: str | None) -> str:
    country = str(told or "").upper()
    return "US" if country == "USA" else country[:2]


def _currency(told: str | None) -> str:
    return told if told and len(told) == 3 else ""


def _named(name: str, longest: int, told: list[documents.NamedValue] | None) -> str:
    """The value of this name among a company's features, edition and subscription."""
    values = {given(each.Name): str(given(each.Value) or "") for each in told or ()}
    return values.get(name, "")[:longest]


INFO: Reading = {
    "company_name": ("CompanyName", lambda told: str(told or "")[:200]),
    "country": ("Country", _country),
    "plan": ("NameValue", partial(_named, "OfferingSku", 100)),
    "subscription": ("NameValue", partial(_named, "SubscriptionStatus", 30)),
}
PREFERENCES: Reading = {
    "home_currency": ("CurrencyPrefs.HomeCurrency.value", _currency),
    "multicurrency": ("CurrencyPrefs.MultiCurrencyEnabled", bool),
    "custom_numbers": ("SalesFormsPrefs.CustomTxnNumbers", bool),
    "books_closed_until": ("AccountingInfoPrefs.BookCloseDate", lambda told: told),
    # Where a company does not say, lines carry tax codes as everywhere outside the US.
    "uses_sales_tax": ("TaxPrefs.UsingSalesTax", lambda told: told is not False),
    "automated_sales_tax": ("TaxPrefs.PartnerTaxEnabled", lambda told: told is True),
}
