"""Facts said unasked: the values of a bundle's situations found in somebody's own words, each with its quote.

Only safe readings are facts: a wording that editors list (or one so near to it that nothing else can be meant), an
option's own label, a topic with a plain yes or no about it, a number that only one question can have. What is read
with less is doubtful: it may be asked back, never noted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

from knowledge.model import Situation
from knowledge.read import read_yaml
from nlu.acts import yes_no
from nlu.amounts import Amount, Hints, ages, amount, exact, money, unit_after
from nlu.behalf import who_acts
from nlu.scope import CLAUSE, asked, clause_of, denied, flatly, of_others, question, state
from nlu.text import LONGEST, simplify
from nlu.wording import Plain, plain

__all__ = ["Fact", "common_sayings", "doubtful", "facts", "mentions", "phrases", "short_labels", "unit_after"]

#: From here on (0-100) a clause says what a listed wording says; below, down to DOUBTFUL, it may be asked back.
NEAR = 84
DOUBTFUL = 72
#: Longer than this (characters), only the pieces that say something are quoted.
LONG = 16


@dataclass(frozen=True)
class Fact:
    """A situation's value as somebody said it; `quote` is the words, `start` and `end` where they stand.

    A fact that is not `sure` comes from doubtful() only.
    """

    situation: str
    value: Any
    quote: str
    start: int
    end: int
    sure: bool = True


def facts(text: str, situations: Iterable[Situation]) -> list[Fact]:
    """Every fact of a text that can safely be bound to one of the situations, in the order of the situations."""
    return [fact for fact in _read(text, situations) if fact.sure]


def doubtful(text: str, situations: Iterable[Situation]) -> list[Fact]:
    """What a text may say of situations that it gives no sure value for: to be asked back, not to be noted.

    不到一百平 may be taken for 100, 七八个人 for neither; 照快要下来了 may mean that the licence is held.
    """
    return [fact for fact in _read(text, situations) if not fact.sure]


def _read(text: str, situations: Iterable[Situation]) -> list[Fact]:
    known = list(situations)
    text = text[: LONGEST * 4]
    found = []
    for situation in known:
        if situation.type == "number":
            fact = _number(text, situation, known)
        elif situation.type == "date":
            fact = None
        else:
            fact = _choice(text, plain(_masked(text, situation.id)), situation)
        if fact is not None:
            found.append(fact)
    return found


def _masked(text: str, situation: str) -> str:
    """The text without the words that only look like an answer: 租房合同 says nothing about the premises."""
    for words in _extra(situation).get("mask", ()):
        text = re.sub(_gapped(words), lambda m: "〇" * len(m[0]), text)
    return text


def _number(text: str, situation: Situation, known: list[Situation]) -> Fact | None:
    said: Amount | None = amount(text, situation, known, _hints(situation.id))
    if said is None:
        return None
    return Fact(situation.id, said.value, text[said.start : said.end], said.start, said.end, said.sure)


def _choice(text: str, one: Plain, situation: Situation) -> Fact | None:
    fact = _agent(text, situation) if situation.id == "agent" else _threshold(text, situation)
    fact = fact or _mentioned(text, one, situation)
    if fact is None and situation.type == "yes_no":
        fact = _topic(text, one, situation)
    if fact is None or not fact.sure:
        fact = _near(text, one, situation) or fact
    return fact


def _mentioned(text: str, one: Plain, situation: Situation) -> Fact | None:
    """What the wordings in a text say for a question, if they agree."""
    hits = [h for h in _hits(one, situation) if not asked(one.text, h.start, h.end, situation.type != "yes_no")]
    hits = [h for h in hits if not h.bare and not of_others(one.text, h.start, h.end)]
    said, refused = [h for h in hits if not h.denied], [h for h in hits if h.denied]
    if situation.type == "yes_no":
        answers = {(h.option == "yes") != h.denied for h in hits}
        if len(answers) != 1 or not (said or any(flatly(one.text, h.start, h.end) for h in refused)):
            return None
        return _fact(text, one, situation, answers.pop(), said or refused, whole=not said)
    if not said:
        return None
    chosen = [o.id for o in situation.options if any(o.id == h.option for h in said)]
    if situation.type == "multi":
        chosen = [c for c in chosen if c != "none"] or chosen
        return _fact(text, one, situation, chosen, [h for h in said if h.option in chosen])
    return _fact(text, one, situation, chosen[0], said) if len(chosen) == 1 else None


def _fact(
    text: str, one: Plain, situation: Situation, value: Any, hits: list[Hit], whole: bool = False, sure: bool = True
) -> Fact:
    """A fact with its words; `whole`: from the beginning of the clause, for a denial that stands before them."""
    start, end = one.place(min(h.start for h in hits), max(h.end for h in hits))
    if end - start > LONG:
        pieces = [text[slice(*one.place(h.start, h.end))] for h in sorted(hits, key=lambda h: h.start)]
        return Fact(situation.id, value, "…".join(dict.fromkeys(pieces)), start, end, sure)
    if whole:
        cut = [m.end() for m in CLAUSE.finditer(text, 0, start)]
        start = cut[-1] if cut else 0
        end = max(end, *(m.end() for m in re.finditer("^.{0,6}?(不|没|冇)[^,,。;;]{0,3}", text[end:])), end)
    return Fact(situation.id, value, text[start:end], start, end, sure)


@dataclass(frozen=True)
class Hit:
    """A wording found in a text of one wording: the option it names, where, and whether it is denied there."""

    option: str
    start: int
    end: int
    denied: bool
    bare: bool = False


def mentions(text: str, situation: Situation) -> list[tuple[str, int, int, bool]]:
    """Where a text names an option of a question: option, start, end, and whether the mention is negated.

    The longest phrase wins a place; 不挂招牌 is not also a mention of 挂招牌.
    """
    one = plain(text)
    return [(h.option, *one.place(h.start, h.end), h.denied) for h in _hits(one, situation)]


def _hits(one: Plain, situation: Situation) -> list[Hit]:
    hits: list[Hit] = []
    taken: set[int] = set()
    for wording in _wordings(_Held(situation)):
        for start, end in wording.places(one.text):
            if not taken & set(range(start, end)):
                taken |= set(range(start, end))
                hits.append(Hit(wording.option, start, end, denied(one.text, start, end), wording.bare))
    return sorted(hits, key=lambda h: h.start)


def _topic(text: str, one: Plain, situation: Situation) -> Fact | None:
    """What a clause says about the thing that a yes-or-no question is about: 执照没办, 医保要做."""
    found: dict[bool, list[Hit]] = {}
    for key, turned in (("about", False), ("against", True)):
        for word in _extra(situation.id).get(key, ()):
            for match in re.finditer(_gapped(plain(simplify(word)).text), one.text):
                said = state(one.text, *match.span())
                if said is not None:
                    found.setdefault(said != turned, []).append(Hit(key, *match.span(), not said))
    if len(found) != 1:
        return None
    value, hits = next(iter(found.items()))
    begin, end = one.place(*clause_of(one.text, hits[0].start, hits[0].end)[:1], hits[0].end)
    _, until = clause_of(text, begin, end)
    return Fact(situation.id, value, text[begin:until], begin, until)


_YOUNGER = re.compile(r"(?:未满|不满|满)(\d+)周?岁|(未成年)")
_AT_LEAST = re.compile(r"注册资本.*?(\d+)万元")


def _threshold(text: str, situation: Situation) -> Fact | None:
    """A yes or no that a number gives: 八岁 to 未满16周岁吗, 注册资本五十万 to 有没有30万元."""
    if _extra(situation.id).get("by_age") and (limit := _YOUNGER.search(situation.ask)):
        said = [(n, e) for n, e in ages(text) if exact(text, n, e) and not of_others(text, n.start, e)]
        if said and len({n.value < int(limit[1] or 18) for n, _ in said}) == 1:
            n, e = said[0]
            return Fact(situation.id, n.value < int(limit[1] or 18), text[n.start : e], n.start, e)
    if least := _AT_LEAST.search(situation.ask):
        sums = [
            (n, e) for n, e in money(text) if "注册资" in text[max(0, n.start - 12) : n.start] and exact(text, n, e)
        ]
        if len(sums) == 1:
            n, e = sums[0]
            return Fact(situation.id, n.value >= int(least[1]), text[n.start : e], n.start, e)
    return None


def _agent(text: str, situation: Situation) -> Fact | None:
    """Who does it, the applicant or somebody for him."""
    said = who_acts(text)
    if said is None:
        return None
    other, start, end = said
    if situation.type == "yes_no":
        return Fact(situation.id, other, text[start:end], start, end)
    value = "agent" if other else "self"
    if value not in {o.id for o in situation.options}:
        return None
    return Fact(situation.id, value, text[start:end], start, end)


def _near(text: str, one: Plain, situation: Situation) -> Fact | None:
    """The value of the wording that a clause comes nearest to, if it is near and no other option nearly as near."""
    best: dict[str, tuple[float, int, int]] = {}
    for wording in _wordings(_Held(situation)):
        if len(wording.text) < 4 or "…" in wording.text:
            continue
        if wording.bare:
            continue
        for score, start, end in _nearly(wording.text, one.text):
            if question(one.text, start, end) or asked(one.text, start, end):
                continue
            if denied(one.text, start, end) or of_others(one.text, start, end):
                continue
            if score > best.get(wording.option, (0.0, 0, 0))[0]:
                best[wording.option] = (score, start, end)
    ranked = sorted(best.items(), key=lambda b: -b[1][0])
    if not ranked or (len(ranked) > 1 and ranked[0][1][0] - ranked[1][1][0] < 8 and situation.type != "multi"):
        return None
    option, (score, start, end) = ranked[0]
    value = [option] if situation.type == "multi" else option == "yes" if situation.type == "yes_no" else option
    return _fact(text, one, situation, value, [Hit(option, start, end, False)], sure=score >= NEAR)


def _nearly(wording: str, text: str) -> Iterable[tuple[float, int, int]]:
    """Where a text has nearly this wording: how near (0-100), from, to.

    >>> [round(score) for score, _, _ in _nearly("老房子拆了重盖", "老房子都拆了要重盖")]
    [88]
    """
    if all(char in text for char in wording):
        for match in re.finditer(_loose(wording), text):
            if len(match[0]) <= len(wording) + 3:
                yield 100 * 2 * len(wording) / (len(wording) + len(match[0])), *match.span()
    for match in re.finditer(r"[^,,。;;!!??、\n]{3,}", text):
        found = fuzz.partial_ratio_alignment(wording, match[0], score_cutoff=DOUBTFUL)
        if found is None or found.dest_end - found.dest_start < len(wording):
            continue
        start, end = match.start() + found.dest_start, match.start() + found.dest_end
        if _alike(wording, text[start:end]):
            yield found.score, start, end


_WEIGHTY = re.compile("[没不无未非别零一二两三四五六七八九十百千万\\d省市县男女父母爸妈新旧老买卖租]|[A-Za-z]")


def _alike(one: str, other: str) -> bool:
    """Whether two wordings have the same denials, numbers and other characters that turn the meaning."""
    return sorted(_WEIGHTY.findall(one)) == sorted(_WEIGHTY.findall(other))


@dataclass(frozen=True)
class Wording:
    """A listed wording in one wording, and its option.

    `last`: it says anything only at the end of a clause (不卖). `bare`: only in answer to the question (公司, 孩子).
    """

    text: str
    option: str
    last: bool = False
    bare: bool = False

    def places(self, text: str) -> Iterable[tuple[int, int]]:
        """Where it stands in a text of one wording."""
        if self.text[0] not in text or self.text[-1] not in text:
            return []
        found = [m.span() for m in re.finditer(_gapped(self.text), text)]
        if self.last:
            found = [(s, e) for s, e in found if e == len(text) or CLAUSE.match(text, e)]
        if self.text.startswith("个"):
            found = [(s, e) for s, e in found if not re.search(r"[\d一二两三四五六七八九十几百这那整每]$", text[:s])]
        return found


@lru_cache(maxsize=20_000)
def _gapped(wording: str) -> str:
    """A wording as a pattern: … stands for up to eight characters of the same clause that deny nothing, and 的 and 了
    may stand anywhere."""
    parts = ["[的了]?".join(map(re.escape, part)) for part in wording.split("…")]
    return r"[^,,。;;!!??、\s没不未无]{0,8}?".join(parts)


@lru_cache(maxsize=20_000)
def _loose(wording: str) -> str:
    """A wording as a pattern that lets other words, but none that deny or count, stand between its characters."""
    return r"[^,,。;;!!??、\s没不无未别零一二两三四五六七八九十百千万\d]{0,2}?".join(map(re.escape, wording))


def _extra(situation: str) -> Mapping[str, Any]:
    return more_sayings().get(situation, {})


@lru_cache(maxsize=2_000)
def _hints(situation: str) -> Hints:
    extra = _extra(situation)
    return Hints(*(tuple(extra.get(key, ())) for key in ("near", "never", "zero")))


@cache
def common_sayings() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """What people commonly say for an answer, by situation and option (nlu/said.yml)."""
    return _file("said.yml")


@cache
def more_sayings() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Further wordings, topics of yes-or-no questions and words around numbers, by situation (nlu/wordings.yml)."""
    return _file("wordings.yml")


