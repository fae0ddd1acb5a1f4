"""Makes the task queue's schedules what this list says. Part of every deploy, and safe to repeat."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django_q.models import Schedule

# (name, function, every how many minutes)
SCHEDULES = (
    ("sweep", "integrations.tasks.sweep", 1),
    ("auto sync", "integrations.tasks.tick", 1),
)
OURS = "integrations.tasks."


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            for name, function, minutes in SCHEDULES:
                Schedule.objects.update_or_create(
                    name=name,
                    defaults={
                        "func": function,
                        "schedule_type": Schedule.MINUTES,
                        "minutes": minutes,
                        "repeats": -1,
                    },
                )
                self.stdout.write(f"{name}: {function} every {minutes} min")
            listed = [name for name, _, _ in SCHEDULES]
            removed, _ = Schedule.objects.filter(func__startswith=OURS).exclude(name__in=listed).delete()
        if removed:
            self.stdout.write(f"{removed} removed that are no longer listed")
