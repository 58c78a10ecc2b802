"""What a check refuses of a payload, as tests like to compare it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.sandbox.discord.errors import ApiError
from bot.sandbox.discord.rules import check_message

Json = dict[str, Any]
V2 = 1 << 15  # the message flag of Components V2


def problems(check: Callable[[], None]) -> dict[str, str]:
    """Each path of a 50035 with the (first) code there; {} when nothing is refused."""
    try:
        check()
    except ApiError as error:
        if error.code != 50035:
            raise
        return dict(_flattened(error.body()["errors"], ()))
    return {}


def sent(files: int = 0, **payload: Any) -> dict[str, str]:
    """What is wrong with a message that says "hi" and has these members."""
    return problems(lambda: check_message({"content": "hi", **payload}, files=files))


def _flattened(node: Json, path: tuple[str, ...]) -> list[tuple[str, str]]:
    found = [(".".join(path), node["_errors"][0]["code"])] if "_errors" in node else []
    for name, child in node.items():
        if name != "_errors":
            found += _flattened(child, (*path, name))
    return found


def row(*components: Json) -> Json:
    return {"type": 1, "components": list(components)}


def button(custom_id: str = "stop", **members: Any) -> Json:
    return {"type": 2, "style": 1, "label": "Stop", "custom_id": custom_id, **members}


def select(**members: Any) -> Json:
    options = [{"label": "A", "value": "a"}, {"label": "B", "value": "b"}]
    return {"type": 3, "custom_id": "model", "options": options, **members}


def text(content: str = "words") -> Json:
    return {"type": 10, "content": content}
