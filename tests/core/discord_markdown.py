"""Discord's Markdown as its client parses it: an oracle, written apart from the bot's reading.

The rules are tried in this order at each place of the text; the first that matches takes it.
What no rule takes is plain text, so that a marker without its partner stays to be seen.
"""

import re

ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")
CODE_BLOCK = re.compile(r"```(?:[a-z0-9_+\-.#]+?\n)?\n*([^\n][\s\S]*?)\n*```", re.IGNORECASE)
INLINE_CODE = re.compile(r"(`+)([\s\S]*?[^`])\1(?!`)")
WHOLE = re.compile(
    r"<a?:\w+:\d+>|<[@#][!&]?\d+>|<t:-?\d+(?::\w)?>|https?://[^\s<]+[^<.,:;\"')\]\s]"
)
LINK = re.compile(r"\[((?:\[[^\]]*\]|[^\[\]])*)\]\(([^\s()]*)\)")
ITALICS = re.compile(
    r"\b_((?:__|\\[\s\S]|[^\\_])+?)_\b"
    r"|\*(?=\S)((?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)"
)
BOLD = re.compile(r"\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)")
UNDERLINE = re.compile(r"__((?:\\[\s\S]|[^\\])+?)__(?!_)")
STRIKE = re.compile(r"~~([\s\S]+?)~~(?!_)")
SPOILER = re.compile(r"\|\|([\s\S]+?)\|\|")
TEXT = re.compile(r"[\s\S]+?(?=[^0-9A-Za-z\s\u00c0-\uffff]|\n|\w+:\S|$)")
QUOTE_MARKS = re.compile(r"^(?:> |>>> )", re.MULTILINE)


def plain(content: str) -> str:
    """What a person reads of a message, its styles and code marks taken off."""
    out: list[str] = []
    while content:
        taken, read = _first_rule(content)
        out.append(read)
        content = content[taken:]
    return "".join(out)


def without_code(content: str) -> str:
    """A message with each code block and inline code replaced by a space."""
    out: list[str] = []
    while content:
        code = ESCAPE.match(content) or CODE_BLOCK.match(content) or INLINE_CODE.match(content)
        out.append(" " if code else content[0])
        content = content[code.end() if code else 1 :]
    return "".join(out)


def _first_rule(content: str) -> tuple[int, str]:
    """How many characters the first rule takes, and what is read of them."""
    for rule in (ESCAPE, CODE_BLOCK, INLINE_CODE, WHOLE):
        if match := rule.match(content):
            return match.end(), match[match.lastindex or 0]
    if match := LINK.match(content):
        return match.end(), f"{plain(match[1])}({match[2]})"
    styles = [match for rule in (ITALICS, BOLD, UNDERLINE) if (match := rule.match(content))]
    # Of equally long ones it is the first, as in Discord.
    style = max(styles, key=lambda match: match.end(), default=None)
    if style := style or STRIKE.match(content) or SPOILER.match(content):
        return style.end(), plain(style[style.lastindex or 0])
    text = TEXT.match(content)
    assert text
    return text.end(), text[0]
