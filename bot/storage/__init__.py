"""What the bot remembers, in SQLite or PostgreSQL."""

from bot.storage.engine import Database, open_database
from bot.storage.history import SqlHistoryStore
from bot.storage.limits import SqlCounterStore
from bot.storage.options import SqlOptionStore
from bot.storage.replies import SqlReplyStore
from bot.storage.schema import check, drift, migrate
from bot.storage.threads import SqlThreadStore
from bot.storage.usage import SqlUsageStore

__all__ = [
    "Database",
    "SqlCounterStore",
    "SqlHistoryStore",
    "SqlOptionStore",
    "SqlReplyStore",
    "SqlThreadStore",
    "SqlUsageStore",
    "check",
    "drift",
    "migrate",
    "open_database",
]
