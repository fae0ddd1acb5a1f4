"""Which rows of a file are of one invoice or bill: those that stand together and have the same id or number. A row
without id, number and contact is one more line of the document above it."""

from __future__ import annotations

from collections.abc import Sequence

from .rows import PLACE, Problems, Row

LINE_COLUMNS = ("item", "custom_item", "description", "quantity", "unit_price", "tax_code", "account")


class Lines:
    """A document's rows in one cell, which the preview shows as text."""

    def __init__(self, rows: list[Row]):
        self.rows = rows

    def __str__(self) -> str:
        return " | ".join(", ".join(row[name] for name in LINE_COLUMNS if row.get(name)) for row in self.rows)


def gathered(rows: list[Row], contact: str, columns: Sequence[str]) -> list[Row]:
    """A row for each document, with its `Lines` under "lines".

    `columns` are the document's own, and `contact` is the one that names its customer or beneficiary. Raises Problems
    where a document's rows contradict each other or lie apart.
    """
    documents: list[Row] = []
    for row in rows:
        if not documents or not _continues(documents[-1], row, contact):
            documents.append({**row, "lines": []})
        _take(documents[-1], row, (*columns, f"{contact}_id"))
    for document in documents:
        places = [line[PLACE] for line in document["lines"]]
        document[PLACE] = places[0] if len(places) == 1 else f"{places[0]}–{places[-1]}"
    _refuse_scattered(documents, contact)
    return [{**document, "lines": Lines(document["lines"])} for document in documents]


def _continues(document: Row, row: Row, contact: str) -> bool:
    names = ("id", "number", contact, f"{contact}_id")
    said = {name: row.get(name, "") for name in names if row.get(name, "")}
    if not said:
        return True
    key = "id" if said.get("id") or document.get("id") else "number"
    return bool(document.get(key)) and all(document.get(name) == value for name, value in said.items())


def _take(document: Row, row: Row, columns: Sequence[str]) -> None:
    """Raises Problems where a later row of a document says something else of it than its first."""
    for name in columns:
        if row.get(name) and document.get(name) and row[name] != document[name]:
            raise Problems(
                f"Row {row[PLACE]}: “{name}” is {row[name]}, but {document[name]} on the first row of the same "
                "document. Make them equal, or give the documents different numbers."
            )
        document[name] = document.get(name) or row.get(name, "")
    document["lines"].append(row)


def _refuse_scattered(documents: list[Row], contact: str) -> None:
    places: dict[tuple, str] = {}
    for document in documents:
        key = (document.get("id"), document.get("number"), document.get(contact))
        if not any(key[:2]):
            continue
        if key in places:
            raise Problems(
                f"Rows {places[key]} and {document[PLACE]} are of the same document. Put its rows together."
            )
        places[key] = document[PLACE]
