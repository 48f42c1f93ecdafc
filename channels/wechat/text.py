"""Replies as WeChat texts: buttons as numbered, tappable lines, cut to the size WeChat takes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from channels.message import Button, Message, Reply
from channels.wechat.post import to_menu_id

#: UTF-8 bytes of one text: WeChat takes fewer than 2048, and answers errcode 45002 to more.
LIMIT = 2047

#: Bytes of one page: what is left after the longest `_note`.
PAGE = LIMIT - 100

#: Bytes kept in a page for the longest `_mark`.
MARK = 120

#: Bytes a link may have; a button with a longer one is shown without.
LONGEST_LINK = 1000

#: Characters that XML 1.0 forbids; one of them and WeChat tells the person that the account is out of service.
FORBIDDEN = re.compile(r"[^\t\n\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")

#: A link, no longer than a sane one, so that looking for its end stays cheap.
LINK = re.compile(r"<a\b[^>]{0,1500}>.{0,500}?</a>", re.DOTALL)
LINE = re.compile(rf"(?:{LINK.pattern}|[^\n])*(?:\n|\Z)", re.DOTALL)

#: What would end a link or one of its parameters, and what is shown instead.
FULL_WIDTH = str.maketrans('<>"&#%+\n', "＜＞＂＆＃％＋ ")


def render(reply: Reply) -> str:
    """All of a reply as one text; "" when there is nothing to read in it."""
    blocks = (_block(message) for message in reply.messages)
    return "\n\n".join(block for block in blocks if block)


def _block(message: Message) -> str:
    lines = [clean(message.text).strip()]
    lines += [f"{number}. {_link(button)}" for number, button in enumerate(message.buttons, 1)]
    return "\n".join(lines).strip()


def _link(button: Button) -> str:
    """The title, which says the payload when it is tapped.

    Such a link costs no message quota. Where an account gets no id back, the title comes as ordinary text.
    """
    title = clean(button.title).translate(FULL_WIDTH).strip()
    link = f'<a href="weixin://bizmsgmenu?msgmenucontent={title}&msgmenuid={to_menu_id(button.payload)}">{title}</a>'
    return link if size(link) <= LONGEST_LINK and LINK.fullmatch(link) else title


def clean(text: str) -> str:
    """The text without what cannot be sent."""
    return FORBIDDEN.sub("", text.replace("\r\n", "\n"))


def size(text: str) -> int:
    """UTF-8 bytes."""
    return len(text.encode())


def cut(text: str, limit: int) -> list[str]:
    """Pieces of at most `limit` bytes that join to the text again, cut after lines where that can be.

    A line over the limit is cut between characters, but not inside a link.
    """
    pieces, room = [""], limit
    for part in _parts(text, limit):
        if size(part) > room and pieces[-1]:
            pieces.append("")
            room = limit
        pieces[-1] += part
        room -= size(part)
    return pieces


def _parts(text: str, limit: int) -> Iterator[str]:
    """What is not cut further: lines, and of a line over the limit its links and characters."""
    for line in LINE.finditer(text):
        if size(line[0]) <= limit:
            yield line[0]
            continue
        done = 0
        for link in LINK.finditer(line[0]):
            yield from line[0][done : link.start()]
            yield from [link[0]] if size(link[0]) <= limit else link[0]
            done = link.end()
        yield from line[0][done:]


def pages(text: str) -> list[str]:
    """The text as pages of at most PAGE bytes; if there are several, each ends with its number and what to do when
    the next one does not come, because WeChat may refuse to deliver it."""
    if size(text) <= PAGE:
        return [text] if text.strip() else []
    pieces = [piece.strip("\n") for piece in cut(text, PAGE - MARK) if piece.strip()]
    return [piece + _mark(number, len(pieces)) for number, piece in enumerate(pieces, 1)]


def _mark(number: int, of: int) -> str:
    if of == 1:
        return ""
    more = "。后面的没收到,请回复“继续”" if number < of else ""
    return f"\n(第{number}段,共{of}段{more})"


def compose(waiting: Sequence[str], fresh: str) -> tuple[str, list[str]]:
    """(the text to answer now, at most LIMIT bytes; the pages that are to follow it, in order).

    `waiting` are texts that could not be delivered before, `fresh` the answer to what the person just said, or ""
    when they asked for what is waiting. Waiting texts come first, but never in place of the fresh answer: what does
    not fit beside it follows.
    """
    old = [page for text in waiting for page in pages(text)]
    new = pages(fresh)
    shown, new = new[:1], new[1:]
    at = 0
    while old and size("\n\n".join([*shown, old[0]])) <= PAGE:
        shown.insert(at, old.pop(0))
        at += 1
    return "\n\n".join(shown) + (_note(len(old)) if old else ""), [*old, *new]


def _note(count: int) -> str:
    return f"\n(前面还有{count}段没发完,没收到请回复“继续”)"
