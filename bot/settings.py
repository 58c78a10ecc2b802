"""What an operator can set, from the environment and from `.env` in the working directory.

Nothing is read when this module is imported: `load_settings` reads, checks everything at once
and says every problem in plain words. The README's table and `.env.example` are tested against
the fields below, so a field's description is written for the operator who reads it there.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import unquote, urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.core.checkup import Finding
from bot.core.database_url import parse_database_url

ENV_FILE = Path(".env")
SECRET_FIELDS = ("discord_token", "weryai_api_key", "database_url")  # never shown to anybody

SYSTEM_PROMPT = (
    "You are a helpful, friendly assistant in a Discord chat. Answer in the language of the "
    "person who asks. Be correct and to the point: a short question gets a short answer. Format "
    "with Discord's Markdown: bold, lists, headings, and fenced code blocks that name their "
    "language; no tables, no LaTeX and no HTML, which Discord does not show. Several people may "
    "talk with you in one conversation. When you do not know something, say so."
)

# What an operator does about a setting that is missing or malformed; else it is corrected.
REMEDIES = {
    "discord_token": "Open your application at https://discord.com/developers/applications, "
    "press Reset Token on its Bot page, and put the new token into .env.",
    "weryai_api_key": "Make an API key in your WeryAI account and put it into .env.",
    "database_url": "Write sqlite:///data/bot.db for a file in the folder data, or "
    "postgresql://user:password@host:5432/database.",
    "shard_ids": "Set SHARD_COUNT to the number of all shards, and SHARD_IDS to those that this "
    "process runs, such as 0,1. Leave SHARD_IDS out to run them all.",
}


class SettingsProblem(Exception):
    """Settings that cannot be used. `str` lists every problem and what to do about each.

    Attributes:
        problems: one finding per setting, named as in the environment; no secret is in them.
    """

    def __init__(self, problems: Collection[Finding]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{found.sentence} {found.remedy}" for found in self.problems))


def _secret(value: SecretStr) -> SecretStr:
    """A token or key as it goes into an HTTP header, without the blanks of copy and paste."""
    text = value.get_secret_value().strip()
    if not text:
        raise ValueError("is empty")
    if not all("!" <= letter <= "~" for letter in text):
        raise ValueError("holds blanks or letters that no token or key has")
    return SecretStr(text)


def _http_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        _ = parts.port  # read here because it is checked only when it is read
    except ValueError as error:
        raise ValueError("is not a well-formed address") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or " " in value:
        raise ValueError("must be an address that begins with https:// or http://")
    if parts.query or parts.fragment or parts.username:
        raise ValueError("must be a plain address without user, question mark or hash")
    return value.rstrip("/")


def _database_url(value: SecretStr) -> SecretStr:
    parse_database_url(value.get_secret_value())
    return value


def _comma_separated(value: object) -> object:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


Secret = Annotated[SecretStr, AfterValidator(_secret)]
HttpUrl = Annotated[str, AfterValidator(_http_url)]
Timeout = Annotated[float, Field(ge=0.1, le=3600)]
LogFormat = Literal["auto", "console", "json"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
Intent = Literal["auto", "on", "off"]
WebSearch = Literal["off", "on", "members"]


class Settings(BaseSettings):
    """Every setting, checked. The environment wins over `.env`; names are upper case there.

    Durations are seconds. An empty value counts as not set. Build it with `load_settings`.
    """

    model_config = SettingsConfigDict(
        env_ignore_empty=True,
        extra="ignore",  # .env may hold what others read, such as compose's variables
        frozen=True,
        hide_input_in_errors=True,  # an input may be a secret
        str_strip_whitespace=True,
    )

    discord_token: Secret = Field(
        description="The bot's token, from Discord's developer portal. Required."
    )
    weryai_api_key: Secret = Field(
        description="Your WeryAI API key; the sandbox works without it. Required."
    )
    default_model: str = Field(
        "GEMINI_25_FLASH", min_length=1, description="The model where none was chosen, by its key."
    )
    fallback_models: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_comma_separated)] = (
        Field(
            (),
            max_length=5,
            description="The models, by their keys, that answer instead while it cannot, in this "
            "order, such as `GPT_5,GROK_4`.",
        )
    )
    system_prompt: str = Field(
        SYSTEM_PROMPT,
        min_length=1,
        description="What every model is told before a conversation. `{server}`, `{channel}`, "
        "`{date}` and `{user}` are filled in.",
    )
    max_tokens: int = Field(
        4096,
        ge=1,
        le=1_000_000,
        description="Tokens an answer may have, where the model's own limit is not lower.",
    )
    temperature: float | None = Field(
        None, ge=0, le=2, description="How freely models word answers. Unset: as WeryAI has it."
    )
    web_search: Annotated[WebSearch, BeforeValidator(_lower)] = Field(
        "members",
        description="Whether answers search the web: `off`, `on`, or when `members` ask for it.",
    )
    database_url: Annotated[SecretStr, AfterValidator(_database_url)] = Field(
        SecretStr("sqlite:///data/bot.db"),
        description="Where everything is stored: `sqlite:///file` or "
        "`postgresql://user:password@host/database`.",
    )
    replies_kept_days: int = Field(
        30,
        ge=1,
        le=3650,
        description="Days that an answer is kept with its question after it last changed: for its "
        "buttons, and for threads that start from it.",
    )

    max_prompt_characters: int = Field(
        4000,
        ge=1,
        le=6000,  # Discord's limit for the text option of a slash command
        description="Longer questions are refused (Discord's own limit is 6000).",
    )
    max_reply_messages: int = Field(
        5,
        ge=1,
        le=20,
        description="Discord messages an answer may fill; the rest comes as a file.",
    )
    max_concurrent_replies: int = Field(
        500,
        ge=1,
        le=10_000,
        description="Answers that may be given at once; others wait. They are fewer for a while "
        "after WeryAI has refused some.",
    )
    message_content_intent: Annotated[Intent, BeforeValidator(_lower)] = Field(
        "auto",
        description="Whether to read messages without a mention in listened threads: `on`, "
        "`off`, or `auto`, which asks Discord at the start whether it is granted.",
    )
    discord_requests_per_second: int = Field(
        50,
        ge=1,
        le=50,  # Discord's limit for a bot as a whole
        description="This process's share of the 50 requests per second that Discord grants a "
        "bot; with two processes, 25 each.",
    )
    shard_count: int | None = Field(
        None, ge=1, le=100_000, description="How many shards there are. Unset: Discord decides."
    )
    shard_ids: Annotated[tuple[int, ...], NoDecode, BeforeValidator(_comma_separated)] = Field(
        (), description="The shards of this process, such as `0,1`. Unset: all of them."
    )

    connect_timeout: Timeout = Field(10, description="Seconds to reach WeryAI.")
    first_byte_timeout: Timeout = Field(
        120, description="Seconds until WeryAI begins to answer; models that think take long."
    )
    silence_timeout: Timeout = Field(
        60, description="Seconds WeryAI may be silent in the middle of an answer."
    )
    model_attempts: int = Field(
        3, ge=1, le=10, description="Times WeryAI is asked before a question has failed."
    )
    model_patience: float = Field(
        60,
        ge=0,
        le=600,
        description="Seconds a question waits on while WeryAI is asked too much and answers nobody.",
    )
    catalogue_refresh_seconds: float = Field(
        3600, ge=1, le=604_800, description="Seconds between two looks at the list of models."
    )
    credits_refresh_seconds: float = Field(
        600, ge=1, le=604_800, description="Seconds between two looks at the account's credits."
    )
    credits_warning: float | None = Field(
        None,
        ge=0,
        le=1e15,
        description="A warning is logged when fewer credits than this are left. Unset: none.",
    )
    credits_channel: int | None = Field(
        None,
        ge=1,
        le=2**63 - 1,
        description="A channel, by its id, in which that warning is given, too.",
    )
    shutdown_grace: float = Field(
        20, ge=0, le=600, description="Seconds that running answers get to finish at a shutdown."
    )

    log_format: Annotated[LogFormat, BeforeValidator(_lower)] = Field(
        "auto", description="`console`, `json`, or `auto`: console on a terminal, else json."
    )
    log_level: Annotated[LogLevel, BeforeValidator(_upper)] = Field(
        "INFO", description="`DEBUG`, `INFO`, `WARNING` or `ERROR`."
    )
    health_port: int | None = Field(
        None,
        ge=0,
        le=65_535,
        description="Port of `/healthz`, `/readyz` and `/metrics`. Unset: off; 0: any free one.",
    )
    health_host: str = Field(
        "127.0.0.1",
        min_length=1,
        description="Address that port listens at; `0.0.0.0` in a container.",
    )

    discord_api_url: HttpUrl = Field(
        "https://discord.com/api/v10",
        description="Discord's REST API; the gateway's address is asked of it.",
    )
    weryai_base_url: HttpUrl = Field("https://api.weryai.com", description="WeryAI's API.")

    @field_validator("shard_ids")
    @classmethod
    def _shards_exist(cls, ids: tuple[int, ...], info: ValidationInfo) -> tuple[int, ...]:
        if not ids or "shard_count" not in info.data:  # absent: it has a problem of its own
            return ids
        count = info.data["shard_count"]
        if count is None:
            raise ValueError("needs SHARD_COUNT beside it")
        if min(ids) < 0 or max(ids) >= count:
            raise ValueError(f"must hold numbers from 0 to {count - 1}, because there are {count}")
        if len(set(ids)) < len(ids):
            raise ValueError("names a shard twice")
        return ids

    def secrets(self) -> frozenset[str]:
        """Every text that no log may show: the token, the key, the database's password."""
        password = urlsplit(self.database_url.get_secret_value()).password or ""
        known = {
            self.discord_token.get_secret_value(),
            self.weryai_api_key.get_secret_value(),
            password,
            unquote(password),
        }
        return frozenset(known - {""})


