"""What WeryAI is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.core.conversation import MessageId, Names, Person, Role, Said, Turn, UserId
from bot.core.errors import InvalidOption, ModelNotSupported, PromptTooLong
from bot.core.options import Change, Scope
from bot.core.ports.weryai import Finish, ModelInfo
from bot.core.requesting import CONTINUE, Question, request_for
from bot.core.requests import ChatRequest
from tests.core.samples import ADA, BOB, FLASH, MINI, SERVER, place, turn
from tests.core.world import ANSWER, World
from tests.virtual_time import in_virtual_time

TODAY = date(2026, 11, 22)


def said(text: str, author: Person | None = ADA) -> Said:
    role = Role.USER if author else Role.ASSISTANT
    return Said(MessageId(abs(hash(text))), role, text, author)


def requested(
    asked: Turn,
    *before: Said,
    partial: str = "",
    of: ModelInfo = FLASH,
    **values: Any,
) -> ChatRequest:
    return request_for(Question(asked, list(before), partial), values, of, TODAY)


def contents(request: ChatRequest) -> list[str]:
    return [message.content for message in request.messages]


# --- the request ----------------------------------------------------------------------------------


def test_every_option_that_applies_is_in_the_request() -> None:
    numbers = {"temperature": 0.5, "top_p": 0.9, "presence_penalty": 1.0, "frequency_penalty": -1.0}
    whole: dict[str, Any] = {
        "max_tokens": 100,
        "seed": 7,
        "web": True,
        "system_prompt": "Be brief.",
        **numbers,
    }
    request = requested(turn("Why?"), **whole)
    for name, value in [*numbers.items(), ("max_tokens", 100), ("seed", 7), ("web", True)]:
        assert getattr(request, name) == value
    assert [(m.role, m.content) for m in request.messages] == [
        (Role.SYSTEM, "Be brief."),
        (Role.USER, "Why?"),
    ]
    assert request.model == FLASH.key


def test_what_nobody_chose_is_left_to_the_api() -> None:
    request = requested(turn("Why?"))
    assert request == ChatRequest(model=FLASH.key, messages=request.messages)
    assert contents(request) == ["Why?"]


def test_the_prompt_and_the_answer_fit_the_models_context_together() -> None:
    small = ModelInfo("SMALL", "Small", context_tokens=1000)
    before = [said("a" * 100), said("b" * 60, author=None)]
    fits = requested(turn("x" * 40), *before, of=small, max_tokens=900)
    assert [content[0] for content in contents(fits)] == ["a", "b", "x"]
    tight = requested(turn("x" * 41), *before, of=small, max_tokens=900)
    assert [content[0] for content in contents(tight)] == ["x"]
    with pytest.raises(PromptTooLong):
        requested(turn("x" * 201), *before, of=small, max_tokens=900)


def test_an_option_outside_its_range_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(InvalidOption, match="temperature"):
        requested(turn(), temperature=3)


@pytest.mark.parametrize(
    ("history", "sent"),
    [
        (1, ["Be brief.\n\nf"]),
        (2, ["Be brief.", "f"]),
        (3, ["Be brief.", "f"]),  # it begins with a question, never with an answer
        (4, ["Be brief.", "c", "d", "f"]),
        (50, ["Be brief.", "a", "b", "c", "d", "f"]),
    ],
)
def test_no_more_messages_are_sent_than_history_allows_the_system_prompt_among_them(
    history: int, sent: list[str]
) -> None:
    before = [said("a"), said("b", None), said("c"), said("d", None)]
    request = requested(turn("f"), *before, history=history, system_prompt="Be brief.")
    assert contents(request) == sent


def test_the_system_prompts_placeholders_are_filled_in() -> None:
    asked = replace(turn("Why?"), names=Names("Home", "general"))
    prompt = "{user} in #{channel} of {server}, {date}: {x} {{y}}"
    request = requested(asked, system_prompt=prompt)
    assert contents(request)[0] == "Ada in #general of Home, 2026-11-22 (Sunday): {x} {{y}}"


def test_placeholders_in_what_people_say_are_left_alone() -> None:
    assert contents(requested(turn("What is {user}?"), system_prompt=" ")) == ["What is {user}?"]


# --- going on -------------------------------------------------------------------------------------


def test_to_go_on_the_model_reads_its_unfinished_answer_and_whose_words_the_request_is_not() -> (
    None
):
    before = [said("a"), said("b", None), said("Bec", None)]
    request = requested(turn("Why?"), *before, partial="Bec")
    assert contents(request) == ["a", "b", "Why?", "Bec", CONTINUE]


def test_among_several_people_nobody_is_named_as_asking_to_go_on() -> None:
    request = requested(turn("Why?"), said("Hi", BOB), partial="Bec")
    assert contents(request)[1:] == ["Bob: Hi", "Ada: Why?", "Bec", CONTINUE]


def test_an_older_answer_stays_where_the_unfinished_one_has_left_the_history() -> None:
    request = requested(turn("Why?"), said("a"), said("b", None), partial="Bec")
    assert contents(request) == ["a", "b", "Why?", "Bec", CONTINUE]


def test_an_answer_goes_on_as_one_text_however_it_was_begun() -> None:
    whole: dict[str, Any] = {"n": 3, "response_format": {"type": "json_object"}, "temperature": 1.5}
    assert requested(turn(), **whole).n == 3
    request = requested(turn(), partial="Bec", **whole)
    assert (request.n, request.response_format, request.temperature) == (None, None, 1.5)


def test_to_go_on_the_question_and_the_unfinished_answer_are_sent_however_short_history_is() -> (
    None
):
    options: dict[str, Any] = {"history": 1, "system_prompt": "Be brief."}
    request = requested(turn("Why?"), said("a"), said("b", None), partial="Bec", **options)
    assert contents(request) == ["Be brief.", "Why?", "Bec", CONTINUE]


# --- through the service --------------------------------------------------------------------------


@in_virtual_time
async def test_the_51st_message_and_the_newest_before_it_are_sent() -> None:
    world = World(["Yes", Finish("stop")])
    for number in range(30):
        await world.ask(f"Question {number}").task
    sent = world.prompts[-1]
    assert len(sent) <= 50
    assert sent[0].startswith("Question"), "it begins with a user's"
    assert sent[-2:] == ["Yes", "Question 29"]
    assert len(world.memory.said(1)) == 50


@in_virtual_time
async def test_each_conversation_asks_its_own_model_with_its_own_history() -> None:
    world = World(ANSWER)
    await world.options.change(
        SERVER,
        [
            Change(Scope.SERVER, SERVER, "model", MINI.key),
            Change(Scope.CHANNEL, place(2).channel_id, "model", FLASH.key),
        ],
        by=ADA.id,
    )
    for text, channel in [("a", 1), ("b", 2), ("c", 1), ("d", 2)]:
        await world.ask(text, at=place(channel)).task
    assert [request.model for request in world.model.requests] == [MINI.key, FLASH.key] * 2
    assert world.prompts[2:] == [["a", "Because so.", "c"], ["b", "Because so.", "d"]]


@in_virtual_time
async def test_where_no_model_at_all_is_left_that_is_said_and_the_question_kept() -> None:
    world = World(ANSWER)
    world.catalogue.models_offered.clear()
    shown = f"⚠ {ModelNotSupported.text}\n-# {FLASH.key}"
    assert await world.ask("Why?").answered() == shown
    assert world.memory.said(1) == ["Why?"]
    assert world.model.requests == []


@in_virtual_time
async def test_a_members_own_model_answers_their_private_questions_while_it_is_allowed() -> None:
    world = World(["Yes", Finish("stop")])
    own = Change(Scope.MEMBER, ADA.id, "model", MINI.key)
    await world.options.change(None, [own], by=ADA.id)
    signed = f"Yes\n-# {FLASH.name}"
    assert await world.ask().answered() == signed, "nobody else is concerned by it"
    assert await world.ask(shared=False).answered() == f"Yes\n-# {MINI.name}"
    assert await world.ask(shared=False, by=BOB).answered() == signed
    none = Change(Scope.SERVER, SERVER, "member_models", "none")
    await world.options.change(SERVER, [none], by=ADA.id)
    shown = await world.ask(shared=False).answered()
    assert shown == f"Yes\n-# {MINI.name} is not allowed here any more: {FLASH.name} answered"


@in_virtual_time
async def test_a_question_too_long_for_its_model_is_said_so() -> None:
    world = World(ANSWER)
    world.catalogue.add(ModelInfo("TINY", "Tiny", context_tokens=100))
    answer = await world.ask("x" * 300, model="tiny").answered()
    assert answer.startswith("⚠ That is 300 characters; I can take 200.")


@in_virtual_time
async def test_people_are_told_apart_by_their_names() -> None:
    world = World(ANSWER)
    await world.ask("a", by=ADA).task
    await world.ask("b", by=BOB).task
    assert world.prompts[0] == ["a"]
    assert world.prompts[1][1:] == ["Ada: a", "Because so.", "Bob: b"]


@in_virtual_time
async def test_whoever_asked_is_remembered_by_their_name_of_then() -> None:
    world = World(ANSWER)
    await world.ask("a", by=Person(UserId(5), "Eve")).task
    [(_, entry), _] = world.memory.history[place(1).channel_id]
    assert entry.author == Person(UserId(5), "Eve")
