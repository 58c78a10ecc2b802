from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.discord.errors import ApiError
from bot.sandbox.discord.rules import (
    check_autocomplete,
    check_callback,
    check_command,
    check_commands,
    check_message,
    check_modal,
    check_not_empty,
    check_thread,
    length,
)

Json = dict[str, Any]
V2 = 1 << 15
EPHEMERAL = 1 << 6


def refusal(check: Callable[[], None]) -> ApiError:
    with pytest.raises(ApiError) as caught:
        check()
    return caught.value


def problems(check: Callable[[], None]) -> dict[str, str]:
    """Each path of a 50035 with the (first) code there; {} when nothing is refused."""
    try:
        check()
    except ApiError as error:
        if error.code != 50035:
            raise
        return dict(flattened(error.body()["errors"], ()))
    return {}


def flattened(node: Json, path: tuple[str, ...]) -> list[tuple[str, str]]:
    found = [(".".join(path), node["_errors"][0]["code"])] if "_errors" in node else []
    for name, child in node.items():
        if name != "_errors":
            found += flattened(child, (*path, name))
    return found


def sent(files: int = 0, **payload: Any) -> dict[str, str]:
    return problems(lambda: check_message({"content": "hi", **payload}, files=files))


def laid_out(*components: Json, **payload: Any) -> dict[str, str]:
    message = {"flags": V2, "components": list(components), **payload}
    return problems(lambda: check_message(message, files=0))


def row(*components: Json) -> Json:
    return {"type": 1, "components": list(components)}


def button(custom_id: str = "stop", **members: Any) -> Json:
    return {"type": 2, "style": 1, "label": "Stop", "custom_id": custom_id, **members}


def select(**members: Any) -> Json:
    options = [{"label": "A", "value": "a"}, {"label": "B", "value": "b"}]
    return {"type": 3, "custom_id": "model", "options": options, **members}


def text(content: str = "words") -> Json:
    return {"type": 10, "content": content}


# --- messages ---------------------------------------------------------------------------------


def test_a_form_error_is_nested_as_discord_nests_it() -> None:
    error = refusal(lambda: check_message({"content": "x" * 2001}, files=0))
    assert error.body() == {
        "message": "Invalid Form Body",
        "code": 50035,
        "errors": {
            "content": {
                "_errors": [
                    {
                        "code": "BASE_TYPE_MAX_LENGTH",
                        "message": "Must be 2000 or fewer in length.",
                    }
                ]
            }
        },
    }


def test_all_mistakes_of_a_payload_are_told_at_once() -> None:
    embed = {"title": "x" * 257, "fields": [{"name": "n", "value": ""}]}
    assert problems(lambda: check_message({"content": 7, "embeds": [embed]}, files=0)) == {
        "content": "STRING_TYPE_CONVERT",
        "embeds.0.title": "BASE_TYPE_MAX_LENGTH",
        "embeds.0.fields.0.value": "BASE_TYPE_BAD_LENGTH",
    }


def test_two_thousand_characters_pass() -> None:
    assert sent(content="x" * 2000) == {}


def test_an_emoji_counts_as_two_characters() -> None:
    assert sent(content="😀" * 1000) == {}
    assert sent(content="😀" * 1000 + "x") == {"content": "BASE_TYPE_MAX_LENGTH"}


@given(st.text())
def test_length_is_in_utf16_units(content: str) -> None:
    assert length(content) == len(content.encode("utf-16-le", "surrogatepass")) // 2


@pytest.mark.parametrize("content", [None, "", " \n\t"])
def test_a_message_with_nothing_in_it_is_refused(content: str | None) -> None:
    error = refusal(lambda: check_message({"content": content}, files=0))
    assert (error.code, error.message) == (50006, "Cannot send an empty message")


@pytest.mark.parametrize(
    "payload",
    [
        {"embeds": [{"description": "d"}]},
        {"components": [row(button())]},
        {"sticker_ids": ["1"]},
        {"message_reference": {"message_id": "1", "channel_id": "2", "type": 1}},
    ],
)
def test_anything_visible_makes_a_message(payload: Json) -> None:
    assert problems(lambda: check_message(payload, files=0)) == {}


def test_a_file_alone_makes_a_message() -> None:
    assert problems(lambda: check_message({}, files=1)) == {}


