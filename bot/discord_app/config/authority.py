"""Who may change what applies: whoever Discord let use `/config`, for as long as it would.

Discord itself keeps everybody else from the commands (`default_permissions`, and the server's own
permission screen). Of what follows from a command, buttons, menus and forms, it checks nothing:
that is done here, at every press.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.conversation import UserId
from bot.core.errors import NotAllowed
from bot.discord_app.turns import AnyInteraction

NOT_YOURS = "Only whoever used the command may use this. With `/config show` you get your own."
NO_LONGER = "You may not manage this server any more, so nothing was changed."


@dataclass(frozen=True, slots=True)
class Authority:
    """That of one person, from the command they have used.

    Attributes:
        user: who used the command.
        manager: whether they could because they manage the server, and not only because its
            permission screen lets them use the command.
    """

    user: UserId
    manager: bool

    @classmethod
    def of(cls, interaction: AnyInteraction) -> Authority:
        """The authority of who uses a command."""
        return cls(UserId(interaction.user.id), _manages(interaction))

    def check(self, interaction: AnyInteraction) -> None:
        """Refuse a press by somebody else, or by who has lost the authority since.

        Raises:
            NotAllowed: nothing may be changed.
        """
        if interaction.user.id != self.user:
            raise NotAllowed(text=NOT_YOURS)
        if self.manager and not _manages(interaction):
            raise NotAllowed(text=NO_LONGER)


def _manages(interaction: AnyInteraction) -> bool:
    may = interaction.permissions
    return may.administrator or may.manage_guild
