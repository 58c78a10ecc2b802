"""What an operator should know of Discord before the first run."""

from __future__ import annotations

from typing import Any

from bot.core.checkup import Finding
from bot.core.errors import ReplyDelayed
from bot.discord_app.application import (
    Application,
    ContentIntent,
    identify,
    invite_link,
)
from bot.discord_app.errors import DiscordRefused
from bot.discord_app.rest import DiscordRest, Refused

FEW_STARTS = 50  # of the 1,000 a day that Discord allows a small bot


async def examine_discord(rest: DiscordRest, content_intent: ContentIntent) -> list[Finding]:
    """Look at the token, the intents, the gateway's session limit; give the invite link."""
    try:
        application = await identify(rest)
    except DiscordRefused as refused:
        return [Finding("problem", "Discord", str(refused))]
    findings = [
        Finding("ok", "Discord token", f"Discord knows the bot as “{application.name}”."),
        _intent(application, content_intent),
    ]
    if application.elsewhere:
        findings.append(
            Finding(
                "problem",
                "Interactions",
                "The application sends its interactions to a web address: no command arrives.",
                "Clear “Interactions Endpoint URL” in the developer portal, General Information.",
            )
        )
    findings.append(await _sessions(rest))
    findings.append(
        Finding("ok", "Invite link", f"Add the bot to a server: {invite_link(application.id)}")
    )
    return findings


def _intent(application: Application, setting: ContentIntent) -> Finding:
    remedy = "Developer portal: your application, Bot, switch on “Message Content Intent”."
    if setting == "off":
        said = "Switched off by MESSAGE_CONTENT_INTENT: threads need mentions."
        return Finding("warning", "Message content", said, "Set it to auto, or leave it so.")
    if application.content_intent:
        return Finding("ok", "Message content", "The Message Content intent is enabled.")
    if setting == "on":
        said = "MESSAGE_CONTENT_INTENT is on, but Discord has the intent disabled."
        return Finding("problem", "Message content", said, remedy)
    said = "The Message Content intent is disabled: threads need mentions."
    return Finding("warning", "Message content", said, remedy)


async def _sessions(rest: DiscordRest) -> Finding:
    subject = "Discord gateway"
    try:
        answer: dict[str, Any] = await rest.send("GET", "/gateway/bot")
    except (ReplyDelayed, Refused) as error:
        said = f"Discord does not tell the gateway's address: {error}."
        return Finding("problem", subject, said, "Try again in a minute.")
    limit = answer["session_start_limit"]
    left, hours = limit["remaining"], limit["reset_after"] / 3_600_000
    said = f"{left:,} of {limit['total']:,} starts are left; Discord advises {answer['shards']} shard(s)."
    if left > FEW_STARTS:
        return Finding("ok", subject, said)
    remedy = f"Do not restart the bot needlessly; the count begins anew in {hours:.1f} hours."
    return Finding("problem" if left == 0 else "warning", subject, said, remedy)
