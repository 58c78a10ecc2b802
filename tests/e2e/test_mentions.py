"""Mentioning the bot in a channel, and "Ask about this" on a message."""

from __future__ import annotations

from bot.sandbox.discord.state import MessageType
from tests.e2e.stage import Home, answers_to, buttons, conversation, small_print, text_of


async def test_a_mention_is_answered_in_a_reply(home: Home) -> None:
    home.weryai.answer_next("Hello, Ada!")

    question = await home.mention("say hello")

    answer = await home.answered(question)
    assert text_of(answer) == "Hello, Ada!"
    assert answer.reference is question
    assert conversation(home.weryai.requests[0]) == [("user", "say hello")]


async def test_the_bot_is_seen_to_type_until_its_first_text(home: Home) -> None:
    gate = home.weryai.hold_next()
    typing = f"/channels/{home.channel.id}/typing"

    question = await home.mention("Think about it.")

    await home.until(lambda: any(one.path == typing for one in home.discord.requests), "Typing")
    assert answers_to(question) == []
    gate.release()
    await home.answered(question)


async def test_the_mention_may_stand_anywhere(home: Home) -> None:
    bot = home.discord.bot_mention

    await home.answered(await home.ada.send(home.channel, f"tell me, {bot}, the time"))
    await home.answered(await home.ada.send(home.channel, f"the time please {bot}"))

    asked = [conversation(request)[-1][1] for request in home.weryai.requests]
    assert asked == [f"tell me, @{home.discord.bot_user.name}, the time", "the time please"]


async def test_what_is_replied_to_is_given_to_the_model(home: Home) -> None:
    quote = await home.bob.send(home.channel, "The Earth is flat.")

    await home.answered(await home.mention("is this true?", reply_to=quote))

    [(role, told)] = conversation(home.weryai.requests[0])
    assert role == "user"
    assert "> The Earth is flat." in told
    assert told.endswith("is this true?")


async def test_a_bare_mention_in_reply_makes_the_message_the_question(home: Home) -> None:
    question = await home.bob.send(home.channel, "How tall is Mont Blanc?")

    await home.answered(await home.mention("", reply_to=question))

    assert conversation(home.weryai.requests[0]) == [("user", "How tall is Mont Blanc?")]


async def test_a_reply_to_the_bot_that_mentions_it_goes_on_with_the_conversation(
    home: Home,
) -> None:
    home.weryai.answer_next("4,806 metres.")
    answer = await home.answered(await home.mention("How tall is Mont Blanc?"))

    question = await home.ada.send(home.channel, "And the Matterhorn?", reply_to=answer)
    await home.answered(question)

    told = conversation(home.weryai.requests[1])
    assert told[:2] == [("user", "How tall is Mont Blanc?"), ("assistant", "4,806 metres.")]
    assert told[2][1].endswith("And the Matterhorn?")


async def test_a_bare_mention_is_told_what_to_do(home: Home) -> None:
    question = await home.mention("")

    await home.until(lambda: answers_to(question))
    [told] = answers_to(question)
    assert told.content == "There is no question in that. Write what you would like to know."
    assert home.weryai.requests == []


async def test_people_are_named_where_several_talk(home: Home) -> None:
    await home.answered(await home.mention("I like tea."))
    await home.answered(await home.mention("I like coffee.", by=home.bob))

    alone, together = home.weryai.requests
    assert conversation(alone) == [("user", "I like tea.")]
    said = [content for role, content in conversation(together) if role == "user"]
    assert said == ["Ada: I like tea.", "Bob: I like coffee."]


async def test_people_channels_and_roles_are_told_by_name(home: Home) -> None:
    role = home.discord.add_role(home.guild, "Wizards")
    said = f"what do {home.bob.mention} and <@&{role.id}> do in {home.channel.mention}?"

    await home.answered(await home.mention(said))

    assert conversation(home.weryai.requests[0]) == [
        ("user", "what do @Bob and @Wizards do in #general?")
    ]


async def test_neither_bots_nor_webhooks_nor_discord_itself_are_answered(home: Home) -> None:
    robot = home.discord.add_person("Robot", bot=True)
    home.discord.add_member(home.guild, robot)
    await home.mention("hello from a bot", by=robot)
    bot = home.discord.bot_mention
    home.discord.post_as_webhook(home.channel, "Hook", f"{bot} hello from a webhook")
    home.discord.post_system(home.channel, home.ada, MessageType.USER_JOIN)

    await home.answered(await home.mention("hello from a person"))

    assert [conversation(one)[-1][1] for one in home.weryai.requests] == ["hello from a person"]


async def test_who_mentions_everyone_or_a_role_does_not_ask_the_bot(home: Home) -> None:
    await home.mo.send(home.channel, "@everyone good morning")
    own_role = next(role for role in home.guild.roles.values() if role.name == "Wery")
    await home.mo.send(home.channel, f"<@&{own_role.id}> good morning")
    await home.ada.send(home.channel, "good morning, Wery")

    await home.answered(await home.mention("good evening"))

    assert [conversation(one)[-1][1] for one in home.weryai.requests] == ["good evening"]


async def test_ask_about_this_reads_a_message_and_answers_in_the_channel(home: Home) -> None:
    message = await home.bob.send(home.channel, "E = mc²")

    opened = await home.ada.context_menu(message, "Ask about this")
    await opened.settled()
    asked = await home.ada.submit(opened, **question_field(opened.modal, "What does it mean?"))

    answer = await home.answered(asked)
    assert small_print(answer)
    [(_, told)] = conversation(home.weryai.requests[0])
    assert "> E = mc²" in told
    assert told.endswith("What does it mean?")


async def test_ask_about_this_says_so_where_there_is_no_text(home: Home) -> None:
    picture = await home.bob.send(home.channel, files={"cat.png": b"\x89PNG"})

    opened = await home.ada.context_menu(picture, "Ask about this")

    told = await opened.answered()
    assert told.content == "There is no text in that message that I could read."
    assert opened.ephemeral


def question_field(modal: object, text: str) -> dict[str, str]:
    """The form's one field, filled in."""
    assert isinstance(modal, dict)
    return {modal["components"][0]["component"]["custom_id"]: text}


async def test_nobody_waits_for_the_older_answers_buttons_to_go(home: Home) -> None:
    first = await home.answered(await home.mention("First?"))
    held = home.discord.faults.hold("PATCH", f"/messages/{first.id}$")

    await home.answered(await home.mention("Second?"))
    await held.arrived.wait()
    await home.answered(await home.mention("Third?"))

    held.release()
    await home.until(lambda: buttons(first) == [])