def test_an_edit_may_leave_everything_out_but_must_leave_something() -> None:
    assert problems(lambda: check_message({"content": None}, files=0, editing=True)) == {}
    assert refusal(lambda: check_not_empty({"content": "", "embeds": []})).code == 50006
    check_not_empty({"content": "", "attachments": [{"id": "1"}]})


def test_only_an_answer_to_an_interaction_may_be_ephemeral() -> None:
    private = {"content": "x", "flags": EPHEMERAL}
    assert problems(lambda: check_message(private, files=0)) == {"flags": "BASE_TYPE_CHOICES"}
    assert problems(lambda: check_message(private, files=0, interaction=True)) == {}


def test_an_edit_may_send_the_messages_other_flags_along() -> None:
    assert problems(lambda: check_message({"flags": 1 << 5 | 4}, files=0, editing=True)) == {}


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"parse": ["users"], "users": ["1"]}, "allowed_mentions"),
        ({"parse": ["roles"], "roles": ["1"]}, "allowed_mentions"),
        ({"parse": ["here"]}, "allowed_mentions.parse.0"),
        ({"users": ["ada"]}, "allowed_mentions.users.0"),
        ({"users": [str(n) for n in range(101)]}, "allowed_mentions.users"),
        ({"replied_user": "yes"}, "allowed_mentions.replied_user"),
    ],
)
def test_allowed_mentions_that_contradict_themselves_are_refused(
    payload: Json, expected: str
) -> None:
    assert list(sent(allowed_mentions=payload)) == [expected]


@pytest.mark.parametrize(
    "payload",
    [
        {"parse": []},
        {"parse": ["users", "roles", "everyone"], "replied_user": False},
        {"parse": ["users"], "users": []},
        {"parse": ["everyone"], "users": [1, "2"]},
    ],
)
def test_allowed_mentions_that_agree_pass(payload: Json) -> None:
    assert sent(allowed_mentions=payload) == {}


@pytest.mark.parametrize(
    ("payload", "path"),
    [
        ({"message_reference": {}}, "message_reference.message_id"),
        ({"message_reference": {"message_id": "x"}}, "message_reference.message_id"),
        ({"message_reference": "1"}, "message_reference"),
        ({"nonce": "n" * 26}, "nonce"),
        ({"nonce": [1]}, "nonce"),
        ({"enforce_nonce": True}, "nonce"),
        ({"tts": 1}, "tts"),
        ({"flags": "4"}, "flags"),
        ({"attachments": [{"id": n} for n in range(11)]}, "attachments"),
        ({"attachments": [{}]}, "attachments.0.id"),
        ({"sticker_ids": ["1", "2", "3", "4"]}, "sticker_ids"),
        ({"embeds": {}}, "embeds"),
        ({"embeds": ["x"]}, "embeds.0"),
    ],
)
def test_a_message_with_a_bad_member_is_refused_there(payload: Json, path: str) -> None:
    assert list(sent(**payload)) == [path]


def test_at_most_ten_files_come_with_a_message() -> None:
    assert sent(files=10) == {}
    assert list(sent(files=11)) == ["files"]


# --- embeds -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("embed", "path"),
    [
        ({"title": "x" * 257}, "title"),
        ({"description": "x" * 4097}, "description"),
        ({"title": "t", "color": 1 << 24}, "color"),
        ({"title": "t", "color": -1}, "color"),
        ({"title": "t", "url": "ftp://a.b"}, "url"),
        ({"title": "t", "url": "http://"}, "url"),
        ({"title": "t", "footer": {"text": "x" * 2049}}, "footer.text"),
        ({"title": "t", "author": {"name": ""}}, "author.name"),
        ({"title": "t", "image": {"url": "file:///etc"}}, "image.url"),
        ({"fields": [{"name": "n", "value": "v"}] * 26}, "fields"),
        ({"fields": [{"name": "x" * 257, "value": "v"}]}, "fields.0.name"),
        ({"fields": [{"name": "n", "value": "x" * 1025}]}, "fields.0.value"),
        ({"fields": [{"name": "n"}]}, "fields.0.value"),
        ({"color": 1}, "description"),
    ],
)
def test_an_embed_beyond_a_limit_is_refused_there(embed: Json, path: str) -> None:
    assert list(sent(embeds=[embed])) == [f"embeds.0.{path}"]


def test_ten_embeds_hold_six_thousand_characters_together() -> None:
    assert sent(embeds=[{"description": "x" * 600}] * 10) == {}
    assert sent(embeds=[{"description": "x" * 601}] * 10) == {"embeds": "MAX_EMBED_SIZE_EXCEEDED"}
    assert sent(embeds=[{"description": "x"}] * 11) == {"embeds": "BASE_TYPE_MAX_LENGTH"}


