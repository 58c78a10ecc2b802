"""Who may do what where, by roles and overwrites."""

from __future__ import annotations

from bot.sandbox.discord.permissions import ALL, NONE, Overwrite, Permission, in_channel, in_guild
from bot.sandbox.discord.server import DiscordSandbox
from tests.sandbox.discord.conftest import Home

EVERYONE, RED, BLUE, ADA = 1, 2, 3, 4
VIEW, SEND, EMBED = Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES, Permission.EMBED_LINKS
BASE = VIEW | SEND


def granted(*overwrites: Overwrite, base: Permission = BASE) -> Permission:
    return in_channel(
        base,
        {one.target: one for one in overwrites},
        everyone_id=EVERYONE,
        role_ids=[RED, BLUE],
        user_id=ADA,
    )


def test_owners_and_administrators_may_do_everything() -> None:
    assert in_guild(NONE, [], owner=True) == ALL
    assert in_guild(NONE, [VIEW, Permission.ADMINISTRATOR], owner=False) == ALL
    assert granted(Overwrite(ADA, is_role=False, deny=ALL), base=ALL) == ALL


def test_roles_add_up() -> None:
    assert in_guild(VIEW, [SEND, EMBED], owner=False) == VIEW | SEND | EMBED


def test_a_roles_overwrite_beats_everyones_and_a_members_beats_both() -> None:
    everyone = Overwrite(EVERYONE, is_role=True, deny=SEND, allow=EMBED)
    assert granted(everyone) == VIEW | EMBED
    red = Overwrite(RED, is_role=True, allow=SEND, deny=EMBED)
    assert granted(everyone, red) == VIEW | SEND
    ada = Overwrite(ADA, is_role=False, deny=SEND, allow=EMBED)
    assert granted(everyone, red, ada) == VIEW | EMBED


def test_one_roles_allow_wins_over_anothers_deny() -> None:
    red = Overwrite(RED, is_role=True, deny=SEND)
    blue = Overwrite(BLUE, is_role=True, allow=SEND)
    assert granted(red, blue) == granted(blue, red) == BASE


def test_without_view_channel_nothing_is_left() -> None:
    assert granted(Overwrite(BLUE, is_role=True, deny=VIEW)) == NONE


async def test_threads_take_their_parents_overwrites_and_strangers_have_nothing(
    sandbox: DiscordSandbox, home: Home
) -> None:
    thread = await home.ada.start_thread(home.channel, "Talk")
    stranger = sandbox.add_person("Eve")
    sandbox.set_overwrite(home.channel, home.ada, deny=SEND)
    assert SEND not in thread.permissions_of(home.ada.id)
    assert thread.permissions_of(stranger.id) == NONE
    assert (await home.ada.open_dm()).permissions_of(stranger.id) == NONE


async def test_private_threads_are_for_their_members_and_those_who_manage_threads(
    home: Home, sandbox: DiscordSandbox
) -> None:
    thread = await home.ada.start_thread(home.channel, "Secret", private=True)
    grace = sandbox.add_member(home.guild, "Grace")
    assert [one.may_view(thread) for one in (home.ada, home.mo, grace)] == [True, True, False]
    await home.ada.add_to_thread(thread, grace.user)
    assert grace.may_view(thread)
