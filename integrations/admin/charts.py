"""Small columns, one a day, made on the server: no script, no inline style, and a text that says the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format

WIDTH, HEIGHT, GAP = 24, 96, 6


@dataclass(frozen=True)
class Bar:
    """One part of a day's column; `tone` is its colour: good, bad or plain."""

    x: int
    y: int
    height: int
    tone: str
    title: str


@dataclass(frozen=True)
class Columns:
    """`rows` are the same as text: [(day, [number of each series])]."""

    title: str
    labels: list[str]
    bars: list[Bar]
    rows: list[tuple[str, list[int]]]
    width: int
    height: int = HEIGHT

    @property
    def summary(self) -> str:
        """What somebody who does not see the picture is told."""
        totals = [sum(values[place] for _, values in self.rows) for place in range(len(self.labels))]
        told = ", ".join(f"{total:,} {label}" for total, label in zip(totals, self.labels, strict=True))
        return f"{self.title}: {told} in {len(self.rows)} days."


def columns(
    title: str, days: Sequence[date], series: Sequence[tuple[str, str, Mapping[date, int]]]
) -> Columns:
    """`series`: (label, tone, {day: number}), stacked from the ground up."""
    highest = max((sum(values.get(day, 0) for _, _, values in series) for day in days), default=0)
    bars, rows = [], []
    for place, day in enumerate(days):
        numbers = [values.get(day, 0) for _, _, values in series]
        shown, top = date_format(day, "j M"), HEIGHT
        for (label, tone, _), number in zip(series, numbers, strict=True):
            if number:
                # What happened at all is seen at all.
                height = max(round(number * HEIGHT / highest), 2)
                top -= height
                bars.append(
                    Bar(place * (WIDTH + GAP), max(top, 0), height, tone, f"{shown}: {number:,} {label}")
                )
        rows.append((shown, numbers))
    return Columns(
        title, [label for label, _, _ in series], bars, rows, len(days) * (WIDTH + GAP) - GAP if days else 0
    )
