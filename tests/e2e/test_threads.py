"""`/chat`, threads that start from an answer, and what is said there while the bot answers."""

from __future__ import annotations

import pytest

from bot.sandbox.discord.handles import InteractionHandle
from bot.sandbox.discord.state import Channel, Message
from tests.e2e.stage import Home, answers_to, conversation, has_ended, small_print, text_of


async def opened(home: Home, chat: InteractionHandle) -> Channel:
    """Wait for the thread that `/chat` opens."""
    await home.until(lambda: any(message.thread for message in chat.responses), "A thread")
    thread = chat.responses[0].thread
    assert thread is not None
    return thread


async def first_answer(home: Home, thread: Channel) -> Message:
    """Wait for the first answer in a thread, which is a reply to nothing."""
    await home.until(lambda: any(has_ended(one) for one in thread.messages.values()))
    return next(one for one in thread.messages.values() if has_ended(one))


async def test_chat_opens_a_thread_and_answers_there(home: Home) -> None:
    home.weryai.answer_next("Let us begin with the sails.")

    chat = await home.ada.slash(home.channel, "chat", prompt="Teach me sailing.")

    thread = await opened(home, chat)
    answer = await first_answer(home, thread)
    assert thread.name == "Teach me sailing."
    assert thread.parent is home.channel
    assert home.ada.id in thread.thread_members
    assert text_of(answer) == "Let us begin with the sails."
    assert "> Teach me sailing." in chat.responses[0].content
    assert small_print(chat.responses[0]) == (
        "Everybody who writes in the thread is answered, no mention needed."
    )
    assert conversation(home.weryai.requests[0]) == [("user", "Teach me sailing.")]


async def test_everybody_in_the_thread_is_answered_without_a_mention(home: Home) -> None:
    chat = await home.ada.slash(home.channel, "chat", title="Sailing")
    thread = await opened(home, chat)

    first = await home.answered(await home.ada.send(thread, "What is a jib?"))
    second = await home.answered(await home.bob.send(thread, "And a spinnaker?"))

    assert thread.name == "Sailing"
    assert small_print(first)
    assert second.reference is not None
    assert [said for role, said in conversation(home.weryai.requests[1]) if role == "user"] == [
        "Ada: What is a jib?",
        "Bob: And a spinnaker?",
    ]


async def test_neither_bots_nor_webhooks_are_answered_in_the_thread(home: Home) -> None:
    thread = await opened(home, await home.ada.slash(home.channel, "chat", title="Sailing"))
    robot = home.discord.add_person("Robot", bot=True)
    home.discord.add_member(home.guild, robot)
    await robot.send(thread, "hello from a bot")
    home.discord.post_as_webhook(thread, "Hook", "hello from a webhook")

    await home.answered(await home.ada.send(thread, "hello from a person"))

    assert [conversation(one) for one in home.weryai.requests] == [
        [("user", "hello from a person")]
    ]


async def test_the_channel_itself_is_not_listened_to(home: Home) -> None:
    await opened(home, await home.ada.slash(home.channel, "chat", title="Sailing"))
    ignored = await home.ada.send(home.channel, "just talking to the others")

    await home.answered(await home.mention("this is for you"))

    assert answers_to(ignored) == []
    assert len(home.weryai.requests) == 1


async def test_chat_may_choose_a_model_for_its_thread(home: Home) -> None:
    chat = await home.ada.slash(home.channel, "chat", title="Deep", model="Claude-4.8-Opus")
    thread = await opened(home, chat)

    await home.answered(await home.ada.send(thread, "Hello?"))
    await home.answered(await home.mention("Hello?"))

    asked_of = [request.json["model"] for request in home.weryai.requests]
    assert asked_of == ["CLAUDE_4_8_OPUS", "GEMINI_25_FLASH"]


async def test_a_chat_without_anything_is_named_after_who_opened_it(home: Home) -> None:
    chat = await home.ada.slash(home.channel, "chat")

    thread = await opened(home, chat)

    assert thread.name == "A chat with Ada"
    assert chat.responses[0].content.startswith("Ada opens a conversation.")
    assert home.weryai.requests == []


async def test_a_thread_named_by_a_long_prompt_ends_at_a_word(home: Home) -> None:
    prompt = "Tell me everything about the history of sailing " * 4

    thread = await opened(home, await home.ada.slash(home.channel, "chat", prompt=prompt))

    await first_answer(home, thread)
    assert len(thread.name) <= 100
    assert thread.name.endswith("…")
    assert prompt.startswith(thread.name.removesuffix("…"))


