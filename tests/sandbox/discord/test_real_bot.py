"""The local Discord with a real discord.py bot on the other side."""

from __future__ import annotations

import asyncio
import io

import discord
import pytest
from discord import app_commands

from bot.sandbox.discord.components import labels
from bot.sandbox.discord.handles import NotPossible
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import InteractionState
from tests.sandbox.discord.clients import TIMEOUT, Bot, Connect
from tests.sandbox.discord.conftest import Home


async def test_a_bot_reads_a_message_answers_and_edits(
    sandbox: DiscordSandbox, home: Home, connect: Connect
) -> None:
    bot = Bot()

    @bot.event
    async def on_message(message: discord.Message) -> None:
        if message.author != bot.user:
            answer = await message.reply(f"You said {message.content}")
            await answer.edit(content="Edited")

    async with connect(bot):
        question = await home.ada.send(home.channel, "  hello ")
        await sandbox.until(lambda: home.ada.sees(home.channel)[-1].content == "Edited")

    answer = home.ada.sees(home.channel)[-1]
    assert [one.content for one in answer.versions] == ["You said hello", "Edited"]
    assert answer.reference is question


async def test_a_slash_command_is_deferred_and_then_answered(home: Home, connect: Connect) -> None:
    bot = Bot()

    @bot.tree.command(description="Say it again")
    async def echo(interaction: discord.Interaction, text: str) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.edit_original_response(content=text)
        await interaction.followup.send("and more")

    async with connect(bot):
        handle = await home.ada.slash(home.channel, "echo", text="again")
        answer = await handle.answered()
        assert answer.content == "again"
        await handle.followed_up()

    assert handle.ephemeral
    assert [one.thinking for one in answer.versions] == [True, False]
    assert home.ada.sees(home.channel)[0] is answer
    assert home.mo.sees(home.channel) == handle.responses[1:]


async def test_subcommands_choices_and_autocomplete_work(home: Home, connect: Connect) -> None:
    bot = Bot()
    config = app_commands.Group(
        name="config",
        description="Settings",
        default_permissions=discord.Permissions(manage_guild=True),
    )

    @config.command(description="Choose the model")
    @app_commands.choices(scope=[app_commands.Choice(name="Server", value="server")])
    async def model(
        interaction: discord.Interaction, model: str, scope: app_commands.Choice[str]
    ) -> None:
        await interaction.response.send_message(f"{model} for the {scope.value}")

    @model.autocomplete("model")
    async def suggest(_: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
        known = ("GPT_5", "GLM_5", "GROK_4")
        return [app_commands.Choice(name=one, value=one) for one in known if current in one]

    bot.tree.add_command(config)
    async with connect(bot):
        choices = await home.mo.autocomplete(home.channel, "config model", "model", "_5")
        handle = await home.mo.slash(home.channel, "config model", model="GLM_5", scope="Server")
        answer = await handle.answered()
        with pytest.raises(NotPossible, match="is not offered"):
            await home.ada.slash(home.channel, "config model", model="GLM_5", scope="Server")

    assert [one["value"] for one in choices] == ["GPT_5", "GLM_5"]
    assert answer.content == "GLM_5 for the server"


class Question(discord.ui.Modal, title="A question"):
    text: discord.ui.TextInput[Question] = discord.ui.TextInput(label="Text", custom_id="text")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"Asked: {self.text.value}")


class Buttons(discord.ui.View):
    @discord.ui.button(label="Stop")
    async def stop_it(self, interaction: discord.Interaction, _: object) -> None:
        await interaction.response.edit_message(content="Stopped", view=None)

    @discord.ui.button(label="Ask")
    async def ask(self, interaction: discord.Interaction, _: object) -> None:
        await interaction.response.send_modal(Question())

    @discord.ui.select(
        placeholder="Model", options=[discord.SelectOption(label="GPT-5", value="5")]
    )
    async def choose(
        self, interaction: discord.Interaction, select: discord.ui.Select[Buttons]
    ) -> None:
        await interaction.response.send_message(f"Chose {select.values[0]}", ephemeral=True)


