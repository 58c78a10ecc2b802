"""Discord's rate limits: a bucket per route and major parameter, and 50 requests per second in all.

The headers and the 429 are those of Discord's documentation ("Rate Limits"). The figures of the
buckets are not documented: they are what Discord's own `X-RateLimit-*` headers tell a bot.
"""

from __future__ import annotations

import hashlib
import math
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

GLOBAL_PER_SECOND = 50  # "All bots can make up to 50 requests per second to our API"
GLOBAL_WINDOW = 1.0  # seconds
SWEEP_EVERY = 60.0  # seconds between two clearings of windows that nobody needs any more


@dataclass(frozen=True, slots=True)
class Bucket:
    """`limit` requests per `per` seconds, counted from the first one of a window.

    Routes whose buckets have the same name share one count per major parameter. `scope` is what a
    429 says of it: `user` for the bot's own limit, `shared` for one of the resource.
    """

    name: str
    limit: int
    per: float
    scope: str = "user"


class Verdict(NamedTuple):
    """Whether a request may pass, and what its answer carries.

    `headers` go onto the answer either way; `body` is the 429's JSON, None if the request passes.
    """

    allowed: bool
    headers: dict[str, str]
    body: dict[str, Any] | None


# (method, route) → its bucket; None: no limit. Parameters of a route are written as {}.
Buckets = Mapping[tuple[str, str], Bucket | None]

_CREATE = Bucket("create message", 5, 5.0)
_EDIT = Bucket("edit message", 5, 5.0)
_DELETE = Bucket("delete message", 5, 1.0)
_TYPING = Bucket("typing", 5, 5.0)
_REACTION = Bucket("reaction", 1, 0.25)
_THREAD = Bucket("start thread", 50, 300.0)
_TOKEN = Bucket("token", 5, 2.0)  # an interaction's answers: creating and editing share it

DEFAULT_BUCKETS: Buckets = {
    ("POST", "/channels/{}/messages"): _CREATE,
    ("PATCH", "/channels/{}/messages/{}"): _EDIT,
    ("DELETE", "/channels/{}/messages/{}"): _DELETE,
    ("POST", "/channels/{}/typing"): _TYPING,
    ("PUT", "/channels/{}/messages/{}/reactions/{}/@me"): _REACTION,
    ("DELETE", "/channels/{}/messages/{}/reactions/{}/@me"): _REACTION,
    ("POST", "/channels/{}/threads"): _THREAD,
    ("POST", "/channels/{}/messages/{}/threads"): _THREAD,
    ("POST", "/webhooks/{}/{}"): _TOKEN,
    ("PATCH", "/webhooks/{}/{}/messages/{}"): _TOKEN,
    ("PATCH", "/webhooks/{}/{}/messages/@original"): _TOKEN,
    ("DELETE", "/webhooks/{}/{}/messages/{}"): _TOKEN,
    ("DELETE", "/webhooks/{}/{}/messages/@original"): _TOKEN,
    ("POST", "/interactions/{}/{}/callback"): None,
}

OTHER_LIMIT, OTHER_PER = 50, 1.0  # every other route: generous, each on its own

_PARAMETER = re.compile(r"\{[^}]*\}")


@dataclass(slots=True)
class _Window:
    ends: float
    left: int


