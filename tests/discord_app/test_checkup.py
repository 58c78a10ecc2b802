"""What an operator is told of Discord before the first run."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import discord
import pytest

from bot.core.checkup import Finding
from bot.discord_app.application import ContentIntent, invite_link
from bot.discord_app.checkup import examine_discord
from bot.discord_app.rest import DiscordRest, open_rest
from bot.sandbox.discord.server import DiscordSandbox


def by_subject(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.subject: finding for finding in findings}


async def test_all_is_well(sandbox: DiscordSandbox, rest: DiscordRest) -> None:
    findings = await examine_discord(rest, "auto")

    assert {finding.status for finding in findings} == {"ok"}
    assert invite_link(sandbox.application_id) in by_subject(findings)["Invite link"].sentence


async def test_a_wrong_token_is_the_only_thing_that_matters_then(sandbox: DiscordSandbox) -> None:
    async with open_rest(sandbox.api_url, "wrong") as rest:
        [finding] = await examine_discord(rest, "auto")

    assert finding.status == "problem"
    assert "DISCORD_TOKEN" in finding.sentence
    assert "wrong" not in finding.sentence


async def test_a_discord_that_does_not_answer_is_said_so() -> None:
    async with open_rest("http://127.0.0.1:9/api/v10", "token") as rest:
        [finding] = await examine_discord(rest, "auto")

    assert finding.status == "problem"
    assert "does not answer" in finding.sentence


@pytest.mark.parametrize(
    ("setting", "status"), [("auto", "warning"), ("on", "problem"), ("off", "warning")]
)
async def test_a_disabled_intent_matters_as_much_as_it_is_wanted(
    sandbox: DiscordSandbox, rest: DiscordRest, setting: ContentIntent, status: str
) -> None:
    sandbox.world.application.message_content = False

    finding = by_subject(await examine_discord(rest, setting))["Message content"]

    assert finding.status == status
    assert finding.remedy


async def test_an_interactions_address_is_a_problem(
    sandbox: DiscordSandbox, rest: DiscordRest
) -> None:
    body = {"id": "5", "name": "Wery", "flags": 0, "interactions_endpoint_url": "https://x.test"}
    sandbox.faults.answer("GET", "/applications/@me", 200, body)

    assert by_subject(await examine_discord(rest, "auto"))["Interactions"].status == "problem"


@pytest.mark.parametrize(("remaining", "status"), [(0, "problem"), (10, "warning"), (999, "ok")])
async def test_few_session_starts_left_are_told(
    sandbox: DiscordSandbox, rest: DiscordRest, remaining: int, status: str
) -> None:
    limit = {"total": 1000, "remaining": remaining, "reset_after": 7_200_000}
    body = {"url": "wss://x.test", "shards": 2, "session_start_limit": limit}
    sandbox.faults.answer("GET", "/gateway/bot", 200, body)

    finding = by_subject(await examine_discord(rest, "auto"))["Discord gateway"]

    assert finding.status == status
    assert "2 shard" in finding.sentence


async def test_a_gateway_that_cannot_be_asked_is_a_problem(
    sandbox: DiscordSandbox, rest: DiscordRest
) -> None:
    sandbox.faults.answer("GET", "/gateway/bot", 503)

    assert by_subject(await examine_discord(rest, "auto"))["Discord gateway"].status == "problem"


def test_the_invite_asks_for_exactly_what_is_needed() -> None:
    query = parse_qs(urlsplit(invite_link(5)).query)

    permissions = discord.Permissions(int(query["permissions"][0]))
    assert {name for name, granted in permissions if granted} == {
        "view_channel",
        "read_messages",
        "send_messages",
        "send_messages_in_threads",
        "create_public_threads",
        "read_message_history",
        "attach_files",
    } & {name for name, _ in permissions}
    assert query["scope"] == ["bot applications.commands"]
    assert query["client_id"] == ["5"]
