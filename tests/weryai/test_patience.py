from __future__ import annotations

import asyncio
from contextlib import suppress
from itertools import pairwise

import pytest

from bot.core.errors import (
    ModelError,
    ModelTimeout,
    ModelUnavailable,
    RateLimited,
    Unauthorized,
)
from bot.core.ports.weryai import Delta
from bot.sandbox.weryai import Fault, WeryAISandbox
from bot.weryai.client import WeryAIClient
from bot.weryai.patience import Retries, Timeouts
from tests.virtual_time import in_virtual_time
from tests.weryai.asking import (
    ONCE,
    asking,
    question,
    response,
    said,
    said_until_failure,
    served,
    text_of,
)

SHORT = Timeouts(connect=5, first_byte=0.1, silence=0.1)

# --- silence --------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [Fault.STALL_AT_ONCE, Fault.STALL_FIRST])
async def test_no_first_byte_in_time_is_a_timeout(weryai: WeryAISandbox, fault: Fault) -> None:
    weryai.fail_next(fault)
    patient = Timeouts(connect=5, first_byte=0.1, silence=100)
    async with asking(weryai.base_url, retries=ONCE, timeouts=patient) as client:
        with pytest.raises(ModelTimeout, match="first byte"):
            await said(client)
    await weryai.requests[0].ended.wait()
    assert weryai.requests[0].closed_by_client


async def test_a_connection_used_again_waits_for_a_first_byte_again(weryai: WeryAISandbox) -> None:
    patient = Timeouts(connect=5, first_byte=0.2, silence=100)
    async with asking(weryai.base_url, retries=ONCE, timeouts=patient) as client:
        await said(client)
        weryai.fail_next(Fault.STALL_FIRST)
        with pytest.raises(ModelTimeout, match="first byte"):
            await said(client)


async def test_silence_in_mid_stream_is_a_timeout(weryai: WeryAISandbox) -> None:
    weryai.answer_next(["a", "b"])
    weryai.fail_next(Fault.STALL)
    patient = Timeouts(connect=5, first_byte=100, silence=0.1)
    async with asking(weryai.base_url, timeouts=patient) as client:
        heard, failed = await said_until_failure(client)
    assert heard == [Delta("a")]
    assert isinstance(failed, ModelTimeout)
    assert "silence" in str(failed)
    await weryai.requests[0].ended.wait()
    assert weryai.requests[0].closed_by_client


async def test_no_connection_in_time_is_a_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", never)
    hasty = Timeouts(connect=0.05, first_byte=100, silence=100)
    async with asking("http://127.0.0.1:9", retries=ONCE, timeouts=hasty) as client:
        with pytest.raises(ModelTimeout, match="Connection timeout"):
            await said(client)


async def test_once_all_is_said_nobody_waits_for_formalities(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.weryai.exchange.FAREWELL", 0.05)
    over = asyncio.Event()

    async def handler(_: bytes, writer: asyncio.StreamWriter) -> None:
        event = b'data: {"choices": [{"delta": {"content": "x"}, "finish_reason": "stop"}]}\n\n'
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + event)
        await over.wait()

    async with served(handler) as url, asking(url) as client:
        assert text_of(await said(client)) == "x"
        over.set()


async def test_after_done_nobody_waits_for_the_connection_to_end() -> None:
    over = asyncio.Event()

    async def handler(_: bytes, writer: asyncio.StreamWriter) -> None:
        events = b'data: {"choices": [{"delta": {"content": "x"}}]}\n\ndata: [DONE]\n\n'
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + events)
        await over.wait()

    patient = Timeouts(connect=1000, first_byte=1000, silence=1000)
    async with served(handler) as url, asking(url, timeouts=patient) as client:
        assert text_of(await said(client)) == "x"
        over.set()


async def test_a_choice_that_has_not_begun_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.weryai.exchange.FAREWELL", 0.0)
    event = b'data: {"choices": [{"index": %d, "delta": {"content": "x"}, "finish_reason": "stop"}]}\n\n'

    async def handler(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + event % 0)
        for _turn in range(100):  # long after whoever does not wait has left
            await asyncio.sleep(0)
        writer.write(event % 1)

    async with served(handler) as url, asking(url) as client:
        assert text_of(await said(client, question(n=2)), index=1) == "x"


