"""Reading a JSON payload as Discord does: every mistake in it is noted with its path and code."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.discord.errors import Path, Problem, invalid_form

REQUIRED = ("BASE_TYPE_REQUIRED", "This field is required")
_SNOWFLAKE_DIGITS = 20  # 2**64 - 1 has as many


def length(text: str) -> int:
    """How long Discord finds a text: UTF-16 units, so an emoji beyond the BMP counts twice.

    Discord does not say how it counts; what passes here passes on either reading of its limits.
    """
    return len(text) + sum(character > "\uffff" for character in text)


class Form:
    """One object of a payload, the path to it, and the problems of the whole payload.

    A reading method notes what is wrong and gives back what it could read, so that all problems
    of a payload are found in one go. None stands for a member that is left out.
    """

    __slots__ = ("_problems", "path", "value")

    def __init__(
        self, value: Mapping[str, Any], path: Path = (), problems: list[Problem] | None = None
    ) -> None:
        self.value = value
        self.path = path
        self._problems = [] if problems is None else problems

    def wrong(self, code: str, message: str, *at: str | int) -> None:
        """Note a problem of this object, or of what lies at a path within it."""
        self._problems.append(Problem((*self.path, *at), code, message))

    def finish(self) -> None:
        """Raise 50035 with every problem noted so far, if there are any."""
        if self._problems:
            raise invalid_form(self._problems)

    def has(self, name: str) -> bool:
        """Whether a member is there and not null."""
        return self.value.get(name) is not None

    def require(self, *names: str) -> None:
        """Note each member that is left out."""
        for name in names:
            if not self.has(name):
                self.wrong(*REQUIRED, name)

    def forbid(self, code: str, message: str, *names: str) -> None:
        """Note each member that is there though it must not be."""
        for name in names:
            if self.has(name):
                self.wrong(code, message, name)

    def text(self, name: str, high: int, *, low: int = 0) -> str:
        """A string of `low` to `high` UTF-16 units; with a `low` of 1 or more it is required."""
        value = self.value.get(name)
        if value is None:
            if low:
                self.wrong(*REQUIRED, name)
            return ""
        if not isinstance(value, str):
            self.wrong("STRING_TYPE_CONVERT", f'Could not interpret "{value}" as string.', name)
            return ""
        self._check_size(length(value), low, high, name)
        return value

    def number(self, name: str, low: float, high: float) -> float | None:
        """A number between `low` and `high`."""
        value = self.value.get(name)
        if value is None:
            return None
        if not isinstance(value, int | float) or isinstance(value, bool):
            self.wrong("NUMBER_TYPE_COERCE", f'Value "{value}" is not a number.', name)
            return None
        if value > high:
            bound = f"int value should be less than or equal to {high:.0f}."
            self.wrong("NUMBER_TYPE_MAX", bound, name)
        if value < low:
            bound = f"int value should be greater than or equal to {low:.0f}."
            self.wrong("NUMBER_TYPE_MIN", bound, name)
        return value

    def boolean(self, *names: str) -> None:
        """Members that are true or false."""
        for name in names:
            if not isinstance(self.value.get(name), bool | None):
                self.wrong("BOOLEAN_TYPE_CONVERT", "Must be either true or false.", name)

    def choice(self, name: str, allowed: Collection[Any]) -> Any:
        """One of several values."""
        value = self.value.get(name)
        if value is not None and value not in allowed:
            listed = ", ".join(map(str, allowed))
            self.wrong("BASE_TYPE_CHOICES", f"Value must be one of {{{listed}}}.", name)
            return None
        return value

    def snowflake(self, name: str) -> None:
        """An id, as a string of digits or a number."""
        if self.has(name) and not is_snowflake(self.value[name]):
            message = f'Value "{self.value[name]}" is not snowflake.'
            self.wrong("NUMBER_TYPE_COERCE", message, name)

    def url(self, name: str, schemes: Collection[str], high: int = 2048) -> None:
        """An address whose scheme is one of `schemes`."""
        value = self.text(name, high)
        if not value:
            return
        scheme, host, *_ = urlsplit(value)
        if scheme not in schemes:
            listed = ", ".join(repr(each) for each in schemes)
            message = f'Scheme "{scheme}" must be one of ({listed}).'
            self.wrong("URL_TYPE_INVALID_SCHEME", message, name)
        elif not host:
            self.wrong("URL_TYPE_INVALID_URL", "Not a well formed URL.", name)

    def part(self, name: str) -> Form | None:
        """An object inside this one."""
        value = self.value.get(name)
        return None if value is None else self.inside(value, name)

    def parts(self, name: str, high: int, *, low: int = 0) -> list[Form]:
        """A list of `low` to `high` objects; with a `low` of 1 or more it is required."""
        if low and not self.has(name):
            self.wrong(*REQUIRED, name)
        forms = [self.inside(each, name, at) for at, each in enumerate(self.items(name))]
        if self.has(name):
            self._check_size(len(self.items(name)), low, high, name)
        return [form for form in forms if form is not None]

    def items(self, name: str) -> list[Any]:
        """A list of anything."""
        value = self.value.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.wrong("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType", name)
            return []
        return value

    def inside(self, value: object, *at: str | int) -> Form | None:
        """An object at a path within this one; None if it is none."""
        if isinstance(value, Mapping):
            return Form(value, (*self.path, *at), self._problems)
        self.wrong("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType", *at)
        return None

    def _check_size(self, size: int, low: int, high: int, name: str) -> None:
        if low <= size <= high:
            return
        if low:
            message = f"Must be between {low} and {high} in length."
            self.wrong("BASE_TYPE_BAD_LENGTH", message, name)
        else:
            self.wrong("BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer in length.", name)


def is_snowflake(value: object) -> bool:
    """Whether a value is an id as Discord takes it: a number, or a string of digits."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return text.isascii() and text.isdecimal() and len(text) <= _SNOWFLAKE_DIGITS
