from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.http import handle_message_parameters
from discord.webhook.async_ import interaction_message_response_params

from bot.sandbox.discord.openapi import OpenApiChecker

Json = dict[str, Any]

SNOWFLAKE = {"type": "string", "pattern": "^[0-9]+$"}
CHANNEL_ID = {
    "name": "channel_id",
    "in": "path",
    "schema": {"$ref": "#/components/schemas/SnowflakeType"},
}


def parameter(name: str, **schema: Any) -> Json:
    return {"name": name, "in": "query", "schema": schema}


def body(name: str) -> Json:
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def thing(kind: int, **properties: Json) -> Json:
    members = {"type": {"type": "integer", "enum": [kind]}, **properties}
    return {"type": "object", "properties": members, "required": ["type"]}


SMALL = {
    "openapi": "3.1.0",
    "paths": {
        "/channels/{channel_id}/messages": {
            "parameters": [CHANNEL_ID],
            "get": {
                "parameters": [
                    parameter("limit", type="integer", maximum=100),
                    parameter("old", type="boolean"),
                    parameter("ids", type="array", items={"type": "string"}),
                ]
            },
            "post": {"requestBody": body("Message")},
        },
        "/channels/{channel_id}": {"get": {}},
        "/channels/@me": {"delete": {}},
        "/webhooks/{webhook_id}/{token}/messages/@original": {"patch": {}},
        "/webhooks/{webhook_id}/{token}/messages/{message_id}": {"get": {}},
    },
    "components": {
        "schemas": {
            "SnowflakeType": SNOWFLAKE,
            "Button": thing(
                2,
                label={"type": "string", "maxLength": 80},
                style={"$ref": "#/components/schemas/Style"},
            ),
            "Text": thing(10, content={"type": "string"}),
            "Style": {"type": "integer", "oneOf": [{"const": 1}, {"const": 2}]},
            "Message": {
                "type": "object",
                "properties": {
                    "content": {"type": ["string", "null"], "maxLength": 2000},
                    "reply_to": {
                        "oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/SnowflakeType"}]
                    },
                    "components": {
                        "type": "array",
                        "items": {
                            "oneOf": [
                                {"$ref": "#/components/schemas/Text"},
                                {"$ref": "#/components/schemas/Button"},
                            ]
                        },
                    },
                },
            },
        }
    },
}


@pytest.fixture
def small(tmp_path: Path) -> OpenApiChecker:
    """A checker of a description as small as it can be."""
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(SMALL))
    return OpenApiChecker(path)


def test_a_request_as_described_passes(small: OpenApiChecker) -> None:
    message = {"content": "hi", "reply_to": None, "components": [{"type": 2, "style": 1}]}
    assert small.check_request("POST", "/channels/1/messages", {}, message) == []
    assert small.check_request("GET", "/channels/1") == []


def test_the_prefix_of_the_api_does_not_matter(small: OpenApiChecker) -> None:
    assert small.check_request("GET", "/api/v10/channels/1") == []


@pytest.mark.parametrize(
    ("method", "path", "problem"),
    [
        ("GET", "/nowhere", "Discord has no such path"),
        ("GET", "/channels/1/messages/2/3", "Discord has no such path"),
        ("GET", "/channels/", "Discord has no such path"),
        ("PUT", "/channels/1", "/channels/{channel_id} does not take PUT"),
        ("GET", "/channels/x/messages", "the path's channel_id may not be 'x'"),
    ],
)
def test_paths_and_methods_that_are_not_described_are_told(
    small: OpenApiChecker, method: str, path: str, problem: str
) -> None:
    assert small.check_request(method, path) == [problem]


def test_a_literal_segment_goes_before_a_parameter(small: OpenApiChecker) -> None:
    assert small.check_request("DELETE", "/channels/@me") == []
    assert small.check_request("PATCH", "/webhooks/1/t/messages/@original") == []
    assert small.check_request("GET", "/webhooks/1/t/messages/5") == []


def test_a_parameter_takes_over_where_a_literal_leads_nowhere(tmp_path: Path) -> None:
    paths: Json = {
        "/users/@me/guilds": {"get": {}},
        "/users/{id}": {"get": {}},
        "/users/{id}/x": {},
    }
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps({"paths": paths, "components": {"schemas": {}}}))
    assert OpenApiChecker(path).check_request("GET", "/users/@me") == []


@pytest.mark.parametrize(
    ("query", "problems"),
    [
        ({"limit": "100", "old": "true", "ids": "1,2"}, []),
        ({"old": "0"}, []),
        ({"limit": "101"}, ["the query's limit may not be '101'"]),
        ({"limit": "many"}, ["the query's limit may not be 'many'"]),
        ({"old": "perhaps"}, ["the query's old may not be 'perhaps'"]),
        ({"lmit": "1"}, ["there is no query parameter 'lmit'"]),
    ],
)
def test_the_query_is_read_as_its_schema_says(
    small: OpenApiChecker, query: dict[str, str], problems: list[str]
) -> None:
    assert small.check_request("GET", "/channels/1/messages", query) == problems


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        (None, "the body is missing"),
        ({"content": 5}, "$.content: 5 is not of type 'string', 'null'"),
        ({"contnt": ""}, "$: Additional properties are not allowed ('contnt' was unexpected)"),
        ({"reply_to": "x"}, "$.reply_to: 'x' does not match '^[0-9]+$'"),
        (
            {"components": [{"type": 2, "label": 7}]},
            "$.components[0].label: 7 is not of type 'string'",
        ),
        ({"components": [{"type": 2, "style": 9}]}, "$.components[0].style: 9 is none of 1, 2"),
        ({"components": [{"type": 3}]}, "$.components[0].type: 3 is not one of [10]"),
        ({"components": [7]}, "$.components[0]: 7 is not of type 'object'"),
    ],
)
def test_what_is_wrong_with_a_body_is_told_at_its_place(
    small: OpenApiChecker, message: object, problem: str
) -> None:
    assert small.check_request("POST", "/channels/1/messages", {}, message) == [problem]


