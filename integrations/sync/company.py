"""What the connected QuickBooks company is like, read seldom and kept on the connection."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from .. import documents
from ..mapping import given, walk
from ..models import Configuration, Connection
from ..qbo.client import Client

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


def is_stale(connection: Connection) -> bool:
    return connection.company_read_at is None or timezone.now() - connection.company_read_at > FRESH


def read_company(connection: Connection, client: Client) -> None:
    """Two calls: CompanyInfo and Preferences (contract section 10.9)."""
    info = documents.decode(client.company_info(), documents.CompanyInfo)
    preferences = documents.decode(client.preferences(), documents.Preferences)
    columns = company_columns(info, preferences)
    before = _judged_by(connection)
    Connection.objects.filter(pk=connection.pk).update(**columns)
    connection.refresh_from_db()
    if _judged_by(connection) != before:
        # What was refused for how the company was may pass now.
        Configuration.objects.filter(organization_id=connection.organization_id).update(failures_due_at=None)


def _judged_by(connection: Connection) -> list[Any]:
    return [getattr(connection, name) for name in JUDGED_BY]


def company_columns(info: documents.CompanyInfo, preferences: documents.Preferences) -> dict:
    told = {given(each.Name): str(given(each.Value) or "") for each in given(info.NameValue) or ()}
    country = str(given(info.Country) or "").upper()
    sales_tax = walk(preferences, "TaxPrefs.UsingSalesTax")
    return {
        "company_name": str(given(info.CompanyName) or "")[:200],
        "country": "US" if country == "USA" else country[:2],
        "plan": told.get("OfferingSku", "")[:100],
        "subscription": told.get("SubscriptionStatus", "")[:30],
        "home_currency": walk(preferences, "CurrencyPrefs.HomeCurrency.value") or "",
        "multicurrency": bool(walk(preferences, "CurrencyPrefs.MultiCurrencyEnabled")),
        "custom_numbers": bool(walk(preferences, "SalesFormsPrefs.CustomTxnNumbers")),
        "books_closed_until": walk(preferences, "AccountingInfoPrefs.BookCloseDate"),
        # Where a company does not say, lines carry tax codes as everywhere outside the US.
        "uses_sales_tax": sales_tax is not False,
        "automated_sales_tax": walk(preferences, "TaxPrefs.PartnerTaxEnabled") is True,
        "company_read_at": timezone.now(),
    }
