"""What of a growing text is not shown yet, for the next piece may change what it means.

All of it comes out with the last frame, whatever it is then.
"""

from __future__ import annotations

import re

from bot.core.text.markdown import Markup

_MAX_HELD = 400  # characters; what is longer is shown as it is, for nobody is to wait forever

_TAIL_OF_WORD = re.compile(
    r"""
    (?: (?:<[^\s<>]*)+                # a mention, an emoji, a time, an address
      | (?<!\]\()https?://[^\s<]*     # a link to the wrong page would be clicked, and previewed
      | [\\`*_~|]+                    # a marker that may grow
    )\Z
    """,
    re.VERBOSE,
)
_BACKSLASH = re.compile(r"\\+\Z")  # it would take a closer's meaning away
_BARE_BULLET = re.compile(r"[ \t]*(?:>{1,3}|\#{1,3}|[-+*]|-\#)\Z")
_TABLE_ROW = re.compile(r"[ \t]*\|(?!\|)")
_LINK_TARGET = re.compile(r"\]\((?:[^()]|\([^()]*\))*\Z")


def shown_length(content: str, markup: Markup, space: str) -> int:
    """How much of `content`, which ends in no white space, can be shown already.

    Args:
        content: a message's content, still growing.
        markup: what is open at its end.
        space: the white space that comes next.
    """
    dangling = markup.dangling(content)
    if dangling is not None:
        return dangling
    if markup.fence is not None or (markup.marks and markup.marks[-1].marker[0] == "`"):
        return len(content.rstrip("`"))
    line_start = content.rfind("\n") + 1
    line = content[line_start:]
    unfinished_line = _TABLE_ROW.match(line) or _BARE_BULLET.match(line)
    if unfinished_line and "\n" not in space and len(line) <= _MAX_HELD:
        return line_start
    link = line.rfind("](")
    if link >= 0 and len(line) - link <= _MAX_HELD and _LINK_TARGET.match(line, link):
        return line_start + link + 1
    word_start = max(content.rfind(" "), content.rfind("\t"), line_start - 1) + 1
    held = (_BACKSLASH if space else _TAIL_OF_WORD).search(content, word_start)
    return held.start() if held and len(content) - held.start() <= _MAX_HELD else len(content)
