from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import Schedule

pytestmark = pytest.mark.django_db


def schedules() -> list[tuple]:
    return list(
        Schedule.objects.order_by("name").values_list("name", "func", "schedule_type", "minutes", "repeats")
    )


EXPECTED = [
    ("auto sync", "integrations.tasks.tick", Schedule.MINUTES, 1, -1),
    ("sweep", "integrations.tasks.sweep", Schedule.MINUTES, 1, -1),
]


def test_it_makes_the_list_and_repeating_it_changes_nothing(capsys):
    call_command("setup_schedules")
    assert schedules() == EXPECTED
    next_runs = set(Schedule.objects.values_list("name", "next_run"))
    call_command("setup_schedules")
    assert schedules() == EXPECTED
    assert set(Schedule.objects.values_list("name", "next_run")) == next_runs


def test_every_schedule_calls_something_that_exists():
    for _, function, *_ in EXPECTED:
        assert callable(import_string(function))


def test_it_mends_what_was_changed_and_removes_ours_that_are_not_listed(capsys):
    later = timezone.now() + timedelta(days=1)
    Schedule.objects.create(name="sweep", func="integrations.tasks.old", minutes=30, next_run=later)
    Schedule.objects.create(name="retired", func="integrations.tasks.retired", next_run=later)
    Schedule.objects.create(name="theirs", func="elsewhere.task", next_run=later)
    call_command("setup_schedules")
    assert schedules() == [*EXPECTED, ("theirs", "elsewhere.task", Schedule.ONCE, None, -1)]
