"""An answer while it grows: seen at once, even, still when the model is, and always whole."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from statistics import fmean

import pytest

from bot.sandbox.discord.events import TypingStarted
from bot.sandbox.discord.state import Message
from tests.e2e.playing import COUNT, Ask, by_command, by_mention, every_way, growing, paced
from tests.e2e.reading import every_version, faults_of, said_by_the_bot
from tests.e2e.stage import Home, answers_to, buttons, has_ended, text_of

CHANNELS = 20
DOCUMENT = """## How a **sail** works

The wind does not *push* a boat, it ||pulls|| it: see [this page](https://example.com/sails_(1))
or `sail --help`, and __never__ forget that 2 * 3 * 4 is 24.

```python
def lift(speed: float, area: float) -> float:
    return 0.5 * 1.2 * speed**2 * area  # **not bold**
```

- first **bold, then _italic in it_** and ~~gone~~
- second, with a very long line that goes on and on until nobody knows any more how it began

> Quoted words with `code` in them.

| sail | area |
|---|---|
| jib | 20 |
| main | 35 |

```
plain
```
That is all, **really**."""


@every_way
async def test_the_first_text_is_seen_before_the_second_comes(home: Home, ask: Ask) -> None:
    home.weryai.answer_next(COUNT)
    gate = home.weryai.hold_next(after=1)

    question = await ask(home, "Count!")

    answer = await home.begun(question)
    assert answer.content == "One"
    assert buttons(answer) == ["Stop"]
    gate.release()
    assert text_of(await home.answered(question)) == "One two three four."


async def test_what_may_still_change_its_meaning_waits_for_its_next_piece(home: Home) -> None:
    home.weryai.answer_next(["**", "Bold", " and", "** [a li", "nk](https://exam", "ple.com)", "."])
    gate = home.weryai.hold_next(after=1)
    question = await home.mention("Say something bold!")

    await gate.reached()
    assert answers_to(question) == []
    gate.allow(2)
    answer = await home.begun(question)
    await home.until(lambda: answer.content == "**Bold and**")
    gate.allow(2)
    await home.until(lambda: answer.content == "**Bold and** [a link]")
    gate.release()
    answer = await home.answered(question)
    assert text_of(answer) == "**Bold and** [a link](https://example.com)."


@every_way
async def test_while_the_model_pauses_nothing_is_sent(home: Home, ask: Ask) -> None:
    question, answer, gate = await growing(home, ask)
    elsewhere = home.discord.add_channel(home.guild, "elsewhere")
    home.weryai.answer_next(["word "] * 40)
    before = len(answer.versions)

    with paced(home, per_second=40):
        await home.answered(await home.mention("And how are you?", channel=elsewhere))

    assert len(answer.versions) == before
    to_it = [one for one in home.discord.requests if f"/{answer.id}" in one.path]
    assert len(to_it) < 5
    gate.release()
    await home.answered(question)


@every_way
async def test_no_two_frames_are_the_same(home: Home, ask: Ask) -> None:
    home.weryai.answer_next([*COUNT[:2], " ", "", " ", "\n", *COUNT[2:]])

    answer = await home.answered(await ask(home, "Count!"))

    versions = [(one.content, str(one.components)) for one in answer.versions]
    assert all(before != after for before, after in pairwise(versions))


async def test_it_types_until_the_first_text(home: Home) -> None:
    seen: list[TypingStarted] = []
    stop = home.discord.world.feed.listen(
        lambda event: seen.append(event) if isinstance(event, TypingStarted) else None
    )
    gate = home.weryai.hold_next()
    question = await home.mention("Hello?")

    await home.until(lambda: seen)
    gate.release()
    await home.answered(question)

    stop()
    assert [(one.user, one.channel) for one in seen] == [(home.discord.bot_user, home.channel)]


async def test_a_command_shows_that_it_is_thinking_and_does_not_type(home: Home) -> None:
    gate = home.weryai.hold_next()
    asked = await home.ask("Hello?")
    await gate.reached()
    gate.release()
    await home.answered(asked)

    assert not [one for one in home.discord.requests if one.path.endswith("/typing")]


@pytest.mark.parametrize("ask", [by_mention, by_command])
async def test_every_frame_of_a_growing_document_reads_well(home: Home, ask: Ask) -> None:
    sizes = [2, 3, 4, 5] * 2
    rooms = [home.discord.add_channel(home.guild, f"room-{room}") for room in range(len(sizes))]
    for size in sizes:
        home.weryai.answer_next([DOCUMENT[at : at + size] for at in range(0, len(DOCUMENT), size)])

    with paced(home, per_second=120):
        asked = [await ask(replace(home, channel=room), "How does it work?") for room in rooms]
        answers = [await home.answered(question) for question in asked]

    assert [text_of(answer) for answer in answers] == [DOCUMENT] * len(rooms)
    frames = every_version(answers)
    assert len(frames) > 3 * len(rooms)
    assert {frame: faults for frame in frames if (faults := faults_of(frame))} == {}


async def test_twenty_channels_grow_evenly_and_none_draws_a_limit(home: Home) -> None:
    texts = [f"Room {room}: " + "word after word " * 60 for room in range(CHANNELS)]
    for text in texts:
        home.weryai.answer_next(text)
    rooms = [home.discord.add_channel(home.guild, f"room-{room}") for room in range(CHANNELS)]

    with paced(home, per_second=40):
        questions = [await home.mention("Hello!", channel=room) for room in rooms]
        await home.discord.until(
            lambda: all(any(map(has_ended, said_by_the_bot(room))) for room in rooms), timeout=60
        )

    answers = [answer for question in questions for answer in answers_to(question)]
    assert sorted(text_of(answer) for answer in answers) == sorted(map(str.strip, texts))
    gaps = [gap for answer in answers for gap in even_gaps(answer)]
    clumped = [gap for gap in gaps if gap < fmean(gaps) / 3]
    assert len(clumped) < len(gaps) / 10


def even_gaps(answer: Message) -> list[float]:
    """The seconds between the frames after the first burst and before the end."""
    times = [one.at for one in answer.versions][4:-1]
    return [after - before for before, after in pairwise(times)]
