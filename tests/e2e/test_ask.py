"""`/ask`: a question by command, answered in its response."""

from __future__ import annotations

from tests.e2e.stage import DEFAULT_MODEL, Home, buttons, conversation, small_print, text_of


async def test_the_answer_grows_in_the_commands_response(home: Home) -> None:
    home.weryai.answer_next(["Artificial ", "intelligence ", "is ", "a field."])
    gate = home.weryai.hold_next(after=2)

    asked = await home.ask("What is artificial intelligence?")

    growing = await home.begun(asked)
    await home.until(lambda: "Artificial intelligence" in growing.content)
    assert buttons(growing) == ["Stop"]
    gate.release()
    answer = await home.answered(asked)
    assert answer is growing
    assert text_of(answer) == "Artificial intelligence is a field."
    assert small_print(answer) == DEFAULT_MODEL
    assert buttons(answer) == ["Regenerate"]
    request = home.weryai.requests[0]
    assert request.json["model"] == DEFAULT_MODEL
    assert request.json["stream"] is True
    assert conversation(request) == [("user", "What is artificial intelligence?")]
