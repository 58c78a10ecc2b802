from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.discord.errors import ApiError
from bot.sandbox.discord.rules import check_message, check_not_empty, check_thread, length
from tests.sandbox.discord.refusals import Json, button, problems, row, sent

EPHEMERAL = 1 << 6


def refusal(check: Callable[[], None]) -> ApiError:
    with pytest.raises(ApiError) as caught:
        check()
    return caught.value


def test_a_form_error_is_nested_as_discord_nests_it() -> None:
    error = refusal(lambda: check_message({"content": "x" * 2001}, files=0))
    assert error.body() == {
        "message": "Invalid Form Body",
        "code": 50035,
        "errors": {
            "content": {
                "_errors": [
                    {
                        "code": "BASE_TYPE_MAX_LENGTH",
                        "message": "Must be 2000 or fewer in length.",
                    }
                ]
            }
        },
    }


def test_all_mistakes_of_a_payload_are_told_at_once() -> None:
    embed = {"title": "x" * 257, "fields": [{"name": "n", "value": ""}]}
    assert problems(lambda: check_message({"content": 7, "embeds": [embed]}, files=0)) == {
        "content": "STRING_TYPE_CONVERT",
        "embeds.0.title": "BASE_TYPE_MAX_LENGTH",
        "embeds.0.fields.0.value": "BASE_TYPE_BAD_LENGTH",
    }


def test_two_thousand_characters_pass() -> None:
    assert sent(content="x" * 2000) == {}


def test_an_emoji_counts_as_two_characters() -> None:
    assert sent(content="😀" * 1000) == {}
    assert sent(content="😀" * 1000 + "x") == {"content": "BASE_TYPE_MAX_LENGTH"}


@given(st.text())
def test_length_is_in_utf16_units(content: str) -> None:
    assert length(content) == len(content.encode("utf-16-le", "surrogatepass")) // 2


@pytest.mark.parametrize("content", [None, "", " \n\t"])
def test_a_message_with_nothing_in_it_is_refused(content: str | None) -> None:
    error = refusal(lambda: check_message({"content": content}, files=0))
    assert (error.code, error.message) == (50006, "Cannot send an empty message")


@pytest.mark.parametrize(
    "payload",
    [
        {"embeds": [{"description": "d"}]},
        {"components": [row(button())]},
        {"sticker_ids": ["1"]},
        {"message_reference": {"message_id": "1", "channel_id": "2", "type": 1}},
    ],
)
def test_anything_visible_makes_a_message(payload: Json) -> None:
    assert problems(lambda: check_message(payload, files=0)) == {}


def test_a_file_alone_makes_a_message() -> None:
    assert problems(lambda: check_message({}, files=1)) == {}


def test_an_edit_may_leave_everything_out_but_must_leave_something() -> None:
    assert problems(lambda: check_message({"content": None}, files=0, editing=True)) == {}
    assert refusal(lambda: check_not_empty({"content": "", "embeds": []})).code == 50006
    check_not_empty({"content": "", "attachments": [{"id": "1"}]})


def test_only_an_answer_to_an_interaction_may_be_ephemeral() -> None:
    private = {"content": "x", "flags": EPHEMERAL}
    assert problems(lambda: check_message(private, files=0)) == {"flags": "BASE_TYPE_CHOICES"}
    assert problems(lambda: check_message(private, files=0, interaction=True)) == {}


def test_an_edit_may_send_the_messages_other_flags_along() -> None:
    assert problems(lambda: check_message({"flags": 1 << 5 | 4}, files=0, editing=True)) == {}


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"parse": ["users"], "users": ["1"]}, "allowed_mentions"),
        ({"parse": ["roles"], "roles": ["1"]}, "allowed_mentions"),
        ({"parse": ["here"]}, "allowed_mentions.parse.0"),
        ({"users": ["ada"]}, "allowed_mentions.users.0"),
        ({"users": [str(n) for n in range(101)]}, "allowed_mentions.users"),
        ({"replied_user": "yes"}, "allowed_mentions.replied_user"),
    ],
)
def test_allowed_mentions_that_contradict_themselves_are_refused(
    payload: Json, expected: str
) -> None:
    assert list(sent(allowed_mentions=payload)) == [expected]


