"""What an operator does beside serving: look whether all is well, bring the database up to date."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

from bot.app.wiring import weryai_client
from bot.core.checkup import Finding
from bot.discord_app.checkup import examine_discord
from bot.discord_app.rest import open_rest
from bot.ops.checkup import examine, write_report
from bot.ops.logging import configure_logging
from bot.settings import OfflineSettings, Settings
from bot.storage import schema
from bot.storage.engine import open_database
from bot.weryai.checkup import examine_weryai


def check(settings: Settings) -> int:
    """Tell the operator what is missing or wrong; the exit code."""
    configure_logging(log_format="auto", level="ERROR")  # the report says all that there is to say
    return asyncio.run(_check(settings))


def migrate(settings: OfflineSettings) -> int:
    """Bring the database up to date; the exit code."""
    asyncio.run(_migrate(settings))
    sys.stdout.write("The database is up to date.\n")
    return 0


def migrate_check() -> int:
    """Compare the migrations' outcome with the tables in the code; the exit code."""
    differences = schema.drift()
    for difference in differences:
        sys.stderr.write(f"not in a migration: {difference}\n")
    if not differences:
        sys.stdout.write("The migrations and the tables agree.\n")
    return 1 if differences else 0


async def _check(settings: Settings) -> int:
    token = settings.discord_token.get_secret_value()
    async with (
        open_rest(settings.discord_api_url, token) as rest,
        weryai_client(settings) as weryai,
    ):

        async def discord() -> Sequence[Finding]:
            return await examine_discord(rest, settings.message_content_intent)

        async def database() -> Sequence[Finding]:
            return [await schema.check(settings.database_url.get_secret_value())]

        async def models() -> Sequence[Finding]:
            return await examine_weryai(
                weryai,
                settings.default_model,
                settings.fallback_models,
                credits_warning=settings.credits_warning or 0,
            )

        probes = {"Discord": discord, "WeryAI": models, "Database": database}
        return write_report(await examine(probes), sys.stdout)


async def _migrate(settings: OfflineSettings) -> None:
    async with open_database(settings.database_url.get_secret_value()) as database:
        await schema.migrate(database)