def test_a_long_value_is_not_quoted_in_full(small: OpenApiChecker) -> None:
    (found,) = small.check_request("POST", "/channels/1/messages", {}, {"content": "x" * 2001})
    assert "is too long" in found
    assert len(found) < 200


def test_a_body_where_none_is_taken_is_told(small: OpenApiChecker) -> None:
    found = small.check_request("GET", "/channels/1", {}, {})
    assert found == ["there is a body where none is taken"]


def test_ids_may_be_numbers(small: OpenApiChecker) -> None:
    assert small.check_request("POST", "/channels/1/messages", {}, {"reply_to": 7}) == []


def test_without_jsonschema_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(SMALL))
    monkeypatch.setitem(sys.modules, "jsonschema", None)
    with pytest.raises(RuntimeError, match=r"pip install '\.\[dev\]'"):
        OpenApiChecker(path)


# --- Discord's description itself: what discord.py sends has to pass ---------------------------


@pytest.fixture
def real() -> OpenApiChecker:
    path = os.environ.get("DISCORD_OPENAPI")
    if not path:
        pytest.skip("DISCORD_OPENAPI names no copy of Discord's OpenAPI description")
    return OpenApiChecker(path)


class Buttons(discord.ui.View):
    @discord.ui.button(label="Stop", emoji="🛑", style=discord.ButtonStyle.danger)
    async def halt(self, interaction: discord.Interaction, button: Any) -> None: ...

    @discord.ui.select(options=[discord.SelectOption(label="Gemini", value="GEMINI")])
    async def model(self, interaction: discord.Interaction, select: Any) -> None: ...


def panel() -> discord.ui.LayoutView:
    section: Any = discord.ui.Section("words", accessory=discord.ui.Button(label="Change"))
    container: Any = discord.ui.Container(
        discord.ui.TextDisplay("# Model"), discord.ui.Separator(), section, accent_color=1
    )
    return discord.ui.LayoutView().add_item(container)


async def test_messages_and_edits_of_discord_py_pass(real: OpenApiChecker) -> None:
    reference = discord.MessageReference(message_id=1, channel_id=2, guild_id=3)
    embed = discord.Embed(title="t", timestamp=discord.utils.utcnow()).add_field(
        name="a", value="b"
    )
    said = handle_message_parameters(
        "hi",
        embed=embed,
        view=Buttons(),
        nonce=1,
        allowed_mentions=discord.AllowedMentions(users=[discord.Object(3)]),
        message_reference=reference.to_dict(),
    ).payload
    changed = handle_message_parameters("hi", view=None, attachments=[]).payload
    laid_out = handle_message_parameters(view=panel()).payload

    assert real.check_request("POST", "/channels/1/messages", {}, said) == []
    assert real.check_request("POST", "/channels/1/messages", {}, laid_out) == []
    assert real.check_request("PATCH", "/channels/1/messages/2", {}, changed) == []
    for path in ("/webhooks/1/t/messages/@original", "/webhooks/1/t/messages/2"):
        assert real.check_request("PATCH", path, {}, changed) == []


async def test_a_file_of_discord_py_passes(real: OpenApiChecker) -> None:
    with handle_message_parameters(file=discord.File(io.BytesIO(b"x"), "answer.md")) as parameters:
        assert parameters.multipart
        payload = json.loads(parameters.multipart[0]["value"])
    assert real.check_request("POST", "/channels/1/messages", {}, payload) == []


@pytest.mark.parametrize("kind", [4, 7])
async def test_answers_to_interactions_of_discord_py_pass(real: OpenApiChecker, kind: int) -> None:
    answer = interaction_message_response_params(type=kind, content="hi", view=Buttons()).payload
    found = real.check_request(
        "POST", "/interactions/1/t/callback", {"with_response": "true"}, answer
    )
    assert found == []


async def test_commands_of_discord_py_pass(real: OpenApiChecker) -> None:
    async with discord.Client(intents=discord.Intents.none()) as client:
        tree = app_commands.CommandTree(client)

        @tree.command()
        async def ask(
            interaction: discord.Interaction,
            prompt: app_commands.Range[str, 1, 6000],
            web: bool | None = None,  # noqa: FBT001 - an option's type is read from it
            file: discord.Attachment | None = None,
        ) -> None: ...

        @tree.context_menu(name="Ask about this")
        async def about(interaction: discord.Interaction, message: discord.Message) -> None: ...

        payload = [command.to_dict(tree) for command in tree.get_commands()]
        payload.append(about.to_dict(tree))
    assert real.check_request("PUT", "/applications/1/commands", {}, payload) == []


def test_discords_description_refuses_what_discord_refuses(real: OpenApiChecker) -> None:
    button = {"type": 2, "style": 9, "label": "Stop", "custom_id": "stop"}
    message = {"components": [{"type": 1, "components": [button]}]}
    (found,) = real.check_request("POST", "/channels/1/messages", {}, message)
    assert found == "$.components[0].components[0].style: 9 is none of 1, 2, 3, 4, 5, 6"
