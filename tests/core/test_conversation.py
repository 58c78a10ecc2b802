"""The facts of a conversation."""

import pytest

from bot.core.conversation import (
    ChannelId,
    EventId,
    GuildId,
    MessageId,
    Person,
    Place,
    Role,
    Said,
    Turn,
    UserId,
    gathered,
)

ADA = Person(UserId(1), "Ada")
BOB = Person(UserId(2), "Bob")
HOME = Place(GuildId(1), ChannelId(2))


def turn(event: int, asker: Person, *texts: str, **options: object) -> Turn:
    said = tuple(Said(MessageId(event), Role.USER, text, asker) for text in texts)
    return Turn(EventId(event), HOME, asker, said, options=options)


def test_a_threads_conversation_is_its_own() -> None:
    assert Place(GuildId(1), ChannelId(2), ChannelId(3)).conversation_id == ChannelId(3)
    assert Place(GuildId(1), ChannelId(2)).conversation_id == ChannelId(2)
    assert Place(None, ChannelId(2)).conversation_id == ChannelId(2)


def test_a_turn_belongs_to_everybody_who_speaks_in_it() -> None:
    said = (Said(MessageId(1), Role.USER, "hi", BOB), Said(MessageId(2), Role.USER, "?", None))
    assert Turn(EventId(1), HOME, ADA, said).people == {ADA.id, BOB.id}


def test_gathered_turns_say_everything_in_order() -> None:
    one = gathered([turn(1, ADA, "a", "b"), turn(2, BOB, "c")])
    assert [said.text for said in one.said] == ["a", "b", "c"]
    assert one.people == {ADA.id, BOB.id}


def test_the_last_of_gathered_turns_gives_the_key_and_the_asker() -> None:
    one = gathered([turn(1, ADA, "a"), turn(2, BOB, "b")])
    assert (one.event_id, one.asker, one.place) == (EventId(2), BOB, HOME)


def test_options_of_gathered_turns_add_up_and_the_last_wins() -> None:
    turns = [turn(1, ADA, "a", model="A", web=True), turn(2, ADA, "b", model="B")]
    assert gathered(turns).options == {"model": "B", "web": True}
    assert turns[0].options == {"model": "A", "web": True}


def test_one_turn_gathered_is_itself() -> None:
    alone = turn(1, ADA, "a", model="A")
    assert gathered([alone]) == alone


def test_nothing_cannot_be_gathered() -> None:
    with pytest.raises(ValueError, match="nothing to gather"):
        gathered([])
