"""Turns and texts on their way into the database and out again."""

from __future__ import annotations

from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from bot.core.conversation import (
    ChannelId,
    EventId,
    GuildId,
    MessageId,
    Names,
    Person,
    Place,
    Role,
    Said,
    Turn,
    UserId,
)
from bot.storage.text_type import clean
from bot.storage.turns import decode_turn, encode_turn

ids = st.integers(min_value=0, max_value=2**63 - 1)
anything = st.text(st.characters(), max_size=20)
people = st.builds(Person, ids.map(UserId), anything)
entries = st.builds(
    Said,
    ids.map(MessageId),
    st.sampled_from(Role),
    anything,
    st.none() | people,
    st.none() | anything,
)
values = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | anything
turns = st.builds(
    Turn,
    event_id=ids.map(EventId),
    place=st.builds(
        Place,
        st.none() | ids.map(GuildId),
        ids.map(ChannelId),
        st.none() | ids.map(ChannelId),
    ),
    asker=people,
    said=st.lists(entries, max_size=3).map(tuple),
    shared=st.booleans(),
    gathers=st.booleans(),
    options=st.dictionaries(anything, values, max_size=3),
    names=st.builds(Names, anything, anything),
)


@given(turns)
def test_a_turn_comes_back_as_it_went_in(turn: Turn) -> None:
    stored = encode_turn(turn)
    assert decode_turn(stored) == turn
    assert stored.isascii()
    assert "\0" not in stored


def test_every_field_of_a_turn_is_stored() -> None:
    assert {field.name for field in fields(Turn)} == {
        "event_id",
        "place",
        "asker",
        "said",
        "shared",
        "gathers",
        "options",
        "names",
    }


def test_a_turn_stored_before_places_had_names_is_read_all_the_same() -> None:
    stored = (
        '{"event": 7, "place": [1, 2, null], "asker": [11, "Ada"], "said": [], "shared": true,'
        ' "gathers": false, "options": {}}'
    )
    assert decode_turn(stored).names == Names()


@given(st.text(st.characters(), max_size=50))
def test_cleaned_text_is_accepted_by_every_database_and_cleaning_it_again_changes_nothing(
    text: str,
) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert "\0" not in cleaned
    assert clean(cleaned) == cleaned


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=50))
def test_text_without_fault_is_left_alone(text: str) -> None:
    assert clean(text) == text


def test_two_halves_of_an_emoji_become_the_emoji() -> None:
    assert clean("a\ud83d\ude00b") == "a😀b"
    assert clean("\ude00\ud83d\0") == "\ufffd\ufffd\ufffd"
