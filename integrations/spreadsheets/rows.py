"""The rows of a file, each value as text, before anybody asks what they mean."""

from __future__ import annotations

from typing import Any

from tablib import Dataset

from .cells import as_text

MOST_ROWS = 2000
# Which row, or rows, of the file a record came from; people count the head as the first.
PLACE = "row"

# {column: value}
Row = dict[str, Any]


class Problems(Exception):
    """The file as a whole cannot be read; `str()` is a sentence with the remedy."""


def read_rows(dataset: Dataset) -> list[Row]:
    """The rows that say something, each value as text, with their place. Raises Problems."""
    if len(dataset) > MOST_ROWS:
        raise Problems(f"The file has {len(dataset):,} rows; at most {MOST_ROWS:,} go in one. Split it.")
    headers = list(dataset.headers or [])
    doubled = {name for name in headers if name and headers.count(name) > 1}
    if doubled:
        raise Problems(f"Two columns have the same name: {', '.join(sorted(doubled))}. Rename one.")
    rows = []
    for place, values in enumerate(dataset, start=2):
        row = {name: as_text(value) for name, value in zip(headers, values, strict=False) if name}
        if any(row.values()):
            rows.append(row | {PLACE: str(place)})
    return rows
