"""Which contacts of two lists may be the same, without comparing each with each.

Compared are contacts that share a whole name, an address, a number or a phone; and contacts whose names, by the
beginnings and the ends of their words, may differ by a slip of the pen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

from rapidfuzz import fuzz, process

from .likeness import SAME_BUT_FOR_A_SLIP, Name, Party, likeness

# A key that more contacts have tells nothing.
MOST_WITH_ONE_KEY = 60
PART = 4
# Pairs of one contact, the likeliest.
MOST_PAIRS = 3


@dataclass(frozen=True)
class Pair:
    one: Party
    other: Party
    score: int
    reason: str


def pairs_across(ones: Iterable[Party], others: Iterable[Party], *, least: int) -> list[Pair]:
    """Contacts of two lists, three for each of `ones` at most, the likeliest first."""
    index = _Index.of(others)
    found: list[Pair] = []
    for one in ones:
        found += _likeliest(one, index.near(one), least)
    return sorted(found, key=lambda pair: -pair.score)


def pairs_within(parties: Iterable[Party], *, least: int) -> list[Pair]:
    """Contacts of one list in one currency; each pair once, the one that comes first in the list as `one`."""
    parties = list(parties)
    index = _Index.of(parties)
    order = {party.key: position for position, party in enumerate(parties)}
    found: list[Pair] = []
    for one in parties:
        later = (
            other
            for other in index.near(one)
            if order[other.key] > order[one.key] and other.currency == one.currency
        )
        found += _likeliest(one, later, least)
    return sorted(found, key=lambda pair: -pair.score)


def _likeliest(one: Party, others: Iterable[Party], least: int) -> list[Pair]:
    found = [
        Pair(one, other, told.score, told.reason)
        for other in others
        if (told := likeness(one, other)) and told.score >= least
    ]
    return sorted(found, key=lambda pair: (-pair.score, pair.other.key))[:MOST_PAIRS]


@dataclass
class _Index:
    """A list of contacts by what they may share with others. `by_part` has the ordered names, `named` their bearers."""

    by_key: dict[str, list[Party]] = field(default_factory=lambda: defaultdict(list))
    by_part: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    named: dict[str, list[Party]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, parties: Iterable[Party]) -> _Index:
        index = cls()
        for party in parties:
            for key in set(_keys(party)):
                index.by_key[key].append(party)
            for name in party.names:
                index.named[name.ordered].append(party)
                for part in _parts(name):
                    index.by_part[part].add(name.ordered)
        return index

    def near(self, party: Party) -> list[Party]:
        found = {
            each.key: each
            for key in set(_keys(party))
            if len(sharing := self.by_key.get(key, ())) <= MOST_WITH_ONE_KEY
            for each in sharing
        }
        for name in party.names:
            for ordered in self._almost(name):
                if len(self.named[ordered]) <= MOST_WITH_ONE_KEY:
                    found |= {each.key: each for each in self.named[ordered]}
        return list(found.values())

    def _almost(self, name: Name) -> list[str]:
        nearby: set[str] = set()
        for part in _parts(name):
            sharing = self.by_part.get(part, ())
            if len(sharing) <= MOST_WITH_ONE_KEY:
                nearby.update(sharing)
        told = process.extract(
            name.ordered, list(nearby), scorer=fuzz.ratio, score_cutoff=SAME_BUT_FOR_A_SLIP, limit=None
        )
        return [ordered for ordered, _, _ in told]


def _keys(party: Party) -> Iterator[str]:
    yield from (f"mail {mail}" for mail in [party.mail] if mail)
    yield from (f"domain {domain}" for domain in [party.mail_domain] if domain)
    yield from (f"phone {digits}" for digits in [party.digits] if digits)
    yield from (f"tax {number}" for number in party.number_ends)
    for name in party.names:
        yield f"name {name.ordered}"
        yield f"joined {''.join(name.words)}"


def _parts(name: Name) -> set[str]:
    """Beginnings and ends of the name's words, and two of each together, for where every word is a common one."""
    heads = sorted({word[:PART] for word in name.words})
    tails = sorted({word[-PART:] for word in name.words})
    return {
        *(f"{head}-" for head in heads),
        *(f"-{tail}" for tail in tails),
        *(f"{one}- {other}-" for one, other in combinations(heads, 2)),
        *(f"-{one} -{other}" for one, other in combinations(tails, 2)),
    }
