"""What is checked of a question before it is accepted, and in which order."""

from __future__ import annotations

from bot.core.access import AccessRules
from bot.core.choices import Choices
from bot.core.conversation import Place, Presser, Turn
from bot.core.errors import EmptyPrompt, PromptTooLong
from bot.core.limits import Limits
from bot.core.options import Resolved
from bot.core.policy import permitted
from bot.core.quotas import Quota


class Admission:
    """Lets questions in.

    Args:
        choices: the options that apply to a question, the server's rules among them.
        limits: what members and servers may use.
        prompt_characters: how long a question may be at most, by the operator.
    """

    def __init__(self, choices: Choices, limits: Limits, *, prompt_characters: int) -> None:
        self._choices = choices
        self._limits = limits
        self._prompt_characters = prompt_characters

    def check(self, turn: Turn) -> None:
        """Refuse what is no usable question, whoever asks it.

        Raises:
            InvalidInput: it is empty or too long, or names an unknown model.
        """
        if not any(said.text.strip() for said in turn.said):
            raise EmptyPrompt
        if turn.characters > self._prompt_characters:
            raise PromptTooLong(turn.characters, self._prompt_characters)
        if (model := turn.options.get("model")) is not None:
            self._choices.model(str(model))

    async def let_in(self, place: Place, by: Presser) -> None:
        """Refuse whoever may not ask in a place.

        Raises:
            AccessDenied: the server's lists say so.
            StorageError: the database does not answer.
        """
        _access(await self._choices.of(place)).check(place, by)

    async def admit(self, turn: Turn, by: Presser) -> Quota | None:
        """Refuse a question that may not be asked; what it is held to when it is accepted.

        Who may not ask at all learns nothing else, so that comes first.

        Raises:
            AccessDenied: the server's lists do not let them ask there.
            NotAllowed: they may not pick that model, or search the web.
            InvalidInput: as in `check`, or it is longer than a limit lets it be.
            LimitReached: a limit is reached.
            StorageError: the database does not answer.
        """
        options = await self._choices.of_turn(turn)
        _access(options).check(turn.place, by)
        self.check(turn)
        permitted(options, turn.options, self._choices, manager=by.manager)
        return await self._limits.admit(turn, by, options)

    async def admit_again(self, turn: Turn, by: Presser) -> Quota | None:
        """Refuse another answer to a question, which is as it was when it was let in.

        Raises:
            NotAllowed, AccessDenied, LimitReached, StorageError: as in `admit`.
        """
        options = await self._choices.of_turn(turn)
        _access(options).check(turn.place, by)
        permitted(options, turn.options, self._choices, manager=by.manager)
        return await self._limits.admit(turn, by, options, anew=True)


def _access(options: Resolved) -> AccessRules:
    return AccessRules.of(options.values.get("access"))
