"""Calls that go wrong on their way, over real HTTP: every record in QuickBooks exactly once."""

from .test_many_workers import work_off

MISHAPS = ("answer_lost", "server_error_after", "throttled", "cut_off")
INVOICES = 240


def test_answers_that_never_arrive_leave_every_invoice_in_quickbooks_once(house):
    company = house.company()
    house.acts(
        ("merchant", {"slug": "acme", "realm": company.realm}),
        ("invoices", {"slug": "acme", "prefix": "INV", "count": INVOICES}),
        ("push", {"slug": "acme"}),
    )
    for kind in MISHAPS:
        company.mishap(kind)

    house.start_worker()

    report = work_off(house, company, "acme", INVOICES)
    assert report["runs"] == [["succeeded", INVOICES, INVOICES, 0, ""]]
