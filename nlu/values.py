"""Facts said unasked: the values of a bundle's situations found in somebody's own words, each with its quote.

Only safe readings are facts: a wording that editors list (or one so near to it that nothing else can be meant), an
option's own label, a topic with a plain yes or no about it, a number that only one question can have. A number said
roughly is no fact; the question quotes it when it is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from knowledge.model import BundleFile, Situation
from nlu.amounts import Amount, ages, amount, exact, money
from nlu.behalf import who_acts
from nlu.sayings import gapped, hints, loose, more_said, wordings
from nlu.scope import CLAUSE, asked, clause_of, crossed, denied, elsewhere, flatly, of_others, question, state
from nlu.text import LONGEST, simplify
from nlu.wording import Plain, plain

#: From here on (0-100) a clause says what a listed wording says.
NEAR = 84
#: Longer than this (characters), only the pieces that say something are quoted.
LONG = 16


@dataclass(frozen=True)
class Fact:
    """A situation's value as somebody said it; `quote` is the words, `start` and `end` where they stand."""

    situation: str
    value: Any
    quote: str
    start: int
    end: int


def facts(text: str, situations: Iterable[Situation]) -> list[Fact]:
    """Every fact of a text that can safely be bound to one of the situations, in the order of the situations."""
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


def told(text: str, file: BundleFile, situations: Iterable[Situation]) -> list[Fact]:
    """The facts that a text tells about the person: not what everybody says who wants this bundle, nor its name."""
    if text in {simplify(name) for name in (file.name, re.sub("一件事$", "", file.name), *file.official_names)}:
        return []
    wish = simplify(file.say)
    return [fact for fact in facts(text, situations) if fact.quote not in wish]


def roughly(text: str, situation: Situation, situations: Iterable[Situation]) -> str | None:
    """The clause that gives a number only about (不到一百平, 二十几个人), to be quoted when the number is asked."""
    said = amount(text, situation, list(situations), hints(situation.id)) if situation.type == "number" else None
    if said is None or said.sure:
        return None
    return text[slice(*clause_of(text, said.start, said.end))].strip()


def _masked(text: str, situation: str) -> str:
    """The text without the words that only look like an answer: 租房合同 says nothing about the premises."""
    for words in more_said(situation).get("mask", ()):
        text = gapped(words).sub(lambda m: "〇" * len(m[0]), text)
    return text


def _number(text: str, situation: Situation, known: list[Situation]) -> Fact | None:
    said: Amount | None = amount(text, situation, known, hints(situation.id))
    if said is None or not said.sure:
        return None
    return Fact(situation.id, said.value, text[said.start : said.end], said.start, said.end)


def _choice(text: str, one: Plain, situation: Situation) -> Fact | None:
    fact = _agent(text, situation) if situation.id == "agent" else _threshold(text, situation)
    hits = _telling(one, situation)
    fact = fact or _mentioned(text, one, situation, hits)
    if fact is None and situation.type == "yes_no":
        fact = _topic(text, one, situation)
    # Wordings that contradict each other are not settled by one that is only nearly said.
    return fact or (None if hits else _near(text, one, situation))


def _telling(one: Plain, situation: Situation) -> list[Hit]:
    """The wordings in a text that tell something of the speaker's own matter."""
    hits = [h for h in _hits(one, situation) if not asked(one.text, h.start, h.end, situation.type != "yes_no")]
    return [h for h in hits if not h.bare and not elsewhere(one.text, h.start, h.end)]


def _mentioned(text: str, one: Plain, situation: Situation, hits: list[Hit]) -> Fact | None:
    """What the wordings in a text say for a question, if they agree."""
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


