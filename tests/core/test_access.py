"""Who may ask where."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.access import (
    MOST_ENTRIES,
    AccessRules,
    Listed,
    tell_access,
    verified_access,
)
from bot.core.conversation import ChannelId, Place, Presser, RoleId, UserId
from bot.core.errors import AccessDenied, InvalidOption
from bot.core.option_kinds import OPTIONS
from tests.core.samples import ADA, place

HERE, VIP = 1, RoleId(21)
MEMBER = Presser(ADA.id, moderator=False, roles=frozenset({VIP}))


def may(rules: Any, by: Presser = MEMBER, where: Place | None = None) -> bool:
    try:
        AccessRules.of(rules).check(where or place(HERE), by)
    except AccessDenied:
        return False
    return True


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        (None, True),
        ({}, True),
        ({"allow": {"channels": [HERE]}}, True),
        ({"allow": {"channels": [7]}}, False),
        ({"allow": {"channels": [7, HERE]}}, True),
        ({"allow": {"roles": [VIP]}}, True),
        ({"allow": {"roles": [99]}}, False),
        ({"allow": {"members": [ADA.id]}}, True),
        ({"allow": {"members": [99]}}, False),
        ({"allow": {"members": [99], "roles": [VIP]}}, True),
        ({"allow": {"members": [ADA.id], "roles": [99]}}, True),
        ({"allow": {"members": [ADA.id], "channels": [7]}}, False),
        ({"allow": {"members": [99], "channels": [HERE]}}, False),
        ({"deny": {"channels": [HERE]}}, False),
        ({"deny": {"channels": [7]}}, True),
        ({"deny": {"roles": [VIP]}}, False),
        ({"deny": {"members": [ADA.id]}}, False),
        ({"deny": {"members": [99], "roles": [99]}}, True),
        ({"allow": {"members": [ADA.id]}, "deny": {"roles": [VIP]}}, False),
        ({"allow": {"channels": [HERE]}, "deny": {"channels": [HERE]}}, False),
        ({"allow": {"roles": [VIP]}, "deny": {"members": [ADA.id]}}, False),
    ],
)
def test_deny_wins_and_an_empty_list_restricts_nothing(rules: Any, allowed: bool) -> None:  # noqa: FBT001 - of the table
    assert may(rules) is allowed


def test_a_thread_counts_as_its_channel() -> None:
    thread = place(HERE, thread=50)
    assert may({"allow": {"channels": [HERE]}}, where=thread)
    assert not may({"deny": {"channels": [HERE]}}, where=thread)
    assert not may({"allow": {"channels": [50]}}, where=thread)


ids = st.lists(st.sampled_from([HERE, 7, 11, 21]), max_size=3)
lists = st.fixed_dictionaries({kind.value: ids for kind in Listed})


@given(allow=lists, deny=lists)
def test_moderators_are_never_locked_out_and_direct_messages_are_not_concerned(
    allow: dict[str, list[int]], deny: dict[str, list[int]]
) -> None:
    rules = {"allow": allow, "deny": deny}
    assert may(rules, Presser(ADA.id, moderator=True, manager=True, roles=frozenset({VIP})))
    assert may(rules, where=Place(None, ChannelId(HERE)))


@given(allow=lists, deny=lists)
def test_more_denied_never_lets_more_people_in(
    allow: dict[str, list[int]], deny: dict[str, list[int]]
) -> None:
    if may({"allow": allow, "deny": deny}):
        assert may({"allow": allow})
        assert may({"deny": deny})


def test_who_may_only_delete_messages_can_be_denied() -> None:
    assert not may({"deny": {"members": [5]}}, Presser(UserId(5), moderator=True))


def test_a_person_is_told_whether_it_is_the_place_or_them() -> None:
    for rules, words in (
        ({"deny": {"channels": [HERE]}}, "this channel"),
        ({"deny": {"roles": [VIP]}}, "leave"),
    ):
        with pytest.raises(AccessDenied, match=words):
            AccessRules.of(rules).check(place(HERE), MEMBER)


def test_what_is_allowed_is_denied_no_more_and_the_other_way_round() -> None:
    entry = frozenset({(Listed.ROLES, 21)})
    rules = AccessRules().with_entries(deny=entry).with_entries(allow=entry)
    assert rules.stored() == {"allow": {"roles": [21]}}
    assert rules.with_entries(deny=entry).stored() == {"deny": {"roles": [21]}}
    assert rules.without(entry).stored() is None


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ([], "access"),
        ({"allowed": {}}, "allowed"),
        ({"allow": []}, "access.allow"),
        ({"allow": {"users": [1]}}, "users"),
        ({"allow": {"roles": 1}}, "access.allow.roles"),
        ({"deny": {"roles": ["everyone"]}}, "access.deny.roles"),
        ({"deny": {"roles": [True]}}, "access.deny.roles"),
        ({"deny": {"roles": [0]}}, "access.deny.roles"),
        ({"deny": {"roles": [2**63]}}, "access.deny.roles"),
        ({"deny": {"members": list(range(1, MOST_ENTRIES + 2))}}, "access.deny.members"),
        ({}, "access"),
        ({"allow": {"roles": []}}, "access"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(wrong: Any, named: str) -> None:
    with pytest.raises(InvalidOption) as refused:
        OPTIONS["access"].checked(wrong)
    assert named in refused.value.text


def test_a_list_that_is_full_takes_no_more() -> None:
    full = AccessRules.of({"deny": {"members": list(range(1, MOST_ENTRIES + 1))}})
    with pytest.raises(InvalidOption):
        full.with_entries(deny=frozenset({(Listed.MEMBERS, 5000)}))


def test_lists_are_stored_sorted_and_without_doubles() -> None:
    assert verified_access({"deny": {"roles": [3, 1, 3]}}) == {"deny": {"roles": [1, 3]}}


def test_lists_are_told_in_one_line_and_long_ones_shortened() -> None:
    told = tell_access({"allow": {"channels": [1]}, "deny": {"members": list(range(1, 13))}})
    assert told.startswith("Only these channels are allowed: <#1>; These members are denied: <@1>")
    assert told.endswith("<@10> and 2 more")
