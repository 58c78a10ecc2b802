"""`/ask … format` and `schema`: answers in JSON, checked and attached."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.sandbox.discord.handles import InteractionHandle
from bot.sandbox.discord.state import Message
from bot.sandbox.weryai.faults import Fault
from tests.e2e.playing import ends_again
from tests.e2e.stage import Home, buttons, conversation, small_print, text_of

PERSON: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
}
ADA, WRONG = '{"name": "Ada", "age": 36}', '{"name": "Ada", "age": "36"}'
FOLLOWS, DOES_NOT_FOLLOW = "✓ follows the schema", "⚠ does not follow the schema: `$.age:"
LARGEST = 64 * 1024


async def asked_for(
    home: Home, *answers: str, schema: object = PERSON, **options: Any
) -> tuple[InteractionHandle, Message]:
    """A question with a schema, and the message that its answer ends in."""
    home.weryai.answer_next(*answers)
    file = home.ada.file("person.json", json.dumps(schema).encode())
    asked = await home.ask("Who?", schema=file, **options)
    return asked, await home.answered(asked)


def attached(answer: Message) -> tuple[str, str]:
    """The name and the text of the one file of a message."""
    [file] = answer.attachments
    return file.filename, file.data.decode()


async def test_json_is_readable_while_it_grows_and_attached_at_its_end(home: Home) -> None:
    home.weryai.answer_next(['{"name": "Ada", ', '"age": 36}'])
    gate = home.weryai.hold_next(after=1)
    file = home.ada.file("person.json", json.dumps(PERSON).encode())

    asked = await home.ask("Who?", schema=file)

    growing = await home.begun(asked)
    await home.until(lambda: growing.content == '```json\n{"name": "Ada",\n```', "half of it")
    assert buttons(growing) == ["Stop"]
    gate.release()
    answer = await home.answered(asked)
    assert text_of(answer) == f"```json\n{ADA}\n```"
    assert small_print(answer).startswith(FOLLOWS)
    assert attached(answer) == ("answer.json", ADA)
    assert home.weryai.requests[0].json["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "person", "schema": PERSON},
    }


async def test_without_a_schema_any_json_will_do(home: Home) -> None:
    home.weryai.answer_next("[1, 2]")
    answer = await home.answered(await home.ask("Count!", format="json"))

    assert text_of(answer) == "```json\n[1, 2]\n```"
    assert small_print(answer).startswith("✓ valid JSON")
    assert attached(answer) == ("answer.json", "[1, 2]")
    assert home.weryai.requests[0].json["response_format"] == {"type": "json_object"}


async def test_text_is_the_usual_answer(home: Home) -> None:
    home.weryai.answer_next("[1, 2]")
    answer = await home.answered(await home.ask("Count!", format="text"))

    assert text_of(answer) == "[1, 2]"
    assert answer.attachments == ()
    assert "response_format" not in home.weryai.requests[0].json


@pytest.mark.parametrize("fenced", [f"```json\n{ADA}\n```", f"```\n{ADA}\n```\n", f"\n{ADA}\n```"])
async def test_a_fence_of_the_models_own_is_taken_off(home: Home, fenced: str) -> None:
    _, answer = await asked_for(home, fenced)

    assert text_of(answer).split() == f"```json\n{ADA}\n```".split()
    assert attached(answer)[1].strip() == ADA
    await home.answered(await home.ask("And then?"))
    told = conversation(home.weryai.requests[-1])
    assert told[1][1].strip() == ADA, "the history has the bare JSON"


async def test_what_does_not_follow_is_said_so_with_its_place(home: Home) -> None:
    _, answer = await asked_for(home, WRONG)

    assert small_print(answer).startswith(f"{DOES_NOT_FOLLOW} '36' is not of type 'integer'`")
    assert attached(answer) == ("answer.json", WRONG)


@pytest.mark.parametrize("said", ["I would rather not.", '{"name": "Ada"', "NaN"])
async def test_what_is_no_json_is_said_so_and_not_attached(home: Home, said: str) -> None:
    _, answer = await asked_for(home, said)

    assert said in answer.content
    assert small_print(answer).startswith("⚠ not valid JSON")
    assert answer.attachments == ()


async def test_backticks_in_the_json_do_not_end_its_block(home: Home) -> None:
    code = json.dumps({"name": "```py\nprint()\n``` **bold**", "age": 1})
    _, answer = await asked_for(home, code)

    assert answer.content.count("```") == 2
    assert attached(answer) == ("answer.json", code)


async def test_a_pattern_that_takes_years_keeps_nobody_waiting(home: Home) -> None:
    schema = {"type": "string", "pattern": "^(a+)+$"}
    home.weryai.answer_next(json.dumps("a" * 64 + "b"))
    file = home.ada.file("evil.json", json.dumps(schema).encode())
    gate = home.weryai.hold_next()
    asked = await home.ask("Who?", schema=file)
    await gate.reached()
    gate.release()
    meanwhile = home.discord.add_channel(home.guild, "meanwhile")

    other = await home.answered(await home.ask("Hello?", channel=meanwhile))

    assert text_of(other)
    answer = await home.answered(asked)
    assert small_print(answer).startswith("⚠ took too long to check against the schema")


async def test_an_answer_that_is_cut_off_is_not_judged_until_it_has_gone_on(home: Home) -> None:
    home.weryai.fail_next(Fault.LENGTH)
    _, answer = await asked_for(home, ['{"name": "Ada", ', '"age": 36}'])  # type: ignore[arg-type]  # deltas
    assert "schema" not in small_print(answer)
    assert answer.attachments == ()
    home.weryai.answer_next('"age": 36}')

    await home.ada.click(answer, "Continue")

    await ends_again(home, answer, f"```json\n{ADA}")
    assert small_print(answer).startswith(FOLLOWS)
    assert attached(answer) == ("answer.json", ADA)
    assert "response_format" not in home.weryai.requests[-1].json


async def test_a_json_of_many_messages_is_attached_whole(home: Home) -> None:
    long = json.dumps({"name": "Ada " * 4000, "age": 36}, indent=1)
    asked, answer = await asked_for(home, long)

    assert len(asked.responses) == 5
    assert attached(answer) == ("answer.json", long)
    assert "The whole answer comes as a file" in answer.content


async def test_each_variant_has_a_verdict_of_its_own(home: Home) -> None:
    _, answer = await asked_for(home, WRONG, ADA, variants=2)
    assert small_print(answer).startswith(f"1/2 · {DOES_NOT_FOLLOW}")

    await home.ada.click(answer, "▶")

    await home.until(lambda: small_print(answer).startswith(f"2/2 · {FOLLOWS}"), "the second")
    assert text_of(answer) == f"```json\n{ADA}\n```"
    assert attached(answer) == ("answer.json", ADA)


async def test_regenerate_asks_for_the_same_form_again(home: Home) -> None:
    _, answer = await asked_for(home, WRONG)
    home.weryai.answer_next(ADA)

    await home.ada.click(answer, "Regenerate")

    await ends_again(home, answer, f"```json\n{ADA}")
    assert small_print(answer).startswith(FOLLOWS)
    assert attached(answer) == ("answer.json", ADA)
    first, second = home.weryai.requests
    assert first.json["response_format"] == second.json["response_format"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b" " * (LARGEST + 1), "it has 64 KB; a schema may have 64"),
        (b'{"title": "\xff"}', "it is not written in UTF-8"),
        (b'{"type": ', "it is not JSON: `Expecting value: line 1 column 10 (char 9)`"),
        (b'{"const": NaN}', "it is not JSON: `NaN is no JSON`"),
        (b"[" * 30_000, "it is not JSON: `nested too deeply`"),
        (b"[]", "it is JSON, but a schema is an object: `{…}`"),
        (b'{"type": "integr"}', "`$.type: 'integr' is not valid under any of the given schemas`"),
        (b'{"$ref": "https://example.com/a"}', "'https://example.com/a' is not in this file"),
        (b'{"pattern": "("}', "`$.pattern: '(' is not a 'regex'`"),
    ],
)
async def test_a_file_that_is_no_schema_is_refused_by_what_is_wrong(
    home: Home, data: bytes, words: str
) -> None:
    asked = await home.ask("Who?", schema=home.ada.file("my schema.json", data))

    await home.until(lambda: notices(asked), "a private notice")
    [told] = notices(asked)
    assert told.startswith("I cannot use `my schema.json`: ")
    assert words in told
    assert [one for one in asked.responses if not one.deleted and not one.ephemeral_for] == []
    assert home.weryai.requests == []


def notices(asked: InteractionHandle) -> list[str]:
    """What only the person who asked reads."""
    return [one.content for one in asked.responses if one.ephemeral_for and not one.thinking]


async def test_a_largest_file_with_a_byte_order_mark_is_taken(home: Home) -> None:
    schema = b"\xef\xbb\xbf" + json.dumps(PERSON).encode()
    file = home.ada.file("Ä schema!.json", schema.ljust(LARGEST))
    home.weryai.answer_next(ADA)

    answer = await home.answered(await home.ask("Who?", schema=file, format="json"))

    assert small_print(answer).startswith(FOLLOWS)
    assert home.weryai.requests[0].json["response_format"]["json_schema"]["name"] == "schema"


async def test_a_schema_for_a_text_makes_no_sense(home: Home) -> None:
    file = home.ada.file("person.json", json.dumps(PERSON).encode())
    asked = await home.ask("Who?", schema=file, format="text")

    await home.until(lambda: notices(asked), "a private notice")
    assert notices(asked)[0].startswith("A schema is for answers in JSON")
    assert home.weryai.requests == []


async def test_gemini_cannot_search_the_web_for_a_schema(home: Home) -> None:
    file = home.ada.file("person.json", json.dumps(PERSON).encode())
    asked = await home.ask("Who?", schema=file, web=True)

    await home.until(lambda: notices(asked), "a private notice")
    [told] = notices(asked)
    assert "Gemini" in told
    assert "web" in told
    assert [one for one in asked.responses if not one.deleted and not one.ephemeral_for] == []
    assert home.weryai.requests == []


async def test_where_the_web_is_always_searched_gemini_leaves_it_out_with_a_note(
    home: Home,
) -> None:
    await (
        await home.mo.slash(home.channel, "config set", option="web_search", value="on")
    ).answered()
    _, answer = await asked_for(home, ADA)

    assert FOLLOWS in small_print(answer)
    assert "web" in small_print(answer)
    request = home.weryai.requests[0].json
    assert "plugins" not in request
    assert request["response_format"]["type"] == "json_schema"


async def test_another_model_may_do_both(home: Home) -> None:
    _, answer = await asked_for(home, ADA, web=True, model="GPT_5")

    assert small_print(answer).startswith(FOLLOWS)
    assert home.weryai.requests[0].json["plugins"] == [{"id": "web"}]
