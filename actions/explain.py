"""Explaining: what a word means, and the guide's own questions and answers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rapidfuzz import fuzz, process

from actions.say import words
from actions.talk import Said, Talk
from knowledge.model import Faq
from nlu.text import simplify

#: How alike (0-100) a question must be to one that the guide answers.
LIKE = 62
_ASKS = re.compile(
    r"^(?:请问|那个?|你说的|这个|那|什么叫做?|啥叫|什么是|啥是|咩系|咩叫)+"
    r"|(?:到底|究竟|这个词)?(?:是|指)?(?:个)?(?:什么|啥|咩|么子)(?:意思|东西|来的|嘢|玩意)?[啊呀呢哦吗嘛?? ]*$"
    r"|(?:不懂|看不懂|听不懂|没听懂).*$|[?? ]+$"
)
_QUESTION = re.compile(
    "[??]|吗|么$|呢$|怎么|咋|能不能|可不可以|可以.*不|要不要|用不用|需不需要|有没有|多大|多少|几|哪|什么|啥|是否|多久"
)


def meaning(talk: Talk, text: str, said: Said) -> None:
    """Say what a word means; without a word, what the words of the open question mean."""
    glossary = talk.knowledge.files.glossary
    term = term_in(text)
    known = _nearest(term, glossary) if len(term) >= 2 else None
    if known:
        said.add("meaning", term=known, text=glossary[known])
        return
    if len(term) >= 2 and (paper := _paper(talk, term)):
        said.text(paper)
        return
    situation = talk.situation(talk.case.pending) if talk.case.wishes else None
    if situation is not None and (len(term) < 2 or term in ("这个", "那个", "意思")):
        asked = situation.ask + "".join(o.label for o in situation.options)
        terms = [t for t in glossary if len(t) >= 2 and t in asked]
        if terms:
            said.text("\n".join(words()("meaning", term=t, text=glossary[t]) for t in _longest(terms)[:3]))
        else:
            said.add("meaning_plain")
        return
    said.add("meaning_unknown", term=term) if len(term) >= 2 else said.add("meaning_which")


def knows(talk: Talk, text: str) -> bool:
    """Whether the glossary has the word that is asked about."""
    term = term_in(text)
    return len(term) >= 2 and _nearest(term, talk.knowledge.files.glossary) is not None


def term_in(text: str) -> str:
    """The word that is asked about.

    >>> term_in("什么是法定代表人"), term_in("无偿使用是啥意思?")
    ('法定代表人', '无偿使用')
    """
    core, shorter = text, _ASKS.sub("", text)
    while shorter != core:
        core, shorter = shorter, _ASKS.sub("", shorter)
    return re.sub(r"^[“”\"' ,,。]+|[“”\"' ,,。]+$", "", core)


def _nearest(term: str, glossary: Iterable[str]) -> str | None:
    """The glossary's word for a term: the same, one within the other, or one letter off."""
    known = list(glossary)
    if term in known:
        return term
    inside = [k for k in known if k in term or (len(term) >= 2 and term in k)]
    if inside:
        return max(inside, key=lambda k: fuzz.ratio(k, term))
    close = process.extractOne(term, known, scorer=fuzz.ratio, score_cutoff=75)
    return close[0] if close else None


def _longest(terms: list[str]) -> list[str]:
    return [t for t in terms if not any(t != o and t in o for o in terms)]


def _paper(talk: Talk, term: str) -> str | None:
    """Where a paper of the checklist comes from, if the term names one."""
    if not talk.case.wishes:
        return None
    found = next((p for p in talk.plan().papers if term in p.name or p.name in term), None)
    if found is None:
        return None
    use = found.all_uses[0]
    return words()("paper_from", name=found.name, issuer=use.issuer, ask_at=use.ask_at or words()("ask_at_window"))


def faq(talk: Talk, text: str, said: Said) -> bool:
    """Answer a question that the guide itself asks and answers; False when it has none like it."""
    if not _QUESTION.search(text) or len(text) < 5 or re.match("(我|俺|咱)(还|也)?(要|想)", text):
        return False
    best, score = _likest(talk, text)
    if best is None or score < LIKE:
        return False
    said.text(_answer(best))
    return True


def _likest(talk: Talk, text: str) -> tuple[Faq | None, float]:
    scored = [(_alike(text, simplify(f.q)), f) for f in talk.bundle.file.faq]
    if not scored:
        return None, 0.0
    score, best = max(scored, key=lambda s: s[0])
    return best, score


def _alike(one: str, other: str) -> float:
    """Share of characters and of pairs of characters that two questions have in common (0-100)."""
    a, b = _grams(one), _grams(other)
    return 200 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def _grams(text: str) -> set[str]:
    core = re.sub(r"[??,,。!的了吗呢啊要请问]", "", text)
    return set(core) | {core[i : i + 2] for i in range(len(core) - 1)}


def conditions(talk: Talk) -> str:
    """What the guide's questions and answers say of who may apply; empty when they say nothing of it."""
    said = [f for f in talk.bundle.file.faq if re.search("条件|资格|谁(能|可以)|哪些人|什么人|能不能(办|申请|领)", f.q)]
    return "\n".join(_answer(f) for f in said[:2])


def _answer(found: Faq) -> str:
    text = found.a if found.a.endswith(("。", "!")) else found.a + "。"
    if found.basis:
        text += words()("faq_basis", basis=found.basis)
    if found.verify:
        text += words()("verify_why", why=found.verify)
    return text
