"""Text as every database takes it."""

from __future__ import annotations

import sqlalchemy as sa

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def clean(text: str) -> str:
    """The same text without what a database refuses.

    PostgreSQL stores no NUL, and no database a lone half of a surrogate pair, which JSON can carry;
    each becomes U+FFFD. Two halves that follow each other become the character they mean.
    """
    if text.isascii() and "\0" not in text:
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\0", REPLACEMENT)


class CleanText(sa.types.TypeDecorator[str]):
    """A text column that takes any `str` of Python's."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """What goes into the database."""
        return None if value is None else clean(value)
