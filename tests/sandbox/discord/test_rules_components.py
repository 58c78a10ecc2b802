from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.discord.rules import check_message, check_modal
from tests.sandbox.discord.refusals import V2, Json, button, problems, row, select, sent, text


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


# --- Components V2 ---


def laid_out(*components: Json, **payload: Any) -> dict[str, str]:
    message = {"flags": V2, "components": list(components), **payload}
    return problems(lambda: check_message(message, files=0))


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


# --- modals ---


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
