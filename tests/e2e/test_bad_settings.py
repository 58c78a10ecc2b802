"""Bad input from the operator: a clear sentence, exit code 1, never a traceback."""

from __future__ import annotations

import sqlite3

import pytest

from tests.e2e.database import stored
from tests.e2e.stage import Home, Stage, text_of

OUT_OF_RANGE = {
    "MAX_TOKENS": ("0", "MAX_TOKENS must be a whole number from 1 to 1000000; it is '0'."),
    "MAX_PROMPT_CHARACTERS": (
        "9000",
        "MAX_PROMPT_CHARACTERS must be a whole number from 1 to 6000; it is '9000'.",
    ),
    "HEALTH_PORT": ("99999", "HEALTH_PORT must be a whole number from 0 to 65535; it is '99999'."),
    "SILENCE_TIMEOUT": ("-1", "SILENCE_TIMEOUT must be a number from 0.1 to 3600; it is '-1'."),
    "SHARD_IDS": ("0", "SHARD_IDS needs SHARD_COUNT beside it."),
    "LOG_LEVEL": (
        "chatty",
        "LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR; it is 'CHATTY'.",
    ),
    "WERYAI_BASE_URL": (
        "weryai.com",
        "WERYAI_BASE_URL must be an address that begins with https:// or http://.",
    ),
}
MALFORMED = {
    "mysql://localhost/bot": "DATABASE_URL must begin with sqlite:/// or postgresql://.",
    "postgresql://me:secret@host:port/bot": "DATABASE_URL is not a well-formed address.",
}


async def test_each_value_out_of_range_is_named_with_its_range_all_at_once(stage: Stage) -> None:
    outcome = await stage.outcome("run", **{name: bad for name, (bad, _) in OUT_OF_RANGE.items()})

    assert outcome.code == 1
    assert [said for _, said in OUT_OF_RANGE.values() if said not in outcome.sentences] == []
    assert f"{len(OUT_OF_RANGE)} problems: the bot cannot run yet." in outcome.sentences


@pytest.mark.parametrize("url", MALFORMED)
async def test_a_malformed_database_url_is_refused_without_showing_it(
    stage: Stage, url: str
) -> None:
    outcome = await stage.outcome("run", DATABASE_URL=url)

    assert outcome.code == 1
    assert MALFORMED[url] in outcome.sentences
    assert "secret" not in outcome.said


async def test_all_that_is_missing_is_said_at_once(stage: Stage) -> None:
    outcome = await stage.outcome("run", DISCORD_TOKEN="", WERYAI_API_KEY="")

    assert outcome.code == 1
    assert "DISCORD_TOKEN is not set." in outcome.sentences
    assert "press Reset Token on its Bot page" in outcome.sentences
    assert "WERYAI_API_KEY is not set." in outcome.sentences
    assert "2 problems: the bot cannot run yet." in outcome.sentences


async def test_a_wrong_token_is_said_and_the_process_ends(stage: Stage) -> None:
    outcome = await stage.outcome("run", DISCORD_TOKEN="wrong.token.entirely")

    assert outcome.code == 1
    assert outcome.sentences == (
        "Discord does not accept DISCORD_TOKEN. Copy the token anew from the developer portal: "
        "your application, Bot, Reset Token."
    )


async def test_without_discord_the_process_says_so_and_ends(stage: Stage) -> None:
    outcome = await stage.outcome("run", DISCORD_API_URL="http://127.0.0.1:9/api/v10")

    assert outcome.code == 1
    assert outcome.sentences.startswith("Discord does not answer")
    assert outcome.sentences.endswith("Check the network and DISCORD_API_URL.")


async def test_a_wrong_key_lets_the_bot_start_and_members_are_told(stage: Stage) -> None:
    home = stage.home()

    async with stage.running_bot(WERYAI_API_KEY="sk-wrong"):
        answer = await home.answered(await home.mention("Hello?"))

    assert text_of(answer) == (
        "⚠ WeryAI does not accept this bot's key. Please tell whoever runs the bot."
    )
    assert "sk-wrong" not in stage.log()


@pytest.mark.parametrize("command", ["run", "check", "migrate"])
async def test_a_wrong_password_of_the_database_is_said_with_what_to_do(
    stage: Stage, postgres_server: str, command: str
) -> None:
    address = postgres_server.format(database="postgres")
    url = address.replace("postgres@", "guarded:not-the-password@")

    outcome = await stage.outcome(command, DATABASE_URL=url)

    assert outcome.code == 1
    assert 'password authentication failed for user "guarded"' in outcome.sentences
    assert "Check the user and the password in DATABASE_URL" in outcome.sentences
    assert "not-the-password" not in outcome.said


@pytest.mark.parametrize("command", ["run", "check", "migrate"])
async def test_a_database_server_that_is_not_there_is_said_with_what_to_do(
    stage: Stage, command: str
) -> None:
    url = "postgresql://me:not-to-be-told@127.0.0.1:9/bot"

    outcome = await stage.outcome(command, DATABASE_URL=url)

    assert outcome.code == 1
    assert "Check that PostgreSQL is running" in outcome.sentences
    assert "not-to-be-told" not in outcome.said


async def test_a_database_of_a_newer_bot_is_refused_and_left_as_it_is(stage: Stage) -> None:
    async with stage.running_bot():
        pass
    with sqlite3.connect(stage.database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    outcome = await stage.outcome("run")

    assert outcome.code == 1
    assert "newer" in outcome.sentences
    assert stored(stage.database, "SELECT version_num FROM alembic_version") == [("9999",)]


async def test_a_file_that_is_no_database_is_refused(stage: Stage) -> None:
    stage.database.write_text("Dear diary, today I was mistaken for a database." * 100)

    outcome = await stage.outcome("run")

    assert outcome.code == 1
    assert "database" in outcome.sentences


async def test_a_taken_port_is_said(stage: Stage, home: Home) -> None:
    port = home.discord.url.rpartition(":")[2]  # where the other scenarios' Discord is

    outcome = await stage.outcome("run", HEALTH_PORT=port)

    assert outcome.code == 1
    assert f"nothing can listen at 127.0.0.1:{port}" in outcome.sentences
    assert "choose a free HEALTH_PORT" in outcome.sentences


@pytest.mark.parametrize("command", ["run", "check"])
async def test_a_proxy_that_cannot_be_used_is_said(stage: Stage, command: str) -> None:
    outcome = await stage.outcome(
        command, ALL_PROXY="socks5://127.0.0.1:9", WERYAI_BASE_URL="http://weryai.invalid"
    )

    assert outcome.code == 1
    assert "a proxy must be http or https; the environment's is socks5." in outcome.sentences
    assert "Set HTTPS_PROXY to an http:// address" in outcome.sentences
