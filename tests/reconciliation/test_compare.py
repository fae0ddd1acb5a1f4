"""The comparison itself, over random companies: whatever is sown, the lines add up and each document stands once."""

from collections import Counter, defaultdict
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.models import Kind
from integrations.sync.statement_compare import Side, compare

AS_OF = "2026-10-31"
GRAVEST_FIRST = list(Kind)

amounts = st.integers(min_value=-500, max_value=50_000).map(lambda cents: Decimal(cents) / 100)
days = st.sampled_from(["2026-09-30", "2026-10-31", "2026-11-01"])


@st.composite
def sides(draw, *, ours: bool):
    keys = st.one_of(st.none(), st.integers(1, 8).map(str)) if ours else st.integers(1, 8).map(str)
    total = draw(amounts)
    return Side(
        record=draw(st.integers(1, 10**6)) if ours else None,
        qbo_id=draw(keys),
        number=draw(st.sampled_from(["", "A-1", "a-1 ", "B-2"])),
        contact=draw(st.sampled_from([None, "1", "2"] if ours else ["1", "2"])),
        contact_name="",
        issue_date=draw(days),
        due_date=draw(st.one_of(st.none(), days)),
        currency=draw(st.sampled_from(["SGD", "USD"])),
        rate=draw(st.sampled_from([None, Decimal("1.3"), Decimal("1.4")])),
        total=total,
        tax=draw(st.sampled_from([Decimal(0), Decimal("1.10")])),
        balance=draw(st.sampled_from([total, Decimal(0), Decimal("0.5")])),
        ended=draw(st.sampled_from(["", "", "", "voided", "deleted"] if ours else ["", "", "", "voided"])),
    )


def unique(found: list[Side], name: str) -> list[Side]:
    return list({getattr(side, name) or object(): side for side in found}.values())


companies = st.tuples(
    st.lists(sides(ours=True), max_size=12)
    .map(lambda found: unique(found, "qbo_id"))
    .map(lambda found: unique(found, "record")),
    st.lists(sides(ours=False), max_size=12).map(lambda found: unique(found, "qbo_id")),
)


@settings(max_examples=400, deadline=None)
@given(companies)
def test_the_lines_add_up_to_the_difference_in_every_currency(company):
    finmo, quickbooks = company
    result = compare(finmo, quickbooks, AS_OF)
    left = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for found, sign in ((finmo, 1), (quickbooks, -1)):
        for side in found:
            if side.counts(AS_OF):
                left[side.currency][0] += sign * side.total
                left[side.currency][1] += sign * side.balance
    for line in result.lines:
        left[line.currency][0] -= line.total
        left[line.currency][1] -= line.balance
    assert all(amount == 0 for pair in left.values() for amount in pair)


@settings(max_examples=400, deadline=None)
@given(companies)
def test_a_document_stands_once_in_a_currency_under_the_gravest_kind(company):
    result = compare(*company, AS_OF)
    stands = Counter()
    for line in result.lines:
        for side in filter(None, (line.finmo, line.quickbooks)):
            stands[side.record, side.qbo_id, line.currency] += 1
        kinds = [line.kind, *line.also]
        assert kinds == sorted(set(kinds), key=GRAVEST_FIRST.index)
        assert any(side and side.counts(AS_OF) for side in (line.finmo, line.quickbooks))
    assert set(stands.values()) <= {1}


@settings(max_examples=200, deadline=None)
@given(st.lists(sides(ours=False), max_size=12).map(lambda found: unique(found, "qbo_id")))
def test_two_equal_sides_have_no_difference_but_their_duplicates(quickbooks):
    finmo = [
        Side(**{name: getattr(side, name) for name in Side.__slots__} | {"record": number})
        for number, side in enumerate(quickbooks, start=1)
    ]
    assert compare(finmo, quickbooks, AS_OF).lines == []


@settings(max_examples=200, deadline=None)
@given(companies)
def test_a_match_is_mutual_and_binds_two_unlinked_ones_of_one_contact(company):
    lines = compare(*company, AS_OF).lines
    for line in lines:
        if line.match is None:
            continue
        own, other = line.finmo or line.quickbooks, line.match
        assert {line.kind} < {Kind.ONLY_IN_FINMO, Kind.ONLY_IN_QUICKBOOKS}
        assert (own.contact, own.currency) == (other.contact, other.currency)
        [back] = [each for each in lines if (each.finmo or each.quickbooks) is other]
        assert back.match is own