# --- trying again ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        Fault.RATE_LIMIT_BARE,
        Fault.SERVER_ERROR,
        Fault.BAD_GATEWAY,
        Fault.OVERLOADED,
        Fault.CODE_1001,
        Fault.CODE_1007,
        Fault.DROP_AT_ONCE,
        Fault.ERROR_FIRST,
    ],
)
async def test_what_may_pass_is_tried_again(
    weryai: WeryAISandbox, client: WeryAIClient, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    weryai.fail_next(fault, fault)
    assert text_of(await said(client))
    assert len(weryai.requests) == 3
    assert weryai.requests[0].json == weryai.requests[2].json
    failures = [record for record in caplog.records if record.name == "bot.weryai.client"]
    assert len(failures) == 2


@pytest.mark.parametrize(
    "fault",
    [
        Fault.UNAUTHORIZED,
        Fault.NO_CREDITS,
        Fault.BAD_REQUEST,
        Fault.UNKNOWN_MODEL,
        Fault.REFUSED_CONTENT,
        Fault.CODE_1002,
        Fault.CODE_1017,
    ],
)
async def test_what_cannot_pass_is_not(
    weryai: WeryAISandbox, client: WeryAIClient, fault: Fault
) -> None:
    weryai.fail_next(fault)
    with pytest.raises(ModelError):
        await said(client)
    assert len(weryai.requests) == 1


async def test_the_attempts_have_an_end(weryai: WeryAISandbox, client: WeryAIClient) -> None:
    with pytest.raises(ModelUnavailable):
        await said(client, question("!fault overloaded"))
    assert len(weryai.requests) == 3


async def test_a_long_wait_is_not_asked_for_again(weryai: WeryAISandbox) -> None:
    weryai.fail_next(Fault.STALL_AT_ONCE)
    impatient = Retries(wait_initial=0, wait_max=0, wait_jitter=0, give_up_after=0.05)
    async with asking(weryai.base_url, retries=impatient, timeouts=SHORT) as client:
        with pytest.raises(ModelTimeout):
            await said(client)
    assert len(weryai.requests) == 1


async def test_the_small_endpoints_are_tried_again_too() -> None:
    answers = [response(b"", status="503 Busy"), response(b'{"status": 0, "data": 7}')]

    async def handler(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answers.pop(0))

    async with served(handler) as url, asking(url) as client:
        assert await client.balance() == 7


RETRIES = Retries(wait_jitter=0, retry_after_max=20)


async def waits(retries: Retries) -> list[float]:
    """How long is waited between attempts that all fail."""
    now = asyncio.get_running_loop().time
    at = []
    with suppress(ModelUnavailable):
        async for attempt in retries.each_attempt():
            with attempt:
                at.append(now())
                raise ModelUnavailable
    return [after - before for before, after in pairwise(at)]


@in_virtual_time
async def test_each_wait_is_twice_the_last_up_to_the_longest() -> None:
    retries = Retries(attempts=6, wait_initial=1, wait_max=6, wait_jitter=0, give_up_after=1e6)
    assert await waits(retries) == pytest.approx([1, 2, 4, 6, 6])


@in_virtual_time
async def test_something_is_added_to_each_wait_at_random() -> None:
    retries = Retries(attempts=9, wait_initial=1, wait_max=1e6, wait_jitter=500, give_up_after=1e6)
    added = [wait - 2**number for number, wait in enumerate(await waits(retries))]
    assert all(0 <= more <= 500 for more in added)
    assert max(added) > 5


def test_retry_after_is_obeyed() -> None:
    assert RETRIES.backoff(RateLimited(retry_after=7)) == 7
    assert RETRIES.backoff(RateLimited(retry_after=20)) == 20
    assert RETRIES.backoff(RateLimited(retry_after=0)) == 0


def test_those_who_are_told_the_same_moment_come_back_one_by_one() -> None:
    jittery = Retries(wait_jitter=5)
    waits = {jittery.backoff(RateLimited(retry_after=7)) for _ in range(10)}
    assert len(waits) > 1
    assert all(7 <= wait <= 12 for wait in waits)


def test_a_wait_nobody_has_time_for_is_told_at_once() -> None:
    assert RETRIES.backoff(RateLimited(retry_after=21)) is False


def test_only_errors_that_may_pass_are_retried() -> None:
    assert RETRIES.backoff(ModelUnavailable()) is True
    assert RETRIES.backoff(Unauthorized()) is False
    assert RETRIES.backoff(ValueError()) is False


@pytest.mark.parametrize("fault", [Fault.RATE_LIMIT, Fault.RATE_LIMIT_UNTIL])
async def test_retry_after_reaches_whoever_asks(weryai: WeryAISandbox, fault: Fault) -> None:
    weryai.fail_next(fault)
    async with asking(weryai.base_url, retries=ONCE) as client:
        with pytest.raises(RateLimited) as failed:
            await said(client)
    assert failed.value.retry_after is not None
    assert 0 <= failed.value.retry_after <= 1


# --- what WeryAI bears ------------------------------------------------------------------------


class Noted:
    """Writes down how each attempt went."""

    def __init__(self) -> None:
        self.attempts: list[str] = []

    def refused(self) -> None:
        self.attempts.append("refused")

    def eased(self) -> None:
        self.attempts.append("eased")


async def test_each_attempt_tells_whether_weryai_is_asked_too_much(weryai: WeryAISandbox) -> None:
    noted = Noted()
    async with asking(weryai.base_url, strain=noted) as client:
        weryai.fail_next(Fault.RATE_LIMIT_BARE, Fault.CODE_1007)
        await said(client)
        assert noted.attempts == ["refused", "refused", "eased"]


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.UNAUTHORIZED, Fault.DROP_AT_ONCE])
async def test_what_is_no_overload_tells_nothing(weryai: WeryAISandbox, fault: Fault) -> None:
    noted = Noted()
    async with asking(weryai.base_url, strain=noted, retries=ONCE) as client:
        weryai.fail_next(fault, fault)
        with pytest.raises(ModelError):
            await said(client)
    assert noted.attempts == []


async def test_the_list_of_models_tells_nothing_of_what_answers_it_bears(
    weryai: WeryAISandbox,
) -> None:
    noted = Noted()
    async with asking(weryai.base_url, strain=noted) as client:
        await client.models()
    assert noted.attempts == []
