from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.message import Button, Message, Reply
from channels.wechat.text import LIMIT, LINK, PAGE, clean, compose, cut, pages, render, size

LINKS = st.builds(
    lambda title, payload: render(Reply("asked", (Message("", (Button(title, payload),)),))),
    st.text("自有租赁<&甲乙丙", min_size=1, max_size=20),
    st.text("abc:/&", min_size=1, max_size=20),
)
LINES = st.one_of(
    LINKS,
    st.text(max_size=30),
    st.text("材料清单身份证👨‍👩‍👧x", max_size=30).map(lambda text: text * 40),
    st.lists(LINKS, max_size=20).map("".join),
)
TEXTS = st.lists(LINES, max_size=30).map("\n".join).map(clean)
LIMITS = st.integers(300, LIMIT)
MARK = re.compile(r"\n\(第\d+段,共\d+段(。后面的没收到,请回复“继续”)?\)\Z")
NOTE = re.compile(r"\n\(前面还有\d+段没发完,没收到请回复“继续”\)\Z")


def letters(text: str) -> str:
    return "".join(text.split())


def unmarked(pages: list[str]) -> str:
    return letters("".join(MARK.sub("", page) for page in pages))


def test_messages_buttons_and_blank_lines() -> None:
    reply = Reply(
        "asked",
        (
            Message("好的,开餐馆。"),
            Message("  "),
            Message("房子是自己的吗？", (Button("自有", "premises:owned"), Button("租的", "premises:rented"))),
        ),
    )
    assert render(reply) == (
        "好的,开餐馆。\n\n房子是自己的吗？\n"
        '1. <a href="weixin://bizmsgmenu?msgmenucontent=自有&msgmenuid=premises:owned">自有</a>\n'
        '2. <a href="weixin://bizmsgmenu?msgmenucontent=租的&msgmenuid=premises:rented">租的</a>'
    )


def test_a_title_cannot_leave_its_link() -> None:
    text = render(Reply("asked", (Message("选", (Button('</a><a href="http://x">&msgmenuid=9', "a&b"),)),)))
    assert text.count("<a ") == text.count("</a>") == 1
    assert text.count("msgmenuid=") == 3  # the real one, and the one in the title behind a full-width ＆, shown twice
    assert text.count("&msgmenuid=") == 1


def test_a_link_that_would_be_too_long_is_shown_without() -> None:
    reply = Reply("asked", (Message("选", (Button("长", "x" * 3000), Button("题" * 300, "y"))),))
    assert render(reply) == "选\n1. 长\n2. " + "题" * 300


def test_a_reply_without_words_is_empty() -> None:
    assert render(Reply("answered", (Message(" \n\x00"),))) == ""


def test_what_cannot_be_sent_is_left_out() -> None:
    assert clean("甲\x00\x08\ud800乙\r\n丙\ufffe😀") == "甲乙\n丙😀"


@given(TEXTS, LIMITS)
@settings(deadline=None)
def test_cutting_loses_nothing_and_keeps_to_the_limit(text: str, limit: int) -> None:
    pieces = cut(text, limit)
    assert "".join(pieces) == text
    assert all(len(piece.encode("utf-8")) <= limit for piece in pieces)


@given(TEXTS, LIMITS)
@settings(deadline=None)
def test_cutting_keeps_links_whole(text: str, limit: int) -> None:
    pieces = cut(text, limit)
    assert [link for piece in pieces for link in LINK.findall(piece)] == LINK.findall(text)


@given(st.lists(st.text("材料清单abc", max_size=60), max_size=60), LIMITS)
@settings(deadline=None)
def test_lines_that_fit_are_never_cut(lines: list[str], limit: int) -> None:
    pieces = cut("\n".join(lines), limit)
    assert all(piece.endswith("\n") for piece in pieces[:-1])


@given(TEXTS)
@settings(deadline=None)
def test_pages_lose_nothing_and_fit(text: str) -> None:
    found = pages(text)
    assert unmarked(found) == letters(text)
    assert all(size(page) <= PAGE for page in found)
    assert all(page.strip() for page in found)


def test_pages_say_where_they_stand_and_what_to_do() -> None:
    first, second, third = pages("\n".join(f"{n}. 居民身份证原件和复印件各一份" for n in range(1, 101)))
    assert first.endswith("\n(第1段,共3段。后面的没收到,请回复“继续”)")
    assert second.endswith("\n(第2段,共3段。后面的没收到,请回复“继续”)")
    assert third.endswith("\n(第3段,共3段)")


def test_a_short_text_is_one_page_as_it_is() -> None:
    assert pages("好的") == ["好的"]
    assert pages("好" * (PAGE // 3)) == ["好" * (PAGE // 3)]


@given(st.lists(TEXTS, max_size=4), TEXTS)
@settings(deadline=None)
def test_composing_loses_nothing_and_fits(waiting: list[str], fresh: str) -> None:
    text, rest = compose(waiting, fresh)
    assert all(size(page) <= LIMIT < 2048 for page in [text, *rest])
    everything = sorted(letters("".join(waiting) + fresh))
    assert sorted(letters(_without_marks(text) + "".join(map(_without_marks, rest)))) == everything


@given(st.lists(TEXTS, max_size=4), TEXTS)
@settings(deadline=None)
def test_the_fresh_answer_is_never_held_back(waiting: list[str], fresh: str) -> None:
    text, _ = compose(waiting, fresh)
    assert "".join(pages(fresh)[:1]) in text


def test_waiting_texts_come_first() -> None:
    assert compose(["刚才的答案"], "现在的答案") == ("刚才的答案\n\n现在的答案", [])


def test_waiting_texts_that_do_not_fit_follow_and_are_mentioned() -> None:
    long = "长" * 600
    text, rest = compose([long, "短"], "现在" * 100)
    assert text == "现在" * 100 + "\n(前面还有2段没发完,没收到请回复“继续”)"
    assert rest == [long, "短"]


def test_what_waited_longest_follows_first() -> None:
    old, new = ["长" * 600, "短"], "新" * 1500
    text, rest = compose(old, new)
    assert text.startswith("新")
    assert rest == [*old, *pages(new)[1:]]


def test_asking_for_what_waits_gives_it_in_order() -> None:
    long = "长" * 600
    assert compose(["一", long, long], "") == (
        f"一\n\n{long}\n(前面还有1段没发完,没收到请回复“继续”)",
        [long],
    )


@pytest.mark.parametrize("text", ["<a " * 20_000, "<" * 60_000, "a" * 60_000, "<a>" * 20_000, "\n" * 60_000])
def test_hostile_text_is_cut_like_any_other(text: str) -> None:
    assert "".join(cut(text, LIMIT)) == text


def _without_marks(page: str) -> str:
    page = NOTE.sub("", page)
    return re.sub(r"\n\(第\d+段,共\d+段(。后面的没收到,请回复“继续”)?\)", "", page)
