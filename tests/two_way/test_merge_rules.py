"""The three-way merge by itself: which fields flow, which are disputed, and how lines are merged line by line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.mapping import mapper_for
from integrations.sync.merge import base_after, changed_here, equal, merge, snapshot
from integrations.sync.merge_lines import merge_lines

TEXTS = frozenset({"description"})
MONEY = ("item", "account", "quantity", "unit_price", "amount", "tax_code")


@pytest.fixture(scope="module")
def invoices():
    return mapper_for("invoices")


def line(number: str = "1", **parts) -> dict:
    said = {
        "id": number,
        "item": "7",
        "account": None,
        "description": f"Line {number}",
        "quantity": "2",
        "unit_price": "50",
        "amount": "100",
        "tax_code": "5",
    }
    return said | parts


def document(**fields) -> dict:
    return {
        "customer": "1",
        "number": "INV-1",
        "issue_date": "2026-10-01",
        "due_date": "2026-10-31",
        "currency": "SGD",
        "exchange_rate": None,
        "tax_treatment": "exclusive",
        "memo": "",
        "lines": [line("1"), line("2")],
    } | fields


MORE = [line("1", quantity="3", amount="150"), line("2")]
TOLD = [line("1", description="Said there"), line("2")]
SAID = [line("1"), line("2", description="Said here")]
BOTH = [line("1", description="Said there"), line("2", description="Said here")]
LESS = [line("1")]
ADDED = [line("1"), line("2"), line("")]

# what changed here, what changed there: what both sides have then, or the disputed fields
CASES = [
    ({"memo": "Ours"}, {}, {"memo": "Ours"}),
    ({}, {"memo": "Theirs"}, {"memo": "Theirs"}),
    ({"memo": "Ours"}, {"due_date": "2026-12-24"}, {"memo": "Ours", "due_date": "2026-12-24"}),
    ({"memo": "Same"}, {"memo": "Same"}, {"memo": "Same"}),
    ({"memo": "Ours"}, {"memo": "Theirs"}, {"memo"}),
    ({"memo": "Ours", "number": "A"}, {"memo": "Theirs", "due_date": None}, {"memo"}),
    # money comes from one side
    ({"lines": MORE}, {"memo": "Theirs"}, {"lines": MORE, "memo": "Theirs"}),
    ({"lines": MORE}, {"lines": MORE}, {"lines": MORE}),
    ({"lines": MORE}, {"lines": LESS}, {"lines"}),
    ({"lines": MORE}, {"tax_treatment": "inclusive"}, {"lines", "tax_treatment"}),
    ({"tax_treatment": "none"}, {"currency": "USD"}, {"tax_treatment", "currency"}),
    ({"lines": MORE}, {"currency": "USD", "customer": "2"}, {"lines", "currency", "customer"}),
    ({"lines": MORE}, {"customer": "2"}, {"lines": MORE, "customer": "2"}),
    (
        {"memo": "Ours"},
        {"currency": "USD", "customer": "2"},
        {"memo": "Ours", "currency": "USD", "customer": "2"},
    ),
    # lines: what they say may come from both sides
    ({"lines": SAID}, {"lines": TOLD}, {"lines": BOTH}),
    ({"lines": SAID}, {"tax_treatment": "none"}, {"lines": SAID, "tax_treatment": "none"}),
    ({"lines": MORE}, {"lines": SAID}, {"lines": [MORE[0], SAID[1]]}),
    ({"lines": LESS}, {"lines": TOLD}, {"lines": [TOLD[0]]}),
    ({"lines": LESS}, {"lines": SAID}, {"lines"}),
    ({"lines": ADDED}, {"lines": TOLD}, {"lines": [TOLD[0], *ADDED[1:]]}),
    ({"lines": ADDED}, {"lines": [*ADDED[:2], line("3", amount="1")]}, {"lines"}),
    ({"lines": LESS}, {"lines": ADDED}, {"lines"}),
    ({"lines": TOLD}, {"lines": [line("1", description="Otherwise"), line("2")]}, {"lines"}),
    ({"lines": [line("2"), line("1")]}, {"lines": TOLD}, {"lines": [line("2"), TOLD[0]]}),
    ({"lines": [line("", quantity="9"), line("2")]}, {"lines": TOLD}, {"lines"}),
]


def outcome(mapper, base, here, there) -> dict | set:
    """What we hold after the merge, or the names of what is disputed."""
    merged = merge(mapper, {"fields": base, "ours": {}}, here, there)
    return set(merged.conflicts) or merged.merged(here)


@pytest.mark.parametrize("here, there, expected", CASES)
def test_what_flows_and_what_is_disputed(invoices, here, there, expected):
    found = outcome(invoices, document(), document(**here), document(**there))
    if isinstance(expected, set):
        assert found == expected
    else:
        assert all(equal(found[name], value) for name, value in document(**expected).items())


@pytest.mark.parametrize("here, there, expected", CASES)
def test_both_sides_come_to_the_same(invoices, here, there, expected):
    one = outcome(invoices, document(), document(**here), document(**there))
    other = outcome(invoices, document(), document(**there), document(**here))
    if isinstance(expected, set):
        assert one == other
    else:
        assert all(equal(one[name], other[name]) for name in one)


def test_a_disputed_line_shows_three_versions(invoices):
    less, more = document(lines=LESS), document(lines=MORE)
    merged = merge(invoices, {"fields": document(), "ours": {}}, less, more)
    assert merged.conflicts == {"lines": {"base": document()["lines"], "finmo": LESS, "quickbooks": MORE}}


def test_lines_that_read_differently_here_keep_our_reading(invoices):
    """QuickBooks holds a rounded price; its change of a text leaves ours as it is."""
    agreed, read = document(), document(lines=[line("1", unit_price="49.999"), line("2")])
    base = snapshot(read, agreed)
    merged = merge(invoices, base, document(lines=[read["lines"][0], SAID[1]]), document(lines=TOLD))
    assert merged.texts == [line("1", unit_price="49.999", description="Said there"), SAID[1]]
    after = base_after(invoices, base, document(lines=TOLD), merged)
    assert changed_here(after, document(lines=merged.texts)) == {"lines"}
    assert changed_here(after, document(lines=[merged.texts[0], line("2")])) == set()


def test_new_lines_take_quickbooks_ids(invoices):
    """Both added the same line: ours gets the id of QuickBooks'."""
    there = [line("1"), line("2", description="Said there"), line("3")]
    here = [line("1"), line("2"), line("", description="Line 3")]
    merged = merge_lines(document()["lines"], document()["lines"], here, there, TEXTS)
    assert merged.lines == there