# --- classic components -----------------------------------------------------------------------


def test_five_rows_of_five_buttons_pass() -> None:
    rows = [row(*(button(f"{r}{b}") for b in range(5))) for r in range(5)]
    assert sent(components=rows) == {}


@pytest.mark.parametrize(
    ("components", "path", "code"),
    [
        ([row(button(str(n))) for n in range(6)], "components", "BASE_TYPE_MAX_LENGTH"),
        (
            [row(*(button(str(n)) for n in range(6)))],
            "components.0.components",
            "BASE_TYPE_BAD_LENGTH",
        ),
        ([row()], "components.0.components", "BASE_TYPE_BAD_LENGTH"),
        ([button()], "components.0", "UNION_TYPE_CHOICES"),
        ([text()], "components.0", "UNION_TYPE_CHOICES"),
        ([{"components": []}], "components.0.type", "BASE_TYPE_REQUIRED"),
        ([{"type": []}], "components.0", "UNION_TYPE_CHOICES"),
        ([row(row(button()))], "components.0.components.0", "UNION_TYPE_CHOICES"),
        (
            [row(button()), row(button())],
            "components.1.components.0.custom_id",
            "COMPONENT_CUSTOM_ID_DUPLICATED",
        ),
        (
            [row(select(), button())],
            "components.0.components",
            "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
        ),
    ],
)
def test_rows_beyond_their_limits_are_refused(components: list[Json], path: str, code: str) -> None:
    assert sent(components=components) == {path: code}


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"custom_id": "x" * 101}, "custom_id"),
        ({"custom_id": None}, "custom_id"),
        ({"label": "x" * 81}, "label"),
        ({"style": 7}, "style"),
        ({"style": None}, "style"),
        ({"url": "https://example.org"}, "url"),
        ({"disabled": "no"}, "disabled"),
        ({"style": 5}, "url"),
        ({"style": 5, "custom_id": None, "url": "ftp://example.org"}, "url"),
        ({"style": 5, "url": "https://example.org"}, "custom_id"),
        ({"style": 6, "custom_id": None, "label": None}, "sku_id"),
        ({"label": ""}, ""),
    ],
)
def test_a_button_that_contradicts_its_style_is_refused(members: Json, path: str) -> None:
    found = sent(components=[row(button(**members))])
    assert f"components.0.components.0.{path}".rstrip(".") in found


@pytest.mark.parametrize(
    "members",
    [
        {"style": 5, "custom_id": None, "url": "https://example.org"},
        {"style": 6, "custom_id": None, "label": None, "sku_id": "1"},
        {"label": None, "emoji": {"name": "🛑"}},
    ],
)
def test_buttons_of_every_kind_pass(members: Json) -> None:
    assert sent(components=[row(button(**members))]) == {}


def _options(count: int) -> list[Json]:
    return [{"label": "l", "value": str(n)} for n in range(count)]


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"options": _options(26)}, "options"),
        ({"options": []}, "options"),
        ({"options": None}, "options"),
        ({"options": [*_options(1), *_options(1)]}, "options.1.value"),
        ({"options": [{"label": "", "value": "v"}]}, "options.0.label"),
        ({"options": [{"label": "l", "value": "x" * 101}]}, "options.0.value"),
        ({"options": [{"label": "l", "value": "v", "description": "x" * 101}]}, "options.0.desc"),
        ({"placeholder": "x" * 151}, "placeholder"),
        ({"min_values": 2}, "min_values"),
        ({"max_values": 3}, "max_values"),
        ({"min_values": -1}, "min_values"),
        ({"custom_id": ""}, "custom_id"),
    ],
)
def test_a_select_beyond_a_limit_is_refused_there(members: Json, path: str) -> None:
    found = sent(components=[row(select(**members))])
    assert [at.removeprefix("components.0.components.0.")[: len(path)] for at in found] == [path]


def test_a_select_of_twenty_five_options_passes() -> None:
    assert sent(components=[row(select(options=_options(25), min_values=0, max_values=25))]) == {}


# --- Components V2 ----------------------------------------------------------------------------


