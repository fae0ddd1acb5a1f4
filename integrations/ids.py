"""Ids as people and programs send them: a number, or its text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

# The largest key that a database column holds.
LARGEST_ID = 2**63 - 1
_MOST_DIGITS = len(str(LARGEST_ID))


def read_id(sent: Any) -> int | None:
    """None for what no record can have as its id: no whole number, or one that is too large."""
    text = str(sent)
    if not text.isdecimal() or len(text) > _MOST_DIGITS or int(text) > LARGEST_ID:
        return None
    return int(text)


def read_ids(sent: Iterable[Any]) -> list[int]:
    """Those that a record can have."""
    return [key for key in map(read_id, sent) if key is not None]
