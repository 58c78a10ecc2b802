from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest
from httpx_aiohttp import HttpxAiohttpClient

from bot.core.errors import ModelError, ModelUnavailable
from bot.core.ports.weryai import Delta
from bot.sandbox.weryai import Fault, WeryAISandbox
from bot.weryai.client import BREATH, FEW_STREAMS, LONGEST_BREATH, WeryAIClient
from bot.weryai.exchange import answer_of
from bot.weryai.patience import Timeouts
from tests.weryai.asking import ONCE, asking, question, said, served, text_of

CERTIFICATE = Path(__file__).with_name("localhost.pem")
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
DELTA = b'data: {"choices": [{"delta": {"content": "%s"}}]}\n\n'
TEXT = b'data: {"choices": [{"delta": {"content": "x"}, "finish_reason": "stop"}]}\n\n'


class Relay:
    """Stands between client and sandbox, and counts the connections."""

    def __init__(self, target: str, tls: ssl.SSLContext | None = None) -> None:
        self._port = int(target.rpartition(":")[2])
        self._tls = tls
        self._pipes: list[asyncio.Task[None]] = []
        self.writers: list[asyncio.StreamWriter] = []

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self._relay, "127.0.0.1", 0, ssl=self._tls)
        async with server:
            port = server.sockets[0].getsockname()[1]
            yield f"{'https' if self._tls else 'http'}://127.0.0.1:{port}"
            for pipe in self._pipes:
                pipe.cancel()
            await asyncio.gather(*self._pipes, return_exceptions=True)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        self.writers.append(writer)
        self._pipes += [
            asyncio.create_task(self._pipe(reader, back)),
            asyncio.create_task(self._pipe(there, writer)),
        ]

    @staticmethod
    async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
        except ConnectionError:
            pass
        finally:
            writer.close()


async def test_closing_the_answer_closes_the_connection_at_once(
    weryai: WeryAISandbox, client: WeryAIClient
) -> None:
    weryai.hold_next(after=1)
    events = client.stream(question())
    await anext(events)
    await events.aclose()
    asked = await weryai.came()
    await asyncio.wait_for(asked.ended.wait(), timeout=10)
    assert asked.closed_by_client
    assert not asked.finished


@pytest.mark.parametrize("after", [0, 1])
async def test_cancelling_whoever_listens_closes_the_connection_at_once(
    weryai: WeryAISandbox, client: WeryAIClient, after: int
) -> None:
    gate = weryai.hold_next(after=after)
    listening = asyncio.create_task(said(client))
    asked = await weryai.came()
    await gate.reached()
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening
    await asyncio.wait_for(asked.ended.wait(), timeout=10)
    assert asked.closed_by_client


async def test_cancelling_before_the_headers_closes_the_connection_too(
    weryai: WeryAISandbox, client: WeryAIClient
) -> None:
    weryai.fail_next(Fault.STALL_AT_ONCE)
    listening = asyncio.create_task(said(client))
    asked = await weryai.came()
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening
    await asyncio.wait_for(asked.ended.wait(), timeout=10)
    assert asked.closed_by_client


async def test_cancelling_twice_closes_the_connection_all_the_same(
    weryai: WeryAISandbox, client: WeryAIClient
) -> None:
    gate = weryai.hold_next(after=1)
    listening = asyncio.create_task(said(client))
    asked = await weryai.came()
    await gate.reached()
    listening.cancel()
    await asyncio.sleep(0)
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening
    await asyncio.wait_for(asked.ended.wait(), timeout=10)
    assert asked.closed_by_client


async def test_finished_answers_share_one_connection(weryai: WeryAISandbox) -> None:
    relay = Relay(weryai.base_url)
    async with relay.open() as url, asking(url) as client:
        for fault in (None, Fault.PLAIN_JSON, Fault.UNAUTHORIZED, Fault.ONE_CHUNK, Fault.CODE_1002):
            if fault is not None:
                weryai.fail_next(fault)
            try:
                await said(client)
            except ModelError:
                assert fault in {Fault.UNAUTHORIZED, Fault.CODE_1002}
        await client.balance()
    assert len(weryai.requests) == 5
    assert len(relay.writers) == 1


async def test_a_stopped_answer_costs_its_connection(weryai: WeryAISandbox) -> None:
    relay = Relay(weryai.base_url)
    async with relay.open() as url, asking(url) as client:
        weryai.hold_next(after=1)
        async with aclosing(client.stream(question())) as events:
            await anext(events)
        await said(client)
    assert len(relay.writers) == 2


async def test_kept_connections_that_were_dropped_cost_no_answer(weryai: WeryAISandbox) -> None:
    relay = Relay(weryai.base_url)
    async with relay.open() as url, asking(url) as client:
        await asyncio.gather(said(client), said(client))
        for writer in relay.writers:
            writer.close()
            await writer.wait_closed()
        assert text_of(await said(client))
    assert len(relay.writers) == 3


