"""Lines of a document, merged line by line. Only what a line says may come from both sides.

The rule. A line is known by QuickBooks' id of it; one without an id stands for the agreed line in its place, where
there are as many lines as were agreed on. The *money* of the lines is all but their texts: how many there are, in
which order, and item, account, quantity, price, amount and tax code of each. It comes from one side as a whole:

- one side changed the money: that side's lines, with the other side's changes of texts put into them;
- both made the same change of the money: likewise;
- both changed it differently: nobody guesses, a person decides;
- a text that both changed differently, or one that was changed on a line that the other side took out: likewise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LineValues = dict[str, Any]
Texts = frozenset[str]


@dataclass(frozen=True)
class _Side:
    """One side's lines, the agreed ones as that side reads them, and which of these each line stands for."""

    lines: list[LineValues]
    agreed: list[LineValues]
    origins: list[int | None]
    texts: Texts

    @property
    def money(self) -> list[LineValues]:
        return [_money(line, self.texts) for line in self.lines]

    @property
    def moved_money(self) -> bool:
        was = [_money(line, self.texts) for line in self.agreed]
        return self.origins != list(range(len(self.agreed))) or self.money != was

    def said(self, place: int) -> LineValues:
        """The texts of a line that this side changed; all of a line that it added."""
        line, origin = self.lines[place], self.origins[place]
        was = self.agreed[origin] if origin is not None else {}
        return {
            name: line.get(name) or ""
            for name in self.texts
            if origin is None or (line.get(name) or "") != (was.get(name) or "")
        }


@dataclass(frozen=True)
class MergedLines:
    """`ours`: the lines are ours, with other texts at most. Else they are QuickBooks' with our texts in them."""

    lines: list[LineValues]
    ours: bool


def same_money(ours: list[LineValues], theirs: list[LineValues], texts: Texts) -> bool:
    return [_money(line, texts) for line in ours] == [_money(line, texts) for line in theirs]


def moved_money(agreed: list[LineValues], lines: list[LineValues], texts: Texts) -> bool:
    """Whether these lines say anything else than other texts."""
    return _side(lines, agreed, agreed, texts).moved_money


def merge_lines(
    agreed_ours: list[LineValues],
    agreed_theirs: list[LineValues],
    ours: list[LineValues],
    theirs: list[LineValues],
    texts: Texts,
) -> MergedLines | None:
    """Both sides' changes together; None where a person has to decide.

    `agreed_ours` and `agreed_theirs` are the lines that both sides last agreed on, as each reads them.
    """
    if len(agreed_ours) != len(agreed_theirs):
        return None
    here = _side(ours, agreed_ours, agreed_theirs, texts)
    there = _side(theirs, agreed_theirs, agreed_theirs, texts)
    if here.moved_money and there.moved_money:
        if here.money != there.money or not _same_places(here, there):
            return None
        return _together(here, there, list(range(len(ours))), frame_is_ours=True)
    if there.moved_money:
        return _together(there, here, _places(there, here), frame_is_ours=False)
    return _together(here, there, _places(here, there), frame_is_ours=True)


def with_their_texts(
    agreed_ours: list[LineValues],
    agreed_theirs: list[LineValues],
    theirs: list[LineValues],
    texts: Texts,
) -> list[LineValues]:
    """What we read as agreed, once QuickBooks' changes of texts are."""
    there = _side(theirs, agreed_theirs, agreed_theirs, texts)
    said = {origin: there.said(place) for place, origin in enumerate(there.origins) if origin is not None}
    return [line | said.get(place, {}) for place, line in enumerate(agreed_ours)]


def _money(line: LineValues, texts: Texts) -> LineValues:
    return {name: part for name, part in line.items() if name != "id" and name not in texts}


def _side(
    lines: list[LineValues], agreed: list[LineValues], numbered: list[LineValues], texts: Texts
) -> _Side:
    """`numbered` are the agreed lines with QuickBooks' ids."""
    places = {line["id"]: place for place, line in enumerate(numbered) if line.get("id")}
    origins: list[int | None] = []
    for line in lines:
        place = places.get(line.get("id"))
        origins.append(None if place in origins else place)
    if len(lines) == len(agreed):
        for place, line in enumerate(lines):
            if origins[place] is None and not line.get("id") and place not in origins:
                origins[place] = place
    return _Side(lines, agreed, origins, texts)


def _places(frame: _Side, other: _Side) -> list[int | None]:
    """For each of the frame's lines the other side's place of the same."""
    return [
        other.origins.index(origin) if origin is not None and origin in other.origins else None
        for origin in frame.origins
    ]


def _same_places(here: _Side, there: _Side) -> bool:
    """Whether no two lines in the same place stand for different agreed ones."""
    pairs = zip(here.origins, there.origins, strict=True)
    return all(ours == theirs or None in (ours, theirs) for ours, theirs in pairs)


def _together(
    frame: _Side, other: _Side, places: list[int | None], *, frame_is_ours: bool
) -> MergedLines | None:
    merged = []
    for place, other_place in enumerate(places):
        line = dict(frame.lines[place])
        if other_place is not None:
            said, told = frame.said(place), other.said(other_place)
            if any(said[name] != told[name] for name in said.keys() & told.keys()):
                return None
            line |= told
            numbered = other.lines[other_place] if frame_is_ours else line
            line["id"] = numbered.get("id") or line.get("id", "")
        merged.append(line)
    left_out = set(range(len(other.lines))) - set(places)
    if any(other.said(place) for place in left_out):
        return None
    return MergedLines(merged, frame_is_ours)
