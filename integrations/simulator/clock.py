"""QuickBooks' clock: it lives on Pacific time, whatever the company's country."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

PACIFIC = ZoneInfo("America/Los_Angeles")


def now() -> datetime:
    """The present second: MetaData times carry no fractions."""
    return timezone.now().replace(microsecond=0)


def today() -> date:
    """The server's date, which an omitted TxnDate becomes."""
    return timezone.now().astimezone(PACIFIC).date()


def stamp(moment: datetime) -> str:
    """A MetaData time: `2020-09-29T05:58:07-07:00`."""
    return moment.astimezone(PACIFIC).isoformat(timespec="seconds")


def envelope_time() -> str:
    """The `time` of an answer: `2020-09-29T05:58:07.300-07:00`."""
    return timezone.now().astimezone(PACIFIC).isoformat(timespec="milliseconds")


def parse(text: str) -> datetime:
    """A date or date-time of a request as an instant; without an offset it is Pacific time.

    Raises ValueError.
    """
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=PACIFIC)
