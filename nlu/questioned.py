"""Short wishes with a question after them, as people put the two in one: 公司注销 → 公司注销要多久.

Only for learning: a question like 要多久 is no wish by itself, but its words must not weigh against the wish before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import sha256

#: Characters of a wish that people put a question right after, and of such a question.
WISH, QUESTION = 6, 9

_ASKS = re.compile("多久|多少|多长|几|哪|什么|怎么|吗")


def questions(said: Iterable[str]) -> list[str]:
    """Those of the sentences of a talk that ask something and are short.

    >>> questions(["要多久", "租的", "在哪办"])
    ['要多久', '在哪办']
    """
    return [text for text in said if len(text) <= QUESTION and _ASKS.search(text)]


def questioned(wish: str, asked: Sequence[str]) -> str:
    """The wish and one of the questions: always the same one for the same wish."""
    return wish + asked[int.from_bytes(sha256(wish.encode()).digest()[:4], "big") % len(asked)]
