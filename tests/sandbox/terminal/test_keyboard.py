from __future__ import annotations

import os
from contextlib import aclosing
from pathlib import Path

from bot.sandbox.terminal import typed_lines


async def test_lines_come_as_they_are_typed() -> None:
    reader, writer = os.pipe()
    try:
        async with aclosing(typed_lines(reader)) as lines:
            os.write(writer, b"one\ntwo\nthr")
            assert [await anext(lines), await anext(lines)] == ["one", "two"]
            os.write(writer, "ée\nlast".encode())
            assert await anext(lines) == "thrée"
            os.close(writer)
            assert [line async for line in lines] == ["last"]
    finally:
        os.close(reader)


async def test_a_file_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_text("one\n\ntwo")
    file = os.open(path, os.O_RDONLY)
    try:
        assert [line async for line in typed_lines(file)] == ["one", "", "two"]
    finally:
        os.close(file)


async def test_leaving_early_leaves_the_rest_unread() -> None:
    reader, writer = os.pipe()
    try:
        async with aclosing(typed_lines(reader)) as lines:
            os.write(writer, b"one\n")
            assert await anext(lines) == "one"
        os.write(writer, b"two\n")
        assert os.read(reader, 10) == b"two\n"
    finally:
        os.close(reader)
        os.close(writer)
