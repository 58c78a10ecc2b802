from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.weryai.sse import SSEDecoder


def decoded(*chunks: bytes) -> list[bytes]:
    decoder = SSEDecoder()
    return [data for chunk in chunks for data in decoder.feed(chunk)] + decoder.end()


def test_an_event_is_told_as_soon_as_its_blank_line_comes() -> None:
    decoder = SSEDecoder()
    assert decoder.feed(b"data: one") == []
    assert decoder.feed(b"\n") == []
    assert decoder.feed(b"\n") == [b"one"]


def test_several_events_may_come_in_one_chunk() -> None:
    assert SSEDecoder().feed(b"data: one\n\ndata: two\n\ndata: th") == [b"one", b"two"]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_every_line_ending_of_the_standard_ends_a_line(end: bytes) -> None:
    assert decoded(b"data: one" + end + end + b"data: two" + end + end) == [b"one", b"two"]


def test_a_lone_cr_at_a_chunks_end_ends_the_event_at_once() -> None:
    assert SSEDecoder().feed(b"data: one\r\r") == [b"one"]


def test_a_crlf_cut_in_two_is_one_line_ending() -> None:
    assert decoded(b"data: one\r", b"\ndata: two\r", b"\n\r", b"\n") == [b"one\ntwo"]


def test_only_one_lf_belongs_to_a_cr() -> None:
    decoder = SSEDecoder()
    assert decoder.feed(b"data: one\r") + decoder.feed(b"\n") == []
    assert decoder.feed(b"\n") == [b"one"]


def test_an_lf_alone_in_a_later_chunk_is_a_line_ending_again() -> None:
    assert decoded(b"data: one\r\n", b"\n", b"data: two\n\n") == [b"one", b"two"]


def test_data_of_several_lines_is_joined_by_line_feeds() -> None:
    assert decoded(b"data: {\ndata:  1}\ndata\ndata:\n\n") == [b"{\n 1}\n\n"]


def test_only_one_space_after_the_colon_is_dropped() -> None:
    assert decoded(b"data:a\n\ndata: b\n\ndata:  c\n\n") == [b"a", b"b", b" c"]


def test_comments_and_other_fields_say_nothing() -> None:
    stream = b": hello\n\nevent: message\nid: 7\nretry: 10\ndata: x\n:\n\ndatabase: no\n\n"
    assert decoded(stream) == [b"x"]


@pytest.mark.parametrize("cut", range(4))
def test_a_byte_order_mark_at_the_start_is_no_part_of_the_first_field(cut: int) -> None:
    stream = b"\xef\xbb\xbfdata: x\n\ndata: \xef\xbb\xbf\n\n"
    assert decoded(stream[:cut], stream[cut:]) == [b"x", b"\xef\xbb\xbf"]


def test_a_byte_order_mark_later_on_is_no_such_thing() -> None:
    assert decoded(b"data: x\n\n", b"\xef\xbb\xbfdata: y\n\n") == [b"x"]


def test_a_last_event_needs_no_blank_line() -> None:
    assert decoded(b"data: one\n\ndata: two") == [b"one", b"two"]


def test_an_empty_stream_has_no_events() -> None:
    assert decoded() == []
    assert decoded(b"", b"\n\n\n") == []


def test_line_separators_of_unicode_are_ordinary_characters() -> None:
    text = "a\u2028b\u2029c\u0085d\x0be\x0cf\x1cg".encode()
    assert decoded(b"data: " + text + b"\n\n") == [text]


lines = st.sampled_from(["", "data: x", "data:", "data", ": c", "data: ü🎉\u2028", "event: e", "x"])


@given(
    st.lists(lines, max_size=12),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.lists(st.integers(0, 200), max_size=20),
)
def test_it_does_not_matter_where_the_bytes_are_cut(
    stream: list[str], end: str, cuts: list[int]
) -> None:
    whole = "".join(line + end for line in stream).encode()
    places = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    chunks = [whole[a:b] for a, b in pairwise(places)]
    assert decoded(*chunks) == decoded(whole) == decoded(*(bytes([byte]) for byte in whole))
