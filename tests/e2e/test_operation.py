"""Running the bot: commands registered when they change, shards, health, another database."""

from __future__ import annotations

import aiohttp
import asyncpg
import pytest

from bot.sandbox.discord.state import Guild
from tests.e2e.stage import Home, Stage, answers_to, conversation, text_of

COMMANDS = "/applications/{application_id}/commands"


def registrations(stage: Stage) -> int:
    """How often the commands were registered."""
    return sum(one.method == "PUT" and one.route == COMMANDS for one in stage.discord.requests)


async def test_commands_are_registered_when_they_have_changed_and_only_then(stage: Stage) -> None:
    async with stage.running_bot() as bot:
        assert registrations(stage) == 1
        await bot.restart()
        assert registrations(stage) == 1

    stale = next(one for one in stage.discord.world.commands.values() if one.name == "help")
    stage.discord.world.remove_command(stale)
    async with stage.running_bot():
        assert registrations(stage) == 2
    names = {one.name for one in stage.discord.world.commands.values()}
    assert {"ask", "chat", "model", "config", "reset", "help", "Ask about this"} <= names


async def test_commands_are_for_those_whom_they_are_meant_for(home: Home) -> None:
    needed = {
        one.name: one.payload.get("default_member_permissions")
        for one in home.discord.world.commands.values()
    }

    assert str(needed.pop("config")) == str(1 << 5)  # Manage Server
    assert set(needed.values()) == {None}


def of_shard(stage: Stage, shard: int, shards: int) -> Home:
    """A guild that Discord puts on this shard."""
    for number in range(10_000):
        home = stage.home(f"Home {number}")
        if shard_of(home.guild, shards) == shard:
            return home
        stage.discord.world.remove_guild(home.guild)
    raise AssertionError("no such guild")


def shard_of(guild: Guild, shards: int) -> int:
    """Which shard has a guild's events (Discord's documentation, "Sharding")."""
    return (guild.id >> 22) % shards


@pytest.mark.parametrize("stage", [{"shards": 2}], indirect=True)
async def test_one_process_serves_all_shards(stage: Stage) -> None:
    even, odd = of_shard(stage, 0, 2), of_shard(stage, 1, 2)

    async with stage.running_bot(shards=2):
        for home in (even, odd):
            await home.answered(await home.mention("Hello?"))
            await home.answered(await home.ask("Hello?"))

    assert stage.discord.gateway.identified == 2


async def test_two_processes_share_the_servers_and_a_database(stage: Stage) -> None:
    even, odd = of_shard(stage, 0, 2), of_shard(stage, 1, 2)
    direct = await even.ada.open_dm()

    async with (
        stage.running_bot(SHARD_COUNT="2", SHARD_IDS="0") as first,
        stage.running_bot(SHARD_COUNT="2", SHARD_IDS="1") as second,
    ):
        questions = [
            await even.mention("Who serves the even ones?"),
            await odd.mention("Who serves the odd ones?"),
            await even.ada.send(direct, "Who serves direct messages?"),
        ]
        for question in questions:
            await even.answered(question)

        assert len(first.log.saying(": complete")) == 2
        assert len(second.log.saying(": complete")) == 1
    assert [len(answers_to(question)) for question in questions] == [1, 1, 1]


async def test_a_command_under_way_does_not_keep_it_from_leaving_in_order(stage: Stage) -> None:
    home = stage.home()
    async with stage.running_bot() as bot:
        held = stage.discord.faults.hold("POST", "/callback$")
        await home.ada.slash(home.channel, "model")
        await home.ask("Hello?")
        await held.arrived.wait()

        assert await bot.stop() == 0


async def test_health_readiness_and_metrics_are_served(stage: Stage) -> None:
    home = stage.home()
    async with stage.running_bot(HEALTH_PORT="0") as bot, aiohttp.ClientSession() as http:
        address = (await bot.log.says("health and metrics are served"))["port"]
        base = f"http://127.0.0.1:{address}"

        async with http.get(f"{base}/healthz") as alive:
            assert (alive.status, await alive.text()) == (200, "alive\n")
        await bot.log.says("ready; servers: 1")
        async with http.get(f"{base}/readyz") as ready:
            assert ready.status == 200
            assert await ready.json() == {"gateway": True, "database": True}

        await home.answered(await home.ask("Hello?"))
        async with http.get(f"{base}/metrics") as metrics:
            assert metrics.status == 200
            told = await metrics.text()
    assert 'state="complete"' in told


async def test_it_is_not_ready_before_discord_is(stage: Stage) -> None:
    held = stage.discord.faults.hold("GET", "/gateway/bot")
    bot = stage.bot(HEALTH_PORT="0")
    await bot.launch()
    address = (await bot.log.says("health and metrics are served"))["port"]
    await held.arrived.wait()

    async with (
        aiohttp.ClientSession() as http,
        http.get(f"http://127.0.0.1:{address}/readyz") as ready,
    ):
        assert ready.status == 503
        assert await ready.json() == {"gateway": False, "database": True}
    held.release()
    await stage.discord.bot_ready()


async def test_postgresql_serves_as_the_database(stage: Stage, postgres_server: str) -> None:
    home = stage.home()
    name = "end_to_end"
    owner = await asyncpg.connect(postgres_server.format(database="postgres"))
    await owner.execute(f"CREATE DATABASE {name}")
    await owner.close()
    stage.weryai.answer_next("Nice to meet you.")

    async with stage.running_bot(DATABASE_URL=postgres_server.format(database=name)) as bot:
        await home.answered(await home.mention("I am Ada."))
        chosen = await home.mo.slash(home.channel, "config set", option="model", value="GPT_5")
        await chosen.answered()
        await bot.restart()
        answer = await home.answered(await home.mention("Who am I?"))

    assert text_of(answer)
    asked = stage.weryai.requests[-1]
    assert asked.json["model"] == "GPT_5"
    assert conversation(asked) == [
        ("user", "I am Ada."),
        ("assistant", "Nice to meet you."),
        ("user", "Who am I?"),
    ]
    assert not stage.database.exists()


async def test_the_sandbox_asks_once_and_shows_the_answer_growing(stage: Stage) -> None:
    outcome = await stage.outcome(
        *("sandbox", "--ask", "What is artificial intelligence?"),
        DISCORD_TOKEN="",
        WERYAI_API_KEY="",
        DISCORD_API_URL="",
        WERYAI_BASE_URL="",
        DATABASE_URL="",
    )

    assert outcome.code == 0
    assert "Ada: What is artificial intelligence?" in outcome.said
    assert "Gemini-2.5-Flash" in outcome.said
    *_, last = outcome.said.strip().splitlines()
    assert last.startswith("✓ complete after ")
    assert int(last.split()[3]) >= 2
