"""Invoices as the portal lists them on the database of a ground, in a process of its own.

`python -m tests.processes.listed ADDRESS …` prints {address: numbers from the top} as JSON, in the last line.
"""

from __future__ import annotations

import os

os.environ["TEST_DATABASE_URL"] = os.environ["DATABASE_URL"]
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import json
import random
import re
import sys

import django

django.setup()

from django.test import Client  # noqa: E402

from integrations.models import Organization, Role  # noqa: E402
from tests.conftest import make_user  # noqa: E402
from tests.factories import make_customer, make_invoice  # noqa: E402

# As long as a memo may be, in characters of four bytes that no compression makes shorter.
LONG = "".join(map(chr, random.Random(7).choices(range(0x1F300, 0x1F5FF), k=989))) + " At the end"


def numbers(addresses: list[str]) -> dict[str, list[str]]:
    organization = Organization.objects.create(slug="acme", name="Acme", country="US", currency="USD")
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(make_user("a@acme.example", organization, Role.ACCOUNTANT))
    birch, aster, other_birch = (
        make_customer(organization, name=name) for name in ("Birch", "Aster", "Birch")
    )
    for number, customer, memo in (
        ("B1", birch, "Straße 50%"),
        ("A1", aster, LONG),
        ("C1", other_birch, "path_to\\here"),
        ("B2", birch, "pathXto/here, 50"),
    ):
        make_invoice(organization, customer, number=number, memo=memo)
    make_customer(organization, name="Nobody owes")
    return {address: _numbers(browser.get(address).content.decode()) for address in addresses}


def _numbers(page: str) -> list[str]:
    return re.findall(r">\s*([ABC]\d)\s*<", page)


if __name__ == "__main__":
    print(json.dumps(numbers(sys.argv[1:])))
