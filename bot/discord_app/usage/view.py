"""Whose usage somebody sees, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.core.conversation import GuildId, UserId
from bot.core.errors import InvalidInput, NotAllowed
from bot.core.usage import Account, Period
from bot.discord_app.turns import AnyInteraction, presser_of

Scope = Literal["me", "server"]

MODERATORS_ONLY = (
    "Only moderators (*Manage Server*) can see the server's usage. Leave `scope` out to see yours."
)
NO_SERVER = "There is no server here. Leave `scope` out to see what you have used here."
WHEN = {
    Period.TODAY: "today",
    Period.WEEK: "in the last 7 days",
    Period.MONTH: "in the last 30 days",
    Period.YEAR: "in the last 12 months",
    Period.ALL: "since the beginning",
}


@dataclass(frozen=True, slots=True)
class View:
    """One look at an account.

    Attributes:
        account: whose usage it is.
        period: which time.
        now: the present moment in Unix seconds.
    """

    account: Account
    period: Period
    now: float

    @property
    def since(self) -> float:
        """The period's first moment, in Unix seconds."""
        return self.period.since(self.now)

    @property
    def whose(self) -> str:
        """Whose usage it is, as a title."""
        if self.account.member is None:
            return "This server's usage"
        where = "direct messages" if self.account.guild is None else "this server"
        return f"Your usage in {where}"

    @property
    def when(self) -> str:
        """The time, as it ends a sentence."""
        return WHEN[self.period]

    @property
    def nothing(self) -> str:
        """What is told where nothing was used."""
        when = "yet" if self.period is Period.ALL else self.when
        if self.account.member is None:
            return f"Nobody has asked me anything in this server {when}."
        return f"You have not asked me anything here {when}."


def view_of(interaction: AnyInteraction, period: Period, scope: Scope | None, now: float) -> View:
    """What whoever uses a command may see: their own usage here, or as a moderator the server's.

    Args:
        interaction: the command, as Discord has signed it: with the member's permissions.
        period: which time.
        scope: what they ask for; None is the server for moderators, else what is theirs.
        now: the present moment in Unix seconds.

    Raises:
        NotAllowed: a member asks for the server's.
        InvalidInput: there is no server.
    """
    me = UserId(interaction.user.id)
    if interaction.guild_id is None:
        if scope == "server":
            raise InvalidInput(text=NO_SERVER)
        return View(Account(None, me), period, now)
    guild = GuildId(interaction.guild_id)
    moderator = presser_of(interaction).manager
    if scope == "server" and not moderator:
        raise NotAllowed(text=MODERATORS_ONLY)
    if scope == "me" or not moderator:
        return View(Account(guild, me), period, now)
    return View(Account(guild), period, now)