async def test_idle_connections_expire(
    weryai: WeryAISandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.weryai.client.KEEP_ALIVE", 1e-9)
    relay = Relay(weryai.base_url)
    async with relay.open() as url, asking(url) as client:
        await asyncio.gather(said(client), said(client))
        await said(client)
    assert len(relay.writers) == 3


async def test_three_hundred_answers_stream_at_once(weryai: WeryAISandbox) -> None:
    asyncio.get_running_loop().set_debug(False)  # which would take most of the time
    weryai.answers = lambda request: request["messages"][0]["content"] * 3
    gates = [weryai.hold_next(after=1) for _ in range(300)]
    async with asking(weryai.base_url) as client:
        listening = [asyncio.create_task(said(client, question(f"{n:04}"))) for n in range(300)]
        for gate in gates:
            await gate.reached()  # all of them have begun, none has ended
        for gate in gates:
            gate.release()
        answers = await asyncio.gather(*listening)
    assert [text_of(events) for events in answers] == [f"{n:04}" * 3 for n in range(300)]


async def test_deltas_that_come_during_a_breath_are_heard_together() -> None:
    waits, written = asyncio.Event(), asyncio.Event()

    async def handler(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + DELTA % b"a")
        await waits.wait()
        for text in (b"b", b"c"):
            writer.write(DELTA % text)
            await writer.drain()
        writer.close()
        await writer.wait_closed()
        written.set()

    async def breathe() -> None:
        waits.set()
        await written.wait()
        for _turn in range(20):  # until the client's socket has been read
            await asyncio.sleep(0)

    async with served(handler) as url, HttpxAiohttpClient() as http:
        response = await http.send(http.build_request("POST", url), stream=True)
        async with aclosing(answer_of(response, 1, Timeouts(), breathe)) as batches:
            assert await anext(batches) == [Delta("a")]
            assert await anext(batches) == [Delta("b"), Delta("c")]


async def test_few_streams_take_no_breath_and_many_a_longer_one(
    monkeypatch: pytest.MonkeyPatch, client: WeryAIClient
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("bot.weryai.client.asyncio.sleep", sleep)
    for client._streams in (1, FEW_STREAMS, FEW_STREAMS + 1, FEW_STREAMS + 10, 10_000):
        await client._breathe()
    assert slept == pytest.approx([BREATH, 10 * BREATH, LONGEST_BREATH])


async def test_junk_after_the_answer_does_not_hold_it_up() -> None:
    body = TEXT + b"data: [DONE]\n\n"
    chunk = b"%x\r\n%s\r\n" % (len(body), body)

    async def handler(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(CHUNKED + chunk)
        await writer.drain()
        writer.write(chunk * 3)

    async with served(handler) as url, asking(url) as client:
        for _ in range(2):
            assert text_of(await said(client)) == "x"


async def test_a_connection_cut_after_the_answer_is_no_failure() -> None:
    async def handler(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(CHUNKED + b"%x\r\n%s\r\n" % (len(TEXT), TEXT))

    async with served(handler) as url, asking(url) as client:
        assert text_of(await said(client)) == "x"


# --- TLS and proxies ------------------------------------------------------------------------


@pytest.fixture
def tls() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    return context


async def test_an_answer_streams_through_tls(
    weryai: WeryAISandbox, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    relay = Relay(weryai.base_url, tls)
    async with relay.open() as url, asking(url, retries=ONCE) as client:
        weryai.answer_next(["a", "b"])
        gate = weryai.hold_next(after=1)
        async with aclosing(client.stream(question())) as events:
            assert await anext(events) == Delta("a")
            gate.release()
            assert await anext(events) == Delta("b")
            assert len([event async for event in events]) == 2
        assert text_of(await said(client))
        assert len(relay.writers) == 1
        weryai.hold_next(after=1)
        async with aclosing(client.stream(question())) as events:
            await anext(events)
        await asyncio.wait_for(weryai.requests[2].ended.wait(), timeout=10)
    assert weryai.requests[2].closed_by_client


async def test_a_certificate_nobody_vouches_for_is_refused(
    weryai: WeryAISandbox, tls: ssl.SSLContext
) -> None:
    async with Relay(weryai.base_url, tls).open() as url, asking(url, retries=ONCE) as client:
        with pytest.raises(ModelUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
            await said(client)
    assert not weryai.requests


async def test_a_server_that_does_not_speak_tls_is_an_unavailable_model(
    weryai: WeryAISandbox,
) -> None:
    url = weryai.base_url.replace("http:", "https:")
    async with asking(url, retries=ONCE) as client:
        with pytest.raises(ModelUnavailable):
            await said(client)


@pytest.mark.parametrize("variable", ["http_proxy", "all_proxy"])
async def test_a_proxy_of_the_environment_is_used(
    weryai: WeryAISandbox, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, weryai.base_url)
    async with asking("http://weryai.invalid", retries=ONCE) as client:
        weryai.answer_next("through the proxy")
        assert text_of(await said(client)) == "through the proxy"


async def test_no_proxy_and_this_machine_are_reached_directly(
    weryai: WeryAISandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    async with asking(weryai.base_url, retries=ONCE) as client:
        assert text_of(await said(client))
    async with asking(weryai.base_url.replace("127.0.0.1", "localhost")) as client:
        assert text_of(await said(client))
    monkeypatch.setenv("no_proxy", "weryai.invalid")
    async with asking("http://weryai.invalid", retries=ONCE) as client:
        with pytest.raises(ModelUnavailable, match=r"[Nn]ame|resol|known"):
            await said(client)


@pytest.mark.parametrize("address", ["socks5://127.0.0.1:9", "ftp://127.0.0.1:9"])
def test_a_proxy_that_cannot_be_used_is_refused(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("all_proxy", address)
    with pytest.raises(ValueError, match=r"(?i)proxy"):
        asking("http://weryai.invalid")


@pytest.mark.parametrize("not_for", ["weryai.invalid", "*"])
async def test_a_proxy_that_cannot_be_used_matters_only_where_it_would_be(
    weryai: WeryAISandbox, monkeypatch: pytest.MonkeyPatch, not_for: str
) -> None:
    monkeypatch.setenv("all_proxy", "socks5://127.0.0.1:9")
    async with asking(weryai.base_url, retries=ONCE) as client:
        assert text_of(await said(client))
    monkeypatch.setenv("no_proxy", not_for)
    async with asking("http://weryai.invalid", retries=ONCE) as client:
        with pytest.raises(ModelUnavailable):
            await said(client)