def test_a_layout_of_every_component_passes() -> None:
    thumbnail = {"type": 11, "media": {"url": "attachment://a.png"}}
    container = {
        "type": 17,
        "accent_color": 0x5865F2,
        "components": [
            text("# Model"),
            {"type": 9, "components": [text()], "accessory": button("a")},
            {"type": 14, "divider": True, "spacing": 2},
            row(select()),
        ],
    }
    assert (
        laid_out(
            container,
            {"type": 9, "components": [text()], "accessory": thumbnail},
            {"type": 12, "items": [{"media": {"url": "https://example.org/a.png"}}]},
            {"type": 13, "file": {"url": "attachment://answer.md"}},
            row(button("b")),
        )
        == {}
    )


@pytest.mark.parametrize(
    ("component", "path", "code"),
    [
        (button(), "", "UNION_TYPE_CHOICES"),
        ({"type": 17, "components": []}, ".components", "BASE_TYPE_BAD_LENGTH"),
        (
            {"type": 17, "components": [{"type": 17, "components": [text()]}]},
            ".components.0",
            "UNION_TYPE_CHOICES",
        ),
        ({"type": 9, "components": [text()]}, ".accessory", "BASE_TYPE_REQUIRED"),
        (
            {"type": 9, "components": [text()] * 4, "accessory": button()},
            ".components",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            {"type": 9, "components": [text()], "accessory": text()},
            ".accessory",
            "UNION_TYPE_CHOICES",
        ),
        (text(""), ".content", "BASE_TYPE_BAD_LENGTH"),
        ({"type": 12, "items": []}, ".items", "BASE_TYPE_BAD_LENGTH"),
        ({"type": 12, "items": [{}]}, ".items.0.media", "BASE_TYPE_REQUIRED"),
        (
            {"type": 13, "file": {"url": "https://example.org/a"}},
            ".file.url",
            "URL_TYPE_INVALID_SCHEME",
        ),
        ({"type": 14, "spacing": 3}, ".spacing", "BASE_TYPE_CHOICES"),
        (
            {"type": 17, "accent_color": 1 << 24, "components": [text()]},
            ".accent_color",
            "NUMBER_TYPE_MAX",
        ),
    ],
)
def test_a_layout_that_is_put_together_wrongly_is_refused(
    component: Json, path: str, code: str
) -> None:
    assert laid_out(component) == {f"components.0{path}": code}


def test_a_layout_takes_no_content_and_no_embeds() -> None:
    code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
    found = laid_out(text(), content="x", embeds=[{"title": "t"}])
    assert found == {"content": code, "embeds": code}


def test_an_edit_of_a_layout_stays_a_layout() -> None:
    def edited(payload: Json) -> dict[str, str]:
        return problems(lambda: check_message(payload, files=0, editing=True, flags=V2))

    assert edited({"components": [text()]}) == {}
    assert list(edited({"content": "x"})) == ["content"]
    assert list(edited({"content": "x", "flags": 0})) == ["content"]


def test_a_layout_holds_forty_components_nested_ones_included() -> None:
    section = {"type": 9, "components": [text(), text()], "accessory": button()}
    assert laid_out(section, *[text()] * 36) == {}
    assert laid_out(section, *[text()] * 37) == {
        "components": "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED"
    }


def test_a_layout_holds_four_thousand_characters_of_text() -> None:
    assert laid_out(text("x" * 2000), text("y" * 2000)) == {}
    assert laid_out(text("x" * 2000), text("y" * 2001)) == {
        "components": "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"
    }


def test_component_ids_are_unique_where_they_are_given() -> None:
    assert laid_out({**text(), "id": 0}, {**text(), "id": 0}) == {}
    assert laid_out({**text(), "id": 1}, {**text(), "id": 1}) == {
        "components.1.id": "COMPONENT_ID_DUPLICATED"
    }


# --- modals -----------------------------------------------------------------------------------


def asked(*components: Json, **members: Any) -> dict[str, str]:
    modal = {"title": "Ask", "custom_id": "ask", "components": list(components), **members}
    return problems(lambda: check_modal(modal))


def field(custom_id: str = "prompt", **members: Any) -> Json:
    return {"type": 4, "custom_id": custom_id, "label": "Prompt", "style": 2, **members}


def label(component: Json, **members: Any) -> Json:
    return {"type": 18, "label": "Prompt", "component": component, **members}


def test_a_modal_of_five_fields_passes() -> None:
    assert asked(*(row(field(str(n))) for n in range(5))) == {}


