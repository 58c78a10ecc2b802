"""What the documents promise is held against the code."""

import asyncio
import importlib
import json
import os
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from discord import app_commands
from discord.ext import commands
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from bot import discord_app
from bot.core.option_kinds import OPTIONS, Kind
from bot.core.replies import Controls
from bot.discord_app.application import PERMISSIONS
from bot.ops.health import serve_health
from bot.ops.metrics import Metrics
from bot.settings import Settings, load_settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
EXAMPLE = ROOT / ".env.example"
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = (ROOT / "compose.yaml").read_text()
DOCUMENTS = sorted(ROOT.glob("*.md"))
FIELDS = [(name.upper(), field) for name, field in Settings.model_fields.items()]
LONGEST_DEFAULT = 60  # characters that a table shows


def default(field: FieldInfo) -> str:
    """A field's default as an operator would write it; empty where it is unset."""
    value = field.default
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    return "" if value in (None, ()) else str(value)


def row(name: str, field: FieldInfo) -> str:
    shown = f"`{default(field)}`" if default(field) else "unset"
    if field.is_required():
        shown = "required"
    elif len(shown) > LONGEST_DEFAULT:
        shown = "see `.env.example`"
    return f"| `{name}` | {shown} | {(field.description or '').removesuffix(' Required.')} |"


def section(title: str) -> str:
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def table(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("|")][2:]


def test_the_readme_lists_every_setting_with_its_default_and_nothing_else() -> None:
    assert table(section("Settings")) == [row(name, field) for name, field in FIELDS]


def test_the_example_names_every_setting_in_order_and_nothing_else() -> None:
    named = re.findall(r"^#?([A-Z_]+)=", EXAMPLE.read_text(), re.MULTILINE)
    assert named == [name for name, _ in FIELDS]


def test_the_example_explains_each_setting_as_the_readme_does() -> None:
    prose = " ".join(
        line.removeprefix("# ") for line in EXAMPLE.read_text().splitlines() if line[:2] == "# "
    )
    for _, field in FIELDS:
        assert (field.description or "").replace("`", "") in prose


def test_the_example_with_every_line_in_use_is_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", {"DISCORD_TOKEN": "token", "WERYAI_API_KEY": "key"})
    in_use = tmp_path / "env"
    in_use.write_text(re.sub(r"^#(?=[A-Z_]+=)", "", EXAMPLE.read_text(), flags=re.MULTILINE))
    assert load_settings(Settings, env_file=in_use) == load_settings(Settings, env_file=None)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_inside_the_repository_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text()):
        assert (ROOT / target).exists(), f"{document.name} links to {target}"


def test_every_make_target_that_a_document_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    prose = "\n".join(document.read_text() for document in DOCUMENTS)
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", prose, re.MULTILINE))
    assert "sandbox" in named
    assert named <= targets


def commands_of_the_bot() -> Iterator[str]:
    """Every slash command as the README writes it."""
    for module in pkgutil.iter_modules(discord_app.__path__, "bot.discord_app."):
        importlib.import_module(module.name)
    for subgroup in app_commands.Group.__subclasses__():
        if subgroup.__module__.startswith("bot.discord_app.config."):
            for command in subgroup.__discord_app_commands_group_children__:
                yield written(f"config {subgroup.__discord_app_commands_group_name__}", command)
    for cog in [*commands.Cog.__subclasses__(), *commands.GroupCog.__subclasses__()]:
        group = cog.__cog_group_name__ if cog.__cog_is_app_commands_group__ else ""
        for command in cog.__cog_app_commands__:
            yield written(group, command)


def written(group: object, command: object) -> str:
    """A command with its options; what may be left out stands in brackets."""
    assert isinstance(command, app_commands.Command)
    options = (
        option.display_name if option.required else f"[{option.display_name}]"
        for option in command.parameters
    )
    return " ".join([f"/{group} {command.name}" if group else f"/{command.name}", *options])


def test_the_readme_lists_every_command_with_its_options_and_nothing_else() -> None:
    rows = table(section("What people can do"))
    assert sorted(line.split("`")[1] for line in rows) == sorted(commands_of_the_bot())


def test_the_readme_lists_every_option_with_what_it_does() -> None:
    own = section("Set it up for your server").split("\n### ")[0]
    rows = [line.split(" | ") for line in table(own)]
    listed = {cells[0].strip("| `"): re.sub(r"[`*|]", "", cells[2]).strip() for cells in rows}
    single = {one.name: one.about for one in OPTIONS.values() if one.kind is not Kind.RULES}
    assert listed == single


def test_the_readme_names_exactly_the_permissions_of_the_invite_link() -> None:
    step = next(line for line in README.splitlines() if "**Invite the bot.**" in line)
    named = {
        word.lower().replace(" ", "_") for word in re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", step)
    }
    asked = {name for name, granted in PERMISSIONS if granted}
    assert named - {"view_channels"} == asked - {"read_messages"}  # its name in discord.py


def test_the_readme_names_every_button() -> None:
    for label in {label for controls in Controls for label in controls.value}:
        assert f"**{label}**" in README


def test_the_container_is_given_more_time_to_stop_than_the_bot_needs() -> None:
    grace = re.search(r"stop_grace_period: (\d+)s", COMPOSE)
    assert grace is not None
    assert int(grace[1]) > Settings.model_fields["shutdown_grace"].default + 5


def test_the_image_copies_what_exists_and_what_is_sent_to_it() -> None:
    sent = {
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"
    }
    copied = set(re.findall(r"^COPY (?!--from)(\S+) ", DOCKERFILE, re.MULTILINE))
    assert copied == sent
    assert all((ROOT / name).exists() for name in copied)


def test_the_image_installs_by_hash_and_runs_as_nobody_special() -> None:
    assert "--require-hashes -r /tmp/requirements-runtime.lock" in DOCKERFILE.replace(
        "\\\n    ", ""
    )
    user = DOCKERFILE.rindex("\nUSER 10001")
    assert user < DOCKERFILE.index("\nENTRYPOINT")
    assert "RUN" not in DOCKERFILE[user:]


def health_check(port: int) -> int:
    """Run the image's health check as Docker would; its exit code."""
    found = re.search(
        r"^HEALTHCHECK .* CMD (\[.*\])$", DOCKERFILE.replace("\\\n", ""), re.MULTILINE
    )
    assert found is not None
    _, *arguments = json.loads(found[1])
    return subprocess.run(  # noqa: S603 - the repository's own Dockerfile
        [sys.executable, *arguments],
        env=os.environ | {"HEALTH_PORT": str(port)},
        check=False,
        capture_output=True,
    ).returncode


async def test_the_images_health_check_passes_while_the_bot_lives_and_fails_afterwards() -> None:
    served = serve_health(host="127.0.0.1", port=0, metrics=Metrics(), probes={})
    async with served as port:
        assert await asyncio.to_thread(health_check, port) == 0
    assert await asyncio.to_thread(health_check, port) != 0
