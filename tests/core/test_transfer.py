"""Export and import: what the file holds, and everything that can be wrong with one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.choices import Choices
from bot.core.conversation import ChannelId
from bot.core.errors import InvalidFile, UnknownModel
from bot.core.option_kinds import OPTIONS
from bot.core.options import Change, Scope
from bot.core.transfer import DEEPEST, LARGEST_FILE, Places, exported, parsed, planned
from tests.core.fake_model import FakeCatalogue
from tests.core.fake_stores import FakeOptions
from tests.core.samples import FLASH, MINI, SERVER

CHANNEL, THREAD, ELSEWHERE = ChannelId(50), ChannelId(60), ChannelId(99)
PLACES = Places(frozenset({CHANNEL}), frozenset({THREAD}))
CHOSEN = [
    Change(Scope.CHANNEL, CHANNEL, "temperature", 0.5),
    Change(Scope.SERVER, SERVER, "model", MINI.key),
    Change(Scope.SERVER, SERVER, "system_prompt", "Grüß Gott,\n{user}!"),
    Change(Scope.THREAD, THREAD, "buttons", value=False),
]
DOCUMENT = {
    "version": 1,
    "server": {"model": MINI.key, "system_prompt": "Grüß Gott,\n{user}!"},
    "channels": {"50": {"temperature": 0.5}},
    "threads": {"60": {"buttons": False}},
}


def plan(document: Any, chosen: list[Change] | None = None) -> list[Change]:
    choices = Choices(FakeOptions(), FakeCatalogue(FLASH, MINI), {"model": FLASH.key})
    return planned(
        parsed(json.dumps(document).encode()),
        guild=SERVER,
        chosen=chosen or [],
        places=PLACES,
        check=choices.checked,
    )


def problems(document: Any, chosen: list[Change] | None = None) -> list[str]:
    with pytest.raises(InvalidFile) as refused:
        plan(document, chosen)
    return list(refused.value.problems)


def test_the_file_holds_everything_by_scope_and_reads_well() -> None:
    data = exported(CHOSEN)

    assert json.loads(data) == DOCUMENT
    assert "Grüß Gott" in data.decode()


def test_what_was_exported_is_taken_back() -> None:
    changes = plan(json.loads(exported(CHOSEN)))

    assert sorted(changes, key=str) == sorted(CHOSEN, key=str)


def test_an_empty_server_has_a_file_too() -> None:
    assert plan(json.loads(exported([]))) == []


def test_a_scope_that_is_named_keeps_nothing_else_and_others_are_left_alone() -> None:
    document = {"version": 1, "server": {"seed": 7}, "threads": {"60": {}}}

    assert plan(document, CHOSEN) == [
        Change(Scope.SERVER, SERVER, "seed", 7),
        Change(Scope.SERVER, SERVER, "model", None),
        Change(Scope.SERVER, SERVER, "system_prompt", None),
        Change(Scope.THREAD, THREAD, "buttons", None),
    ]


def test_models_may_be_named_and_are_stored_by_their_keys() -> None:
    (change,) = plan({"version": 1, "server": {"model": "gpt-5 MINI"}})
    assert change.value == MINI.key


def test_a_channel_where_something_is_set_is_known_even_if_it_is_not_seen_now() -> None:
    chosen = [Change(Scope.CHANNEL, ELSEWHERE, "seed", 1)]
    document = {"version": 1, "channels": {"99": {"seed": 2}}}

    assert plan(document, chosen) == [Change(Scope.CHANNEL, ELSEWHERE, "seed", 2)]
    assert problems(document) == ["channel `99`: this server has no such channel that I know of."]


def test_everything_that_is_wrong_is_named_at_once() -> None:
    found = problems(
        {
            "version": 2,
            "servers": {},
            "server": {"temperature": 3, "warmth": 1, "model": "GPT_99", "seed": None},
            "channels": {"50": {"log_channel": 50}, "60": {}, "x`y": {}, "050": {}},
            "threads": {"60": []},
        }
    )

    assert found == [
        "`version` must be 1, as in the files I export.",
        "`servers` is none of the file's parts: `server`, `channels`, `threads`.",
        "server: `temperature` must be a number, 0 to 2; you gave `3`.",
        "server: there is no option `warmth`.",
        f"server: {UnknownModel('GPT_99').text}",
        "server: `seed` must be a whole number; you gave `None`.",
        "channel `50`: `log_channel` is chosen for a whole server only.",
        "channel `60`: this server has no such channel that I know of.",
        "channel `x'y`: this server has no such channel that I know of.",
        "channel `050`: this server has no such channel that I know of.",
        "thread `60` must be an object of values by their names.",
    ]


@pytest.mark.parametrize("wrong", [None, [], "x", 5, True])
@pytest.mark.parametrize("name", ["server", "channels", "threads"])
def test_each_part_is_an_object(name: str, wrong: Any) -> None:
    expected = f"`{name}` must be an object of values by their names."
    assert problems({"version": 1, name: wrong}) == [expected]


@pytest.mark.parametrize("wrong", [None, "1", True, 0, [1]])
def test_the_version_is_one(wrong: Any) -> None:
    assert problems({"version": wrong})[0].startswith("`version` must be 1")


@pytest.mark.parametrize("wrong", [[], {}, None, "x", 1.5, {"a": [{}]}])
@pytest.mark.parametrize("name", ["temperature", "seed", "buttons", "web_search", "model"])
def test_values_of_a_wrong_type_are_refused(name: str, wrong: Any) -> None:
    if (name, wrong) in (("temperature", 1.5), ("model", "x")):
        return
    (found,) = problems({"version": 1, "server": {name: wrong}})
    assert found.startswith(f"server: `{name}` must be")


@pytest.mark.parametrize("channel", [99, 0, -1, "50"])
def test_the_log_channel_is_one_of_this_servers(channel: Any) -> None:
    (found,) = problems({"version": 1, "server": {"log_channel": channel}})
    assert found.startswith("server: `log_channel` must be a channel")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not JSON: line 1, column 1"),
        (b"{", "not JSON"),
        (b'{"version": 1,}', "not JSON"),
        (b"\xff\xfe{\x00}\x00", "not text in UTF-8"),
        (b'{"version": 1, "server": {"model": "\\ud800"}}', "not text in UTF-8"),
        (b"[]", "must be an object"),
        (b"null", "must be an object"),
        (b'{"version": 1, "version": 1}', "`version` appears twice"),
        (b'{"version": 1, "server": {"seed": 1, "seed": 2}}', "`seed` appears twice"),
        (b'{"version": NaN}', "NaN is no JSON"),
        (b'{"version": -Infinity}', "-Infinity is no JSON"),
        (b'{"version": 1' + b"0" * 5000 + b"}", "a number that is too long"),
        (b"[" * 100_000, "nested more than"),
        (b'{"a":' * 50_000, "nested more than"),
        (b" " * (LARGEST_FILE + 1), "larger than 256 KB"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(data: bytes, said: str) -> None:
    with pytest.raises(InvalidFile) as refused:
        parsed(data)
    (found,) = refused.value.problems
    assert said in found


def test_the_largest_file_is_read_and_brackets_in_texts_do_not_count() -> None:
    text = "[" * 1000
    inside = json.dumps({"version": 1, "server": {"system_prompt": text}}).encode()
    data = inside + b" " * (LARGEST_FILE - len(inside))

    assert parsed(data)["server"]["system_prompt"] == text
    assert parsed(b"\xef\xbb\xbf" + inside) == parsed(inside)  # an editor's mark
    deep = b'{"version":' * (DEEPEST - 1) + b"1" + b"}" * (DEEPEST - 1)
    assert parsed(deep)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(st.sampled_from([*OPTIONS, "roles", "allow", "1"]), inside, max_size=3)
    ),
    max_leaves=8,
)
OPTION_VALUES = st.dictionaries(st.sampled_from(list(OPTIONS)), VALUES, max_size=4)


@given(
    document=st.fixed_dictionaries(
        {"version": st.just(1)},
        optional={
            "server": OPTION_VALUES | VALUES,
            "channels": st.dictionaries(st.sampled_from(["50", "99"]), OPTION_VALUES) | VALUES,
            "threads": VALUES,
        },
    )
)
def test_whatever_is_in_a_file_it_is_taken_or_refused_with_sentences(
    document: dict[str, Any],
) -> None:
    told: list[object] = []
    try:
        told += plan(document)
    except InvalidFile as refused:
        told += refused.problems
    assert all(told)
