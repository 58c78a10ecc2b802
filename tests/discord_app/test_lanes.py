"""Requests belong to buckets by route and major parameter; an interaction's are not metered."""

from __future__ import annotations

import pytest

from bot.core.ports.discord_app import Lane
from bot.discord_app.lanes import channel_lane, lane_of, token_lane


@pytest.mark.parametrize(
    ("method", "path", "lane"),
    [
        (
            "POST",
            "/api/v10/channels/12/messages",
            Lane("POST /channels/{channel_id}/messages", "12"),
        ),
        (
            "PATCH",
            "/api/v10/channels/12/messages/34",
            Lane("PATCH /channels/{channel_id}/messages/{message_id}", "12"),
        ),
        (
            "GET",
            "/api/v10/guilds/7/members/8",
            Lane("GET /guilds/{guild_id}/members/{user_id}", "7"),
        ),
        ("GET", "/users/@me", Lane("GET /users/{user_id}", "")),
        (
            "POST",
            "/api/v10/interactions/5/aSecret/callback",
            Lane(
                "POST /interactions/{interaction_id}/{interaction_token}/callback",
                "5",
                metered=False,
            ),
        ),
    ],
)
def test_a_request_is_read_from_its_path(method: str, path: str, lane: Lane) -> None:
    assert lane_of(method, path) == lane


def test_discord_py_and_the_bot_name_a_channels_lanes_alike() -> None:
    assert lane_of("POST", "/api/v10/channels/9/messages") == channel_lane("POST", 9, "/messages")


@pytest.mark.parametrize("message", ["@original", "77"])
def test_all_messages_of_a_token_are_edited_in_one_unmetered_lane(message: str) -> None:
    lane = lane_of("PATCH", f"/api/v10/webhooks/1/tok-en/messages/{message}")

    assert lane == token_lane("PATCH", "tok-en", "/messages/{message_id}")
    assert not lane.metered


def test_two_tokens_have_two_lanes_and_neither_is_readable() -> None:
    one, other = token_lane("POST", "first-secret", ""), token_lane("POST", "second-secret", "")

    assert one != other
    assert "secret" not in repr(one) + repr(other)
