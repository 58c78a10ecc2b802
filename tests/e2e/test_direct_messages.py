"""Direct messages: a conversation without any mention."""

from __future__ import annotations

from bot.sandbox.discord.components import words
from bot.sandbox.discord.handles import NotPossible
from tests.e2e.stage import Home, conversation, small_print, text_of


async def test_a_direct_message_is_answered_without_a_mention(home: Home) -> None:
    direct = await home.ada.open_dm()
    home.weryai.answer_next("Hello!")

    question = await home.ada.send(direct, "hello")

    answer = await home.answered(question)
    assert text_of(answer) == "Hello!"
    assert conversation(home.weryai.requests[0]) == [("user", "hello")]


async def test_a_direct_conversation_remembers_what_was_said(home: Home) -> None:
    direct = await home.ada.open_dm()
    home.weryai.answer_next("Nice to meet you, Ada.")
    await home.answered(await home.ada.send(direct, "I am Ada."))

    await home.answered(await home.ada.send(direct, "What is my name?"))

    assert conversation(home.weryai.requests[1]) == [
        ("user", "I am Ada."),
        ("assistant", "Nice to meet you, Ada."),
        ("user", "What is my name?"),
    ]


async def test_two_people_have_two_conversations(home: Home) -> None:
    adas, bobs = await home.ada.open_dm(), await home.bob.open_dm()

    await home.answered(await home.ada.send(adas, "My secret is 42."))
    await home.answered(await home.bob.send(bobs, "What is Ada's secret?"))

    assert conversation(home.weryai.requests[1]) == [("user", "What is Ada's secret?")]


async def test_commands_work_there_too(home: Home) -> None:
    direct = await home.ada.open_dm()

    answer = await home.answered(await home.ask("hello", channel=direct))
    told = await (await home.ada.slash(direct, "model")).answered()
    reset = await (await home.ada.slash(direct, "reset")).answered()

    assert small_print(answer)
    assert "the bot's default" in words(told)
    assert reset.content.startswith("I have forgotten this conversation (2 messages).")


async def test_a_servers_commands_are_not_offered_there(home: Home) -> None:
    direct = await home.ada.open_dm()

    for command in ("chat", "config show"):
        try:
            await home.ada.slash(direct, command)
        except NotPossible:
            continue
        raise AssertionError(f"/{command} is offered in a direct conversation")