async def test_a_thread_named_by_spaces_is_named_after_the_question(home: Home) -> None:
    await home.ada.slash(home.channel, "chat", prompt="Why is water wet?", title="   ")
    await home.until(lambda: home.guild.threads)
    [thread] = home.guild.threads.values()
    assert thread.name == "Why is water wet?"
    await first_answer(home, thread)


async def test_a_question_of_emojis_alone_opens_a_thread(home: Home) -> None:
    await home.ada.slash(home.channel, "chat", prompt="\N{GRINNING FACE}" * 2500)
    await home.until(lambda: home.guild.threads)
    [thread] = home.guild.threads.values()
    assert thread.name == "\N{GRINNING FACE}" * 49 + "…"
    await first_answer(home, thread)


async def test_an_unknown_model_opens_no_thread(home: Home) -> None:
    chat = await home.ada.slash(home.channel, "chat", prompt="Hello", model="nonsense")

    told = await chat.answered()
    assert told.content.startswith("I do not know a model `nonsense`.")
    assert chat.ephemeral
    assert not home.guild.threads


async def test_a_question_too_long_for_chat_is_refused(home: Home) -> None:
    chat = await home.ada.slash(home.channel, "chat", prompt="a" * 5000)

    await home.until(lambda: any("5,000 characters" in one.content for one in chat.responses))
    assert home.weryai.requests == []


async def test_chat_in_a_thread_says_where_it_works(home: Home) -> None:
    thread = await home.ada.start_thread(home.channel, "Talk")

    told = await (await home.ada.slash(thread, "chat", prompt="Hello")).answered()

    assert told.content.startswith("I can open a thread only in a text channel of a server.")
    assert not home.bob.can_see(told)


async def test_a_thread_started_from_an_answer_is_listened_to(home: Home) -> None:
    home.weryai.answer_next("The jib is the sail before the mast.")
    answer = await home.answered(await home.mention("What is a jib?"))
    await home.answered(await home.mention("Thank you."))  # its turn came: all before is stored

    thread = await home.bob.start_thread(answer, "About jibs")
    await home.answered(await home.bob.send(thread, "And the other sails?"))

    [(_, told)] = conversation(home.weryai.requests[2])
    assert "> The jib is the sail before the mast." in told
    assert told.endswith("And the other sails?")


async def test_a_thread_started_from_an_answer_that_still_grows_is_listened_to(home: Home) -> None:
    home.weryai.answer_next(["The jib ", "is a sail."])
    gate = home.weryai.hold_next(after=1)
    question = await home.mention("What is a jib?")
    answer = await home.begun(question)

    thread = await home.bob.start_thread(answer, "About jibs")
    await home.answered(await home.bob.send(thread, "And the other sails?"))

    gate.release()
    await home.answered(question)
    assert "> The jib" in conversation(home.weryai.requests[1])[0][1]


async def test_a_thread_started_from_another_message_is_not(home: Home) -> None:
    message = await home.ada.send(home.channel, "I bought a boat!")
    thread = await home.bob.start_thread(message, "Ada's boat")
    ignored = await home.bob.send(thread, "congratulations!")

    await home.answered(await home.mention("is that a good idea?", channel=thread))

    assert answers_to(ignored) == []
    assert len(home.weryai.requests) == 1


@pytest.mark.parametrize("where", ["thread", "direct"])
async def test_what_is_said_while_it_answers_is_one_next_turn(home: Home, where: str) -> None:
    if where == "thread":
        place = await opened(home, await home.ada.slash(home.channel, "chat", title="Talk"))
        other = home.bob
    else:
        place, other = await home.ada.open_dm(), home.ada
    gate = home.weryai.hold_next(after=1)
    home.weryai.answer_next(["First ", "answer."])
    first = await home.ada.send(place, "First?")
    await home.begun(first)

    second = await home.ada.send(place, "Second,")
    third = await other.send(place, "and third?")
    last = await home.ada.send(place, "And fourth?")
    await home.until(lambda: len(place.messages) >= 5)
    gate.release()

    answer = await home.answered(last)
    assert answers_to(second) == []
    assert answers_to(third) == []
    assert small_print(answer)
    assert len(home.weryai.requests) == 2
    named = ("Ada: ", "Bob: ") if where == "thread" else ("", "")
    assert conversation(home.weryai.requests[1]) == [
        ("user", f"{named[0]}First?"),
        ("assistant", "First answer."),
        ("user", f"{named[0]}Second,"),
        ("user", f"{named[1]}and third?"),
        ("user", f"{named[0]}And fourth?"),
    ]
    assert "Several people talk" in str(home.weryai.requests[1].json) or where == "direct"