# --- for all documents ---------------------------------------------------------------------------

words = st.sampled_from(["", "One", "Two", "Three"])
numbers = st.sampled_from(["1", "2", "5"])
fields = st.fixed_dictionaries(
    {
        "customer": st.sampled_from(["1", "2"]),
        "memo": words,
        "due_date": st.sampled_from([None, "2026-10-31", "2026-12-24"]),
        "currency": st.sampled_from(["SGD", "USD"]),
        "tax_treatment": st.sampled_from(["exclusive", "inclusive", "none"]),
    }
)


@st.composite
def versions(draw):
    """A document as both sides agreed on it, and two of its descendants."""
    count = draw(st.integers(1, 3))
    agreed = [line(str(number), quantity=draw(numbers)) for number in range(1, count + 1)]
    base = document(**draw(fields), lines=agreed)

    def descendant(new_id: str) -> dict:
        changed = draw(
            st.sets(st.sampled_from(["customer", "memo", "due_date", "currency", "tax_treatment"]))
        )
        other = draw(fields)
        lines = [
            each
            | ({"description": draw(words)} if draw(st.booleans()) else {})
            | ({"quantity": draw(numbers)} if draw(st.integers(0, 3)) == 0 else {})
            for each in agreed
            if draw(st.integers(0, 4))
        ]
        if draw(st.integers(0, 4)) == 0:
            lines.append(line(new_id, quantity=draw(numbers), description=draw(words)))
        return base | {name: other[name] for name in changed} | {"lines": lines}

    return base, descendant(""), descendant("99")


def money_of(lines: list[dict]) -> list[dict]:
    return [{name: each[name] for name in MONEY} for each in lines]


@given(versions())
def test_what_only_one_side_changed_arrives_whole(invoices, version):
    base, x, _ = version
    assert same(outcome(invoices, base, x, base), x)
    assert same(outcome(invoices, base, base, x), x)


@given(versions())
def test_the_same_on_both_sides_is_no_conflict(invoices, version):
    base, x, _ = version
    assert same(outcome(invoices, base, x, x), x)


@given(versions())
def test_the_sides_may_be_exchanged(invoices, version):
    base, x, y = version
    one, other = outcome(invoices, base, x, y), outcome(invoices, base, y, x)
    assert one == other if isinstance(one, set) else same(one, other)


@given(versions())
def test_money_is_never_mixed(invoices, version):
    base, x, y = version
    found = outcome(invoices, base, x, y)
    if not isinstance(found, set):
        assert any(
            money_of(found["lines"]) == money_of(side["lines"])
            and all(found[name] == side[name] for name in ("currency", "tax_treatment"))
            for side in (x, y)
        )


@given(versions())
def test_what_is_left_to_send_is_what_differs(invoices, version):
    base, x, y = version
    stored = {"fields": base, "ours": {}}
    merged = merge(invoices, stored, x, y)
    after = base_after(invoices, stored, y, merged)
    if not merged.conflicts:
        held = merged.merged(x)
        differing = {name for name in held if not equal(held[name], y[name])}
        assert changed_here(after, held) == differing


def same(one: dict, other: dict) -> bool:
    return isinstance(one, dict) and all(equal(one[name], other[name]) for name in other)
