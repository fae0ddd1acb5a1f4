"""Numbers in a document that are no amounts: "NaN", "Infinity", 1e400. The decoder takes each for a Decimal, and one of
them in a sum spoils all of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec

# Only what has one of these in its bytes is looked at in full: a number as text that is none, an exponent, many digits.
_SUSPICIOUS = re.compile(rb'"\s*[+-]?(s?nan\d*|inf(inity)?)\s*"|\d[eE]|\d{12}', re.IGNORECASE)
# QuickBooks takes eleven digits before the point (contract section 10).
_MOST_DIGITS = 11


def refuse_odd_numbers(document: Any, data: bytes) -> None:
    """Raises msgspec.ValidationError that names the place. `data` is what `document` was read from."""
    if not _SUSPICIOUS.search(data):
        return
    for path, number in _numbers(document, "$"):
        if not number.is_finite() or (number and number.adjusted() >= _MOST_DIGITS):
            raise msgspec.ValidationError(f"Expected an amount - at `{path}`")


def _numbers(value: Any, path: str) -> Iterator[tuple[str, Decimal]]:
    if isinstance(value, Decimal):
        yield path, value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _numbers(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, list):
        for each in value:
            yield from _numbers(each, f"{path}[...]")
