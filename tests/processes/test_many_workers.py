"""Workers that are killed, and workers that work side by side: every record in QuickBooks exactly once."""

from collections import Counter

from .house import WORKING, until

INVOICES = 300
KILLS = 2


def work_off(house, company, slug, count):
    """Waits until nothing is under way. Then QuickBooks holds each invoice once, and the product knows which."""
    finished, report = house.acts(("finished", {"seconds": WORKING}), ("report", {"slug": slug}))
    assert finished
    held = company.all("Invoice")
    assert Counter(document["DocNumber"] for document in held).most_common(1)[0][1] == 1
    assert report["links"] == {document["DocNumber"]: document["Id"] for document in held}
    assert len(held) == count
    assert report["states"] == {"synced": count}
    assert (report["open_jobs"], report["open_batches"]) == (0, 0)
    return report


def test_a_worker_killed_again_and_again_leaves_every_invoice_in_quickbooks_once(house):
    company = house.company(latency_ms=400)
    house.acts(
        ("merchant", {"slug": "acme", "realm": company.realm}),
        ("invoices", {"slug": "acme", "prefix": "INV", "count": INVOICES}),
        ("push", {"slug": "acme"}),
    )
    house.start_bells()
    # Two calls at once, so that there is something left to do after each kill.
    slowly = {"QBO_CONCURRENCY": 2}

    for _ in range(KILLS):
        before = company.calls["batch"]
        worker = house.start_worker(**slowly)
        until(lambda: company.calls["batch"] > before, WORKING, "the next batch")  # noqa: B023
        house.kill(worker)
    house.start_worker(**slowly)

    report = work_off(house, company, "acme", INVOICES)
    assert report["outcomes"] == {"created": INVOICES}
    assert report["runs"] == [["succeeded", INVOICES, INVOICES, 0, ""]]


def test_two_workers_on_one_organization_send_every_invoice_once(house):
    company = house.company(latency_ms=100)
    house.acts(
        ("merchant", {"slug": "acme", "realm": company.realm}),
        ("invoices", {"slug": "acme", "prefix": "A", "count": INVOICES // 2}),
        ("invoices", {"slug": "acme", "prefix": "B", "count": INVOICES // 2}),
    )
    company.forget_calls()
    for _ in range(2):
        house.start_worker()
    house.start_bells()

    house.acts(("push", {"slug": "acme", "numbers": "A"}), ("push", {"slug": "acme", "numbers": "B"}))

    work_off(house, company, "acme", INVOICES)
    assert company.calls["batch"] == INVOICES / 30


def test_two_organizations_on_two_workers_neither_mix_nor_race_for_tokens(house):
    """Access tokens keep dying; every refresh replaces the refresh token, and one used twice ends the grant."""
    strict = {"latency_ms": 100, "rotate_every_time": True, "kill_grant_on_stale_refresh": True}
    companies = {slug: house.company(**strict) for slug in ("acme", "beta")}
    for slug, company in companies.items():
        house.acts(
            ("merchant", {"slug": slug, "realm": company.realm}),
            ("invoices", {"slug": slug, "prefix": slug, "count": INVOICES // 2}),
        )
        company.forget_calls()
    for _ in range(2):
        house.start_worker()
    house.start_bells()

    # Numbers that begin with 1, then those with 2, then the rest.
    rounds = ("-1", "-2", "-")
    for numbers in rounds:
        for company in companies.values():
            company.mishap("token_expired")
        pushes = [("push", {"slug": slug, "numbers": f"{slug}{numbers}"}) for slug in companies]
        *_, finished = house.acts(*pushes, ("finished", {"seconds": WORKING}))
        assert finished

    for slug, company in companies.items():
        report = work_off(house, company, slug, INVOICES // 2)
        assert report["connection"] == "connected"
        calls = Counter((call["kind"], call["status"]) for call in company.newest_calls)
        assert calls["token", 200] == len(rounds)
        assert calls["batch", 401] >= len(rounds)
        assert not [status for _, status in calls if status not in (200, 401)]
