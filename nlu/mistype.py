"""Sentences misspelt as an input method misspells them: a word becomes another of the same sound (护照 → 护罩).

Only for learning: a machine that has met such sentences leans on the sounds as well as on the characters.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from hashlib import sha256
from random import Random

import jieba
from pypinyin import lazy_pinyin

#: So rare (in jieba's dictionary) that no input method would offer them: single characters, words of two.
RARE, RARE_WORD = 2_000, 30
#: Longer sentences (characters) have two words misspelt.
SHORT = 14
#: How often a whole word is replaced by one of the same sound, where there is one; else one of its characters.
WHOLE = 0.6

_WORD = re.compile("[一-鿿]{2,4}")


def misspelt(text: str) -> str:
    """The sentence with a word or two misspelt: always the same way, and as it was where nothing sounds alike."""
    random = Random(sha256(text.encode()).digest())
    words = jieba.lcut(text)
    places = [i for i, word in enumerate(words) if _WORD.fullmatch(word)]
    random.shuffle(places)
    left = 1 if len(text) < SHORT else 2
    for place in places:
        wrong = _like(words[place], random)
        if wrong is not None:
            words[place] = wrong
            left -= 1
        if not left:
            break
    return "".join(words)


def _like(word: str, random: Random) -> str | None:
    """A word of the same sound, or the word with one character replaced by another of its sound; else None."""
    characters, pairs = _alike()
    sounds = tuple(lazy_pinyin(word))
    others = [(w, n) for w, n in pairs.get(sounds, ()) if w != word]
    if others and random.random() < WHOLE:
        return _picked(others, random)
    place = random.randrange(len(word))
    others = [(c, n) for c, n in characters.get(sounds[place : place + 1], ()) if c != word[place]]
    return word[:place] + _picked(others, random) + word[place + 1 :] if others else None


def _picked(others: list[tuple[str, int]], random: Random) -> str:
    """One of them; the common ones more often."""
    return random.choices([w for w, _ in others], [n**0.5 for _, n in others])[0]


_Alike = dict[tuple[str, ...], list[tuple[str, int]]]


@cache
def _alike() -> tuple[_Alike, _Alike]:
    """Common characters and words of two by their sounds without tone, each with how often it is used."""
    jieba.initialize()
    characters: _Alike = defaultdict(list)
    pairs: _Alike = defaultdict(list)
    for word, times in jieba.dt.FREQ.items():
        if not re.fullmatch("[一-鿿]{1,2}", word) or times <= (RARE if len(word) == 1 else RARE_WORD):
            continue
        (characters if len(word) == 1 else pairs)[tuple(lazy_pinyin(word))].append((word, times))
    return characters, pairs
