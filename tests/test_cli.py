import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot import playground
from bot.app import serving, upkeep
from bot.cli import main
from bot.core.errors import DatabaseUnavailable
from bot.settings import OfflineSettings, Settings

ROOT = Path(__file__).parent.parent
ACCOUNTS = {"DISCORD_TOKEN": "a-made-up-token", "WERYAI_API_KEY": "sk-a-made-up-key"}


class Calls(list[tuple[str, object]]):
    """What the command line asked of the application; each call gives `code`, or raises it."""

    code: int | BaseException = 0

    def noting(self, name: str) -> object:
        def call(given: object = None) -> int:
            self.append((name, given))
            if isinstance(self.code, BaseException):
                raise self.code
            return self.code

        return call


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Calls:
    """The command line without an application behind it, a machine's environment or a `.env`."""
    calls = Calls()
    monkeypatch.setattr(serving, "run", calls.noting("run"))
    for name in ("check", "migrate", "migrate_check"):
        monkeypatch.setattr(upkeep, name, calls.noting(name))
    monkeypatch.setattr(playground, "sandbox", calls.noting("sandbox"))
    monkeypatch.setattr(os, "environ", dict(ACCOUNTS))
    monkeypatch.chdir(tmp_path)
    return calls


@pytest.mark.parametrize("command", ["run", "check"])
@pytest.mark.parametrize("code", [0, 1])
def test_run_and_check_get_the_settings_and_give_the_exit_code(
    calls: Calls, command: str, code: int
) -> None:
    calls.code = code
    assert main([command]) == code
    ((called, settings),) = calls
    assert called == command
    assert isinstance(settings, Settings)
    assert settings.discord_token.get_secret_value() == "a-made-up-token"


def test_the_sandbox_asks_once_what_it_is_told(calls: Calls) -> None:
    main(["sandbox", "--ask", "What is AI?"])
    main(["sandbox"])
    assert calls == [("sandbox", "What is AI?"), ("sandbox", None)]


def test_migrations_need_no_token_and_no_key(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"DATABASE_URL": "sqlite:///other.db"})
    assert main(["migrate"]) == 0
    ((called, settings),) = calls
    assert called == "migrate"
    assert isinstance(settings, OfflineSettings)
    assert settings.database_url.get_secret_value() == "sqlite:///other.db"


def test_migrations_are_compared_without_any_settings(
    calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", {"DATABASE_URL": "nonsense"})
    assert main(["migrate", "--check"]) == 0
    assert calls == [("migrate_check", None)]


def test_a_known_problem_is_one_line_and_exit_code_1(
    calls: Calls, capsys: pytest.CaptureFixture[str]
) -> None:
    calls.code = DatabaseUnavailable("the folder data cannot be written")
    assert main(["run"]) == 1
    said = "The database cannot be used: the folder data cannot be written.\n"
    assert capsys.readouterr().err == said


def test_ctrl_c_is_no_error_message(calls: Calls, capsys: pytest.CaptureFixture[str]) -> None:
    calls.code = KeyboardInterrupt()
    assert main(["run"]) == 130
    assert capsys.readouterr().err == ""


def test_what_nobody_expected_is_not_hidden(calls: Calls) -> None:
    calls.code = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        main(["run"])


@pytest.mark.parametrize("arguments", [[], ["dance"], ["run", "--fast"]])
def test_a_command_line_that_cannot_be_understood_is_exit_code_2(
    calls: Calls, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert "usage: python -m bot" in capsys.readouterr().err
    assert calls == []


def test_the_process_says_what_is_missing_without_a_trace(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HEALTH_PORT": "http"}
    process = subprocess.run(
        [sys.executable, "-m", "bot", "run"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 1
    assert process.stdout == ""
    assert "Traceback" not in process.stderr
    for name in ("DISCORD_TOKEN is not set.", "WERYAI_API_KEY is not set.", "HEALTH_PORT must be"):
        assert name in process.stderr
