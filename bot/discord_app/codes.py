"""Discord's JSON error codes that the bot tells apart.

Source: Discord's documentation, "Opcodes and Status Codes".
"""

from __future__ import annotations

UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
UNKNOWN_WEBHOOK = 10015
UNKNOWN_INTERACTION = 10062  # after three seconds without an answer, or 15 minutes
TOO_OLD_TO_EDIT = 30046  # too many edits of a message older than an hour
ALREADY_ACKNOWLEDGED = 40060
MISSING_ACCESS = 50001
MISSING_PERMISSIONS = 50013
INVALID_TOKEN = 50027  # of an interaction
THREAD_ARCHIVED = 50083
NO_HISTORY_FOR_REPLY = 160002  # a reply needs Read Message History
THREAD_LOCKED = 160005
TOO_MANY_THREADS = 160006  # open ones, in a server
