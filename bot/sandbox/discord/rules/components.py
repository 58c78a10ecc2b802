"""Buttons, selects and layout: which component may stand where, and what each may hold.

The rules are those of Discord's "Component Reference", for classic messages (action rows only),
for messages with the flag Components V2, and for modals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum

from bot.sandbox.discord.rules.form import REQUIRED, Form, length

MAX_ROWS = 5
MAX_BUTTONS = 5  # of one row; a select takes a whole row
MAX_COMPONENTS = 40  # of a Components V2 message, nested ones and accessories included
MAX_TEXT = 4000  # of all text displays of a message together
MAX_CUSTOM_ID = 100
MAX_OPTIONS = 25
MAX_VALUES = 25
MAX_MEDIA = 10
MAX_TEXT_INPUT = 4000
MAX_LABEL = 45


class Kind(IntEnum):
    """Discord's component types."""

    ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    SECTION = 9
    TEXT = 10
    THUMBNAIL = 11
    GALLERY = 12
    FILE = 13
    SEPARATOR = 14
    CONTAINER = 17
    LABEL = 18
    FILE_UPLOAD = 19
    RADIO_GROUP = 21
    CHECKBOX_GROUP = 22
    CHECKBOX = 23


SELECTS = frozenset(
    {
        Kind.STRING_SELECT,
        Kind.USER_SELECT,
        Kind.ROLE_SELECT,
        Kind.MENTIONABLE_SELECT,
        Kind.CHANNEL_SELECT,
    }
)
IN_CONTAINER = frozenset(
    {Kind.ROW, Kind.SECTION, Kind.TEXT, Kind.GALLERY, Kind.FILE, Kind.SEPARATOR}
)
IN_V2_MESSAGE = IN_CONTAINER | {Kind.CONTAINER}
IN_CLASSIC_MESSAGE = frozenset({Kind.ROW})
IN_ROW = SELECTS | {Kind.BUTTON}
IN_MODAL = frozenset({Kind.ROW, Kind.TEXT, Kind.LABEL})
IN_LABEL = SELECTS | {
    Kind.TEXT_INPUT,
    Kind.FILE_UPLOAD,
    Kind.RADIO_GROUP,
    Kind.CHECKBOX_GROUP,
    Kind.CHECKBOX,
}
WITH_CUSTOM_ID = IN_LABEL
MEDIA_URLS = ("http", "https", "attachment")
BUTTON_URLS = ("http", "https", "discord")
LINK, PREMIUM = 5, 6  # the styles of buttons that send no interaction


