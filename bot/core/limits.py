"""A server's limits at work: they hold back questions, and tell people where they stand.

Which rules there are, and which of them apply to whom, is in `limit_rules.py`; when one is reached,
in `quotas.py`. What was used is read here, and counted by `ReplyStore` when a question is accepted
and when its answer ends.
"""

from __future__ import annotations

from collections.abc import Callable
from time import time

from bot.core.choices import Choices
from bot.core.conversation import Place, Presser, Turn, UserId
from bot.core.errors import PromptTooLong
from bot.core.limit_rules import LimitRules
from bot.core.options import Resolved
from bot.core.ports.storage import CounterStore
from bot.core.quotas import Ceiling, Counter, Quota, What, ends, told_end

NOBODY = UserId(0)  # whose counters are the server's alone
NOT_HELD = "You moderate this server: its limits do not hold you."


class Limits:
    """What members and servers may use.

    Args:
        choices: has each server's rules.
        counters: what was used.
        clock: Unix seconds; the same as the store's.
    """

    def __init__(
        self, choices: Choices, counters: CounterStore, *, clock: Callable[[], float] = time
    ) -> None:
        self._choices = choices
        self._counters = counters
        self._clock = clock

    async def admit(
        self, turn: Turn, by: Presser, options: Resolved, *, anew: bool = False
    ) -> Quota | None:
        """What a question is held to; None, and nothing was read, where no limit applies.

        This reads one index and writes nothing, so that a flood of refused questions costs little.
        The store that accepts the question counts it and has the last word: of those asked in the
        same moment, no more pass than may.

        Args:
            turn: the question.
            by: who asks.
            options: those that apply to it.
            anew: it has been let in before, as long as it is.

        Raises:
            PromptTooLong: it has more characters than the strictest limit that applies.
            LimitReached: a limit is reached.
            StorageError: the database does not answer.
        """
        guild = turn.place.guild_id
        if guild is None:
            return None
        rules = _rules(options)
        longest = None if anew else rules.longest_prompt(by)
        if longest is not None and turn.characters > longest:
            raise PromptTooLong(turn.characters, longest)
        quota = rules.quota(guild, by)
        if quota is not None:
            quota.check(await self._counters.used(guild, by.user), self._clock())
        return quota

    async def at_once(self, place: Place) -> int | None:
        """How many answers a place's server gets at once; None: it has no such limit.

        Raises:
            StorageError: the database does not answer.
        """
        if place.guild_id is None:
            return None
        return _rules(await self._choices.of(place)).at_once

    async def standing(self, place: Place, by: Presser) -> list[str]:
        """What somebody may use in a place, and has used: a sentence each, for them alone.

        Empty where there are no limits. Moments in it are Discord's timestamps.

        Raises:
            StorageError: the database does not answer.
        """
        rules = _rules(await self._choices.of(place))
        if place.guild_id is None or not rules.tables:
            return []
        if rules.exempts(by):
            return [NOT_HELD]
        quota, longest = rules.quota(place.guild_id, by), rules.longest_prompt(by)
        sentences = []
        if quota is not None:
            used = await self._counters.used(place.guild_id, by.user)
            counted = {(one.what, one.whose): one for one in used}
            for ceiling in quota.ceilings:
                counter = counted.get((ceiling.what, ceiling.whose))
                sentences.append(_standing(ceiling, counter, self._clock()))
        if longest is not None:
            sentences.append(f"You may use {What.CHARACTERS.amount(longest)}.")
        if rules.at_once is not None:
            sentences.append(f"This server may have {What.AT_ONCE.amount(rules.at_once)}.")
        return sentences

    async def of_server(self, place: Place) -> tuple[LimitRules, list[str]]:
        """A server's rules, and what it has used as a whole: for its moderators.

        Raises:
            StorageError: the database does not answer.
        """
        assert place.guild_id is not None, "only servers have rules"
        rules = _rules(await self._choices.of(place))
        now = self._clock()
        used = await self._counters.used(place.guild_id, NOBODY)
        counts = {one.what: one.now(now) for one in used if one.whose is None}
        return rules, [what.used(counts[what]) for what in What if what in counts]


def _rules(options: Resolved) -> LimitRules:
    return LimitRules.of(options.values.get("limits"))


def _standing(ceiling: Ceiling, counter: Counter | None, now: float) -> str:
    used = 0 if counter is None else counter.now(now)
    who = "You" if ceiling.whose is not None else "This server"
    amount = ceiling.what.amount(ceiling.most)
    if counter is None or not used:
        return f"{who} may use {amount}."
    has = "have" if ceiling.whose is not None else "has"
    anew = told_end(ends(counter.what, counter.started))
    return f"{who} may use {amount} and {has} used {used:,}; it begins anew {anew}."
