"""A worker that dies by SIGKILL when it reaches a point of the product, which knows nothing of it."""

import os
import signal
import sys
import threading
from types import FrameType
from typing import Any


def die_at(file: str, function: str, moment: str) -> None:
    """This process is killed when FUNCTION of FILE is called the first time, or returns: "call" or "return"."""

    def watch(frame: FrameType, event: str, argument: Any) -> None:
        code = frame.f_code
        if event == moment and code.co_name == function and code.co_filename.endswith(file):
            os.kill(os.getpid(), signal.SIGKILL)

    threading.setprofile(watch)
    sys.setprofile(watch)
