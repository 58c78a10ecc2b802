import asyncio
import io
from collections.abc import Sequence

from bot.core.checkup import Finding
from bot.core.errors import DatabaseTooNew
from bot.ops.checkup import Probe, examine, write_report

FINE = Finding("ok", "WeryAI key", "The key is valid; 1,000 credits are left.")
INTENT = Finding("warning", "Intent", "It is off.", "Switch it on in the developer portal.")
TOKEN = Finding("problem", "Discord token", "Discord refuses it.", "Reset it.")


def finding(*findings: Finding) -> Probe:
    async def probe() -> Sequence[Finding]:
        return findings

    return probe


def report(*findings: Finding) -> tuple[int, str]:
    out = io.StringIO()
    return write_report(findings, out), out.getvalue()


async def test_findings_come_in_the_order_of_the_probes_not_of_the_answers() -> None:
    answered = asyncio.Event()

    async def slow() -> Sequence[Finding]:
        await answered.wait()
        return [TOKEN]

    async def quick() -> Sequence[Finding]:
        answered.set()
        return [FINE, INTENT]

    assert await examine({"Discord": slow, "WeryAI": quick}) == [TOKEN, FINE, INTENT]


async def test_a_known_error_is_a_problem_and_hides_no_other_finding() -> None:
    async def too_new() -> Sequence[Finding]:
        raise DatabaseTooNew("the database is of version 9")

    found = await examine({"Database": too_new, "WeryAI": finding(FINE)})
    assert found == [Finding("problem", "Database", "the database is of version 9"), FINE]


async def test_an_unknown_error_is_named_without_its_words() -> None:
    async def careless() -> Sequence[Finding]:
        raise OSError("token abc refused")

    (found,) = await examine({"Discord": careless})
    assert found.status == "problem"
    assert "OSError" in found.sentence
    assert "abc" not in found.sentence


async def test_a_probe_that_hangs_is_a_problem() -> None:
    async def hanging() -> Sequence[Finding]:
        await asyncio.Event().wait()
        return []

    (found,) = await examine({"Discord": hanging}, probe_timeout=0.01)
    assert (found.status, found.subject) == ("problem", "Discord")


def test_a_problem_is_reported_with_its_remedy_and_exit_code_1() -> None:
    code, text = report(FINE, INTENT, TOKEN)
    assert code == 1
    assert text == (
        "ok       WeryAI key     The key is valid; 1,000 credits are left.\n"
        "warning  Intent         It is off.\n"
        "                     -> Switch it on in the developer portal.\n"
        "problem  Discord token  Discord refuses it.\n"
        "                     -> Reset it.\n"
        "\n"
        "1 problem: the bot cannot run yet.\n"
    )


def test_warnings_alone_do_not_fail() -> None:
    code, text = report(FINE, INTENT, INTENT)
    assert code == 0
    assert text.endswith("\n2 warnings: the bot can run.\n")


def test_all_is_well() -> None:
    code, text = report(FINE)
    assert code == 0
    assert text.endswith("\nAll is well: the bot can run.\n")


def test_a_long_address_stays_in_one_piece() -> None:
    link = "https://some-discord.example/oauth2/authorize?scope=bot+applications.commands" * 2
    _, text = report(Finding("ok", "Invite link", f"Invite the bot with {link} today."))
    assert link in text.replace("\n", " ").split()


def test_long_sentences_are_wrapped_under_their_beginning() -> None:
    _, text = report(Finding("ok", "X", "word " * 40))
    first, second, *_ = text.splitlines()
    assert len(first) <= 100
    assert second.index("word") == first.index("word")


def test_a_terminal_that_lacks_a_letter_is_no_reason_to_fail() -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    assert write_report([Finding("ok", "Discord", "The bot is “Köbes”.")], out) == 0
    out.seek(0)
    assert "The bot is ?K?bes?." in out.read()
