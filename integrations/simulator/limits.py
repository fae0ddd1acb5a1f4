"""How many calls a company takes: sliding windows over the recorded calls, and calls that wait for their answer."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from .models import Call, Company

# Intuit's own numbers, off unless a company is made or switched with them: tests and demos are in a hurry.
INTUIT = {
    "requests_per_minute": 500,
    "requests_per_second": 10,
    "batches_per_minute": 40,
    "requests_at_once": 10,
}
WINDOWS = (
    ("requests_per_minute", timedelta(minutes=1), None),
    ("requests_per_second", timedelta(seconds=1), None),
    ("batches_per_minute", timedelta(minutes=1), Call.Kind.BATCH),
)
LONGEST_CALL = timedelta(seconds=120)  # what takes longer is cut by Intuit, and waits for no answer any more
UNANSWERED = 0


def exceeded(company: Company, kind: str) -> bool:
    """Whether this call, which is recorded already, is one too many. Refused calls do not count."""
    now = timezone.now()
    for setting, window, counted in WINDOWS:
        limit = getattr(company, setting)
        if limit is None or (counted and counted != kind):
            continue
        calls = Call.objects.filter(company=company, at__gt=now - window).exclude(status=429)
        calls = calls.filter(kind=counted) if counted else calls.exclude(kind=Call.Kind.TOKEN)
        if calls.count() > limit:
            return True
    return _too_many_at_once(company)


def _too_many_at_once(company: Company) -> bool:
    if company.requests_at_once is None:
        return False
    waiting = Call.objects.filter(company=company, status=UNANSWERED, at__gt=timezone.now() - LONGEST_CALL)
    return waiting.exclude(kind=Call.Kind.TOKEN).count() > company.requests_at_once
