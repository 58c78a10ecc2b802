"""The ranges of what can be chosen, and where a choice comes from."""

import math
from typing import Any

import pytest

from bot.core.conversation import ChannelId, ChatMessage, GuildId, Place, Role
from bot.core.errors import InvalidOption
from bot.core.options import Scope, resolve, scopes_of
from bot.core.requests import ChatRequest, check_range

QUESTION = ChatMessage(Role.USER, "Hi")


def request(**fields: Any) -> ChatRequest:
    return ChatRequest(**{"model": "GEMINI_25_FLASH", "messages": (QUESTION,)} | fields)


LOWEST = [
    ("max_tokens", 1),
    ("temperature", 0),
    ("top_p", 0),
    ("presence_penalty", -2),
    ("frequency_penalty", -2),
    ("n", 1),
]
HIGHEST = [
    ("temperature", 2),
    ("top_p", 1),
    ("presence_penalty", 2),
    ("frequency_penalty", 2),
]
WHOLE_NUMBERS = {"max_tokens", "n"}


@pytest.mark.parametrize(("name", "value"), [*LOWEST, *HIGHEST])
def test_the_ends_of_a_range_are_in_it(name: str, value: float) -> None:
    assert getattr(request(**{name: value}), name) == value


@pytest.mark.parametrize(("name", "low"), LOWEST)
def test_the_next_number_below_a_range_is_refused(name: str, low: float) -> None:
    below = low - 1 if name in WHOLE_NUMBERS else math.nextafter(low, -math.inf)
    with pytest.raises(InvalidOption) as refused:
        request(**{name: below})
    assert refused.value.field == name
    assert f"`{name}`" in refused.value.text


@pytest.mark.parametrize(("name", "high"), HIGHEST)
def test_the_next_number_above_a_range_is_refused(name: str, high: float) -> None:
    with pytest.raises(InvalidOption) as refused:
        request(**{name: math.nextafter(high, math.inf)})
    assert refused.value.field == name


@pytest.mark.parametrize("name", ["max_tokens", "n"])
def test_a_range_without_an_upper_end_takes_any_number(name: str) -> None:
    assert getattr(request(**{name: 10**9}), name) == 10**9


@pytest.mark.parametrize("name", [name for name, _ in LOWEST])
def test_what_is_no_number_is_in_no_range(name: str) -> None:
    with pytest.raises(InvalidOption):
        request(**{name: math.nan})


def test_what_is_not_chosen_is_not_checked() -> None:
    check_range("temperature", None)
    assert request().temperature is None


@pytest.mark.parametrize("count", [1, 50])
def test_one_to_fifty_messages_are_taken(count: int) -> None:
    assert len(request(messages=(QUESTION,) * count).messages) == count


@pytest.mark.parametrize("count", [0, 51])
def test_no_messages_and_the_51st_are_refused(count: int) -> None:
    with pytest.raises(InvalidOption, match="messages"):
        request(messages=(QUESTION,) * count)


@pytest.mark.parametrize("model", ["", " "])
def test_a_request_names_a_model(model: str) -> None:
    with pytest.raises(InvalidOption, match="model"):
        request(model=model)


def test_a_refusal_says_the_range_and_the_value() -> None:
    with pytest.raises(InvalidOption) as refused:
        request(temperature=2.5)
    assert refused.value.text == "`temperature` must be 0 to 2; you gave `2.5`."
    with pytest.raises(InvalidOption) as refused:
        request(max_tokens=0)
    assert refused.value.text == "`max_tokens` must be 1 or more; you gave `0`."


SCHEMA = {"type": "json_schema", "json_schema": {}}


@pytest.mark.parametrize("model", ["GEMINI_25_FLASH", "gemini_3_1_pro"])
def test_a_gemini_model_does_not_search_the_web_for_a_json_schema(model: str) -> None:
    with pytest.raises(InvalidOption, match="web"):
        request(model=model, web=True, response_format=SCHEMA)


def test_web_and_schema_are_fine_apart_and_with_other_models() -> None:
    assert request(web=True, response_format={"type": "text"}).web
    assert not request(response_format=SCHEMA).web
    assert request(model="GPT_5", web=True, response_format=SCHEMA).web


# --- inheritance -------------------------------------------------------------------------------


def test_the_most_particular_choice_wins_and_is_named() -> None:
    resolved = resolve(
        [
            (Scope.ASK, {"web": True}),
            (Scope.THREAD, {"model": "THREAD"}),
            (Scope.CHANNEL, {"model": "CHANNEL", "temperature": 1}),
            (Scope.SERVER, {"temperature": 2, "web": False}),
            (Scope.DEFAULT, {"model": "DEFAULT", "top_p": 1}),
        ]
    )
    assert resolved.values == {"web": True, "model": "THREAD", "temperature": 1, "top_p": 1}
    assert resolved.sources == {
        "web": Scope.ASK,
        "model": Scope.THREAD,
        "temperature": Scope.CHANNEL,
        "top_p": Scope.DEFAULT,
    }
    assert resolved.model == "THREAD"


def test_none_is_no_choice_but_false_zero_and_empty_are() -> None:
    resolved = resolve(
        [
            (Scope.CHANNEL, {"model": None, "web": False, "temperature": 0, "system_prompt": ""}),
            (Scope.SERVER, {"model": "S", "web": True, "temperature": 1, "system_prompt": "x"}),
        ]
    )
    assert resolved.values == {"model": "S", "web": False, "temperature": 0, "system_prompt": ""}


def test_nothing_chosen_resolves_to_nothing() -> None:
    assert resolve([]).values == {}


def test_a_threads_scopes_are_the_thread_its_channel_and_its_server() -> None:
    place = Place(GuildId(1), ChannelId(2), ChannelId(3))
    assert list(scopes_of(place).items()) == [
        (Scope.THREAD, 3),
        (Scope.CHANNEL, 2),
        (Scope.SERVER, 1),
    ]


def test_a_dm_has_its_channel_alone() -> None:
    assert scopes_of(Place(None, ChannelId(2))) == {Scope.CHANNEL: 2}
