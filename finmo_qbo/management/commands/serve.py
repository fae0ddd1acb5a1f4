"""Starts web and worker in the foreground, with the settings in .env. Ctrl-C ends both."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from finmo_qbo.children import ChildEnded, Children, ToldToEnd


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with Children() as children:
                children.start_web(
                    settings.HOST, settings.PORT, workers=settings.WEB_WORKERS, threads=settings.WEB_THREADS
                )
                children.start_worker()
                self.stdout.write(f"http://{settings.HOST}:{settings.PORT}/ (Ctrl-C ends it)")
                children.watch()
        except ChildEnded as ended:
            raise CommandError(str(ended)) from ended
        except ToldToEnd:
            self.stdout.write("Ended.")
