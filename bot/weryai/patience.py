"""How long to wait for WeryAI, and how often to try."""

from __future__ import annotations

import random
from collections.abc import AsyncIterable
from dataclasses import dataclass

import stamina

from bot.core.errors import ModelError


@dataclass(frozen=True, slots=True)
class Timeouts:
    """The longest waits, in seconds. An answer's whole length has no limit.

    Attributes:
        connect: for TCP and TLS.
        first_byte: for the request's way out and the response's headers, and again for the first
            byte of its body: a model may think before it speaks.
        silence: between two pieces of the body. Any byte ends a silence, so a heartbeat (an SSE
            comment, a blank line) counts as life.
    """

    connect: float = 10.0
    first_byte: float = 120.0
    silence: float = 60.0


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a request is sent, and how long to wait in between, in seconds.

    The wait doubles from `wait_initial` up to `wait_max`, with up to `wait_jitter` added at
    random, or it is what `Retry-After` asks for. When that is more than `retry_after_max`, the
    failure is told at once: to come back earlier would be rude, and nobody waits so long for an
    answer. After `give_up_after` seconds in all, no further attempt is made.
    """

    attempts: int = 3
    wait_initial: float = 0.5
    wait_max: float = 8.0
    wait_jitter: float = 0.5
    retry_after_max: float = 20.0
    give_up_after: float = 30.0

    def backoff(self, error: Exception) -> bool | float:
        """Whether to try again after an error; a number is the seconds to wait first."""
        if not isinstance(error, ModelError) or not error.retryable:
            return False
        if error.retry_after is None:
            return True
        if error.retry_after > self.retry_after_max:
            return False
        # Everybody was told the same moment: do not all come back in it.
        return error.retry_after + random.uniform(0, self.wait_jitter)  # noqa: S311 (no secret)

    def each_attempt(self) -> AsyncIterable[stamina.Attempt]:
        """The attempts, each a context that swallows an error if another one follows."""
        return stamina.retry_context(
            on=self.backoff,
            attempts=self.attempts,
            timeout=self.give_up_after,
            wait_initial=self.wait_initial,
            wait_max=self.wait_max,
            wait_jitter=self.wait_jitter,
        )
