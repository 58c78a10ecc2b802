"""Answers for when there is no model: sensible, varied, and the same for the same conversation."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zlib import crc32

from bot.sandbox.weryai import texts
from bot.sandbox.weryai.faults import Fault


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a request says: the questions so far and the model that is asked."""

    model: str
    messages: Sequence[dict[str, str]]

    @property
    def questions(self) -> list[str]:
        """All that people have said, oldest first."""
        return [said["content"] for said in self.messages if said["role"] == "user"]

    @property
    def question(self) -> str:
        """What is asked now."""
        return self.questions[-1] if self.questions else ""

    @property
    def earlier(self) -> list[str]:
        """All that people have said before it, oldest first."""
        return self.questions[:-1]

    @property
    def subject(self) -> str:
        """What the question is about, as far as its words show."""
        lines = self.question.strip().splitlines() or [""]
        words = re.sub(r"[?!.\s]+$", "", lines[-1])
        return _OPENING.sub("", words).strip() or "that"

    def pick(self, choices: Sequence[str]) -> str:
        """One of several answers, the same for the same question."""
        return choices[crc32(self.question.encode("utf-8", "replace")) % len(choices)]


Answer = Callable[[Conversation], str]

_OPENING = re.compile(
    r"^(.{0,40}?\b)?(please )?(explain|describe|tell me (something )?about|how (do|does|is|are)"
    r"|why (do|does|is|are)|what (is|are|was|were)|who (is|was))\b( (to me|how|why|the|a|an)\b)*",
    re.IGNORECASE,
)


def answer(messages: Sequence[dict[str, str]], model: str) -> str:
    """What the local WeryAI says, given a request's messages and the model's name."""
    said = Conversation(model, messages)
    if _GO_ON.search(said.question) and len(messages) > 1:
        return _rest_of_answer(said)
    for pattern, reply in _REPLIES:
        if pattern.search(said.question):
            return reply(said)
    return said.pick(texts.SHORT).format(subject=said.subject, model=model)


_PREFACE = re.compile(re.escape(texts.ANOTHER_WAY).replace(r"\{number\}", r"\d"))
_GO_ON = re.compile(r"\bcut off\b|\bgo on\b|\bcontinue\b", re.IGNORECASE)


def _rest_of_answer(said: Conversation) -> str:
    """What is left of the answer before, which was told in part."""
    partial = said.messages[-2]
    if partial["role"] != "assistant":
        return "There is nothing to go on with yet. Ask me something first."
    whole = answer(said.messages[:-2], said.model)
    begun = _PREFACE.sub("", partial["content"], count=1)
    # White space at the end of what was told may have got lost on the way.
    for told in (begun, begun.rstrip()):
        _, found, rest = whole.partition(told)
        if found and rest.strip():
            return rest
    return "That was all I had to say about it."


def _first_said(said: Conversation) -> str:
    if not said.earlier:
        return "This is the first thing you have said to me, as far as I can see."
    return f"The first thing you said to me was: “{said.earlier[0]}”"


def _last_said(said: Conversation) -> str:
    if not said.earlier:
        return "You have not said anything else to me yet."
    return f"Just before this you said: “{said.earlier[-1]}”"


_NAMED = re.compile(
    r"\b(?:my name is|i am called|call me|i'm|i am)\s+([A-Z\u00c0-\u024f][\w'-]*)", re.UNICODE
)


def _name(said: Conversation) -> str:
    for earlier in reversed(said.earlier):
        # "My" may begin the sentence, but a name has its capital.
        if found := _NAMED.search(re.sub(r"\bMy\b", "my", re.sub(r"\bI\b", "i", earlier))):
            return f"Your name is {found[1]}: you told me so."
    return "You have not told me your name yet."


def _count(said: Conversation) -> str:
    count = len(said.messages)
    return f"I was sent {count} message{'' if count == 1 else 's'}, this question among them."


def _which_model(said: Conversation) -> str:
    return f"I am **{said.model}**, or at least the local WeryAI says so: no model runs here."


def _system_prompt(said: Conversation) -> str:
    system = [message["content"] for message in said.messages if message["role"] == "system"]
    return f"I was told: “{system[0]}”" if system else "I was given no system prompt."


def _explanation(said: Conversation) -> str:
    return texts.EXPLANATION.format(subject=said.subject)


def _faults(_: Conversation) -> str:
    names = ", ".join(f"`{fault}`" for fault in Fault)
    return f"Write `!fault` and one of these names: {names}"


def _fixed(text: str) -> Answer:
    return lambda _: text


# The first pattern that is found in the question decides.
_REPLIES: tuple[tuple[re.Pattern[str], Answer], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), reply)
    for pattern, reply in (
        (r"!fault", _faults),  # of an unknown name: the known ones never get here
        (r"\bfirst\b.*\b(say|said|ask|asked|tell|told|message|question)\b", _first_said),
        (r"\b(say|said|ask|asked) first\b", _first_said),
        (r"\bwhat did i (just )?(say|ask|tell)\b|\blast (question|message)\b", _last_said),
        (r"\bmy name\b.*\?|\bwho am i\b|\bwhat('s| is) my name\b", _name),
        (r"\bhow many messages\b", _count),
        (r"\b(which|what) (ai |language )?model\b|\bwho are you\b|\bmodel are you\b", _which_model),
        (r"\bsystem prompt\b|\byour instructions\b", _system_prompt),
        (r"\bvery long\b|\bnovel\b|\bas long as\b", _fixed(texts.NOVEL)),
        (r"\blong\b|\bstory\b|\bessay\b", _fixed(texts.STORY)),
        (r"\bvariants?\b", _fixed(texts.VARIANTS)),
        (r"\bjson\b|\bschema\b", _fixed(texts.JSON)),
        (r"\bcode\b|\bfunction\b|\bprogram\b|\bpython\b|\bscript\b", _fixed(texts.CODE)),
        (r"\btable\b|\bcompare\b|\bcomparison\b", _fixed(texts.TABLE)),
        (r"\blist\b|\bsteps?\b|\btips?\b|\bideas?\b|\brecipe\b", _fixed(texts.LIST)),
        (r"\bmarkdown\b|\bformatting\b|\bspoiler\b", _fixed(texts.MARKDOWN)),
        (r"\b(auf )?deutsch\b|\bin german\b|\bhallo\b|\bwas ist\b|\bwie\b", _fixed(texts.GERMAN)),
        (r"\bfran[çc]ais\b|\bin french\b|\bbonjour\b|qu'est-ce", _fixed(texts.FRENCH)),
        (r"\bespañol\b|\bin spanish\b|\bhola\b|¿", _fixed(texts.SPANISH)),
        (r"\bin japanese\b|日本語|[\u3040-\u30ff]", _fixed(texts.JAPANESE)),
        (r"\bin chinese\b|中文|[\u4e00-\u9fff]", _fixed(texts.CHINESE)),
        (r"\bin arabic\b|[\u0600-\u06ff]", _fixed(texts.ARABIC)),
        (r"\bartificial intelligence\b|\bwhat is ai\b", _fixed(texts.ARTIFICIAL_INTELLIGENCE)),
        (r"\bcapital of france\b", _fixed("Paris.")),
        (r"\bweather\b|\bnews\b|\btoday\b", _fixed(texts.NO_WINDOW)),
        (r"\bthank", _fixed("You are welcome.")),
        (r"^\W*(hi|hello|hey|good (morning|evening))\b", _fixed("Hello! What can I do for you?")),
        (r"\bexplain\b|\bdescribe\b|\bhow (do|does|is|are)\b|\bwhy\b|\btell me", _explanation),
    )
)