def test_a_modal_of_labels_and_text_passes() -> None:
    assert asked(text(), label(field(label=None)), label(select(required=False))) == {}


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"title": "x" * 46}, "title"),
        ({"title": ""}, "title"),
        ({"custom_id": "x" * 101}, "custom_id"),
        ({"components": []}, "components"),
        ({"components": [row(field(str(n))) for n in range(6)]}, "components"),
        ({"components": [row(field("a"), field("b"))]}, "components.0.components"),
        ({"components": [row(button())]}, "components.0.components.0"),
        ({"components": [row(field(label=None))]}, "components.0.components.0.label"),
        ({"components": [row(field(style=3))]}, "components.0.components.0.style"),
        ({"components": [row(field(max_length=4001))]}, "components.0.components.0.max_length"),
        (
            {"components": [row(field(min_length=9, max_length=8))]},
            "components.0.components.0.min_length",
        ),
        ({"components": [row(field(placeholder="x" * 101))]}, "components.0.components.0.placeh"),
        ({"components": [row(field(required=1))]}, "components.0.components.0.required"),
        ({"components": [label(text())]}, "components.0.component"),
        ({"components": [label(field(), label="x" * 46)]}, "components.0.label"),
    ],
)
def test_a_modal_beyond_a_limit_is_refused_there(members: Json, path: str) -> None:
    found = list(asked(row(field()), **members))
    assert found
    assert found[0].startswith(path)


# --- interactions -----------------------------------------------------------------------------


def test_twenty_five_choices_pass_and_one_more_does_not() -> None:
    choices = [{"name": "n", "value": str(n)} for n in range(26)]
    assert problems(lambda: check_autocomplete(choices[:25])) == {}
    assert problems(lambda: check_autocomplete(choices)) == {"choices": "BASE_TYPE_MAX_LENGTH"}


@pytest.mark.parametrize(
    ("choice", "path"),
    [
        ({"name": "", "value": "v"}, "name"),
        ({"name": "x" * 101, "value": "v"}, "name"),
        ({"name": "n", "value": "x" * 101}, "value"),
        ({"name": "n", "value": None}, "value"),
        ({"name": "n", "value": 2**53 + 1}, "value"),
    ],
)
def test_a_choice_beyond_a_limit_is_refused_there(choice: Json, path: str) -> None:
    assert list(problems(lambda: check_autocomplete([choice]))) == [f"choices.0.{path}"]


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        ({"type": 4, "data": {"content": "hi", "flags": EPHEMERAL}}, []),
        ({"type": 5, "data": {"flags": EPHEMERAL}}, []),
        ({"type": 5}, []),
        ({"type": 6}, []),
        ({"type": 7, "data": {"content": ""}}, []),
        ({"type": 8, "data": {"choices": []}}, []),
        ({"type": 4, "data": {"content": "x" * 2001}}, ["content"]),
        ({"type": 8, "data": {}}, ["choices"]),
        ({"type": 9, "data": {"title": "t", "custom_id": "c"}}, ["components"]),
        ({"type": 4}, ["data"]),
        ({"type": 3}, ["type"]),
        ({}, ["type"]),
    ],
)
def test_a_callback_is_checked_by_its_type(payload: Json, found: list[str]) -> None:
    assert list(problems(lambda: check_callback(payload)))[:1] == found


# --- commands ---------------------------------------------------------------------------------


def command(*options: Json, **members: Any) -> Json:
    return {"name": "ask", "description": "Ask.", "options": list(options), **members}


def option(name: str = "prompt", kind: int = 3, **members: Any) -> Json:
    return {"type": kind, "name": name, "description": "d", **members}


def test_commands_with_groups_and_every_type_of_option_pass() -> None:
    group = option("set", 2, options=[option("model", 1, options=[option(required=True)])])
    check_commands(
        [
            command(*(option(f"o{kind}", kind) for kind in range(3, 12))),
            command(group, option("show", 1), name="config"),
            {"type": 3, "name": "Ask about this"},
            {"type": 2, "name": "ask", "description": "", "options": []},
        ]
    )


@pytest.mark.parametrize("name", ["ask", "modèle", "质问", "a_b-c'1", "คำถาม", "हिन्दी"])
def test_names_of_any_script_pass(name: str) -> None:
    assert problems(lambda: check_command(command(name=name))) == {}


