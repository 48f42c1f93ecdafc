"""Uniform text: what people type in a hundred ways, in one."""

from __future__ import annotations

import re
import unicodedata

import zhconv

#: Longer messages are read up to here (characters); nobody says a wish in more.
LONGEST = 500

#: Invisible characters that only disturb: control, format (zero width, bidi) and private use.
_INVISIBLE = ("Cc", "Cf", "Co", "Cs")
_BLANKS = re.compile(r"\s+")
_BETWEEN_HAN = re.compile(r"(?<=[一-鿿]) (?=[一-鿿])")


def simplify(text: str) -> str:
    """Make text uniform: half width, simplified characters, nothing invisible, blanks only between words of letters.

    >>> simplify("我要開　餐館")
    '我要开餐馆'
    >>> simplify("ＳＢＫ\\u200b 怎么办？")
    'SBK 怎么办?'
    """
    text = unicodedata.normalize("NFKC", text)
    text = "".join(
        " " if c in "\n\r\t" else c for c in text if c in "\n\r\t" or unicodedata.category(c) not in _INVISIBLE
    )
    text = _BLANKS.sub(" ", zhconv.convert(text, "zh-cn")).strip()
    return _BETWEEN_HAN.sub("", text)


def has_words(text: str) -> bool:
    """Whether there is anything to understand: a letter, a Chinese character or a digit."""
    return any(unicodedata.category(c)[0] in "LN" for c in text)
