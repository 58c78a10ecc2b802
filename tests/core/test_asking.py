"""What WeryAI is asked."""

from __future__ import annotations

import pytest

from bot.core.asking import CONTINUE, continued, request_for
from bot.core.conversation import MessageId, Person, Role, Said, UserId
from bot.core.errors import InvalidOption, ModelNotSupported, PromptTooLong
from bot.core.options import Change, Resolved, Scope
from bot.core.ports import Finish, ModelInfo
from tests.core.samples import ADA, BOB, FLASH, MINI, SERVER, place, turn
from tests.core.world import ANSWER, World
from tests.virtual_time import in_virtual_time


def said(text: str, author: Person | None = ADA) -> Said:
    role = Role.USER if author else Role.ASSISTANT
    return Said(MessageId(abs(hash(text))), role, text, author)


# --- the request ----------------------------------------------------------------------------------


def test_every_option_that_applies_is_in_the_request() -> None:
    numbers = {"temperature": 0.5, "top_p": 0.9, "presence_penalty": 1.0, "frequency_penalty": -1.0}
    whole = {"max_tokens": 100, "seed": 7, "web": True, "system_prompt": "Be brief.", **numbers}
    request = request_for(turn("Why?"), [], Resolved(whole), FLASH)
    for name, value in [*numbers.items(), ("max_tokens", 100), ("seed", 7), ("web", True)]:
        assert getattr(request, name) == value
    assert [(m.role, m.content) for m in request.messages] == [
        (Role.SYSTEM, "Be brief."),
        (Role.USER, "Why?"),
    ]
    assert request.model == FLASH.key


def test_what_nobody_chose_is_left_to_the_api() -> None:
    request = request_for(turn("Why?"), [], Resolved({}), FLASH)
    assert (request.max_tokens, request.temperature, request.seed) == (None, None, None)
    assert (request.web, len(request.messages)) == (False, 1)


def test_no_model_is_asked_for_more_tokens_than_it_gives() -> None:
    wanted = Resolved({"max_tokens": 5000})
    assert request_for(turn(), [], wanted, MINI).max_tokens == 1000
    assert request_for(turn(), [], wanted, FLASH).max_tokens == 5000
    assert request_for(turn(), [], Resolved({"max_tokens": 5}), MINI).max_tokens == 5


def test_the_prompt_and_the_answer_fit_the_models_context_together() -> None:
    small = ModelInfo("SMALL", "Small", context_tokens=1000)
    options = Resolved({"max_tokens": 900})
    history = [said("a" * 100), said("b" * 60, author=None)]
    fits = request_for(turn("x" * 40), history, options, small)
    assert [m.content[0] for m in fits.messages] == ["a", "b", "x"]
    tight = request_for(turn("x" * 41), history, options, small)
    assert [m.content[0] for m in tight.messages] == ["x"]
    with pytest.raises(PromptTooLong):
        request_for(turn("x" * 201), history, options, small)


def test_an_option_outside_its_range_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(InvalidOption, match="temperature"):
        request_for(turn(), [], Resolved({"temperature": 3}), FLASH)


# --- going on -------------------------------------------------------------------------------------


def test_to_go_on_the_model_reads_its_unfinished_answer_and_whose_words_the_request_is_not() -> (
    None
):
    asked, history = continued(turn("Why?"), [said("a"), said("b", None), said("Bec", None)], "Bec")
    request = request_for(asked, history, Resolved({}), FLASH)
    assert [m.content for m in request.messages] == ["a", "b", "Why?", "Bec", CONTINUE]


def test_among_several_people_nobody_is_named_as_asking_to_go_on() -> None:
    asked, history = continued(turn("Why?"), [said("Hi", BOB)], "Bec")
    request = request_for(asked, history, Resolved({}), FLASH)
    assert [m.content for m in request.messages][1:] == ["Bob: Hi", "Ada: Why?", "Bec", CONTINUE]


def test_an_older_answer_stays_where_the_unfinished_one_has_left_the_history() -> None:
    _, history = continued(turn("Why?"), [said("a"), said("b", None)], "Bec")
    assert [entry.text for entry in history] == ["a", "b", "Why?", "Bec"]


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
async def test_a_model_that_has_vanished_is_said_so_and_the_question_kept() -> None:
    world = World(ANSWER)
    change = Change(Scope.SERVER, SERVER, "model", "GPT_1")
    await world.options.change(SERVER, [change], by=ADA.id)
    assert await world.ask("Why?").answered() == f"⚠ {ModelNotSupported.text}\n-# GPT_1"
    assert world.memory.said(1) == ["Why?"]
    assert world.model.requests == []


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
