"""What a conversation remembers: the newest 50, as edited, across restarts, nothing twice."""

from __future__ import annotations

from bot.sandbox.discord.events import MessageCreated
from tests.e2e.database import stored
from tests.e2e.stage import Home, Stage, answers_to, conversation, text_of


def remembered(stage: Stage, home: Home) -> list[str]:
    """What the database holds of a channel's conversation, oldest first."""
    everything = "SELECT conversation_id, text FROM messages ORDER BY position"
    rows = stored(stage.database, everything)
    return [str(text) for conversation_id, text in rows if conversation_id == home.channel.id]


async def test_the_newest_50_messages_are_kept_and_no_more_than_50_are_sent(home: Home) -> None:
    said = []
    for number in range(27):
        home.weryai.answer_next(f"answer {number}")
        await home.answered(await home.ask(f"question {number}"))
        said += [f"question {number}", f"answer {number}"]

    assert remembered(home.stage, home) == said[-50:]
    newest = home.weryai.requests[-1].json["messages"]
    assert len(newest) == 50
    assert [message["role"] for message in newest[:2]] == ["system", "user"]
    assert [message["content"] for message in newest[1:]] == said[:-1][-49:]


async def test_an_edited_question_is_remembered_as_it_stands_now(home: Home) -> None:
    home.weryai.answer_next("A fine city.")
    question = await home.mention("What do you think of Bonn?")
    await home.answered(question)

    await home.ada.edit(question, f"{home.discord.bot_mention} What do you think of Berlin?")
    await home.answered(await home.mention("And of Paris?"))

    assert conversation(home.weryai.requests[1]) == [
        ("user", "What do you think of Berlin?"),
        ("assistant", "A fine city."),
        ("user", "And of Paris?"),
    ]


async def test_a_deleted_question_is_forgotten(home: Home) -> None:
    secret = await home.mention("My PIN is 1234.")
    await home.answered(secret)

    await home.ada.delete(secret)
    await home.answered(await home.mention("What is my PIN?"))

    users = [said for role, said in conversation(home.weryai.requests[1]) if role == "user"]
    assert users == ["What is my PIN?"]


async def test_a_deleted_answer_is_forgotten(home: Home) -> None:
    home.weryai.answer_next("Nonsense.")
    answer = await home.answered(await home.mention("What is a jib?"))

    await home.mo.delete(answer)
    await home.answered(await home.mention("And a spinnaker?"))

    assert conversation(home.weryai.requests[1]) == [
        ("user", "What is a jib?"),
        ("user", "And a spinnaker?"),
    ]


async def test_several_messages_deleted_at_once_are_all_forgotten(home: Home) -> None:
    first, second = await home.mention("First."), await home.mention("Second.")
    await home.answered(first)
    await home.answered(second)

    await home.mo.delete(first, second)
    await home.answered(await home.mention("Third."))

    users = [said for role, said in conversation(home.weryai.requests[-1]) if role == "user"]
    assert users == ["Third."]


async def test_a_conversation_goes_on_after_a_restart(stage: Stage) -> None:
    home = stage.home()
    async with stage.running_bot() as bot:
        chat = await home.ada.slash(home.channel, "chat", title="Talk")
        await home.until(lambda: home.guild.threads)
        [thread] = home.guild.threads.values()
        await chat.settled()
        stage.weryai.answer_next("Nice to meet you.")
        await home.answered(await home.ada.send(thread, "I am Ada."))

        await bot.restart()
        stage.weryai.answer_next("You are Ada.")
        answer = await home.answered(await home.ada.send(thread, "Who am I?"))

    assert text_of(answer) == "You are Ada."
    assert conversation(stage.weryai.requests[1]) == [
        ("user", "I am Ada."),
        ("assistant", "Nice to meet you."),
        ("user", "Who am I?"),
    ]


async def test_a_thread_that_was_archived_over_a_restart_goes_on_where_it_was(stage: Stage) -> None:
    home = stage.home()
    async with stage.running_bot() as bot:
        chat = await home.ada.slash(home.channel, "chat", title="Talk")
        await home.until(lambda: home.guild.threads)
        [thread] = home.guild.threads.values()
        await chat.settled()
        await home.answered(await home.ada.send(thread, "I am Ada."))
        await home.mo.change_thread(thread, archived=True)

        await bot.restart()
        await home.answered(await home.ada.send(thread, "Who am I?"))
        await home.mo.change_thread(thread, archived=True)
        await home.answered(await home.ask("And who is Bob?", channel=thread))

    asked = [said for role, said in conversation(stage.weryai.requests[-1]) if role == "user"]
    assert asked == ["I am Ada.", "Who am I?", "And who is Bob?"]


async def test_a_message_that_comes_twice_is_answered_once(home: Home) -> None:
    question = await home.mention("Once, please.")
    await home.answered(question)

    home.discord.world.publish(MessageCreated(question))
    await home.answered(await home.mention("And this?"))

    assert len(answers_to(question)) == 1
    asked = [conversation(request)[-1][1] for request in home.weryai.requests]
    assert asked == ["Once, please.", "And this?"]


async def test_what_is_said_while_the_gateway_is_away_is_answered_once(stage: Stage) -> None:
    home = stage.home()
    async with stage.running_bot():
        await home.answered(await home.mention("Before."))

        stage.discord.gateway.drop()
        await home.until(lambda: not stage.discord.gateway.connected)
        during = await home.mention("Meanwhile.")
        await home.answered(during)
        await home.answered(await home.mention("After."))

    assert stage.discord.gateway.identified == 1
    assert len(answers_to(during)) == 1
    asked = [conversation(request)[-1][1] for request in stage.weryai.requests]
    assert asked == ["Before.", "Meanwhile.", "After."]
