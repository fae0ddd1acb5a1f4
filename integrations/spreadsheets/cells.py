"""What a cell says: as text, as what a form takes, and as text that no spreadsheet program takes for a formula."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.forms import BooleanField, DateField, Field

# https://owasp.org/www-community/attacks/CSV_Injection; a number such as +65 (6) 123-4567 is none.
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d\s.()/-]*\Z)")
_GUARDED = re.compile(r"'[=+\-@\t\r]")
_YES, _NO = ("yes", "true", "1", "active"), ("no", "false", "0", "inactive")


def guarded(text: str) -> str:
    """With an apostrophe before what would be a formula; the apostrophe is not shown."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """What `guarded` was given."""
    return text[1:] if _GUARDED.match(text) else text


def as_text(value: Any) -> str:
    """A cell as a person would type it: a date as ISO 8601, a whole number without a point."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{Decimal(str(value)):f}".removesuffix(".0")
    return unguarded(str(value).strip())


def in_kind(field: Field, text: str) -> Any:
    """What the form's field takes. Raises ValueError with the remedy where the text could be misread."""
    if isinstance(field, BooleanField):
        if text.casefold() not in (*_YES, *_NO):
            raise ValueError("Write yes or no.")
        return text.casefold() in _YES
    if isinstance(field, DateField) and text:
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise ValueError(f"“{text}” is not a date like 2026-11-30. Write year, month, day.") from None
    return text
