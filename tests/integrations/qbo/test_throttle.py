import threading
from bisect import bisect_right

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.qbo.throttle import LONGEST_SLEEP, MARGIN, Kind, Limit, Throttle, default_limits


class Clock:
    """Time that passes only where somebody sleeps or works."""

    def __init__(self, now=1_790_000_000.0):
        self.now = now
        self.sleeps = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.sleeps.append(seconds)
        self.now += seconds


def throttle(clock, *limits, history=()):
    return Throttle(limits, history=history, clock=clock, sleep=clock.sleep)


def most_in_a_window(arrivals, seconds):
    arrivals = sorted(arrivals)
    return max(bisect_right(arrivals, start + seconds) - index for index, start in enumerate(arrivals))


def test_calls_within_the_limit_leave_at_once():
    clock = Clock()
    gate = throttle(clock, Limit(None, 3, 60))

    for _ in range(3):
        gate.enter(Kind.READ)

    assert clock.sleeps == []
    assert gate.delay(Kind.READ) > 0


def test_a_place_is_free_one_window_after_its_answer():
    clock = Clock()
    gate = throttle(clock, Limit(None, 1, 60))
    gate.enter(Kind.READ)
    clock.now += 100
    assert gate.delay(Kind.READ) == pytest.approx(60 + MARGIN)

    gate.leave(Kind.READ)
    clock.now += 59
    assert gate.delay(Kind.READ) == pytest.approx(1 + MARGIN, abs=1e-4)
    clock.now += 1.01
    assert gate.delay(Kind.READ) == 0


def test_nobody_sleeps_for_longer_than_ten_seconds_at_a_stretch():
    clock = Clock()
    gate = throttle(clock, Limit(None, 1, 60))
    gate.enter(Kind.WRITE)
    gate.leave(Kind.WRITE)

    gate.enter(Kind.WRITE)

    assert max(clock.sleeps) == LONGEST_SLEEP
    assert sum(clock.sleeps) == pytest.approx(60 + MARGIN, abs=1e-4)


def test_a_limit_of_one_kind_leaves_the_others_alone():
    clock = Clock()
    gate = throttle(clock, Limit(frozenset({Kind.BATCH}), 1, 60), Limit(None, 3, 60))
    gate.enter(Kind.BATCH)

    assert gate.delay(Kind.BATCH) > 0
    assert gate.delay(Kind.READ) == 0
    gate.enter(Kind.READ)
    gate.enter(Kind.QUERY)
    assert gate.delay(Kind.READ) > 0


def test_the_next_holder_goes_on_where_the_last_one_stopped():
    clock = Clock()
    first = throttle(clock, Limit(None, 3, 60))
    for kind in (Kind.READ, Kind.BATCH, Kind.WRITE):
        first.enter(kind)
    first.leave(Kind.READ)
    stored = [[at, str(kind)] for at, kind in first.history()]

    second = throttle(clock, Limit(None, 3, 60), history=stored)

    assert sorted(kind for _, kind in stored) == ["batch", "read", "write"]
    assert second.delay(Kind.READ) == pytest.approx(60 + MARGIN)
    assert second.history() == [(clock.now, Kind(kind)) for _, kind in sorted(stored)]


def test_only_the_newest_minute_is_remembered():
    clock = Clock()
    gate = throttle(clock, Limit(None, 500, 60))
    gate.enter(Kind.READ)
    gate.leave(Kind.READ)
    clock.now += 61

    assert gate.history() == []


def test_a_history_from_a_clock_that_runs_ahead_blocks_for_one_window_only():
    clock = Clock()
    gate = throttle(clock, Limit(None, 1, 60), history=[(clock.now + 3600, Kind.READ)])

    assert gate.delay(Kind.READ) == pytest.approx(60 + MARGIN)


def test_a_limit_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least"):
        Limit(None, 0, 60)


def test_without_limits_nobody_waits():
    clock = Clock()
    gate = throttle(clock)
    gate.enter(Kind.READ)

    assert gate.delay(Kind.READ) == 0


def test_the_settings_are_the_default_limits(settings):
    settings.QBO_REQUESTS_PER_MINUTE = 500
    settings.QBO_REQUESTS_PER_SECOND = 10
    settings.QBO_BATCHES_PER_MINUTE = 40

    assert default_limits() == [
        Limit(None, 500, 60.0),
        Limit(None, 10, 1.0),
        Limit(frozenset({Kind.BATCH}), 40, 60.0),
    ]


travel = st.floats(0, 90)
calls = st.lists(st.tuples(st.sampled_from(Kind), st.floats(0, 5), travel, travel), min_size=1, max_size=60)


@given(calls=calls, per_minute=st.integers(2, 12), per_second=st.integers(1, 4), batches=st.integers(1, 3))
def test_no_window_of_quickbooks_sees_more_than_the_limit(calls, per_minute, per_second, batches):
    """One caller after another: `there` seconds until the call arrives, `back` until its answer is here."""
    clock = Clock()
    gate = throttle(
        clock,
        Limit(None, per_minute, 60),
        Limit(None, per_second, 1),
        Limit(frozenset({Kind.BATCH}), batches, 60),
    )
    arrivals = {kind: [] for kind in Kind}
    for kind, idle, there, back in calls:
        clock.now += idle
        gate.enter(kind)
        arrivals[kind].append(clock.now + there)
        clock.now += there + back
        gate.leave(kind)

    everything = [at for times in arrivals.values() for at in times]
    assert most_in_a_window(everything, 60) <= per_minute
    assert most_in_a_window(everything, 1) <= per_second
    if arrivals[Kind.BATCH]:
        assert most_in_a_window(arrivals[Kind.BATCH], 60) <= batches


@given(calls=calls, limit=st.integers(1, 8))
def test_calls_that_travel_at_the_same_time_stay_within_the_limit(calls, limit):
    """Many in flight at once: answers come back while the next caller sleeps, in any order."""
    clock = Clock()
    returning = []

    def deliver():
        for answer in sorted(answer for answer in returning if answer[0] <= clock.now):
            returning.remove(answer)
            at, kind = answer
            now, clock.now = clock.now, at
            gate.leave(kind)
            clock.now = now

    def sleep(seconds):
        wake = clock.now + seconds
        while due := [answer for answer in returning if answer[0] <= wake]:
            clock.now = max(clock.now, min(due)[0])
            deliver()
        clock.now = wake

    gate = Throttle([Limit(None, limit, 10)], clock=clock, sleep=sleep)
    arrivals = []
    for kind, idle, there, back in calls:
        sleep(idle)
        gate.enter(kind)
        arrivals.append(clock.now + there)
        returning.append((clock.now + there + back, kind))

    assert most_in_a_window(arrivals, 10) <= limit


def test_threads_share_the_places():
    clock = Clock()
    gate = throttle(clock, Limit(None, 50, 60))
    ready = threading.Barrier(10)

    def caller():
        ready.wait()
        for _ in range(5):
            gate.enter(Kind.READ)
            gate.leave(Kind.READ)

    threads = [threading.Thread(target=caller) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert clock.sleeps == []
    assert len(gate.history()) == 50
    assert gate.delay(Kind.READ) > 0