async def test_buttons_menus_and_forms_work(home: Home, connect: Connect) -> None:
    bot = Bot()

    @bot.tree.command(description="Show the buttons")
    async def show(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Here", view=Buttons())

    async with connect(bot):
        shown = await (await home.ada.slash(home.channel, "show")).answered()
        assert labels(shown) == ["Stop", "Ask"]
        chosen = await (await home.ada.select(shown, "Model", ["GPT-5"])).answered()
        form = await home.ada.click(shown, "Ask")
        await form.settled()
        asked = await (await home.ada.submit(form, text="why?")).answered()
        stop = await home.mo.click(shown, "Stop")
        await stop.settled()

    assert chosen.content == "Chose 5"
    assert chosen.ephemeral_for == home.ada.id
    assert asked.content == "Asked: why?"
    assert stop.response is shown
    assert (shown.content, shown.components) == ("Stopped", [])


async def test_a_message_menu_gives_the_message(home: Home, connect: Connect) -> None:
    bot = Bot()

    @bot.tree.context_menu(name="Repeat")
    async def repeat(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(message.content)

    async with connect(bot):
        message = await home.ada.send(home.channel, "once")
        answer = await (await home.mo.context_menu(message, "Repeat")).answered()

    assert answer.content == "once"


async def test_a_bot_starts_a_thread_and_hears_what_is_said_there(
    sandbox: DiscordSandbox, home: Home, connect: Connect
) -> None:
    bot = Bot()

    @bot.event
    async def on_message(message: discord.Message) -> None:
        if message.author == bot.user or message.is_system():
            return
        if isinstance(message.channel, discord.Thread):
            await message.channel.send(f"heard {message.content}")
        else:
            await message.create_thread(name="Talk")

    async with connect(bot):
        question = await home.ada.send(home.channel, "begin")
        await sandbox.until(lambda: question.thread is not None)
        assert question.thread is not None
        thread = question.thread
        await home.ada.send(thread, "you")
        await sandbox.until(lambda: home.ada.sees(thread)[-1].content == "heard you")

    assert thread.id == question.id
    assert thread.name == "Talk"


async def test_direct_messages_and_files_go_both_ways(
    sandbox: DiscordSandbox, home: Home, connect: Connect
) -> None:
    bot = Bot()

    @bot.event
    async def on_message(message: discord.Message) -> None:
        if message.author != bot.user:
            data = await message.attachments[0].read()
            await message.channel.send(file=discord.File(io.BytesIO(data * 2), "twice.txt"))

    async with connect(bot):
        channel = await home.ada.open_dm()
        await home.ada.send(channel, files={"once.txt": b"ab"})
        await sandbox.until(lambda: len(home.ada.sees(channel)) == 2)

    (file,) = home.ada.sees(channel)[-1].attachments
    assert (file.filename, file.data) == ("twice.txt", b"abab")


@pytest.mark.parametrize("fault", ["drop", "reconnect", "invalid"])
async def test_a_session_is_resumed_and_misses_nothing(
    sandbox: DiscordSandbox, home: Home, connect: Connect, fault: str
) -> None:
    bot, heard, resumed = Bot(), asyncio.Queue[str](), asyncio.Event()

    @bot.event
    async def on_message(message: discord.Message) -> None:
        heard.put_nowait(message.content)

    @bot.event
    async def on_shard_resumed(_: int) -> None:
        resumed.set()

    async with connect(bot):
        await home.ada.send(home.channel, "before")
        assert await heard.get() == "before"
        if fault == "drop":
            sandbox.gateway.drop()
        elif fault == "reconnect":
            sandbox.gateway.ask_to_reconnect()
        else:
            sandbox.gateway.invalidate(resumable=True)
        await sandbox.until(lambda: not sandbox.gateway.connected)
        await home.ada.send(home.channel, "meanwhile")
        async with asyncio.timeout(TIMEOUT):
            assert await heard.get() == "meanwhile"
            await resumed.wait()
        await home.ada.send(home.channel, "after")
        assert await heard.get() == "after"

    assert sandbox.gateway.identified == 1


async def test_a_bot_without_the_content_intent_sees_only_what_is_meant_for_it(
    sandbox: DiscordSandbox, home: Home, connect: Connect
) -> None:
    bot, heard = Bot(discord.Intents.default()), asyncio.Queue[str]()

    @bot.event
    async def on_message(message: discord.Message) -> None:
        heard.put_nowait(message.content)

    async with connect(bot):
        await home.ada.send(home.channel, "secret")
        await home.ada.send(home.channel, f"{sandbox.bot_mention} hello")
        await home.ada.send(await home.ada.open_dm(), "psst")
        async with asyncio.timeout(TIMEOUT):
            texts = [await heard.get() for _ in range(3)]

    assert texts == ["", f"{sandbox.bot_mention} hello", "psst"]


async def test_an_intent_that_is_not_enabled_ends_the_bot(connect: Connect) -> None:
    intents = discord.Intents.default()
    intents.members = True
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with connect(Bot(intents)):
            pass


async def test_a_bot_that_is_refused_gets_discords_exceptions(
    sandbox: DiscordSandbox, home: Home, connect: Connect
) -> None:
    sandbox.set_overwrite(home.channel, sandbox.bot_user, deny=Permission.SEND_MESSAGES)
    bot = Bot()
    async with connect(bot):
        channel = bot.get_channel(home.channel.id)
        assert isinstance(channel, discord.TextChannel)
        with pytest.raises(discord.Forbidden) as refused:
            await channel.send("hello")
        with pytest.raises(discord.NotFound):
            await channel.fetch_message(1)

    assert refused.value.code == 50013


async def test_a_command_nobody_answers_fails_after_three_seconds(
    sandbox: DiscordSandbox, home: Home, connect: Connect
) -> None:
    bot, late = Bot(), asyncio.Queue[int]()

    @bot.tree.command(description="Sleeps")
    async def sleepy(interaction: discord.Interaction) -> None:
        sandbox.clock.advance(3.01)
        try:
            await interaction.response.defer()
        except discord.NotFound as error:
            late.put_nowait(error.code)

    async with connect(bot):
        handle = await home.ada.slash(home.channel, "sleepy")
        async with asyncio.timeout(TIMEOUT):
            code = await late.get()

    assert handle.state is InteractionState.FAILED
    assert code == 10062
