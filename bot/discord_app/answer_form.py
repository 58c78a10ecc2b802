"""The form that somebody wants an answer in: `/ask`'s options `format` and `schema`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import aiohttp
import discord

from bot.core.errors import InvalidInput
from bot.core.ports.weryai import SchemaChecker
from bot.core.schema_file import ANY_JSON, check_size, response_format

Format = Literal["text", "json"]
NOT_THERE = "Discord did not give me the file. Please attach it again."
NEEDS_JSON = "A schema is for answers in JSON: choose `format: json`, or leave out `schema`."


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """What an answer is to be written in, and the file with its schema."""

    written_in: Format | None = None
    schema: discord.Attachment | None = None

    def check(self) -> None:
        """Refuse what cannot be, before anything is fetched or shown.

        Raises:
            InvalidInput: the two contradict each other, or the file is too large.
        """
        if self.schema is not None:
            if self.written_in == "text":
                raise InvalidInput(text=NEEDS_JSON)
            check_size(self.schema.filename, self.schema.size)

    async def options(self, checker: SchemaChecker) -> dict[str, object]:
        """A question's options that ask for this form.

        Raises:
            InvalidInput: names what is wrong with the file.
            Unchecked: the schema takes too long to check.
        """
        if self.schema is not None:
            data = await _content(self.schema)
            return {"response_format": await response_format(self.schema.filename, data, checker)}
        return {"response_format": dict(ANY_JSON)} if self.written_in == "json" else {}


async def _content(file: discord.Attachment) -> bytes:
    try:
        return await file.read()
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        raise InvalidInput("a file could not be fetched", text=NOT_THERE) from error
