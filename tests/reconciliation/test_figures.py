"""The API, the command and the stored statement give the same figures."""

import csv
import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from integrations.models import Connection, Kind, Statement, SyncRun
from tests.api.conftest import Api, api, as_stranger, as_viewer, fresh_throttles  # noqa: F401
from tests.conftest import signed_in
from tests.portal.pages import text_of
from tests.quickbooks import drain
from tests.reconciliation.reading import read_statement


def command(*arguments: object) -> str:
    out = StringIO()
    call_command("reconcile", *map(str, arguments), stdout=out, stderr=StringIO())
    return out.getvalue()


def test_a_statement_is_read_by_a_run_and_then_shown(api, field):  # noqa: F811
    ground = field()
    ground.grow(1, ("SGD",))
    made = ground.make(ground.records[0].contact, number="NEW-1")
    answer = api.post("reconciliation/receivables/", {"as_of": "2026-10-31"})
    assert answer.status_code == 202
    run = answer.json()
    assert (run["direction"], run["entity"], run["status"]) == ("reconcile", "invoices", "queued")
    drain(ground.organization)
    assert SyncRun.objects.get(pk=run["id"]).status == "succeeded"
    shown = api.get("reconciliation/receivables/").json()
    statement = Statement.objects.get()
    [line] = statement.differences.all()
    known = ground.records[0]
    total = f"{known.total + made.total:.2f}"
    side = {
        "counted": True,
        "number": "NEW-1",
        "contact": made.contact.name,
        "issue_date": "2026-10-01",
        "due_date": "2026-10-31",
        "currency": "SGD",
        "exchange_rate": None,
        "ended": "",
    }
    own = shown["currencies"][0]["differences"][0].pop("finmo")
    assert own.items() >= side.items()
    assert shown == {
        "id": statement.pk,
        "as_of": "2026-10-31",
        "read_at": shown["read_at"],
        "currencies": [
            {
                "currency": "SGD",
                "finmo": {"count": 2, "total": total, "balance": total},
                "quickbooks": {"count": 1, "total": f"{known.total:.2f}", "balance": f"{known.total:.2f}"},
                "difference": {"count": 1, "total": f"{made.total:.2f}", "balance": f"{made.total:.2f}"},
                "differences": [
                    {
                        "id": line.pk,
                        "kind": "only_in_finmo",
                        "also": [],
                        "record": made.pk,
                        "number": "NEW-1",
                        "contact": made.contact.name,
                        "quickbooks_id": None,
                        "total": f"{made.total:.2f}",
                        "balance": f"{made.total:.2f}",
                        "fixes": ["push", "accept"],
                        "quickbooks": None,
                        "accepted": None,
                    }
                ],
                "unexplained": {"total": "0.00", "balance": "0.00"},
            }
        ],
        "unread": [],
    }


SIDES = {"Finmo": "finmo", "QuickBooks": "quickbooks", "Difference": "difference"}


def figures_of_the_api(shown: dict) -> dict:
    """{(currency, side): [count, total, balance]}, and under (currency, "lines") each line's."""
    figures: dict = {}
    for each in shown["currencies"]:
        for side in SIDES.values():
            figures[each["currency"], side] = [each[side][name] for name in ("count", "total", "balance")]
        lines = [[line["kind"], line["total"], line["balance"]] for line in each["differences"]]
        figures[each["currency"], "lines"] = lines
    return figures


def figures_of_the_csv(text: str) -> dict:
    figures: dict = {}
    for row in csv.DictReader(StringIO(text)):
        amounts = [row["total"], row["balance"]]
        if row["row"] in SIDES.values():
            figures[row["currency"], row["row"]] = [int(row["count"]), *amounts]
        elif row["row"] != "unexplained":
            figures.setdefault((row["currency"], "lines"), []).append([row["row"], *amounts])
    return figures


def figures_of_the_table(text: str) -> dict:
    figures: dict = {}
    labels = {str(kind.label): str(kind) for kind in Kind}
    for line in text.splitlines():
        words = line.split()
        label = next((label for label in labels if line.startswith(f"    {label} ")), None)
        if line.endswith("balance"):
            currency = words[0]
        elif label:
            figures.setdefault((currency, "lines"), []).append([labels[label], *words[-2:]])
        elif line.startswith("  ") and words[0] in SIDES:
            figures[currency, SIDES[words[0]]] = [int(words[1]), *words[2:]]
    return figures


def test_command_api_page_and_download_say_the_same(api, accountant, sown):  # noqa: F811
    printed = json.loads(command("acme", "receivables", "--as-of", "2026-10-31", "--format", "json"))
    assert printed == api.get("reconciliation/receivables/").json()
    assert printed == api.get(f"reconciliation/receivables/{printed['id']}/").json()
    assert printed == json.loads(command("acme", "receivables", "--stored", "--format", "json"))
    told = figures_of_the_api(printed)
    assert sum(len(lines) for (_, side), lines in told.items() if side == "lines") == len(sown.expected())
    assert figures_of_the_csv(command("acme", "receivables", "--stored", "--format", "csv")) == told
    assert figures_of_the_table(command("acme", "receivables", "--stored")) == told
    browser = signed_in(accountant)
    download = browser.get(f"/reconciliation/{printed['id']}/csv/").getvalue().decode()
    assert figures_of_the_csv(download) == told
    page = text_of(browser.get(f"/reconciliation/{printed['id']}/"))
    for currency in printed["currencies"]:
        for name, side in SIDES.items():
            shown = [f"{Decimal(currency[side][amount]):,.2f}" for amount in ("total", "balance")]
            assert f"{name} {currency[side]['count']} {' '.join(shown)}" in page
        assert "Unexplained 0.00 0.00" in page


