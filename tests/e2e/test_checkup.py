"""`python -m bot check`: what is missing or wrong, before the first run."""

from __future__ import annotations

import re

import pytest

from bot.sandbox.weryai import Listing
from tests.e2e.stage import Stage

# View Channel, Send Messages, Send Messages in Threads, Create Public Threads, Read Message
# History, Attach Files: what the README asks for.
NEEDED = 1 << 10 | 1 << 11 | 1 << 38 | 1 << 35 | 1 << 16 | 1 << 15


async def test_when_all_is_well_it_says_so_and_gives_the_invite_link(stage: Stage) -> None:
    outcome = await stage.outcome("check")

    assert outcome.code == 0
    assert outcome.sentences.endswith("All is well: the bot can run.")
    assert "Discord knows the bot as “Wery”." in outcome.sentences
    assert "1,000 credits are left." in outcome.sentences
    assert "WeryAI offers 28 models, GEMINI_25_FLASH among them." in outcome.sentences
    link = re.search(r"https://\S+", outcome.said)
    assert link is not None
    assert f"client_id={stage.discord.application_id}" in link[0]
    assert f"permissions={NEEDED}" in link[0]
    assert "scope=bot+applications.commands" in link[0]
    assert not stage.database.exists()


async def test_nothing_of_it_is_an_operators_secret(stage: Stage) -> None:
    outcome = await stage.outcome("check", WERYAI_API_KEY="sk-not-the-right-one")

    assert outcome.code == 1
    assert "WeryAI does not accept the key (HTTP 401" in outcome.sentences
    assert "Check WERYAI_API_KEY." in outcome.sentences
    assert "sk-not-the-right-one" not in outcome.said
    assert stage.discord.token not in outcome.said


async def test_a_wrong_token_does_not_hide_the_rest(stage: Stage) -> None:
    outcome = await stage.outcome("check", DISCORD_TOKEN="wrong.token.entirely")

    assert outcome.code == 1
    assert "Discord does not accept DISCORD_TOKEN." in outcome.sentences
    assert "1,000 credits are left." in outcome.sentences
    assert outcome.sentences.endswith("1 problem: the bot cannot run yet.")


async def test_what_is_unset_is_said_before_anything_is_asked(stage: Stage) -> None:
    outcome = await stage.outcome("check", DISCORD_TOKEN="")

    assert outcome.code == 1
    assert "DISCORD_TOKEN is not set." in outcome.sentences
    assert stage.discord.requests == []


@pytest.mark.parametrize("stage", [{"message_content": False}], indirect=True)
async def test_a_disabled_intent_is_a_warning_unless_the_operator_insists(stage: Stage) -> None:
    lenient = await stage.outcome("check")
    strict = await stage.outcome("check", MESSAGE_CONTENT_INTENT="on")

    assert lenient.code == 0
    assert "The Message Content intent is disabled: threads need mentions." in lenient.sentences
    assert lenient.sentences.endswith("1 warning: the bot can run.")
    assert strict.code == 1
    assert "switch on “Message Content Intent”" in strict.sentences


async def test_used_up_credits_are_a_problem(stage: Stage) -> None:
    stage.weryai.balance = 0

    outcome = await stage.outcome("check")

    assert outcome.code == 1
    assert "No credits are left." in outcome.sentences


async def test_a_default_model_that_does_not_exist_is_a_problem(stage: Stage) -> None:
    outcome = await stage.outcome("check", DEFAULT_MODEL="GPT_9000")

    assert outcome.code == 1
    assert "WeryAI does not offer GPT_9000." in outcome.sentences


async def test_fallback_models_that_do_not_exist_are_a_warning(stage: Stage) -> None:
    outcome = await stage.outcome("check", FALLBACK_MODELS="GPT_9000,GPT_5,NOPE")

    assert outcome.code == 0
    assert "WeryAI does not offer GPT_9000, NOPE." in outcome.sentences


async def test_a_list_of_models_that_cannot_be_read_is_a_warning(stage: Stage) -> None:
    stage.weryai.listing = Listing.NONSENSE

    outcome = await stage.outcome("check")

    assert outcome.code == 0
    assert "the built-in one serves instead" in outcome.sentences


async def test_servers_that_are_not_there_are_said_without_log_lines(stage: Stage) -> None:
    nowhere = "http://127.0.0.1:9"

    outcome = await stage.outcome("check", DISCORD_API_URL=nowhere, WERYAI_BASE_URL=nowhere)

    assert outcome.code == 1
    assert "Discord does not answer" in outcome.sentences
    assert "WeryAI does not answer as it should" in outcome.sentences
    assert "attempt" not in outcome.said
    assert "retry" not in outcome.said
