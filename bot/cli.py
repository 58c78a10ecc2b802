"""The command line: `python -m bot run | sandbox | check | migrate`.

Exit codes: 0, all is well; 1, a problem that is said on standard error in plain words; 2, a
command line that cannot be understood; 130, Ctrl+C.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from bot.app import serving, upkeep
from bot.core.errors import BotError, StorageError
from bot.ops.checkup import write_report
from bot.settings import OfflineSettings, Settings, SettingsProblem, load_settings

INTERRUPTED = 130  # 128 + SIGINT, as shells have it


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; `arguments` are the process's own if None.

    Returns:
        The exit code.
    """
    given = _parser().parse_args(arguments)
    try:
        return _obey(given)
    except SettingsProblem as problem:
        write_report(problem.problems, sys.stderr)
    except StorageError as error:
        said = f"The database cannot be used: {error}."
        sys.stderr.write(f"{said} {error.remedy}".rstrip() + "\n")
    except BotError as error:
        sys.stderr.write(f"{error}\n")
    except KeyboardInterrupt:
        return INTERRUPTED
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot", description="Talk to WeryAI's chat models in Discord."
    )
    commands = parser.add_subparsers(
        title="commands", dest="command", required=True, metavar="COMMAND"
    )

    commands.add_parser("run", help="the bot for real, set up by .env or the environment")
    commands.add_parser("check", help="what is missing or wrong, and the invite link")

    sandbox = commands.add_parser(
        "sandbox", help="a local Discord, a local WeryAI and the bot, on this machine alone"
    )
    sandbox.add_argument("--ask", metavar="TEXT", help="ask once, show the answer and exit")

    migrate = commands.add_parser("migrate", help="bring the database up to date")
    migrate.add_argument(
        "--check",
        action="store_true",
        help="only compare the migrations with the tables in the code, for contributors",
    )
    return parser


def _obey(given: argparse.Namespace) -> int:
    match given.command:
        case "run":
            return serving.run(load_settings(Settings))
        case "check":
            return upkeep.check(load_settings(Settings))
        case "sandbox":
            from bot import playground  # noqa: PLC0415 - two servers that the bot never needs

            return playground.sandbox(given.ask)
        case "migrate" if given.check:
            return upkeep.migrate_check()
        case _:  # migrate: argparse lets no other word through
            return upkeep.migrate(load_settings(OfflineSettings))
