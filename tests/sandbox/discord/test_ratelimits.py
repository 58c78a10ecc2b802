from __future__ import annotations

import pytest

from bot.sandbox.discord.ratelimits import Bucket, RateLimits

EDIT = ("PATCH", "/channels/{channel_id}/messages/{message_id}")
CREATE = ("POST", "/channels/{channel_id}/messages")
FOLLOW_UP = ("POST", "/webhooks/{webhook_id}/{webhook_token}")
ORIGINAL = ("PATCH", "/webhooks/{webhook_id}/{webhook_token}/messages/@original")
CALLBACK = ("POST", "/interactions/{interaction_id}/{interaction_token}/callback")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limits(clock: Clock) -> RateLimits:
    return RateLimits(clock, wall=lambda: clock.now + 1_700_000_000)


def test_five_edits_pass_in_five_seconds_and_the_sixth_does_not(limits: RateLimits) -> None:
    assert [limits.take(*EDIT, "1").allowed for _ in range(6)] == [True] * 5 + [False]


def test_the_headers_count_down_to_the_end_of_the_window(limits: RateLimits, clock: Clock) -> None:
    first = limits.take(*EDIT, "1").headers
    clock.now += 1.25
    second = limits.take(*EDIT, "1").headers

    assert first["X-RateLimit-Limit"] == "5"
    assert (first["X-RateLimit-Remaining"], second["X-RateLimit-Remaining"]) == ("4", "3")
    assert (first["X-RateLimit-Reset-After"], second["X-RateLimit-Reset-After"]) == (
        "5.000",
        "3.750",
    )
    assert first["X-RateLimit-Reset"] == second["X-RateLimit-Reset"] == "1700001005.000"


def test_a_window_starts_at_its_first_request_and_is_full_again_at_its_end(
    limits: RateLimits, clock: Clock
) -> None:
    limits.take(*EDIT, "1")
    clock.now += 4.9
    while limits.take(*EDIT, "1").allowed:
        pass
    clock.now = 1005.0
    assert limits.take(*EDIT, "1").headers["X-RateLimit-Remaining"] == "4"


def test_waiting_exactly_as_long_as_told_is_long_enough(limits: RateLimits, clock: Clock) -> None:
    for _ in range(5):
        limits.take(*EDIT, "1")
        clock.now += 0.0123456
    refused = limits.take(*EDIT, "1")
    assert refused.body is not None
    clock.now += refused.body["retry_after"]
    assert limits.take(*EDIT, "1").allowed


def test_a_refusal_says_what_discord_says(limits: RateLimits, clock: Clock) -> None:
    for _ in range(5):
        limits.take(*EDIT, "1")
    clock.now += 0.5
    refused = limits.take(*EDIT, "1")

    assert refused.body == {
        "message": "You are being rate limited.",
        "retry_after": 4.5,
        "global": False,
    }
    assert refused.headers["Retry-After"] == "5"
    assert refused.headers["X-RateLimit-Scope"] == "user"
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert refused.headers["Via"] == "1.1 google"
    assert "X-RateLimit-Global" not in refused.headers


def test_channels_and_routes_have_buckets_of_their_own(limits: RateLimits) -> None:
    while limits.take(*EDIT, "1").allowed:
        pass
    assert limits.take(*EDIT, "2").allowed
    assert limits.take(*CREATE, "1").allowed


def test_a_bucket_has_one_hash_for_all_channels_and_another_than_other_buckets(
    limits: RateLimits,
) -> None:
    def digest(method: str, route: str, major: str) -> str:
        return limits.take(method, route, major).headers["X-RateLimit-Bucket"]

    assert digest(*EDIT, "1") == digest(*EDIT, "2") != digest(*CREATE, "1")


def test_creating_and_editing_share_the_bucket_of_an_interactions_token(
    limits: RateLimits, clock: Clock
) -> None:
    for route in (FOLLOW_UP, ORIGINAL, FOLLOW_UP, ORIGINAL, ORIGINAL):
        assert limits.take(*route, "1+token", globally=False).allowed
    assert not limits.take(*FOLLOW_UP, "1+token", globally=False).allowed
    assert limits.take(*FOLLOW_UP, "1+another", globally=False).allowed
    clock.now += 2
    assert limits.take(*FOLLOW_UP, "1+token", globally=False).allowed


def test_interaction_callbacks_have_no_limit_and_no_headers(limits: RateLimits) -> None:
    verdicts = [limits.take(*CALLBACK, "1", globally=False) for _ in range(200)]
    assert all(verdict.allowed and not verdict.headers for verdict in verdicts)


def test_a_route_without_a_figure_of_its_own_is_generous_but_limited(limits: RateLimits) -> None:
    verdicts = [limits.take("GET", "/users/@me", "", globally=False) for _ in range(51)]
    assert [verdict.allowed for verdict in verdicts] == [True] * 50 + [False]


def test_the_bot_as_a_whole_has_fifty_requests_per_second(limits: RateLimits, clock: Clock) -> None:
    for channel in range(50):
        assert limits.take(*EDIT, str(channel)).allowed
    clock.now += 0.25
    refused = limits.take(*EDIT, "fresh")

    assert not refused.allowed
    assert refused.body == {
        "message": "You are being rate limited.",
        "retry_after": 0.75,
        "global": True,
    }
    assert refused.headers["X-RateLimit-Global"] == "true"
    assert refused.headers["X-RateLimit-Scope"] == "global"
    assert limits.take(*ORIGINAL, "1+token", globally=False).allowed

    clock.now += 0.75
    assert limits.take(*EDIT, "fresh").headers["X-RateLimit-Remaining"] == "4"


def test_a_bucket_of_a_resource_says_that_its_limit_is_shared(clock: Clock) -> None:
    bucket = Bucket("pins", 1, 1.0, scope="shared")
    limits = RateLimits(clock, buckets={("PUT", "/channels/{}/pins/{}"): bucket})
    limits.take("PUT", "/channels/{channel_id}/pins/{message_id}", "1")
    refused = limits.take("PUT", "/channels/{channel_id}/pins/{message_id}", "1")
    assert refused.headers["X-RateLimit-Scope"] == "shared"


def test_switched_off_nothing_is_limited_or_counted(limits: RateLimits) -> None:
    limits.enabled = False
    assert all(limits.take(*EDIT, "1").allowed for _ in range(200))
    limits.enabled = True
    assert limits.take(*EDIT, "1").headers["X-RateLimit-Remaining"] == "4"


def test_windows_that_have_ended_are_forgotten(limits: RateLimits, clock: Clock) -> None:
    for token in range(1000):
        limits.take(*ORIGINAL, str(token), globally=False)
    assert len(limits) == 1000
    clock.now += 61
    limits.take(*ORIGINAL, "newest", globally=False)
    assert len(limits) == 1
