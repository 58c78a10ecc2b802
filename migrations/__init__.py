"""The database's versions, one file each in `versions/`; `bot.storage.schema` runs them."""
