"""Queries in a driver's own words, for what is asked so often that SQLAlchemy's part counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class Prepared:
    """A compiled query.

    Attributes:
        sql: as the driver takes it.
        names: its parameters in their order.
        constants: those that the statement itself has a value for.
        readers: what makes each selected column's values of the driver's; None: they are the same.
    """

    sql: str
    names: tuple[str, ...]
    constants: Mapping[str, object]
    readers: tuple[Callable[[Any], Any] | None, ...]

    @classmethod
    def of(cls, query: sa.Select[Any], dialect: sa.Dialect) -> Self:
        """Compile a query."""
        compiled = query.compile(dialect=dialect)
        names: Sequence[str] = getattr(compiled, "positiontup", None) or ()
        kinds = [column.type.dialect_impl(dialect) for column in query.selected_columns]
        knows_types = dialect.name == "postgresql"  # its driver reads values by itself
        readers = (None if knows_types else one.result_processor(dialect, None) for one in kinds)
        constants = {name: value for name, value in compiled.params.items() if value is not None}
        return cls(str(compiled), tuple(names), constants, tuple(readers))

    def ordered(self, values: Mapping[str, object]) -> tuple[object, ...]:
        """Values as the driver takes them: they are not changed on their way."""
        known = {**self.constants, **values}
        return tuple(known[name] for name in self.names)

    def read(self, rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
        """The driver's rows, with values as the columns' types have them."""
        return [
            [read(value) if read else value for read, value in zip(self.readers, row, strict=True)]
            for row in rows
        ]
