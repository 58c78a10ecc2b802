import os
from pathlib import Path

import pytest

from bot.settings import OfflineSettings, Settings, SettingsProblem, load_settings

TOKEN = "a-made-up-token"
KEY = "sk-a-made-up-key"
PASSWORD = "quite%2Fsecret"


@pytest.fixture(autouse=True)
def _empty_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the machine's environment nor its `.env` reaches these tests."""
    monkeypatch.setattr(os, "environ", {})
    monkeypatch.chdir(tmp_path)


def load(**environment: str) -> Settings:
    os.environ.update({"DISCORD_TOKEN": TOKEN, "WERYAI_API_KEY": KEY} | environment)
    return load_settings(Settings)


def problem(**environment: str) -> str:
    with pytest.raises(SettingsProblem) as caught:
        load(**environment)
    assert len(caught.value.problems) == 1
    found = caught.value.problems[0]
    assert found.status == "problem"
    assert found.remedy
    return found.sentence


def test_a_token_and_a_key_are_enough() -> None:
    settings = load()
    assert settings.discord_token.get_secret_value() == TOKEN
    assert settings.weryai_api_key.get_secret_value() == KEY
    assert settings.database_url.get_secret_value() == "sqlite:///data/bot.db"
    assert settings.default_model == "GEMINI_25_FLASH"
    assert settings.health_port is None
    assert settings.shard_count is None
    assert settings.shard_ids == ()


def test_dotenv_is_read_from_the_working_directory_and_the_environment_wins(
    tmp_path: Path,
) -> None:
    (tmp_path / ".env").write_text("DEFAULT_MODEL=GPT_5\nMAX_REPLY_MESSAGES=7\nPOSTGRES_USER=bot\n")
    settings = load(MAX_REPLY_MESSAGES="3")
    assert settings.default_model == "GPT_5"
    assert settings.max_reply_messages == 3


def test_given_values_win_over_the_environment() -> None:
    os.environ["DISCORD_TOKEN"] = TOKEN
    settings = load_settings(OfflineSettings, discord_token="other")
    assert settings.discord_token.get_secret_value() == "other"


def test_an_empty_value_counts_as_not_set() -> None:
    assert load(HEALTH_PORT="", DEFAULT_MODEL="", SHARD_IDS="").health_port is None
    assert problem(DISCORD_TOKEN="") == "DISCORD_TOKEN is not set."


def test_all_problems_are_said_at_once() -> None:
    os.environ.update({"HEALTH_PORT": "http", "LOG_LEVEL": "loud", "DATABASE_URL": "bot.db"})
    with pytest.raises(SettingsProblem) as caught:
        load_settings(Settings)
    subjects = {found.subject for found in caught.value.problems}
    assert subjects == {
        "DISCORD_TOKEN",
        "WERYAI_API_KEY",
        "HEALTH_PORT",
        "LOG_LEVEL",
        "DATABASE_URL",
    }
    assert all(name in str(caught.value) for name in subjects)


def test_neither_token_nor_key_is_needed_offline() -> None:
    settings = load_settings(OfflineSettings)
    assert not settings.discord_token
    assert not settings.weryai_api_key


def test_the_remedy_says_where_a_token_comes_from() -> None:
    with pytest.raises(SettingsProblem, match=r"discord\.com/developers/applications"):
        load(DISCORD_TOKEN="")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DISCORD_TOKEN", "  ", "DISCORD_TOKEN is empty."),
        ("DISCORD_TOKEN", "two words", "DISCORD_TOKEN holds blanks or letters that no token"),
        ("WERYAI_API_KEY", "sk-schlüssel", "WERYAI_API_KEY holds blanks or letters that no"),
        ("DATABASE_URL", "mysql://host/x", "DATABASE_URL must begin with sqlite:/// or"),
        ("DATABASE_URL", "data/bot.db", "DATABASE_URL must begin with sqlite:/// or"),
        ("DATABASE_URL", "sqlite://", "DATABASE_URL does not say which file to use."),
        ("DATABASE_URL", "sqlite://data/bot.db", "DATABASE_URL needs three slashes"),
        ("DATABASE_URL", "postgresql://host", "DATABASE_URL does not say which database"),
        ("DATABASE_URL", "postgresql:///bot", "DATABASE_URL does not say on which host"),
        ("DATABASE_URL", "postgresql://h:port/b", "DATABASE_URL is not a well-formed address."),
        ("WERYAI_BASE_URL", "api.weryai.com", "WERYAI_BASE_URL must be an address that begins"),
        ("WERYAI_BASE_URL", "https://", "WERYAI_BASE_URL must be an address that begins"),
        ("WERYAI_BASE_URL", "https://a b", "WERYAI_BASE_URL must be an address that begins"),
        ("WERYAI_BASE_URL", "https://x:99999", "WERYAI_BASE_URL is not a well-formed address."),
        ("DISCORD_API_URL", "https://d.gg/?v=10", "DISCORD_API_URL must be a plain address"),
        ("DISCORD_API_URL", "https://[::1", "DISCORD_API_URL is not a well-formed address."),
        ("HEALTH_PORT", "70000", "HEALTH_PORT must be a whole number from 0 to 65535; it is '7"),
        ("HEALTH_PORT", "http", "HEALTH_PORT must be a whole number from 0 to 65535; it is 'h"),
        ("MAX_PROMPT_CHARACTERS", "0", "MAX_PROMPT_CHARACTERS must be a whole number from 1"),
        ("CONNECT_TIMEOUT", "nan", "CONNECT_TIMEOUT must be a number from 0.1 to 3600; it is"),
        ("SHUTDOWN_GRACE", "-1", "SHUTDOWN_GRACE must be a number from 0 to 600; it is '-1'."),
        ("DISCORD_REQUESTS_PER_SECOND", "51", "DISCORD_REQUESTS_PER_SECOND must be a whole"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT must be one of auto, console, json; it is 'xml'."),
        ("MESSAGE_CONTENT_INTENT", "yes", "MESSAGE_CONTENT_INTENT must be one of auto, on, off"),
        ("SYSTEM_PROMPT", "  ", "SYSTEM_PROMPT must be a text"),
        ("FALLBACK_MODELS", "A,B,C,D,E,F", "FALLBACK_MODELS must be up to 5 models' keys with"),
        ("TEMPERATURE", "2.1", "TEMPERATURE must be a number from 0 to 2; it is '2.1'."),
        ("WEB_SEARCH", "sometimes", "WEB_SEARCH must be one of off, on, members; it is"),
        ("MODEL_PATIENCE", "601", "MODEL_PATIENCE must be a number from 0 to 600; it is"),
        ("SHARD_IDS", "0,1", "SHARD_IDS needs SHARD_COUNT beside it."),
        ("SHARD_IDS", "a,b", "SHARD_IDS must be whole numbers with commas between them"),
    ],
)
def test_what_cannot_be_used_is_said_in_plain_words(name: str, value: str, sentence: str) -> None:
    assert problem(**{name: value}).startswith(sentence)


