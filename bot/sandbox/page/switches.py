"""What can be broken while one looks on: every fault of both local servers, and their speed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from bot.sandbox.discord.faults import Fault as DiscordFault
from bot.sandbox.discord.handles import NotPossible
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Json
from bot.sandbox.page.asking import Fields
from bot.sandbox.page.troubles import DISCORD_TROUBLES, WERYAI_TROUBLES
from bot.sandbox.weryai import Fault, Listing, Pace, WeryAISandbox

MOST_TIMES = 100
SLOWEST = 60.0  # seconds for one request, or before an answer
FASTEST = 10_000  # deltas per second
LONGEST = 2000  # characters of a delta


class Switches:
    """What is, and can be, broken; shared by everybody who has the page open."""

    def __init__(self, discord: DiscordSandbox, weryai: WeryAISandbox | None) -> None:
        self._discord = discord
        self._weryai = weryai
        self._made: list[tuple[str, DiscordFault]] = []
        self._listeners: dict[object, Callable[[], None]] = {}

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` whenever a switch was used; returns what ends that."""
        key = object()
        self._listeners[key] = listener
        return lambda: self._listeners.pop(key, None) and None

    def state(self) -> Json:
        """`Switches`."""
        gateway, latency = self._discord.gateway, self._discord.api.latency
        return {
            "rate_limits": self._discord.limits.enabled,
            "latency": {"mean": latency.mean, "jitter": latency.jitter},
            "gateway": {
                "connected": bool(gateway.connected),
                "reachable": gateway.reachable,
                "acknowledges": gateway.acknowledges,
            },
            "discord_faults": self._discord_faults(),
            "weryai": None if self._weryai is None else _weryai_state(self._weryai),
        }

    def set(self, asked: Fields) -> None:
        """Set one switch; raises `Malformed`, or `NotPossible` for the local model's without it."""
        setters: dict[str, Callable[[], None]] = {
            "rate_limits": lambda: setattr(self._discord.limits, "enabled", asked.flag("value")),
            "latency": lambda: self._set_latency(Fields(asked.mapping("value"))),
            "reachable": lambda: setattr(self._discord.gateway, "reachable", asked.flag("value")),
            "acknowledges": lambda: setattr(
                self._discord.gateway, "acknowledges", asked.flag("value")
            ),
            "pace": lambda: self._set_pace(Fields(asked.mapping("value"))),
            "balance": lambda: setattr(self._local, "balance", asked.number("value", 0, 1e9)),
            "listing": lambda: setattr(
                self._local, "listing", asked.one_of("value", {str(one): one for one in Listing})
            ),
        }
        asked.one_of("switch", setters)()
        self._tell()

    def fault(self, asked: Fields) -> None:
        """Let the next requests of one server fail."""
        times = int(asked.number("times", 1, MOST_TIMES, default=1))
        if asked.one_of("server", {"discord": False, "weryai": True}):
            fault = asked.one_of("name", {str(one): one for one in Fault})
            self._local.fail_next(*[fault] * times)
        else:
            trouble = asked.one_of("name", DISCORD_TROUBLES)
            self._made = [one for one in self._made if one[1] in self._discord.faults.waiting]
            self._made.append((asked.text("name"), trouble.make(self._discord.faults, times)))
        self._tell()

    def clear(self) -> None:
        """Let everything go well again."""
        self._discord.faults.clear()
        if self._weryai is not None:
            self._weryai.forget_faults()
        self._tell()

    def disturb_gateway(self, asked: Fields) -> None:
        """Do something to the bot's connection to the gateway."""
        gateway = self._discord.gateway
        acts: dict[str, Callable[[], None]] = {
            "drop": gateway.drop,
            "reconnect": gateway.ask_to_reconnect,
            "invalidate": lambda: gateway.invalidate(resumable=False),
            "invalidate_resumable": lambda: gateway.invalidate(resumable=True),
        }
        asked.one_of("what", acts)()
        self._tell()

    def _tell(self) -> None:
        for listener in tuple(self._listeners.values()):
            listener()

    @property
    def _local(self) -> WeryAISandbox:
        if self._weryai is None:
            raise NotPossible("the real models answer, and they cannot be broken from here")
        return self._weryai

    def _set_latency(self, value: Fields) -> None:
        mean, jitter = value.number("mean", 0, SLOWEST), value.number("jitter", 0, SLOWEST)
        self._discord.set_latency(mean, jitter)

    def _set_pace(self, value: Fields) -> None:
        fastest = "per_second" not in value
        self._local.pace = Pace(
            first_after=value.number("first_after", 0, SLOWEST),
            per_second=None if fastest else value.number("per_second", 0.1, FASTEST),
            size=int(value.number("size", 1, LONGEST)),
        )

    def _discord_faults(self) -> list[Json]:
        waiting: Counter[str] = Counter()
        for name, fault in self._made:
            if fault in self._discord.faults.waiting:
                waiting[name] += fault.times - fault.seen
        return [
            {"name": name, "group": one.group, "text": one.text, "waiting": waiting[name]}
            for name, one in DISCORD_TROUBLES.items()
        ]


def _weryai_state(weryai: WeryAISandbox) -> Json:
    pace, waiting = weryai.pace, Counter(weryai.waiting_faults)
    return {
        "pace": {
            "first_after": pace.first_after,
            "per_second": pace.per_second,
            "size": pace.size,
        },
        "faults": [
            {"name": fault, "group": group, "text": text, "waiting": waiting[fault]}
            for group, troubles in WERYAI_TROUBLES.items()
            for fault, text in troubles.items()
        ],
        "balance": weryai.balance,
        "listing": weryai.listing,
        "listings": [str(one) for one in Listing],
    }
