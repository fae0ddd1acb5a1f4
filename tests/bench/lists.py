"""The portal's lists with 100,000 rows of each kind: how long the server takes for a page."""

from __future__ import annotations

from tests.processes.house import House

from .rows import Row, row

ON_SQLITE_TOO = True
ROWS = 100_000
MILLISECONDS, STATEMENTS = 150, 8
CONTACTS = {
    "first page": "",
    "page 1,000": "?page=1000",
    "search, one matches": "?q=77777",
    "search, all match": "?q=trading",
    "search, page 1,000": "?q=trading&page=1000",
    "in step": "?synced=yes",
    "not in step": "?synced=no",
    "failed": "?synced=failed",
    "active": "?active=yes",
    "inactive": "?active=no",
    "by name, descending": "?sort=-name",
    "by e-mail, page 1,000": "?sort=email&page=1000",
    "by currency, page 1,000": "?sort=currency&page=1000",
    "by state, page 1,000": "?sort=synced&page=1000",
}
DOCUMENTS = {
    "first page": "",
    "page 1,000": "?page=1000",
    "search, few match": "?q=77777",
    "search, all match": "?q=framework",
    "search, page 1,000": "?q=framework&page=1000",
    "in step": "?synced=yes",
    "not in step": "?synced=no",
    "failed": "?synced=failed",
    "open": "?status=open",
    "partially paid": "?status=partially_paid",
    "paid": "?status=paid",
    "overdue": "?status=overdue",
    "voided": "?status=voided",
    "a quarter": "?issued_from=2026-01-01&issued_to=2026-03-31",
    "overdue, not in step, of a year": "?status=overdue&synced=no&issued_from=2026-01-01",
    "overdue, by balance": "?status=overdue&sort=-balance",
    "by number, page 1,000": "?sort=number&page=1000",
    "by contact": "?sort=contact",
    "by contact, page 1,000": "?sort=-contact&page=1000",
    "by issue date, page 1,000": "?sort=issued&page=1000",
    "by due date, page 1,000": "?sort=due&page=1000",
    "by total, page 1,000": "?sort=total&page=1000",
    "by balance, page 1,000": "?sort=-balance&page=1000",
    "by state, page 1,000": "?sort=synced&page=1000",
}
RUNS = {
    "first page": "",
    "page 1,000": "?page=1000",
    "pulls": "?direction=pull",
    "failed": "?status=failed",
    "invoices pushed": "?entity=invoices&direction=push&status=succeeded",
}
RECORDS_OF_RUN = {"first page": "", "page 400": "?page=400", "failed": "?outcome=failed"}
CONFLICTS = {"open": "", "open, page 100": "?page=100", "resolved": "?state=resolved"}
API = {
    "first page": "",
    "page 1,000": "?page=1000",
    "search, few match": "?search=77777",
    "failed": "?sync_state=failed",
}
PAGES = {
    "/customers/": CONTACTS,
    "/beneficiaries/": CONTACTS,
    "/receivables/": DOCUMENTS,
    "/payables/": DOCUMENTS,
    "/sync-history/": RUNS,
    f"/sync-history/{ROWS}/": RECORDS_OF_RUN,
    "/conflicts/": CONFLICTS,
    "/reconciliation/": {"first page": ""},
    "/api/v1/customers/": API,
    "/api/v1/invoices/": API | {"overdue": "?status=overdue", "by balance": "?ordering=-balance&page=1000"},
    "/api/v1/sync-runs/": {"first page": "", "page 1,000": "?page=1000"},
}


def portal_lists(house: House) -> list[Row]:
    return measured(house, PAGES, (MILLISECONDS, STATEMENTS), rows=ROWS)


def measured(
    house: House,
    pages: dict[str, dict[str, str]],
    limits: tuple[int, int],
    *,
    staff: bool = False,
    **filled: int,
) -> list[Row]:
    """Milliseconds for each address of {path: {what: query}}, and the most SQL statements on any page of a path.

    `limits` are those of both; `filled` says how many rows there are, as `filling.fill` takes it.
    """
    milliseconds, statements = limits
    addresses = [path + query for path, queries in pages.items() for query in queries.values()]
    [_, told] = house.perform(
        "tests.bench.pages", ("fill", filled), ("answers", {"addresses": addresses, "staff": staff})
    )
    answers = dict(zip(addresses, told, strict=True))
    table = []
    for path, queries in pages.items():
        for what, query in queries.items():
            table.append(row(path, f"{what}: ms", answers[path + query][0], f"≤ {milliseconds}"))
        most = max(answers[path + query][1] for query in queries.values())
        table.append(row(path, "most SQL statements", most, f"≤ {statements}"))
    return table


def bulk_push(house: House) -> list[Row]:
    """Bulk Sync of all that is not in step: what the request does before it answers, and the lane afterwards."""
    [_, told] = house.perform(
        "tests.bench.pages", ("fill", {"rows": ROWS}), ("queue_all", {"entity": "invoices"})
    )
    what = "bulk push, queueing"
    return [
        row(what, "invoices", told["queued"]),
        row(what, "seconds of the request", told["seconds"], "≤ 3"),
        row(what, "SQL statements of the request", told["statements"]),
        row(what, "most megabytes more than before", told["megabytes"]),
        row(what, "seconds in the lane", told["seconds_in_lane"]),
    ]


MEASURES = (portal_lists, bulk_push)
