"""What two requests are compared by: characters, jieba's words, and sounds, so that homophones and pinyin agree."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain, pairwise

import jieba
from pypinyin import lazy_pinyin

from nlu.text import simplify

jieba.setLogLevel(logging.WARNING)

#: What people say before and between, and what a speech recogniser writes down of it.
_HESITATION = re.compile(
    r"[呃嗯]+(?=.)|(?:^|(?<=[,,。 ]))[额啊哦噢哎诶欸喂]+[,, ]*(?=.)"
    r"|(?:那个|就是说|的话)(?=那个|就是|我)"
)
_STUTTER = re.compile(r"([一-鿿]{1,4}?)\1{1,}")
#: Doubled on purpose: 谢谢, 看看, 毛毛, 宝宝 …; a stutter doubles little words that begin a sentence.
_BEGINNERS = frozenset(
    [
        "我",
        "我想",
        "我要",
        "想",
        "要",
        "就",
        "就是",
        "那",
        "那个",
        "这",
        "这个",
        "然后",
        "请问",
        "怎么",
        "你们",
        "是",
        "他",
        "她",
        "在",
        "有",
        "去",
    ]
)
_LETTERS = re.compile(r"[a-z]+")
_SAME = {"zh": "z", "ch": "c", "sh": "s", "ng": "n", "n": "l", "h": "f"}
#: Sounds that southern speakers mix up, made one: zh/z, ch/c, sh/s, -ng/-n, n-/l-, hu-/f-.
_MIXED = re.compile(r"^(?:zh|ch|sh|n(?=[aeiouv])|h(?=u[aeio]))|ng$")

#: The syllables of Mandarin by what they begin with (Hanyu Pinyin, GB/T 16159), without tone, ü as v.
_SYLLABLES = frozenset(
    initial + final
    for initial, finals in {
        "": "a ai an ang ao e ei en er o ou yi ya yao ye you yan yin yang ying yong yu yue yuan yun "
        "wu wa wo wai wei wan wen wang weng",
        "b": "a o ai ei ao an en ang eng i ie iao ian in ing u",
        "p": "a o ai ei ao ou an en ang eng i ie iao ian in ing u",
        "m": "a o e ai ei ao ou an en ang eng i ie iao iu ian in ing u",
        "f": "a o ei ou an en ang eng u",
        "d": "a e ai ei ao ou an en ang eng ong i ie iao iu ian ing u uo ui uan un",
        "t": "a e ai ao ou an ang eng ong i ie iao ian ing u uo ui uan un",
        "n": "a e ai ei ao ou an en ang eng ong i ie iao iu ian in iang ing u uo uan v ve",
        "l": "a e ai ei ao ou an ang eng ong i ia ie iao iu ian in iang ing u uo uan un v ve",
        "g": "a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
        "k": "a e ai ao ou an en ang eng ong u ua uo uai ui uan un uang",
        "h": "a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
        "j": "i ia ie iao iu ian in iang ing iong u ue uan un",
        "q": "i ia ie iao iu ian in iang ing iong u ue uan un",
        "x": "i ia ie iao iu ian in iang ing iong u ue uan un",
        "zh": "a e ai ei ao ou an en ang eng ong i u ua uo uai ui uan un uang",
        "ch": "a e ai ao ou an en ang eng ong i u ua uo uai ui uan un uang",
        "sh": "a e ai ei ao ou an en ang eng i u ua uo uai ui uan un uang",
        "r": "e ao ou an en ang eng ong i u uo ui uan un",
        "z": "a e ai ei ao ou an en ang eng ong i u uo ui uan un",
        "c": "a e ai ao ou an en ang eng ong i u uo ui uan un",
        "s": "a e ai ao ou an en ang eng ong i u uo ui uan un",
    }.items()
    for final in finals.split()
)


def plain(text: str) -> str:
    """The text as it is compared: uniform, small letters, without stutters and hesitation.

    >>> plain("呃那个那个我我我想辦殘疾證")
    '我想办残疾证'
    """
    return _STUTTER.sub(_once, _HESITATION.sub("", simplify(text).lower()))


def _once(match: re.Match[str]) -> str:
    return match[1] if match[1] in _BEGINNERS else match[0]


@lru_cache(maxsize=20_000)
def features(text: str) -> tuple[str, ...]:
    """The features of a text: characters in ones, twos and threes, words (w:), and two syllables running (p:).

    >>> [f for f in features("kai canguan") if f.startswith("p:")]
    ['p:kaican', 'p:canguan']
    >>> [f for f in features("开餐馆") if f.startswith("p:")]
    ['p:kaican', 'p:canguan']
    """
    text = plain(text)
    found = [text[i : i + n] for n in (1, 2, 3) for i in range(len(text) - n + 1) if " " not in text[i : i + n]]
    words = jieba.lcut(text)
    found += [f"w:{word}" for word in words if len(word) > 1]
    found += [f"p:{a}{b}" for a, b in pairwise(chain.from_iterable(map(sounds, words)))]
    return tuple(found)


@lru_cache(maxsize=100_000)
def sounds(word: str) -> tuple[str, ...]:
    """A word's syllables without tone, those that people mix up made one; letters are read as pinyin where they can be.

    >>> sounds("诊所"), sounds("canguan"), sounds("sbk")
    (('zen', 'suo'), ('can', 'guan'), ('s', 'b', 'k'))
    """
    written = (s for piece in lazy_pinyin(word) for s in _LETTERS.findall(piece.replace("ü", "v")))
    return tuple(_MIXED.sub(lambda m: _SAME[m[0]], s) for run in written for s in _spelled(run))


def _spelled(letters: str) -> Iterable[str]:
    """Letters cut into syllables, the longest first; letters that begin none stand alone, as in sbk."""
    if letters in _SYLLABLES:
        return (letters,)
    # best[i]: fewest pieces for the first i letters; a lone letter costs more than any syllable.
    best: list[tuple[int, int]] = [(0, 0)]
    for end in range(1, len(letters) + 1):
        options = [
            (best[start][0] + (1 if letters[start:end] in _SYLLABLES else 10), start)
            for start in range(max(0, end - 6), end)
            if letters[start:end] in _SYLLABLES or end - start == 1
        ]
        best.append(min(options))
    pieces, end = [], len(letters)
    while end:
        start = best[end][1]
        pieces.append(letters[start:end])
        end = start
    return reversed(pieces)
