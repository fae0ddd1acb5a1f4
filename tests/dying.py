"""A worker of this process that dies at a statement, so that a test can let it die at each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


class Killed(BaseException):
    """The worker died. Nothing catches it, and nothing that unwinds may write any more."""


class Mortal:
    """Lets so many SQL statements pass, the worker's and the company's, and then none but those that roll back."""

    def __init__(self, statements: int):
        self.left = statements

    def __call__(self, execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:
        if not sql.startswith(("SAVEPOINT", "ROLLBACK", "RELEASE")):
            self.left -= 1
            if self.left < 0:
                raise Killed
        return execute(sql, params, many, context)


@contextmanager
def dies_before(words: str) -> Iterator[None]:
    """Whoever works meanwhile dies before the first statement that contains these words."""

    def watch(execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:
        if words in sql:
            raise Killed
        return execute(sql, params, many, context)

    try:
        with connection.execute_wrapper(watch):
            yield
    except Killed:
        return
    raise AssertionError(f"No statement contains {words}")