@pytest.mark.parametrize(
    ("ids", "sentence"),
    [
        ("0,4", "SHARD_IDS must hold numbers from 0 to 3, because there are 4."),
        ("-1", "SHARD_IDS must hold numbers from 0 to 3, because there are 4."),
        ("1,1", "SHARD_IDS names a shard twice."),
    ],
)
def test_shards_that_do_not_exist_are_refused(ids: str, sentence: str) -> None:
    assert problem(SHARD_COUNT="4", SHARD_IDS=ids) == sentence


def test_shard_ids_are_not_blamed_for_a_malformed_shard_count() -> None:
    assert problem(SHARD_COUNT="four", SHARD_IDS="0,1").startswith("SHARD_COUNT must be")


def test_shard_ids_are_numbers_with_commas() -> None:
    assert load(SHARD_COUNT="4", SHARD_IDS="0, 3").shard_ids == (0, 3)


def test_fallback_models_are_keys_with_commas() -> None:
    assert load().fallback_models == ()
    assert load(FALLBACK_MODELS="GPT_5, GROK_4,").fallback_models == ("GPT_5", "GROK_4")


def test_words_may_be_written_in_any_case_and_blanks_do_not_matter() -> None:
    settings = load(
        LOG_LEVEL="debug", LOG_FORMAT="JSON", MESSAGE_CONTENT_INTENT=" Off ", DISCORD_TOKEN=" t "
    )
    assert settings.log_level == "DEBUG"
    assert settings.log_format == "json"
    assert settings.message_content_intent == "off"
    assert settings.discord_token.get_secret_value() == "t"


def test_an_address_loses_its_last_slash() -> None:
    assert load(WERYAI_BASE_URL="http://127.0.0.1:8080/").weryai_base_url == "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///bot.db",
        "sqlite:////var/bot.db",
        "postgresql://u:p@h:5432/bot",
        "postgresql://h/b",
        "postgres://h/b",
    ],
)
def test_plain_database_addresses_are_taken(url: str) -> None:
    assert load(DATABASE_URL=url).database_url.get_secret_value() == url


def test_no_secret_is_shown_by_repr_or_by_an_error() -> None:
    url = f"postgresql://bot:{PASSWORD}@host/bot"
    shown = repr(load(DATABASE_URL=url))
    with pytest.raises(SettingsProblem) as caught:
        load(
            DISCORD_TOKEN=f"{TOKEN} x",
            WERYAI_API_KEY=f"{KEY} x",
            DATABASE_URL=f"mysql://bot:{PASSWORD}@host/bot",
        )
    assert len(caught.value.problems) == 3
    shown += str(caught.value) + repr(caught.value)
    assert not [secret for secret in (TOKEN, KEY, PASSWORD) if secret in shown]


def test_a_secret_of_the_wrong_kind_is_not_shown_either() -> None:
    with pytest.raises(SettingsProblem) as caught:
        load_settings(OfflineSettings, discord_token=123454321)
    assert "DISCORD_TOKEN must be a text" in str(caught.value)
    assert "123454321" not in repr(caught.value)


def test_the_secrets_are_known_to_whoever_strikes_them_out() -> None:
    settings = load(DATABASE_URL=f"postgresql://bot:{PASSWORD}@host/bot")
    assert settings.secrets() == {TOKEN, KEY, PASSWORD, "quite/secret"}
    assert load(DATABASE_URL="sqlite:///bot.db").secrets() == {TOKEN, KEY}


def test_a_dotenv_that_is_not_text_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"DISCORD_TOKEN=\xff\xfe\n")
    assert problem() == ".env cannot be read."
