"""A process within a millisecond, where Python and Django take two seconds to come up: the child of one that has
imported all and touched nothing.

`python -m tests.processes.forks` reads a line each, [[name, {argument: value}], …], and answers it with a line,
{"results": […]}, {"failed": why} or {"ended": exit code}. Every line is a process of its own. {"stays": [[…]]} is
answered at once; its process goes on until all of them are killed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import traceback
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, TextIO

from .backends import ROOT

ACTS = "tests.processes.acts"


class Ended(AssertionError):
    """The process ended before it answered; `code` is negative where a signal ended it."""

    def __init__(self, code: int):
        super().__init__(f"It ended with {code}.")
        self.code = code


def start(environment: dict[str, str], log: Path) -> subprocess.Popen:
    """What acts print goes to `log`."""
    with log.open("w") as told:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.processes.forks"],
            cwd=ROOT,
            env=environment,
            start_new_session=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=told,
            text=True,
        )


def ask(forks: subprocess.Popen, acts: Any) -> list[Any]:
    """Their results. Raises AssertionError with what went wrong, and Ended where nobody was left to say it."""
    print(json.dumps(acts), file=forks.stdin, flush=True)
    answer = json.loads(forks.stdout.readline() or '{"failed": "It could not be started; see its log."}')
    if "ended" in answer:
        raise Ended(answer["ended"])
    if "failed" in answer:
        raise AssertionError(f"{acts} failed:\n{answer['failed']}")
    return answer["results"]


def begin(forks: subprocess.Popen, acts: Any) -> None:
    """Acts that have no end."""
    ask(forks, {"stays": acts})


def _serve() -> None:
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    acts = import_module(ACTS)
    for line in sys.stdin:
        asked = json.loads(line)
        stays = asked["stays"] if isinstance(asked, dict) else None
        child = os.fork()
        if child == 0:
            if stays:
                # Nobody waits for its answer: what stops it is told in the log.
                answers.close()
                answers = sys.stderr
            _perform(acts, stays or asked, answers)
        if stays:
            print(json.dumps({"results": []}), file=answers, flush=True)
            continue
        _, status = os.waitpid(child, 0)
        if status:
            print(json.dumps({"ended": os.waitstatus_to_exitcode(status)}), file=answers, flush=True)


def _perform(acts: ModuleType, asked: list[Any], answers: TextIO) -> None:
    try:
        answer = json.dumps({"results": acts.perform(asked)})
    except Exception:
        answer = json.dumps({"failed": traceback.format_exc()})
    print(answer, file=answers, flush=True)
    os._exit(0)


if __name__ == "__main__":
    _serve()
