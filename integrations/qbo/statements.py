"""Statements of QuickBooks' query language (contract section 3)."""

from collections.abc import Iterable


def selection(entity: str, where: str, fields: str, order_by: str, start: int, size: int) -> str:
    condition = f" WHERE {where}" if where else ""
    page = f"STARTPOSITION {start} MAXRESULTS {size}"
    return f"SELECT {fields} FROM {entity}{condition} ORDERBY {order_by} {page}"


def quote(value: str) -> str:
    """A literal of the query language: "Amy's" becomes 'Amy\\'s'."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def in_list(values: Iterable[str]) -> str:
    """What follows IN: ('1', '2')."""
    return f"({', '.join(map(quote, values))})"
