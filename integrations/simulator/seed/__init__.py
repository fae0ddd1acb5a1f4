"""A believable company: `seed_company(country="SG", name="…", multicurrency=True)`.

Everything goes through the same rules as a client's calls, so that a seeded company could have come about by them.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from .. import clock
from ..books import Books
from ..models import Company
from .lists import Directory, add_accounts, add_items, add_people, add_taxes, add_terms
from .transactions import add_transactions

# country: (name, home currency)
COUNTRIES = {
    "US": ("United States", "USD"),
    "AU": ("Australia", "AUD"),
    "SG": ("Singapore", "SGD"),
    "GB": ("United Kingdom", "GBP"),
    "CA": ("Canada", "CAD"),
}
COUNTRY_NAMES = {code: name for code, (name, _) in COUNTRIES.items()}
FIRST_REALM = 9130350000000001
AGE = timedelta(days=120)


def seed_company(
    country: str = "US", name: str = "", multicurrency: bool = False, documents: bool = True
) -> Company:
    """Creates a company with its lists, and with `documents` also people, invoices, bills and payments."""
    with transaction.atomic():
        company = Company.objects.create(
            realm_id=_next_realm(),
            name=name or f"Sandbox Company_{country}_{Company.objects.filter(country=country).count() + 1}",
            country=country,
            home_currency=COUNTRIES[country][1],
            multicurrency=multicurrency,
            created_at=clock.now() - AGE,
        )
        books = Books(company)
        books.now = company.created_at
        _fill(books, company.created_at, documents)
        books.flush()
        # No app was connected when all this happened, so there is nobody to tell.
        company.changes.all().delete()
    return company


def _next_realm() -> str:
    newest = Company.objects.order_by("-realm_id").values_list("realm_id", flat=True).first()
    return str(int(newest) + 1) if newest else str(FIRST_REALM)


def _fill(books: Books, founded: datetime, documents: bool) -> None:
    with books.item():
        directory = Directory(books)
        add_accounts(directory)
        add_taxes(directory)
        add_terms(directory)
        add_items(directory, founded)
    if not documents:
        return
    with books.item():
        add_people(directory)
    add_transactions(directory)


__all__ = ["COUNTRIES", "COUNTRY_NAMES", "seed_company"]
