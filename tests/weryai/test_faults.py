from __future__ import annotations

import pytest

from bot.core.errors import (
    BadRequest,
    ContentFiltered,
    ModelError,
    ModelNotSupported,
    ModelUnavailable,
    OutOfCredits,
    QueueFull,
    RateLimited,
    Unauthorized,
)
from bot.core.ports.weryai import Delta
from bot.sandbox.weryai import Fault, Listing, WeryAISandbox
from bot.weryai.client import WeryAIClient
from tests.weryai.asking import (
    ONCE,
    asking,
    question,
    response,
    said,
    said_until_failure,
    served,
    speaking,
    text_of,
)

REFUSED: dict[Fault, type[ModelError]] = {
    Fault.UNAUTHORIZED: Unauthorized,
    Fault.FORBIDDEN: Unauthorized,
    Fault.NO_CREDITS: OutOfCredits,
    Fault.RATE_LIMIT: RateLimited,
    Fault.RATE_LIMIT_UNTIL: RateLimited,
    Fault.RATE_LIMIT_BARE: RateLimited,
    Fault.BAD_REQUEST: BadRequest,
    Fault.UNKNOWN_MODEL: ModelNotSupported,
    Fault.SERVER_ERROR: ModelUnavailable,
    Fault.BAD_GATEWAY: ModelUnavailable,
    Fault.OVERLOADED: ModelUnavailable,
    Fault.REFUSED_CONTENT: ContentFiltered,
    Fault.CODE_1001: RateLimited,
    Fault.CODE_1002: BadRequest,
    Fault.CODE_1003: ModelNotSupported,
    Fault.CODE_1006: ModelNotSupported,
    Fault.CODE_1007: QueueFull,
    Fault.CODE_1009: Unauthorized,
    Fault.CODE_1011: OutOfCredits,
    Fault.CODE_1017: OutOfCredits,
    Fault.CODE_2003: ContentFiltered,
    Fault.DROP_AT_ONCE: ModelUnavailable,
    Fault.ERROR_FIRST: ModelUnavailable,
}
STALLS = {Fault.STALL_AT_ONCE, Fault.STALL_FIRST, Fault.STALL}
IN_THE_MIDDLE: dict[Fault, type[ModelError]] = {
    Fault.DROP: ModelUnavailable,
    Fault.BREAK_OFF: ModelUnavailable,
    Fault.ERROR: ModelUnavailable,
    Fault.ERROR_ENVELOPE: OutOfCredits,
    Fault.NONSENSE: ModelUnavailable,
}
HARMLESS = {
    Fault.FILTERED,
    Fault.LENGTH,
    Fault.EMPTY,
    Fault.NO_DONE,
    Fault.NO_FINISH,
    Fault.NO_BLANK_LINE,
    Fault.PLAIN_JSON,
    Fault.SPLIT_BYTES,
    Fault.ONE_CHUNK,
    Fault.ONE_CHOICE,
    Fault.CRLF,
    Fault.CR,
    Fault.COMMENTS,
    Fault.BOM,
}


def test_every_fault_of_the_sandbox_is_tested() -> None:
    assert REFUSED.keys() | STALLS | IN_THE_MIDDLE.keys() | HARMLESS == set(Fault)


@pytest.mark.parametrize(("fault", "error"), REFUSED.items())
async def test_each_refusal_has_its_error(
    weryai: WeryAISandbox, fault: Fault, error: type[ModelError]
) -> None:
    async with asking(weryai.base_url, retries=ONCE) as client:
        with pytest.raises(ModelError) as failed:
            await said(client, question(f"!fault {fault}"))
    assert type(failed.value) is error
    assert len(weryai.requests) == 1


@pytest.mark.parametrize("fault", sorted(REFUSED.keys() | HARMLESS | IN_THE_MIDDLE.keys()))
async def test_after_each_fault_the_next_question_is_answered(
    weryai: WeryAISandbox, fault: Fault
) -> None:
    weryai.fail_next(fault)
    async with asking(weryai.base_url, retries=ONCE) as client:
        try:
            await said(client)
        except ModelError:
            weryai.answer_next("all is well")
        else:
            weryai.answer_next("all is well")
        assert text_of(await said(client)) == "all is well"