class OfflineSettings(Settings):
    """The settings of what needs no accounts: the sandbox and the migrations.

    The token and the key may be missing; they are empty then.
    """

    discord_token: Secret = Field(SecretStr(""), validate_default=False)
    weryai_api_key: Secret = Field(SecretStr(""), validate_default=False)


AnySettings = TypeVar("AnySettings", bound=Settings)


def load_settings(
    kind: type[AnySettings], *, env_file: Path | None = ENV_FILE, **given: Any
) -> AnySettings:
    """Read and check the settings.

    Args:
        kind: `Settings`, or `OfflineSettings` where no token and no key are needed.
        env_file: read below the environment; None or a file that is not there: not read.
        given: values by field name, which win over the environment.

    Raises:
        SettingsProblem: all that is wrong.
    """
    try:
        return kind(**({"_env_file": env_file} | given))
    except ValidationError as error:
        first: dict[str, Finding] = {}  # one problem of a setting is enough to begin with
        for problem in error.errors():
            found = _explain(problem)
            first.setdefault(found.subject, found)
        raise SettingsProblem(first.values()) from None
    except (OSError, UnicodeError) as error:
        name = str(env_file)
        found = Finding("problem", name, f"{name} cannot be read.", "Save it as UTF-8 text.")
        raise SettingsProblem([found]) from error


