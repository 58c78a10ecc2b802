"""The benchmark's own arithmetic: what cannot be beaten, and what was measured."""

from __future__ import annotations

import itertools

import pytest

from benchmarks.answers import DELTA_SIZE, Planned, number_in, plan, text_of
from benchmarks.measure import Sighting, measure
from benchmarks.optimum import ASK, MENTION, Bucket, fair_share_lag, least_lag

STEP = 0.5  # seconds between the moments that the search below tries


def searched_lag(seconds: float, bucket: Bucket) -> float:
    """The least mean lag by trying every way to place edits on a grid."""
    moments = [STEP * n for n in range(int(seconds / STEP) + 1)]
    best = float("inf")
    for edits in range(1, 9):
        for times in itertools.combinations(moments[1:-1], edits - 1):
            shown = [*times, seconds]
            if allowed([0.0, *shown] if bucket.shared else shown, bucket):
                gaps = [b - a for a, b in itertools.pairwise([0.0, *shown])]
                best = min(best, sum(gap**2 for gap in gaps) / (2 * seconds))
    return best


def allowed(times: list[float], bucket: Bucket) -> bool:
    began, used = float("-inf"), 0
    for at in times:
        if at >= began + bucket.window:
            began, used = at, 0
        used += 1
        if used > bucket.limit:
            return False
    return True


@pytest.mark.parametrize(
    ("seconds", "bucket"),
    [
        (4.0, Bucket(2, 2.0)),
        (5.0, Bucket(2, 2.5)),
        (5.0, Bucket(3, 3.0)),
        (4.0, Bucket(2, 2.0, shared=True)),
        (6.0, Bucket(3, 3.0, shared=True)),
    ],
)
def test_the_optimum_is_at_most_what_a_search_finds_and_hardly_less(
    seconds: float, bucket: Bucket
) -> None:
    found = searched_lag(seconds, bucket)
    assert found * 0.85 <= least_lag(seconds, bucket, 0.0) <= found + 1e-9


def test_the_optimum_comes_near_what_the_project_set_out_with() -> None:
    assert least_lag(8.0, MENTION, 0.0) == pytest.approx(0.42, abs=0.02)
    assert least_lag(20.0, MENTION, 0.0) == pytest.approx(0.49, abs=0.02)
    assert least_lag(20.0, ASK, 0.0) == pytest.approx(0.20, abs=0.02)


def test_a_hundred_answers_share_fifty_requests_a_second() -> None:
    together = [Planned(n, 0.0, 801) for n in range(100)]
    assert fair_share_lag(together, 0.0) == pytest.approx(1.0, abs=0.01)


def test_a_plan_is_the_same_each_time_and_its_answers_have_their_length() -> None:
    assert plan(5, 7) == plan(5, 7)
    for planned in plan(5, 7):
        text = text_of(planned)
        assert len(text) == planned.deltas * DELTA_SIZE
        assert text == text.strip()


def test_a_question_is_known_by_its_number() -> None:
    assert number_in("@Wery bench 42") == 42
    with pytest.raises(ValueError, match="not a question"):
        number_in("hello")


def test_lags_are_counted_for_each_character_that_is_no_blank() -> None:
    deltas, written = ["ab", " c", "d"], [1.0, 2.0, 3.0]
    seen = [Sighting(1.5, 2), Sighting(2.5, 2), Sighting(4.0, 4)]
    measured = measure(deltas, written, seen, correct=True)
    assert measured.lags == (0.5, 0.5, 2.0, 1.0)
    assert (measured.first, measured.final) == (0.5, 1.0)


def test_a_text_that_was_never_complete_is_no_measurement() -> None:
    with pytest.raises(ValueError, match="2 of 3"):
        measure(["abc"], [1.0], [Sighting(1.5, 2)], correct=False)
