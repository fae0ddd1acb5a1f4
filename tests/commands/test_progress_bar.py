import time
from io import StringIO

import pytest
from django.core.management.base import OutputWrapper

from integrations.management.progress_bar import ProgressBar
from integrations.models import SyncRun


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def run(organization):
    return SyncRun.objects.create(
        organization=organization, direction="push", entity="customers", total=4, succeeded=1, failed=1
    )


@pytest.mark.django_db(transaction=True)
def test_on_a_terminal_a_bar_paints_itself_while_the_work_goes_on(run):
    terminal = Terminal()
    with ProgressBar(OutputWrapper(terminal), [run.pk]):
        while not terminal.getvalue():
            time.sleep(0.01)
    half = "█" * 15 + "░" * 15
    assert set(terminal.getvalue().split("\r")) == {
        "",
        f"[{half}] 2 of 4 · 1 failed",
        f"[{half}] 2 of 4 · 1 failed\n",
    }


@pytest.mark.django_db
def test_elsewhere_a_line_is_written_when_something_has_changed(run):
    out = StringIO()
    with ProgressBar(OutputWrapper(out), [run.pk]) as bar:
        bar.show()
        bar.show()
        SyncRun.objects.filter(pk=run.pk).update(succeeded=3)
        bar.show()
    assert out.getvalue() == "2 of 4 · 1 failed\n4 of 4 · 1 failed\n"
