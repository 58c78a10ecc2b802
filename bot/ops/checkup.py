"""The report of `python -m bot check`: what is missing or wrong before the first run.

The probes belong to the adapters; here they are asked and their findings are written down.
"""

from __future__ import annotations

import asyncio
import textwrap
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TextIO

from bot.core.checkup import Finding, Status
from bot.core.errors import BotError
from bot.core.phrases import counted

PROBE_TIMEOUT = 30.0  # seconds; a probe makes one to three requests
WIDTH = 100  # columns

Probe = Callable[[], Awaitable[Sequence[Finding]]]


async def examine(
    probes: Mapping[str, Probe], *, probe_timeout: float = PROBE_TIMEOUT
) -> list[Finding]:
    """Ask all probes at once; their findings in the order of the probes.

    A probe that fails or takes longer than `probe_timeout` seconds gives a problem of its own,
    under the name it has in `probes`: one broken part never hides the others.
    """
    found = await asyncio.gather(
        *(_ask(subject, probe, probe_timeout) for subject, probe in probes.items())
    )
    return [finding for findings in found for finding in findings]


async def _ask(subject: str, probe: Probe, seconds: float) -> Sequence[Finding]:
    try:
        async with asyncio.timeout(seconds):
            return await probe()
    except TimeoutError:
        said = f"There was no answer within {seconds:g} seconds."
        return [Finding("problem", subject, said, "Check the network, then try again.")]
    except BotError as error:
        return [Finding("problem", subject, str(error))]
    except Exception as error:  # noqa: BLE001 - a report of everything ends with no traceback
        said = f"It could not be looked at: {type(error).__name__}."
        return [Finding("problem", subject, said, "Check the network and the address set for it.")]


def write_report(findings: Sequence[Finding], out: TextIO) -> int:
    """Write findings for a person to read.

    Returns:
        The exit code: 1 if there is a problem, else 0.
    """
    column = max((len(finding.subject) for finding in findings), default=0)
    for finding in findings:
        margin = f"{finding.status:<8} {finding.subject:<{column}}  "
        _write(out, finding.sentence, first=margin)
        if finding.remedy:
            _write(out, finding.remedy, first=" " * (len(margin) - 3) + "-> ")
    problems, warnings = (_count(findings, status) for status in ("problem", "warning"))
    if problems:
        out.write(f"\n{counted(problems, 'problem')}: the bot cannot run yet.\n")
    elif warnings:
        out.write(f"\n{counted(warnings, 'warning')}: the bot can run.\n")
    else:
        out.write("\nAll is well: the bot can run.\n")
    return 1 if problems else 0


def _write(out: TextIO, text: str, *, first: str) -> None:
    wrapped = textwrap.fill(
        text,
        width=WIDTH,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_long_words=False,  # an address stays in one piece
        break_on_hyphens=False,
    )
    encoding = out.encoding or "utf-8"  # a bot's name may hold what a bare terminal cannot show
    out.write(wrapped.encode(encoding, "replace").decode(encoding) + "\n")


def _count(findings: Sequence[Finding], status: Status) -> int:
    return sum(finding.status == status for finding in findings)
