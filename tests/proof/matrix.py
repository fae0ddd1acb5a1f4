"""What is made to go wrong: the points at which a worker dies, and what QuickBooks and the network do."""

from __future__ import annotations

from collections.abc import Callable

from .stage import TIMEOUT, Result, Stage

PUSH, SETTLE = "integrations/sync/push.py", "integrations/sync/settle.py"
FAULTS, ENDING = "integrations/sync/faulty.py", "integrations/sync/ending.py"
CLIENT, OAUTH = "integrations/qbo/client.py", "integrations/qbo/oauth.py"

# What the worker was doing: the point at which it dies.
PUSH_CRASHES = {
    "records claimed, batch not yet written down": (PUSH, "_write_down", "call"),
    "batch written down, not yet sent": (SETTLE, "_answer", "call"),
    "batch marked as sent, call not yet made": (CLIENT, "batch", "call"),
    "answer arrived, not yet stored": (CLIENT, "batch", "return"),
    "answer stored, faults not yet digested": (FAULTS, "digest", "call"),
}
VOID_CRASHES = {
    "void written down, not yet sent": (ENDING, "_carry_out", "call"),
    "void carried out, answer not yet stored": (CLIENT, "operate", "return"),
}
REFRESH_CRASHES = {
    "token refresh not yet sent": (OAUTH, "refresh", "call"),
    "token refreshed, not yet stored": (OAUTH, "refresh", "return"),
}
# Mishaps that follow one another; seconds for the slow ones.
FAULTS_IN_A_ROW: dict[str, tuple[tuple[str, float], ...]] = {
    "the answer takes longer than the timeout, and arrives nowhere": (("slow", TIMEOUT + 2),),
    "the answer is lost, and QuickBooks has forgotten the requestid": (
        ("answer_lost", 0),
        ("requestid_forgotten", 0),
    ),
    "the answer is lost twice": (("answer_lost", 0), ("answer_lost", 0)),
}

Row = Callable[[Stage], Result]


def crash_rows() -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for what, point in PUSH_CRASHES.items():
        rows[what] = _dying(Stage.push, point)
    rows["call under way"] = _dying_during_the_call
    for what, point in VOID_CRASHES.items():
        rows[what] = _dying(Stage.void, point)
    for what, point in REFRESH_CRASHES.items():
        rows[what] = _dying_at_refresh(point, rotates=False)
        rows[f"{what}, refresh token replaced"] = _dying_at_refresh(point, rotates=True)
    return rows


def fault_rows(stage: Stage) -> dict[str, Row]:
    """Everything that the simulator can do to a call, and some of it in a row."""
    rows = {words: _failing(((kind, 1.0),)) for kind, words in stage.company.mishap_kinds().items()}
    return rows | {words: _failing(mishaps) for words, mishaps in FAULTS_IN_A_ROW.items()}


def _dying(ask: Callable[[Stage], str], point: tuple[str, str, str]) -> Row:
    def row(stage: Stage) -> Result:
        prefix = ask(stage)
        stage.die_at(*point)
        return stage.finish(prefix)

    return row


def _dying_during_the_call(stage: Stage) -> Result:
    prefix = stage.push()
    stage.die_during_the_call()
    return stage.finish(prefix)


def _dying_at_refresh(point: tuple[str, str, str], *, rotates: bool) -> Row:
    def row(stage: Stage) -> Result:
        prefix = stage.push()
        stage.company.switch(rotate_every_time=rotates)
        stage.expire_token()
        stage.die_at(*point)
        result = stage.finish(prefix)
        stage.company.switch(rotate_every_time=False)
        return result

    return row


def _failing(mishaps: tuple[tuple[str, float], ...]) -> Row:
    def row(stage: Stage) -> Result:
        prefix = stage.push()
        for kind, seconds in mishaps:
            stage.company.mishap(kind, seconds=seconds)
        return stage.finish(prefix)

    return row
