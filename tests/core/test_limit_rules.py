"""Which limits are possible, how they are stored, and which of them hold whom."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.conversation import Presser, RoleId
from bot.core.errors import InvalidInput, InvalidOption
from bot.core.limit_rules import (
    BOUNDS,
    MOST_ROLES,
    LimitRules,
    Who,
    tell_limits,
    verified_limits,
)
from bot.core.option_kinds import OPTIONS
from bot.core.quotas import What
from tests.core.samples import ADA, SERVER

VIP, CROWD = RoleId(21), RoleId(22)


def member(*roles: RoleId, manager: bool = False) -> Presser:
    return Presser(ADA.id, moderator=manager, manager=manager, roles=frozenset(roles))


def held_to(rules: dict[str, Any], by: Presser) -> dict[tuple[str, bool], int]:
    """What somebody is held to: (limit, is it their own) → most."""
    quota = LimitRules.of(rules).quota(SERVER, by)
    ceilings = () if quota is None else quota.ceilings
    assert all(one.whose in (ADA.id, None) for one in ceilings)
    return {(one.what.value, one.whose is not None): one.most for one in ceilings}


RULES: dict[str, Any] = {
    "members": {"questions_per_minute": 5, "tokens_per_day": 1000},
    "roles": {
        str(VIP): {"questions_per_minute": 50},
        str(CROWD): {"questions_per_minute": 2, "tokens_per_month": 9000},
    },
    "server": {"questions_per_minute": 30, "answers_at_once": 2},
}


@pytest.mark.parametrize(
    ("roles", "own"),
    [
        ((), {"questions_per_minute": 5, "tokens_per_day": 1000}),
        ((VIP,), {"questions_per_minute": 5, "tokens_per_day": 1000}),
        ((CROWD,), {"questions_per_minute": 2, "tokens_per_day": 1000, "tokens_per_month": 9000}),
        (
            (VIP, CROWD),
            {"questions_per_minute": 2, "tokens_per_day": 1000, "tokens_per_month": 9000},
        ),
        ((RoleId(99),), {"questions_per_minute": 5, "tokens_per_day": 1000}),
    ],
)
def test_the_strictest_of_everybodys_and_the_roles_limits_holds_a_member(
    roles: tuple[RoleId, ...], own: dict[str, int]
) -> None:
    servers = {("questions_per_minute", False): 30}
    mine = {(what, True): most for what, most in own.items()}
    assert held_to(RULES, member(*roles)) == mine | servers


def test_moderators_are_exempt_unless_the_rules_say_otherwise() -> None:
    assert held_to(RULES, member(manager=True)) == {}
    strict = RULES | {"moderators_exempt": False}
    assert held_to(strict, member(manager=True)) == held_to(strict, member())


def test_who_may_only_delete_messages_is_not_exempt() -> None:
    assert held_to(RULES, Presser(ADA.id, moderator=True)) == held_to(RULES, member())


@pytest.mark.parametrize(
    ("rules", "by", "longest"),
    [
        ({}, member(), None),
        ({"members": {"prompt_characters": 100}}, member(), 100),
        (
            {"members": {"prompt_characters": 100}, "server": {"prompt_characters": 80}},
            member(),
            80,
        ),
        ({"roles": {str(VIP): {"prompt_characters": 60}}}, member(VIP), 60),
        ({"roles": {str(VIP): {"prompt_characters": 60}}}, member(), None),
        ({"members": {"prompt_characters": 100}}, member(manager=True), None),
    ],
)
def test_a_question_is_as_long_as_the_strictest_limit_lets_it_be(
    rules: dict[str, Any], by: Presser, longest: int | None
) -> None:
    assert LimitRules.of(rules).longest_prompt(by) == longest


def test_without_counted_limits_nobody_is_held_to_anything() -> None:
    rules = LimitRules.of({"server": {"answers_at_once": 1, "prompt_characters": 9}})
    assert rules.quota(SERVER, member()) is None
    assert rules.at_once == 1
    assert LimitRules().at_once is None


tables = st.dictionaries(
    st.sampled_from([what for what in What if what is not What.AT_ONCE]), st.integers(1, 6000)
)


@given(
    everybody=tables,
    roles=st.dictionaries(st.integers(1, 6).map(RoleId), tables, max_size=6),
    server=tables,
    mine=st.frozensets(st.integers(1, 6).map(RoleId)),
)
def test_no_limit_that_applies_is_weaker_than_what_holds(
    everybody: dict[What, int],
    roles: dict[RoleId, dict[What, int]],
    server: dict[What, int],
    mine: frozenset[RoleId],
) -> None:
    bounded = [{k: min(v, int(BOUNDS[k].high or 0)) for k, v in t.items()} for t in roles.values()]
    by_role = dict(zip(roles, bounded, strict=True))
    everybody = {k: min(v, int(BOUNDS[k].high or 0)) for k, v in everybody.items()}
    server = {k: min(v, int(BOUNDS[k].high or 0)) for k, v in server.items()}
    rules = {
        "members": everybody,
        "roles": {str(role): table for role, table in by_role.items()},
        "server": server,
    }
    held = held_to(rules, member(*mine))
    applying = [everybody, *(by_role[role] for role in mine if role in by_role)]
    for what in What:
        mosts = [table[what] for table in applying if what in table]
        if what is What.CHARACTERS:
            both = [*mosts, *([server[what]] if what in server else [])]
            longest = LimitRules.of(rules).longest_prompt(member(*mine))
            assert longest == min(both, default=None)
            continue
        assert held.get((what.value, True)) == min(mosts, default=None)
        assert held.get((what.value, False)) == server.get(what)


@given(everybody=tables)
def test_what_is_stored_reads_the_same(everybody: dict[What, int]) -> None:
    everybody = {k: min(v, int(BOUNDS[k].high or 0)) for k, v in everybody.items()}
    rules = LimitRules.of({"members": everybody, "moderators_exempt": False})
    if everybody:
        assert LimitRules.of(rules.stored()) == rules
    else:
        assert rules.stored() is None


@pytest.mark.parametrize("what", list(What))
def test_each_boundary_passes_and_the_next_number_is_refused(what: What) -> None:
    low, high = int(BOUNDS[what].low), int(BOUNDS[what].high or 0)
    for most in (low, high):
        rules = LimitRules().with_limit(Who.SERVER, what, most)
        assert rules.stored() == {"server": {what.value: most}, "moderators_exempt": True}
    for most in (low - 1, high + 1):
        with pytest.raises(InvalidOption) as refused:
            LimitRules().with_limit(Who.SERVER, what, most)
        assert f"{low:,} to {high:,}" in refused.value.text
        assert str(most) in refused.value.text


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ([], "limits"),
        ("none", "limits"),
        ({"everybody": {}}, "everybody"),
        ({"members": []}, "limits.members"),
        ({"members": {"questions": 1}}, "questions"),
        ({"members": {"questions_per_minute": "5"}}, "limits.members.questions_per_minute"),
        ({"members": {"questions_per_minute": True}}, "limits.members.questions_per_minute"),
        ({"members": {"questions_per_minute": 1.5}}, "limits.members.questions_per_minute"),
        ({"members": {"answers_at_once": 1}}, "answers_at_once"),
        ({"roles": {"vip": {"tokens_per_day": 5}}}, "vip"),
        ({"roles": {"9" * 5000: {"tokens_per_day": 5}}}, "limits.roles"),
        ({"roles": {"0": {"tokens_per_day": 5}}}, "limits.roles"),
        ({"roles": {str(n + 1): {} for n in range(MOST_ROLES + 1)}}, "limits.roles"),
        ({"moderators_exempt": "yes"}, "limits.moderators_exempt"),
        ({1: {}}, "limits"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(wrong: Any, named: str) -> None:
    with pytest.raises(InvalidOption) as refused:
        OPTIONS["limits"].checked(wrong)
    assert named in refused.value.text
    assert len(refused.value.text) < 500


def test_rules_without_a_limit_are_not_stored() -> None:
    empty: list[Any] = [{}, {"members": {}}, {"roles": {"1": {}}}, {"moderators_exempt": False}]
    for nothing in empty:
        with pytest.raises(InvalidOption):
            verified_limits(nothing)


def test_limits_are_set_and_removed_one_by_one() -> None:
    rules = LimitRules().with_limit(Who.MEMBERS, What.QUESTIONS, 5)
    rules = rules.with_limit(VIP, What.QUESTIONS, 9).with_limit(VIP, What.TOKENS_A_DAY, 70)
    rules = rules.with_limit(VIP, What.QUESTIONS, None)
    assert rules.stored() == {
        "members": {"questions_per_minute": 5},
        "roles": {str(VIP): {"tokens_per_day": 70}},
        "moderators_exempt": True,
    }
    rules = rules.with_limit(VIP, What.TOKENS_A_DAY, None)
    assert rules.with_limit(Who.MEMBERS, What.QUESTIONS, None).stored() is None


def test_only_a_server_has_answers_at_once() -> None:
    for whose in (Who.MEMBERS, VIP):
        with pytest.raises(InvalidInput, match="whole server only"):
            LimitRules().with_limit(whose, What.AT_ONCE, 1)


def test_rules_are_told_in_one_line() -> None:
    assert tell_limits(RULES) == (
        "Each member: 5 questions per minute, 1,000 tokens per day; "
        "Each member with <@&21>: 50 questions per minute; "
        "Each member with <@&22>: 2 questions per minute, 9,000 tokens per month; "
        "The whole server: 30 questions per minute, 2 answers at once; "
        "Moderators (Manage Server) are exempt"
    )