@pytest.mark.parametrize(
    "payload",
    [
        {"parse": []},
        {"parse": ["users", "roles", "everyone"], "replied_user": False},
        {"parse": ["users"], "users": []},
        {"parse": ["everyone"], "users": [1, "2"]},
    ],
)
def test_allowed_mentions_that_agree_pass(payload: Json) -> None:
    assert sent(allowed_mentions=payload) == {}


@pytest.mark.parametrize(
    ("payload", "path"),
    [
        ({"message_reference": {}}, "message_reference.message_id"),
        ({"message_reference": {"message_id": "x"}}, "message_reference.message_id"),
        ({"message_reference": "1"}, "message_reference"),
        ({"nonce": "n" * 26}, "nonce"),
        ({"nonce": [1]}, "nonce"),
        ({"enforce_nonce": True}, "nonce"),
        ({"tts": 1}, "tts"),
        ({"flags": "4"}, "flags"),
        ({"attachments": [{"id": n} for n in range(11)]}, "attachments"),
        ({"attachments": [{}]}, "attachments.0.id"),
        ({"sticker_ids": ["1", "2", "3", "4"]}, "sticker_ids"),
        ({"embeds": {}}, "embeds"),
        ({"embeds": ["x"]}, "embeds.0"),
    ],
)
def test_a_message_with_a_bad_member_is_refused_there(payload: Json, path: str) -> None:
    assert list(sent(**payload)) == [path]


def test_at_most_ten_files_come_with_a_message() -> None:
    assert sent(files=10) == {}
    assert list(sent(files=11)) == ["files"]


@pytest.mark.parametrize(
    ("embed", "path"),
    [
        ({"title": "x" * 257}, "title"),
        ({"description": "x" * 4097}, "description"),
        ({"title": "t", "color": 1 << 24}, "color"),
        ({"title": "t", "color": -1}, "color"),
        ({"title": "t", "url": "ftp://a.b"}, "url"),
        ({"title": "t", "url": "http://"}, "url"),
        ({"title": "t", "footer": {"text": "x" * 2049}}, "footer.text"),
        ({"title": "t", "author": {"name": ""}}, "author.name"),
        ({"title": "t", "image": {"url": "file:///etc"}}, "image.url"),
        ({"fields": [{"name": "n", "value": "v"}] * 26}, "fields"),
        ({"fields": [{"name": "x" * 257, "value": "v"}]}, "fields.0.name"),
        ({"fields": [{"name": "n", "value": "x" * 1025}]}, "fields.0.value"),
        ({"fields": [{"name": "n"}]}, "fields.0.value"),
        ({"color": 1}, "description"),
    ],
)
def test_an_embed_beyond_a_limit_is_refused_there(embed: Json, path: str) -> None:
    assert list(sent(embeds=[embed])) == [f"embeds.0.{path}"]


def test_ten_embeds_hold_six_thousand_characters_together() -> None:
    assert sent(embeds=[{"description": "x" * 600}] * 10) == {}
    assert sent(embeds=[{"description": "x" * 601}] * 10) == {"embeds": "MAX_EMBED_SIZE_EXCEEDED"}
    assert sent(embeds=[{"description": "x"}] * 11) == {"embeds": "BASE_TYPE_MAX_LENGTH"}


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        ({"name": "x" * 100, "auto_archive_duration": 1440, "type": 11}, []),
        ({"name": "x" * 101}, ["name"]),
        ({"name": ""}, ["name"]),
        ({}, ["name"]),
        ({"name": "n", "auto_archive_duration": 61}, ["auto_archive_duration"]),
        ({"name": "n", "type": 0}, ["type"]),
        ({"name": "n", "rate_limit_per_user": 21601}, ["rate_limit_per_user"]),
    ],
)
def test_a_thread_has_a_name_and_a_known_duration(payload: Json, found: list[str]) -> None:
    assert list(problems(lambda: check_thread(payload))) == found


def test_a_change_of_a_thread_may_leave_the_name_out() -> None:
    assert problems(lambda: check_thread({"archived": True}, editing=True)) == {}
    assert list(problems(lambda: check_thread({"name": ""}, editing=True))) == ["name"]
