"""The wordings by which people name answers: editors' lists, labels, and what is said all over the country.

From knowledge/bundles (`said_as`, labels), nlu/said.yml and nlu/wordings/, brought to one wording (nlu/wording.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from knowledge.model import Situation
from knowledge.problem import BrokenKnowledge, Problem
from knowledge.read import read_yaml
from nlu.acts import yes_no
from nlu.amounts import Hints
from nlu.scope import CLAUSE
from nlu.text import simplify
from nlu.wording import plain

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Wording:
    """A listed wording in one wording, and its option.

    `last`: it says anything only at the end of a clause (不卖). `bare`: only in answer to the question (公司, 孩子).
    """

    text: str
    option: str
    last: bool = False
    bare: bool = False

    @cached_property
    def letters(self) -> str:
        """The characters that a text must have for the wording to stand in it."""
        return "".join(dict.fromkeys(self.text.replace("…", "")))

    def places(self, text: str) -> Iterable[tuple[int, int]]:
        """Where it stands in a text of one wording."""
        if not all(letter in text for letter in self.letters):
            return []
        found = [m.span() for m in gapped(self.text).finditer(text)]
        if self.last:
            found = [(s, e) for s, e in found if e == len(text) or CLAUSE.match(text, e)]
        if self.text.startswith("个"):
            found = [(s, e) for s, e in found if not re.search(r"[\d一二两三四五六七八九十几百这那整每]$", text[:s])]
        return found


@lru_cache(maxsize=20_000)
def gapped(wording: str) -> re.Pattern[str]:
    """A wording as a pattern: … stands for up to eight characters of the same clause that deny nothing, and 的 and 了
    may stand anywhere."""
    parts = ["[的了]?".join(map(re.escape, part)) for part in wording.split("…")]
    return re.compile(r"[^,,。;;!!??、\s没不未无]{0,8}?".join(parts))


@lru_cache(maxsize=20_000)
def loose(wording: str) -> re.Pattern[str]:
    """A wording as a pattern that lets other words, but none that deny or count, stand between its characters."""
    between = r"[^,,。;;!!??、\s没不未无别零一二两三四五六七八九十百千万\d]{0,2}?"
    return re.compile(between.join(map(re.escape, wording)))


def more_said(situation: str) -> Mapping[str, Any]:
    """What nlu/wordings/ has for a situation."""
    return more_sayings().get(situation, {})


@lru_cache(maxsize=2_000)
def hints(situation: str) -> Hints:
    """The words around numbers that bind them to a situation."""
    extra = more_said(situation)
    return Hints(*(tuple(extra.get(key, ())) for key in ("near", "never", "zero")))


@cache
def common_sayings() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """What people commonly say for an answer, by situation and option (nlu/said.yml)."""
    return _read(HERE / "said.yml")


@cache
def more_sayings() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Further wordings, topics of yes-or-no questions and words around numbers, by situation (nlu/wordings/).

    Raises Unreadable for a file that is no YAML, BrokenKnowledge for a situation that two files have.
    """
    found: dict[str, Mapping[str, tuple[str, ...]]] = {}
    for file in sorted((HERE / "wordings").glob("*.yml")):
        said = _read(file)
        if twice := sorted(found.keys() & said.keys()):
            what = "别的文件里已经有,一个情形只写在一处"
            raise BrokenKnowledge([Problem(f"nlu/wordings/{file.name}", 0, "、".join(twice), what)])
        found.update(said)
    return found


def _read(file: Path) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    data: Mapping[str, Mapping[str, tuple[str, ...]]] = read_yaml(
        file.read_text(encoding="utf-8"), file.relative_to(HERE.parent).as_posix()
    )
    return data


def wordings(situation: Situation) -> tuple[Wording, ...]:
    """Every wording that names an option of a question, longest first.

    One that two options share names neither, or all of them where several can be chosen: 水电气.
    """
    return _wordings(_Held(situation))


class _Held:
    """A situation as a cache key by identity: comparing whole situations would cost more than the cache saves."""

    def __init__(self, situation: Situation):
        self.situation = situation

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.situation is self.situation

    def __hash__(self) -> int:
        return id(self.situation)


#: Words that answer a question when it was asked, and say nothing of the kind in any other sentence.
_BARE = frozenset(
    re.split(
        " ",
        "公司 企业 单位 个人 孩子 小孩 老人 自己 我自己 老婆 老公 配偶 父母 家里 在家 其他 都不是 看病 买药 公交 "
        "地铁 就业 创业 上学 本地 外地 异地 农村 自住 有 没 无 不急 税务 一般 普通 成人 工作 上班 医疗 银行 "
        "代办 合伙 不符合",
    )
)
_LOOSE_END = re.compile("(已经|还|就|都|也|了一)$")


@lru_cache(maxsize=20_000)
def _wordings(held: _Held) -> tuple[Wording, ...]:
    situation = held.situation
    ids = {o.id for o in situation.options} or {"yes", "no"}
    known = [(simplify(p), option) for option, said in situation.said_as.items() for p in said if len(p) >= 2]
    for sayings in (common_sayings(), more_sayings()):
        known += [(str(p), option) for option, said in sayings.get(situation.id, {}).items() for p in _listed(said)]
    known += [(label, o.id) for o in situation.options for label in short_labels(o.label) if len(label) >= 2]
    # A bare yes or no belongs to the question that is open, never to one that a message happens to touch.
    known = [(phrase, option) for phrase, option in known if yes_no(phrase) is None]
    names: dict[str, set[str]] = {}
    for phrase, option in known:
        if option in ids and not _LOOSE_END.search(phrase):
            names.setdefault(_inner(plain(phrase).text), set()).add(option)
    single = [
        Wording(phrase, option, bool(re.fullmatch("[不没无].|自己的", phrase)), phrase in _BARE)
        for phrase, options in names.items()
        if len(phrase.replace("…", "")) >= 2 and (len(options) == 1 or situation.type == "multi")
        for option in sorted(options)
    ]
    return tuple(sorted(single, key=lambda w: -len(w.text)))


def _inner(wording: str) -> str:
    """A wording without the 的 and 了 inside it, which may stand anywhere; one at its end is part of a short wording.

    >>> _inner("自己的门面"), _inner("执照有了"), _inner("租了")
    ('自己门面', '执照有', '租了')
    """
    core = re.sub("[的了]", "", wording[:-1])
    return core if wording.endswith("了") and len(core) > 1 else core + wording[-1:]


def _listed(said: Any) -> Iterable[str]:
    return said if isinstance(said, (list, tuple)) else ()


def short_labels(label: str) -> list[str]:
    """A label and the parts of it that people use: without brackets, the sides of 、 and 或.

    >>> short_labels("无偿使用(亲友、园区或股东提供)")
    ['无偿使用(亲友、园区或股东提供)', '无偿使用']
    """
    whole = simplify(label)
    return list(dict.fromkeys([whole, re.sub(r"[(【].*?[)】]", "", whole).strip()]))
