"""Which names, addresses and numbers speak for one and the same, and which do not."""

import string

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as some

from integrations.likeness import Party, likeness, name_of
from integrations.likeness_pairs import pairs_across, pairs_within
from integrations.sync.contact_compare import Contact, compare


def party(name: str, key: str = "", **facts) -> Party:
    return Party(key or name, name, **({"currency": "SGD"} | facts))


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("Acme", "ACME", "Same name"),
        ("Acme Pte Ltd", "ACME PTE. LTD.", "Same name, written a little differently"),
        ("Acme Private Limited", "Acme Pte Ltd", "Same name, written a little differently"),
        ("Société Générale S.A.", "Societe Generale SA", "Same name, written a little differently"),
        ("O'Neill & Sons", "ONeill and Sons", "Same name, written a little differently"),
        ("Häuser & Söhne", "Häuser und Söhne", "Same name, written a little differently"),
        ("Trading Ocean", "Ocean Trading", "Same name, written a little differently"),
        ("Weiß GmbH & Co. KG", "Weiss", "Same name but for the legal form"),
        ("PT Maju Jaya", "Maju Jaya", "Same name but for the legal form"),
        ("Acme Pte Ltd", "Acme Inc", "Same name with another legal form"),
        ("Blue Ocean Trading", "Blue Ocaen Trading", "Almost the same name"),
        ("Müller GmbH", "Mueller GmbH", "Almost the same name"),
        ("BlueOcean Ltd", "Blue Ocean Limited", "Almost the same name"),
    ],
)
def test_names_that_mean_one(one, other, reason):
    assert likeness(party(one), party(other)).reason == reason


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Customer 12", "Customer 13"),
        ("Ocean Trading East", "Ocean Trading West"),
        ("Eastern Freight", "Western Freight"),
        ("Acme", "Acne"),
        ("Kestrel Foods", "Kestrel Freight"),
        ("Acme", "Acme Singapore"),
        ("Ltd", "Inc"),
        ("株式会社トヨタ", "株式会社ソニー"),
    ],
)
def test_names_that_mean_two(one, other):
    assert likeness(party(one), party(other)) is None


@pytest.mark.parametrize(
    ("ours", "theirs", "score", "reason"),
    [
        ({"email": "ap@acme.example"}, {"email": "AP@acme.example"}, 99, "Same name, same e-mail address"),
        (
            {"email": "a@one.example"},
            {"email": "b@two.example"},
            84,
            "Same name, but different e-mail addresses",
        ),
        ({"phone": "+65 6123 4567"}, {"phone": "(65) 61234567"}, 99, "Same name, same phone number"),
        (
            {"tax_numbers": ("201912345K",)},
            {"tax_numbers": ("2019-12345-K",)},
            100,
            "Same tax number, same name",
        ),
        (
            {"tax_numbers": ("201912345K",)},
            {"tax_numbers": ("XXXXXX345K",)},
            99,
            "Same name, tax numbers end alike",
        ),
        (
            {"tax_numbers": ("201912345K",)},
            {"tax_numbers": ("200100001Z",)},
            84,
            "Same name, but different tax numbers",
        ),
    ],
)
def test_what_else_speaks_for_it_or_against_it(ours, theirs, score, reason):
    found = likeness(party("Acme", **ours), party("Acme", **theirs))
    assert (found.score, found.reason) == (score, reason)


def test_one_name_in_the_other_needs_an_address_of_the_same_domain():
    ours = party("Acme", email="a@acme.example")
    assert likeness(ours, party("Acme Singapore", email="b@acme.example")).score == 78
    assert likeness(party("Acme", email="a@gmail.com"), party("Acme Singapore", email="b@gmail.com")) is None


def test_a_name_of_nothing_but_a_legal_form_keeps_it():
    assert name_of("Limited").core == "limited"
    assert name_of("").core == ""


# --- the property: what is sown is found in its class, and nothing is invented ---------------------

# No legal form among them: it is no part of a name.
WORDS = some.text(string.ascii_lowercase, min_size=6, max_size=11).filter(
    lambda word: name_of(f"some {word}").core == f"some {word}"
)
FORMS = ("Pte Ltd", "PTE. LTD.", "Private Limited", "")
WRITTEN = (
    str.upper,
    str.title,
    lambda name: f"  {name} ",
    lambda name: name.replace(" ", ", "),
    lambda name: " ".join(reversed(name.split())),
    # A slip: one letter within the longest word is doubled.
    lambda name: name.replace(max(name.split(), key=len), _doubled(max(name.split(), key=len)), 1),
)


def _doubled(word: str) -> str:
    return word[:3] + word[2] + word[3:]


@some.composite
def sown(draw):
    """Companies of two made-up words, no two alike: some on both sides, written differently, some on one alone."""
    names = draw(some.lists(some.tuples(WORDS, WORDS), min_size=4, max_size=24, unique=True))
    # As far apart as the names of different companies are.
    for index, one in enumerate(names):
        for other in names[:index]:
            assume(likeness(party(" ".join(one)), party(" ".join(other))) is None)
    for first, second in names:
        assume(first != second)
    kinds = [draw(some.sampled_from(("both", "here", "there", "linked", "twins"))) for _ in names]
    return [(" ".join(name), kind) for name, kind in zip(names, kinds, strict=True)], draw


def contact(name: str, *, record: int | None = None, qbo_id: str | None = None, **more) -> Contact:
    values = {
        "name": name,
        "company_name": "",
        "email": "",
        "phone": "",
        "currency": "SGD",
        "is_active": True,
    }
    return Contact(record, qbo_id, values, **more)


# Strange names are what it is about, so a slow draw on a busy machine is no fault.
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sown())
def test_what_is_sown_is_found_in_its_class_and_nothing_is_invented(ground):
    named, draw = ground
    ours, theirs, truth = [], {}, set()
    for number, (name, kind) in enumerate(named, 1):
        qbo_id = f"q{number}"
        form = draw(some.sampled_from(FORMS))
        other = draw(some.sampled_from(WRITTEN))(name)
        if kind == "both":
            ours.append(contact(f"{name} {form}", record=number))
            theirs[qbo_id] = contact(other, qbo_id=qbo_id)
            truth.add(("possible", number, qbo_id))
        elif kind == "here":
            ours.append(contact(name, record=number))
            truth.add(("only_in_finmo", number, ""))
        elif kind == "there":
            theirs[qbo_id] = contact(name, qbo_id=qbo_id)
            truth.add(("only_in_quickbooks", None, qbo_id))
        elif kind == "linked":
            theirs[qbo_id] = contact(name, qbo_id=qbo_id)
            base = {"fields": theirs[qbo_id].values}
            ours.append(contact(name, record=number, qbo_id=qbo_id, base=base))
        else:
            theirs[qbo_id] = contact(name, qbo_id=qbo_id)
            theirs[f"{qbo_id}x"] = contact(f"{name} {form or 'Ltd'}", qbo_id=f"{qbo_id}x")
            truth |= {("only_in_quickbooks", None, qbo_id), ("duplicate_in_quickbooks", None, qbo_id)}
    found = compare(ours, theirs, {"currency"}, {})
    assert {(each.kind, each.record_id, each.quickbooks_id) for each in found.findings} == truth
    assert found.agreed == sum(kind == "linked" for _, kind in named)


def test_many_with_one_word_in_common_are_not_compared_with_each_other():
    traders = [party(f"Trading {number:05}", str(number)) for number in range(500)]
    assert pairs_within(traders, least=75) == []
    [pair] = pairs_across([party("trading 00042 Ltd")], traders, least=75)
    assert pair.other.key == "42"
