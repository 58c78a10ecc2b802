from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.discord.handles import NotPossible
from bot.sandbox.discord.state import Command, Json
from bot.sandbox.terminal.commands import parse

ASK: Json = {
    "name": "ask",
    "options": [
        {"type": 3, "name": "model"},
        {"type": 3, "name": "prompt", "required": True},
        {"type": 5, "name": "web"},
        {"type": 4, "name": "count"},
        {"type": 10, "name": "heat"},
        {"type": 11, "name": "file"},
        {"type": 3, "name": "scope", "choices": [{"name": "Here", "value": "channel"}]},
    ],
}
CONFIG: Json = {
    "name": "config",
    "options": [
        {"type": 1, "name": "show"},
        {"type": 1, "name": "model", "options": [{"type": 3, "name": "model"}]},
        {
            "type": 2,
            "name": "limit",
            "options": [{"type": 1, "name": "set", "options": [{"type": 4, "name": "most"}]}],
        },
    ],
}
OFFERED = [Command(1, None, 1, ASK), Command(2, None, 1, CONFIG)]


@pytest.mark.parametrize(
    ("line", "name", "options"),
    [
        ("/ask what is x", "ask", {"prompt": "what is x"}),
        (
            "/ask what is x model:GPT_5 web:true",
            "ask",
            {"prompt": "what is x", "model": "GPT_5", "web": True},
        ),
        ("/ask model:GPT_5 what is x", "ask", {"prompt": "what is x", "model": "GPT_5"}),
        ('/ask model:"GPT 5" hi', "ask", {"prompt": "hi", "model": "GPT 5"}),
        (
            "/ask prompt: what is x? model:A",
            "ask",
            {"prompt": "what is x?", "model": "A"},
        ),
        ('/ask prompt:"a b" web:no', "ask", {"prompt": "a b", "web": False}),
        ("/ask see http://a.b/c now", "ask", {"prompt": "see http://a.b/c now"}),
        ("/ask why: because", "ask", {"prompt": "why: because"}),
        ("/ask hi count:3 heat:0.5", "ask", {"prompt": "hi", "count": 3, "heat": 0.5}),
        ("/ask hi scope:Here", "ask", {"prompt": "hi", "scope": "Here"}),
        ("/config model GPT_5", "config model", {"model": "GPT_5"}),
        ("/config show", "config show", {}),
        ("/config limit set most:5", "config limit set", {"most": 5}),
        ("/unknown words", "unknown", {}),
        ("/config mode GPT_5", "config mode", {}),
    ],
)
def test_a_line_is_read_as_a_command_with_its_options(
    line: str, name: str, options: dict[str, Any]
) -> None:
    assert parse(line, OFFERED) == (name, options)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/config show me", "no option takes 'me'"),
        ("/ask hi count:many", "'count' takes a whole number, not 'many'"),
        ("/ask hi web:perhaps", "'web' takes true or false, not 'perhaps'"),
        ("/ask hi file:a.txt", "'file' cannot be typed here"),
        (
            "/ask prompt:hi model:A more",
            r"no option takes 'more'; .* \(several words go in quotes\)",
        ),
    ],
)
def test_what_does_not_fit_is_said(line: str, words: str) -> None:
    with pytest.raises(NotPossible, match=words):
        parse(line, OFFERED)