def test_without_a_stream_the_command_gives_both_keyed_by_it(field):
    ground = field()
    ground.grow(1, ("SGD",))
    printed = json.loads(command("acme", "--format", "json"))
    assert list(printed) == ["receivables", "payables"]
    assert printed["receivables"]["currencies"][0]["finmo"]["count"] == 1
    assert printed["payables"]["currencies"] == []


def test_the_command_says_what_stops_it(qbo, organization):
    with pytest.raises(CommandError, match="no organization"):
        command("nobody")
    with pytest.raises(CommandError, match="No statement of receivables"):
        command("acme", "--stored")
    Connection.objects.filter(organization=organization).update(status="needs_reconnect")
    with pytest.raises(CommandError, match="no longer accepts"):
        command("acme")


def test_a_repair_is_previewed_and_then_run(api, field):  # noqa: F811
    ground = field()
    ground.grow(2)
    ground.sow("another due date")
    statement = read_statement(ground.organization, ground.stream)
    [line] = statement.differences.all()
    where = f"reconciliation/receivables/{statement.pk}/repair/"
    body = {"fix": "keep_quickbooks", "differences": [line.pk]}
    previewed = api.post(where, body | {"preview": True})
    assert (previewed.status_code, previewed.json()) == (
        200,
        {
            "fix": "keep_quickbooks",
            "changes": [
                {
                    "difference": line.pk,
                    "number": line.number,
                    "contact": line.contact,
                    "side": "finmo",
                    "fields": {"due_date": {"from": "2026-10-31", "to": "2026-12-24"}},
                }
            ],
        },
    )
    started = api.post(where, body)
    assert (started.status_code, started.json()["direction"]) == (202, "repair")
    drain(ground.organization)
    shown = api.get(f"reconciliation/receivables/{statement.pk}/").json()
    assert [each["differences"] for each in shown["currencies"]] == [[], []]


def test_accepting_needs_a_note_and_shows_who_did(api, accountant, field):  # noqa: F811
    ground = field()
    ground.grow(1)
    ground.sow("only here")
    statement = read_statement(ground.organization, ground.stream)
    where = f"reconciliation/receivables/{statement.pk}/repair/"
    refused = api.post(where, {"fix": "accept", "kind": "only_in_finmo"})
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["note"])
    answer = api.post(where, {"fix": "accept", "kind": "only_in_finmo", "note": "Next month"})
    assert (answer.status_code, answer.json()["status"]) == (202, "succeeded")
    shown = api.get(f"reconciliation/receivables/{statement.pk}/").json()
    [line] = [line for each in shown["currencies"] for line in each["differences"]]
    assert line["fixes"] == []
    assert line["accepted"].items() >= {"note": "Next month", "by": accountant.email}.items()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"fix": "push"}, 400),
        ({"fix": "push", "differences": []}, 400),
        ({"fix": "burn", "kind": "date"}, 400),
        ({"fix": "push", "kind": "date", "differences": [1]}, 400),
        ({"fix": "push", "differences": [10**9]}, 404),
        ({"fix": "push", "kind": "date"}, 409),
    ],
)
def test_what_makes_no_sense_is_refused(api, field, body, status):  # noqa: F811
    ground = field()
    statement = read_statement(ground.organization, ground.stream)
    assert api.post(f"reconciliation/receivables/{statement.pk}/repair/", body).status_code == status


def test_nothing_stored_and_other_peoples_statements_are_not_found(api, as_viewer, as_stranger, field):  # noqa: F811
    missing = api.get("reconciliation/payables/")
    assert (missing.status_code, missing.json()["code"]) == (404, "no_statement")
    ground = field()
    statement = read_statement(ground.organization, ground.stream)
    assert api.get("reconciliation/receivables/").status_code == 200
    assert api.get("reconciliation/receivables/?as_of=2026-10-31").json()["id"] == statement.pk
    assert api.get("reconciliation/receivables/?as_of=2026-09-30").status_code == 404
    assert api.get("reconciliation/receivables/?as_of=soon").status_code == 400
    assert api.get(f"reconciliation/payables/{statement.pk}/").status_code == 404
    assert as_stranger.get(f"reconciliation/receivables/{statement.pk}/").status_code == 404
    assert as_stranger.get("reconciliation/receivables/").status_code == 404
    assert as_viewer.get("reconciliation/receivables/").status_code == 200
    assert as_viewer.post("reconciliation/receivables/").status_code == 403


def test_without_a_connection_there_is_no_new_statement(api, qbo, organization):  # noqa: F811
    Connection.objects.filter(organization=organization).update(status="not_connected")
    refused = api.post("reconciliation/receivables/")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_connected")