@pytest.mark.parametrize(
    ("payload", "path"),
    [
        (command(name="Ask"), "name"),
        (command(name="two words"), "name"),
        (command(name="x" * 33), "name"),
        (command(name=""), "name"),
        (command(description=""), "description"),
        (command(description="x" * 101), "description"),
        (command(type=4), "type"),
        (command(*(option(f"o{n}") for n in range(26))), "options"),
        (command(option("a"), option("a")), "options.1.name"),
        (command(option("a"), option("b", required=True)), "options.1"),
        (command(option("A")), "options.0.name"),
        (command(option(description=None)), "options.0.description"),
        (command(option(kind=12)), "options.0.type"),
        (command(option(type=None)), "options.0.type"),
        (command(option("a", 1), option("b", 3)), "options"),
        (command(option("a", 2, options=[option("b", 3)])), "options.0.options.0.type"),
        (
            command(option("a", 2, options=[option("b", 2)])),
            "options.0.options.0.type",
        ),
        (command(option("a", 1, options=[option("b", 1)])), "options.0.options.0.type"),
        (
            command(option(choices=[{"name": "n", "value": str(n)} for n in range(26)])),
            "options.0.choices",
        ),
        (command(option(choices=[{"name": "n", "value": 1}])), "options.0.choices.0.value"),
        (
            command(option(choices=[{"name": "n", "value": "v"}], autocomplete=True)),
            "options.0.autocomplete",
        ),
        (command(option("a", 5, autocomplete=True)), "options.0.autocomplete"),
        (command(option("a", 3, min_value=1)), "options.0.min_value"),
        (command(option("a", 4, max_length=1)), "options.0.max_length"),
        (command(option("a", 3, max_length=6001)), "options.0.max_length"),
        (command(type=3), "description"),
    ],
)
def test_a_command_that_breaks_a_rule_is_refused_there(payload: Json, path: str) -> None:
    assert list(problems(lambda: check_command(payload)))[:1] == [path]


def test_a_bulk_overwrite_says_which_command_is_wrong() -> None:
    assert list(problems(lambda: check_commands([command(), command(name="A")]))) == ["1.name"]


def test_two_commands_of_one_type_have_two_names() -> None:
    assert list(problems(lambda: check_commands([command(), command()]))) == ["1.name"]


def test_a_hundred_commands_pass_and_one_more_does_not() -> None:
    commands = [command(name=f"c{n}") for n in range(101)]
    assert problems(lambda: check_commands(commands[:100])) == {}
    assert problems(lambda: check_commands(commands)) == {"": "BASE_TYPE_MAX_LENGTH"}


def test_a_command_has_at_most_eight_thousand_characters() -> None:
    choices = [{"name": "x" * 99, "value": "y" * 99} for _ in range(25)]
    full = command(option("a", choices=choices), name="n", description="d")
    assert problems(lambda: check_command(full)) == {}
    over = command(option("a", choices=choices), option("b", choices=choices))
    assert problems(lambda: check_command(over)) == {"": "APPLICATION_COMMAND_TOO_LARGE"}


def test_localizations_count_with_their_longest() -> None:
    localized = {"de": "x" * 90, "fr": "y" * 10}
    options = [
        option(f"o{n}", description_localizations=localized, choices=[
            {"name": "n", "value": "v" * 100, "name_localizations": {"de": "x" * 100}}
        ])
        for n in range(25)
    ]  # fmt: skip
    assert problems(lambda: check_command(command(*options))) == {}
    for each in options:
        each["choices"] *= 2
    assert problems(lambda: check_command(command(*options))) == {
        "": "APPLICATION_COMMAND_TOO_LARGE"
    }


# --- threads ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        ({"name": "x" * 100, "auto_archive_duration": 1440, "type": 11}, []),
        ({"name": "x" * 101}, ["name"]),
        ({"name": ""}, ["name"]),
        ({}, ["name"]),
        ({"name": "n", "auto_archive_duration": 61}, ["auto_archive_duration"]),
        ({"name": "n", "type": 0}, ["type"]),
        ({"name": "n", "rate_limit_per_user": 21601}, ["rate_limit_per_user"]),
    ],
)
def test_a_thread_has_a_name_and_a_known_duration(payload: Json, found: list[str]) -> None:
    assert list(problems(lambda: check_thread(payload))) == found


def test_a_change_of_a_thread_may_leave_the_name_out() -> None:
    assert problems(lambda: check_thread({"archived": True}, editing=True)) == {}
    assert list(problems(lambda: check_thread({"name": ""}, editing=True))) == ["name"]
