"""Finmo's own lists with 1,000,000 rows of each kind, of twenty merchants: how long the server takes for a page."""

from __future__ import annotations

from tests.processes.house import House

from .lists import measured
from .rows import Row

ROWS, ORGANIZATIONS, DOCUMENT_EVERY = 1_000_000, 20, 10
MILLISECONDS, STATEMENTS = 300, 15
ANY = {
    "first page": "",
    "page 1,000": "?p=1000",
    "of an organization": "?organization__id__exact=5",
    "of an organization, page 900": "?organization__id__exact=5&p=900",
}
RECORDS = ANY | {
    "failed": "?sync_state__exact=failed",
    "in conflict": "?sync_state__exact=conflict",
    "failed, of an organization": "?sync_state__exact=failed&organization__id__exact=5",
    "one fault": "?fault=6240",
    "search, one matches": "?q=777777",
    "search, none matches": "?q=zzzz",
}
CONTACTS = RECORDS | {
    "search, all match": "?q=trading",
    "created on a day": "?created_at_from=2025-06-01&created_at_to=2025-06-01",
}
DOCUMENTS = RECORDS | {
    "overdue": "?status=overdue",
    "voided": "?status=voided",
    "deleted": "?status=deleted",
    "issued in a week": "?issue_date_from=2025-11-01&issue_date_to=2025-11-07",
    "due in a week": "?due_date_from=2025-11-01&due_date_to=2025-11-07",
}
RUNS = ANY | {
    "failed": "?status__exact=failed",
    "one fault": "?fault=unreachable",
    "asked through the portal": "?trigger__exact=portal",
    "of a day": "?created_at_from=2025-06-01&created_at_to=2025-06-01",
    "of a year, page 1,000": "?created_at_from=2025-01-01&created_at_to=2025-12-31&p=1000",
    "search, a number": "?q=777777",
    "search, a person": "?q=nobody@merchant.example",
}
JOBS = ANY | {
    "failed": "?outcome__exact=failed",
    "one fault": "?fault=6240",
    "one fault, of an organization": "?fault=6240&organization__id__exact=5",
    "asked through the portal": "?run__trigger__exact=portal",
    "of a day": "?created_at_from=2025-06-01&created_at_to=2025-06-01",
    "of a year, page 1,000": "?created_at_from=2025-01-01&created_at_to=2025-12-31&p=1000",
    "search, one matches": "?q=777777",
    "search, none matches": "?q=zzzz",
}
PAGES = {
    "/admin/receivables/invoice/": DOCUMENTS,
    "/admin/payables/bill/": DOCUMENTS,
    "/admin/contacts/customer/": CONTACTS,
    "/admin/contacts/beneficiary/": CONTACTS,
    "/admin/integrations/syncrun/": RUNS,
    "/admin/integrations/syncjob/": JOBS,
}


def admin_lists(house: House) -> list[Row]:
    return measured(
        house,
        PAGES,
        (MILLISECONDS, STATEMENTS),
        staff=True,
        rows=ROWS,
        organizations=ORGANIZATIONS,
        document_every=DOCUMENT_EVERY,
    )


MEASURES = (admin_lists,)
