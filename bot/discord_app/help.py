"""`/help`."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.discord_app.turns import AnyInteraction

HELP = """\
**Ask me anything**, in whichever way suits you:
- `/ask` a question. `private` shows the answer to you alone, `web` searches the web.
  `variants` gives several answers; `format` one in JSON, with a JSON Schema as `schema` checked against it.
- **Mention me** in a channel; in reply to a message, I read that message too.
- `/chat` opens a thread in which everybody is answered. So does a thread started from my answers.
- **Write me directly**, without a mention.
- **Ask about this**: in a message's menu, under *Apps*.

While I write, **Stop** ends it; afterwards **Regenerate** tries again and **Continue** goes on. ◀ ▶ page between variants; the one that shows stays in the conversation.

`/model` tells which model answers here and chooses yours for private questions. `/reset` makes me forget a conversation.
`/usage show` tells what my answers have cost: you yours, moderators the server's.
Moderators choose everything with `/config show`, for the server, a channel or a thread.
`/config limits` and `/config access` say who may ask, where and how much."""
MENTIONS_ONLY = (
    "\n-# Reading messages that do not mention me is switched off for me, in threads too."
)


class Help(commands.Cog):
    """Tells what the bot can do."""

    def __init__(self, *, reads_everything: bool) -> None:
        self._text = HELP if reads_everything else HELP + MENTIONS_ONLY

    @app_commands.command(name="help", description="What I can do")
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def help(self, interaction: AnyInteraction) -> None:
        """`/help`."""
        await interaction.response.send_message(self._text, ephemeral=True)