def _fact(text: str, one: Plain, situation: Situation, value: Any, hits: list[Hit], whole: bool = False) -> Fact:
    """A fact with its words; `whole`: from the beginning of the clause, for a denial that stands before them."""
    start, end = one.place(min(h.start for h in hits), max(h.end for h in hits))
    if end - start > LONG:
        pieces = [text[slice(*one.place(h.start, h.end))] for h in sorted(hits, key=lambda h: h.start)]
        return Fact(situation.id, value, "…".join(dict.fromkeys(pieces)), start, end)
    if whole:
        cut = [m.end() for m in CLAUSE.finditer(text, 0, start)]
        start = cut[-1] if cut else 0
        end = max(end, *(m.end() for m in re.finditer("^.{0,6}?(不|没|冇)[^,,。;;]{0,3}", text[end:])), end)
    return Fact(situation.id, value, text[start:end], start, end)


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
    taken: dict[int, str] = {}
    for wording in wordings(situation):
        for start, end in wording.places(one.text):
            # The same words may name several options.
            free = all(taken.get(place, wording.text) == wording.text for place in range(start, end))
            if free and not crossed(one.text, start, end):
                taken.update(dict.fromkeys(range(start, end), wording.text))
                bare = wording.bare and not _is_clause(one.text, start, end)
                hits.append(Hit(wording.option, start, end, denied(one.text, start, end), bare))
    return sorted(hits, key=lambda h: h.start)


#: Bare words that tell something when they are a clause by themselves: 让会计去跑,公司的,租的.
_BY_ITSELF = re.compile("(公司|单位|个人)(的|名|名下|名义|来)?|不急")


def _is_clause(text: str, start: int, end: int) -> bool:
    """Whether one of these words is a clause of several."""
    begin, until = clause_of(text, start, end)
    return until - begin < len(text) and bool(_BY_ITSELF.fullmatch(text[begin:until]))


def _topic(text: str, one: Plain, situation: Situation) -> Fact | None:
    """What a clause says about the thing that a yes-or-no question is about: 执照没办, 医保要做."""
    found: dict[bool, list[Hit]] = {}
    for key, turned in (("about", False), ("against", True)):
        for word in more_said(situation.id).get(key, ()):
            for match in gapped(plain(simplify(word)).text).finditer(one.text):
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
    if more_said(situation.id).get("by_age") and (limit := _YOUNGER.search(situation.ask)):
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
    for wording in wordings(situation):
        if len(wording.text) < 4 or "…" in wording.text:
            continue
        if wording.bare:
            continue
        for score, start, end in _nearly(wording.text, one.text):
            if question(one.text, start, end) or asked(one.text, start, end):
                continue
            if denied(one.text, start, end) or elsewhere(one.text, start, end):
                continue
            if score > best.get(wording.option, (0.0, 0, 0))[0]:
                best[wording.option] = (score, start, end)
    ranked = sorted(best.items(), key=lambda b: -b[1][0])
    if not ranked or (len(ranked) > 1 and ranked[0][1][0] - ranked[1][1][0] < 8 and situation.type != "multi"):
        return None
    option, (_, start, end) = ranked[0]
    value = [option] if situation.type == "multi" else option == "yes" if situation.type == "yes_no" else option
    return _fact(text, one, situation, value, [Hit(option, start, end, False)])


def _nearly(wording: str, text: str) -> Iterable[tuple[float, int, int]]:
    """Where a text has nearly this wording: how near (0-100), from, to.

    >>> [round(score) for score, _, _ in _nearly("老房子拆了重盖", "老房子都拆了要重盖")]
    [88]
    """
    there = sum(char in text for char in wording)
    if there == len(wording):
        for match in loose(wording).finditer(text):
            score = 100 * 2 * len(wording) / (len(wording) + len(match[0]))
            if len(match[0]) <= len(wording) + 3 and score >= NEAR:
                yield score, *match.span()
    # As alike as NEAR are only words that have about so many characters in common.
    if 100 * there < NEAR * len(wording):
        return
    for match in re.finditer(r"[^,,。;;!!??、\n]{3,}", text):
        found = fuzz.partial_ratio_alignment(wording, match[0], score_cutoff=NEAR)
        if found is None or found.dest_end - found.dest_start < len(wording):
            continue
        start, end = match.start() + found.dest_start, match.start() + found.dest_end
        if _alike(wording, text[start:end]):
            yield found.score, start, end


_WEIGHTY = re.compile("[没不无未非别零一二两三四五六七八九十百千万\\d省市县男女父母爸妈新旧老买卖租]|[A-Za-z]")


def _alike(one: str, other: str) -> bool:
    """Whether two wordings have the same denials, numbers and other characters that turn the meaning."""
    return sorted(_WEIGHTY.findall(one)) == sorted(_WEIGHTY.findall(other))
