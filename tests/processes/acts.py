"""What people and operators do in a house, each in a process of its own.

`python -m tests.processes.acts '[["NAME", {"argument": …}], …]'` prints the list of results as JSON, in the last line.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from typing import Any

import django

django.setup()

from tests.processes import furnishing, reporting, working  # noqa: E402
from tests.proof import mortal  # noqa: E402

PLACES = (furnishing, working, reporting, mortal)


def perform(acts: Iterable[tuple[str, dict[str, Any]]]) -> list[Any]:
    """The results of acts that are asked for by their names, one after the other."""
    return [_named(name)(**arguments) for name, arguments in acts]


def _named(name: str) -> Callable[..., Any]:
    return next(getattr(place, name) for place in PLACES if hasattr(place, name))


if __name__ == "__main__":
    print(json.dumps(perform(json.loads(sys.argv[1]))))
