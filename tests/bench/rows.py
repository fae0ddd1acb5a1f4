"""One line of the table: what was measured, the figure, and the limit that it is held against."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]


def row(what: str, measure: str, value: float, target: str = "") -> Row:
    return {"what": what, "measure": measure, "value": value, "target": target}