def check_components(form: Form, *, v2: bool) -> None:
    """The `components` of a message."""
    tree = _Tree(IN_ROW)
    for component in form.parts("components", MAX_COMPONENTS if v2 else MAX_ROWS):
        tree.visit(component, IN_V2_MESSAGE if v2 else IN_CLASSIC_MESSAGE)
    if tree.count > MAX_COMPONENTS:
        message = f"Components total exceeds maximum of {MAX_COMPONENTS}"
        form.wrong("COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", message, "components")
    if tree.text > MAX_TEXT:
        message = f"Components displayable text size exceeds maximum size of {MAX_TEXT}"
        form.wrong("COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message, "components")


def check_modal_components(form: Form) -> None:
    """The `components` of a modal."""
    tree = _Tree(frozenset({Kind.TEXT_INPUT}))
    for component in form.parts("components", MAX_ROWS, low=1):
        tree.visit(component, IN_MODAL)


class _Tree:
    """One walk over the components of a message or modal, and what has to be unique in it."""

    def __init__(self, in_row: frozenset[Kind]) -> None:
        self.count = 0
        self.text = 0  # UTF-16 units
        self._in_row = in_row
        self._custom_ids: set[str] = set()
        self._ids: set[object] = set()
        self._checks: Mapping[Kind, Callable[[Form], None]] = {
            Kind.ROW: self._row,
            Kind.BUTTON: _check_button,
            Kind.STRING_SELECT: _check_string_select,
            Kind.TEXT_INPUT: _check_text_input,
            Kind.USER_SELECT: _check_select,
            Kind.ROLE_SELECT: _check_select,
            Kind.MENTIONABLE_SELECT: _check_select,
            Kind.CHANNEL_SELECT: _check_select,
            Kind.SECTION: self._section,
            Kind.TEXT: self._text_display,
            Kind.THUMBNAIL: _check_thumbnail,
            Kind.GALLERY: _check_gallery,
            Kind.FILE: _check_file,
            Kind.SEPARATOR: _check_separator,
            Kind.CONTAINER: self._container,
            Kind.LABEL: self._label,
            Kind.FILE_UPLOAD: _check_select,
        }

    def visit(self, form: Form, allowed: frozenset[Kind]) -> Kind | None:
        """Check one component, which has to be of an allowed type, with all that is in it."""
        self.count += 1
        kind = form.value.get("type")
        if kind is None:
            form.wrong(*REQUIRED, "type")
            return None
        if not isinstance(kind, int) or kind not in allowed:
            listed = ", ".join(str(int(each)) for each in sorted(allowed))
            message = f'Value of field "type" must be one of ({listed},).'
            form.wrong("UNION_TYPE_CHOICES", message)
            return None
        kind = Kind(kind)
        self._identify(form, kind)
        self._checks.get(kind, _check_nothing)(form)
        return kind

    def _identify(self, form: Form, kind: Kind) -> None:
        number = form.number("id", 0, 2**31 - 1)
        if number:  # 0 asks Discord to number it
            if number in self._ids:
                form.wrong("COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated", "id")
            self._ids.add(number)
        custom_id = form.text("custom_id", MAX_CUSTOM_ID, low=kind in WITH_CUSTOM_ID)
        if custom_id and custom_id in self._custom_ids:
            message = "Component custom id cannot be duplicated"
            form.wrong("COMPONENT_CUSTOM_ID_DUPLICATED", message, "custom_id")
        self._custom_ids.add(custom_id)

    def _row(self, form: Form) -> None:
        children = form.parts("components", MAX_BUTTONS, low=1)
        kinds = [self.visit(child, self._in_row) for child in children]
        if len(kinds) > 1 and any(kind in SELECTS or kind is Kind.TEXT_INPUT for kind in kinds):
            message = "An action row holds buttons, or one other component."
            form.wrong("COMPONENT_LAYOUT_WIDTH_EXCEEDED", message, "components")

    def _section(self, form: Form) -> None:
        for child in form.parts("components", 3, low=1):
            self.visit(child, frozenset({Kind.TEXT}))
        form.require("accessory")
        accessory = form.part("accessory")
        if accessory is not None:
            self.visit(accessory, frozenset({Kind.BUTTON, Kind.THUMBNAIL}))

    def _text_display(self, form: Form) -> None:
        self.text += length(form.text("content", MAX_TEXT, low=1))

    def _container(self, form: Form) -> None:
        form.number("accent_color", 0, 0xFFFFFF)
        form.boolean("spoiler")
        for child in form.parts("components", MAX_COMPONENTS, low=1):
            self.visit(child, IN_CONTAINER)

    def _label(self, form: Form) -> None:
        form.text("label", MAX_LABEL, low=1)
        form.text("description", 100)
        form.require("component")
        component = form.part("component")
        if component is not None:
            self.visit(component, IN_LABEL)


def _check_nothing(form: Form) -> None:
    """For types of which this sandbox knows the place alone."""


def _check_button(form: Form) -> None:
    style = form.choice("style", range(1, 7))
    if style is None:
        form.require("style")
    form.text("label", 80)
    form.boolean("disabled")
    form.url("url", BUTTON_URLS, 512)
    exclusive = "COMPONENT_BUTTON_FIELD_EXCLUSIVE"
    if style == LINK:
        form.require("url")
        form.forbid(exclusive, "A link button has no custom id or SKU", "custom_id", "sku_id")
    elif style == PREMIUM:
        form.require("sku_id")
        names = ("custom_id", "label", "url", "emoji")
        form.forbid(exclusive, "A premium button has nothing but an SKU", *names)
    else:
        form.require("custom_id")
        form.forbid(exclusive, "Only link and premium buttons have these", "url", "sku_id")
    if style != PREMIUM and not form.value.get("label") and not form.has("emoji"):
        form.wrong("BUTTON_COMPONENT_INVALID", "A button must have a label or an emoji")


def _check_select(form: Form) -> None:
    form.text("placeholder", 150)
    form.boolean("disabled", "required")
    low = form.number("min_values", 0, MAX_VALUES)
    high = form.number("max_values", 1, MAX_VALUES)
    if (low if low is not None else 1) > (high if high is not None else 1):
        form.wrong("NUMBER_TYPE_MAX", "min_values must not exceed max_values.", "min_values")


def _check_string_select(form: Form) -> None:
    _check_select(form)
    seen: set[str] = set()
    options = form.parts("options", MAX_OPTIONS, low=1)
    for option in options:
        option.text("label", 100, low=1)
        option.text("description", 100)
        option.boolean("default")
        value = option.text("value", 100, low=1)
        if value in seen:
            message = "The specified option value is already used"
            option.wrong("SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message, "value")
        seen.add(value)
    high = form.value.get("max_values")
    if isinstance(high, int) and high > len(options) > 0:
        message = f"int value should be less than or equal to {len(options)}."
        form.wrong("NUMBER_TYPE_MAX", message, "max_values")


def _check_text_input(form: Form) -> None:
    in_label = "component" in form.path
    form.text("label", MAX_LABEL, low=0 if in_label else 1)
    if form.choice("style", (1, 2)) is None:
        form.require("style")
    form.text("placeholder", 100)
    form.text("value", MAX_TEXT_INPUT)
    form.boolean("required")
    low = form.number("min_length", 0, MAX_TEXT_INPUT)
    high = form.number("max_length", 1, MAX_TEXT_INPUT)
    if low is not None and high is not None and low > high:
        form.wrong("NUMBER_TYPE_MAX", "min_length must not exceed max_length.", "min_length")


def _check_media(form: Form, name: str, schemes: tuple[str, ...] = MEDIA_URLS) -> None:
    form.require(name)
    media = form.part(name)
    if media is not None:
        media.require("url")
        media.url("url", schemes)
    form.text("description", 1024)
    form.boolean("spoiler")


def _check_thumbnail(form: Form) -> None:
    _check_media(form, "media")


def _check_file(form: Form) -> None:
    _check_media(form, "file", ("attachment",))


def _check_gallery(form: Form) -> None:
    for item in form.parts("items", MAX_MEDIA, low=1):
        _check_media(item, "media")


def _check_separator(form: Form) -> None:
    form.boolean("divider")
    form.choice("spacing", (1, 2))