def _file(name: str) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    data: Mapping[str, Mapping[str, tuple[str, ...]]] = read_yaml(text, f"nlu/{name}")
    return data


def phrases(situation: Situation) -> tuple[tuple[str, str], ...]:
    """Every wording that names an option, with the option's id, longest first: editors' lists and the labels.

    A wording that two options share names neither.
    """
    return tuple((w.text, w.option) for w in _wordings(_Held(situation)))


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
    (
        *(
            "公司",
            "企业",
            "单位",
            "个人",
            "孩子",
            "小孩",
            "老人",
            "自己",
            "我自己",
            "老婆",
            "老公",
            "配偶",
            "父母",
            "家里",
            "在家",
        ),
        *(
            "房产",
            "车辆",
            "其他",
            "都不是",
            "看病",
            "买药",
            "公交",
            "地铁",
            "就业",
            "创业",
            "上学",
            "本地",
            "外地",
            "异地",
            "农村",
        ),
        *(
            "自住",
            "有",
            "没",
            "无",
            "不急",
            "税务",
            "一般",
            "普通",
            "成人",
            "工作",
            "上班",
            "医疗",
            "银行",
            "代办",
            "合伙",
            "不符合",
        ),
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
        Wording(phrase, next(iter(options)), bool(re.fullmatch("[不没无].|自己的", phrase)), phrase in _BARE)
        for phrase, options in names.items()
        if len(options) == 1 and len(phrase.replace("…", "")) >= 2
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
