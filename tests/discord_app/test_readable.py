"""A model reads names, not ids."""

from __future__ import annotations

import pytest

from bot.discord_app.readable import readable

NAMES = {("@", 1): "Ada", ("@&", 2): "Poets", ("#", 3): "general"}


def name_of(kind: str, id_: int) -> str | None:
    return NAMES.get((kind, id_))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("hello", "hello"),
        ("<@1> and <@!1>", "@Ada and @Ada"),
        ("<@&2> in <#3>", "@Poets in #general"),
        ("<@9> stays, <#9> too", "<@9> stays, <#9> too"),
        ("<:smile:123> <a:wave:456>", ":smile: :wave:"),
        ("a < b > c, <t:0:R>, </ask:5>", "a < b > c, <t:0:R>, </ask:5>"),
        ("@everyone", "@everyone"),
    ],
)
def test_tags_become_what_people_see(written: str, read: str) -> None:
    assert readable(written, name_of) == read