@pytest.mark.parametrize(("fault", "error"), IN_THE_MIDDLE.items())
async def test_a_failure_in_mid_stream_leaves_what_was_said_and_is_not_retried(
    weryai: WeryAISandbox, client: WeryAIClient, fault: Fault, error: type[ModelError]
) -> None:
    weryai.answer_next(["a", "b", "c", "d"])
    weryai.fail_next(fault)
    heard, failed = await said_until_failure(client)
    assert heard == [Delta("a"), Delta("b")]
    assert type(failed) is error
    assert failed.request_id is not None
    assert failed.request_id.startswith("chatcmpl-")
    assert len(weryai.requests) == 1


async def test_a_connection_that_is_refused_is_an_unavailable_model() -> None:
    async with served(speaking()) as url:
        pass  # nobody listens there any more
    async with asking(url) as client:
        with pytest.raises(ModelUnavailable, match="Cannot connect"):
            await said(client)


async def test_a_name_that_does_not_resolve_is_an_unavailable_model() -> None:
    async with asking("http://weryai.invalid", retries=ONCE) as client:
        with pytest.raises(ModelUnavailable):
            await said(client)


@pytest.mark.parametrize(
    "answer",
    [
        b"this is not HTTP\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        response(b"no gzip", "Content-Encoding: gzip"),
        response(b""),
    ],
)
async def test_a_response_that_makes_no_sense_is_an_unavailable_model(answer: bytes) -> None:
    async with served(speaking(answer)) as url, asking(url, retries=ONCE) as client:
        with pytest.raises(ModelUnavailable):
            await said(client)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("401 Unauthorized", Unauthorized),
        ("402 Payment Required", OutOfCredits),
        ("429 Too Many Requests", RateLimited),
        ("302 Found", ModelUnavailable),
        ("500 Internal Server Error", ModelUnavailable),
    ],
)
async def test_a_refusal_without_words_is_named_by_its_status(
    status: str, error: type[ModelError]
) -> None:
    body = b'data: {"choices": []}\n\ndata: [DONE]\n\n'
    answer = response(body, "Connection: close", status=status)
    async with served(speaking(answer)) as url, asking(url, retries=ONCE) as client:
        for ask in (client.models, client.balance, lambda: said(client)):
            with pytest.raises(ModelError) as failed:
                await ask()
            assert type(failed.value) is error


# --- the small endpoints --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b'{"status": 1009, "desc": "permission denied", "data": null}', Unauthorized),
        (b'{"status": 0, "data": null}', ModelUnavailable),
        (b'{"status": 0, "data": "many"}', ModelUnavailable),
        (b'{"status": 0, "data": true}', ModelUnavailable),
        (b'{"status": 0, "data": [1]}', ModelUnavailable),
        (b'{"status": 0, "data": NaN}', ModelUnavailable),
        (b'{"status": 0, "data": "Infinity"}', ModelUnavailable),
        (b'{"status": 0, "data": 1' + b"0" * 400 + b"}", ModelUnavailable),
        (b"[" * 100_000, ModelUnavailable),
        (b"<html></html>", ModelUnavailable),
    ],
)
async def test_a_balance_that_is_none_is_a_failure(body: bytes, error: type[ModelError]) -> None:
    async with served(speaking(response(body))) as url, asking(url, retries=ONCE) as client:
        with pytest.raises(error):
            await client.balance()


async def test_a_wrong_key_is_told_by_every_endpoint() -> None:
    async with WeryAISandbox(api_key="sk-other") as other, asking(other.base_url) as client:
        for ask in (client.models, client.balance):
            with pytest.raises(Unauthorized):
                await ask()


async def test_a_list_of_models_may_be_refused(weryai: WeryAISandbox, client: WeryAIClient) -> None:
    weryai.listing = Listing.REFUSED
    with pytest.raises(Unauthorized):
        await client.models()