def _explain(problem: Any) -> Finding:
    """One of pydantic's error dictionaries as a finding for the operator."""
    field = str(problem["loc"][0])
    name = field.upper()
    if problem["type"] == "missing":
        what = "is not set"
    elif problem["type"] == "value_error":
        what = str(problem["ctx"]["error"])
    else:
        shown = "" if field in SECRET_FIELDS else f"; it is {problem['input']!r}"
        what = f"must be {expected(field)}{shown}"
    remedy = REMEDIES.get(field, f"Correct {name} or remove it to use its default.")
    return Finding("problem", name, f"{name} {what}.", remedy)


def expected(field: str) -> str:
    """What a field takes, in words: "a whole number from 1 to 6000"."""
    schema = Settings.model_json_schema()["properties"][field]
    schema |= next((kind for kind in schema.get("anyOf", ()) if kind["type"] != "null"), {})
    if "enum" in schema:
        return "one of " + ", ".join(schema["enum"])
    if "minimum" in schema:
        kind = "a whole number" if schema["type"] == "integer" else "a number"
        return f"{kind} from {schema['minimum']:.9g} to {schema['maximum']:.9g}"
    if schema["type"] == "array":
        words = schema["items"]["type"] == "string"
        kind = f"up to {schema['maxItems']} models' keys" if words else "whole numbers"
        return f"{kind} with commas between them"
    return "a text"
