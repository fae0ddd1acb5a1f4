"""Days as people and programs write them: of documents, and until which a statement reads."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError

EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)


def plausible(day: date) -> None:
    """A validator: a year that nobody means is a slip of the keyboard."""
    if not EARLIEST <= day <= LATEST:
        raise ValidationError(f"The year {day.year} cannot be meant. Write a day from 1990 to 2100.")


def read_day(text: str) -> date:
    """Raises ValidationError with a sentence."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise ValidationError(f"“{text}” is no day. Write the day like 2026-10-31.") from error
    plausible(day)
    return day