class RateLimits:
    """Counts requests and says which ones Discord would answer with a 429.

    `clock` gives monotonic seconds, `wall` seconds since 1970 (for `X-RateLimit-Reset`). With
    `enabled` False everything passes and nothing is counted.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        wall: Callable[[], float] = time.time,
        buckets: Buckets = DEFAULT_BUCKETS,
        global_per_second: int = GLOBAL_PER_SECOND,
    ) -> None:
        self.enabled = True
        self._clock = clock
        self._wall = wall
        self._buckets = buckets
        self._global_limit = global_per_second
        self._global = _Window(-math.inf, 0)
        self._windows: dict[tuple[str, str], _Window] = {}
        self._known: dict[tuple[str, str], tuple[Bucket, str] | None] = {}
        self._sweep_at = -math.inf

    def __len__(self) -> int:
        """How many windows are remembered."""
        return len(self._windows)

    def take(self, method: str, route: str, major: str, *, globally: bool = True) -> Verdict:
        """Count one request and say whether it may pass.

        Args:
            method: the HTTP method, in capitals.
            route: the route's template, such as `/channels/{channel_id}/messages`; what the
                parameters are called does not matter.
            major: the value of the major parameter: channel, guild, or webhook with its token.
            globally: whether it counts towards the bot's 50 per second (an interaction's
                callback and its webhook do not).
        """
        if not self.enabled:
            return Verdict(allowed=True, headers={}, body=None)
        now = self._clock()
        if now >= self._sweep_at:
            self._sweep(now)
        if globally and not self._take_globally(now):
            return self._refuse_globally(now)
        known = self._find(method, route)
        if known is None:
            return Verdict(allowed=True, headers={}, body=None)
        bucket, digest = known
        window = self._windows.get((bucket.name, major))
        if window is None or now >= window.ends:
            window = self._windows[bucket.name, major] = _Window(now + bucket.per, bucket.limit)
        headers = self._headers(bucket, digest, window, now)
        if window.left == 0:
            return _refuse(headers, bucket.scope, window.ends - now)
        window.left -= 1
        headers["X-RateLimit-Remaining"] = str(window.left)
        return Verdict(allowed=True, headers=headers, body=None)

    def name(self, digest: str) -> str:
        """What a bucket is called here, given the hash that answers name it by."""
        found = (known[0].name for known in self._known.values() if known and known[1] == digest)
        return next(found, digest)

    def _find(self, method: str, route: str) -> tuple[Bucket, str] | None:
        """The bucket of a route with its hash, remembered under the route as it was given."""
        key = (method, route)
        if key not in self._known:
            template = _PARAMETER.sub("{}", route)
            other = Bucket(f"{method} {template}", OTHER_LIMIT, OTHER_PER)
            bucket = self._buckets.get((method, template), other)
            self._known[key] = None if bucket is None else (bucket, _digest(bucket))
        return self._known[key]

    def _headers(self, bucket: Bucket, digest: str, window: _Window, now: float) -> dict[str, str]:
        after = _milliseconds(window.ends - now)
        return {
            "X-RateLimit-Limit": str(bucket.limit),
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": f"{self._wall() + after:.3f}",
            "X-RateLimit-Reset-After": f"{after:.3f}",
            "X-RateLimit-Bucket": digest,
        }

    def _take_globally(self, now: float) -> bool:
        if now >= self._global.ends:
            self._global = _Window(now + GLOBAL_WINDOW, self._global_limit)
        if self._global.left == 0:
            return False
        self._global.left -= 1
        return True

    def _refuse_globally(self, now: float) -> Verdict:
        headers = {"X-RateLimit-Global": "true"}
        return _refuse(headers, "global", self._global.ends - now)

    def _sweep(self, now: float) -> None:
        """Forget the windows that have ended, so that old tokens and channels take no memory."""
        self._windows = {key: window for key, window in self._windows.items() if window.ends > now}
        self._sweep_at = now + SWEEP_EVERY


def _digest(bucket: Bucket) -> str:
    """Discord names a bucket by an opaque hash that says nothing of the major parameter."""
    return hashlib.md5(bucket.name.encode(), usedforsecurity=False).hexdigest()


def _milliseconds(seconds: float) -> float:
    """Rounded up, so that a client which waits exactly that long is not too early."""
    return math.ceil(seconds * 1000) / 1000


def _refuse(headers: dict[str, str], scope: str, after: float) -> Verdict:
    """A 429. `Via` is what Discord's own 429s have and Cloudflare's bans lack."""
    headers |= {
        "Retry-After": str(math.ceil(after)),
        "X-RateLimit-Scope": scope,
        "Via": "1.1 google",
    }
    body = {
        "message": "You are being rate limited.",
        "retry_after": _milliseconds(after),
        "global": scope == "global",
    }
    return Verdict(allowed=False, headers=headers, body=body)
