"""What was used, in memory, and a painter that only remembers what it was to draw."""

from __future__ import annotations

from collections import defaultdict

from bot.core.charts import Chart
from bot.core.conversation import ChannelId, GuildId, UserId
from bot.core.errors import PictureFailed
from bot.core.replies import ReplyState, Usage
from bot.core.usage import SECONDS_A_DAY, Account, By, Key, Spent, Sums

TEN_AND_FIVE = Usage(10, 5)
PNG = b"\x89PNG\r\n\x1a\n a picture"


class FakeUsage:
    """A `UsageStore`; `rows` are those of servers, or of direct messages (None)."""

    def __init__(self) -> None:
        self.rows: list[tuple[GuildId | None, Spent]] = []

    def spend(
        self,
        guild: int | None,
        member: int,
        *,
        at: float,
        usage: Usage = TEN_AND_FIVE,
        model: str = "GEMINI_25_FLASH",
        channel: int = 1,
    ) -> None:
        """An answer was given."""
        where = None if guild is None else GuildId(guild)
        id_ = len(self.rows) + 1
        spent = Spent(
            id_, at, UserId(member), ChannelId(channel), model, usage, 2.0, ReplyState.COMPLETE
        )
        self.rows.append((where, spent))

    async def sums(self, account: Account, since: float, by: By) -> dict[Key, Sums]:
        sums: defaultdict[Key, Sums] = defaultdict(Sums)
        for row in self._of(account, since):
            keys: dict[By, Key] = {
                By.DAY: int(row.at // SECONDS_A_DAY),
                By.MODEL: row.model,
                By.MEMBER: row.member,
                By.CHANNEL: row.channel,
            }
            estimated = row.usage.total_tokens if row.usage.estimated else 0
            used = row.usage
            sums[keys[by]] += Sums(
                1, used.prompt_tokens, used.completion_tokens, estimated, row.seconds
            )
        return dict(sums)

    async def newest(
        self, account: Account, since: float, *, limit: int, before: Spent | None = None
    ) -> list[Spent]:
        rows = sorted(self._of(account, since), key=lambda row: (row.at, row.id), reverse=True)
        if before is not None:
            rows = [row for row in rows if (row.at, row.id) < (before.at, before.id)]
        return rows[:limit]

    def _of(self, account: Account, since: float) -> list[Spent]:
        return [
            row
            for guild, row in self.rows
            if guild == account.guild and account.member in {None, row.member} and row.at >= since
        ]


class FakePainter:
    """Draws nothing, and remembers what it was; `fails` if so told."""

    def __init__(self) -> None:
        self.charts: list[Chart] = []
        self.fails = False

    async def draw(self, chart: Chart) -> bytes:
        self.charts.append(chart)
        if self.fails:
            raise PictureFailed("on purpose")
        return PNG
