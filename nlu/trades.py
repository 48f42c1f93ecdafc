"""Trades that have no guide of their own, by the classes of GB/T 4754-2017: which guide is nearest (nlu/trades.yml)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from knowledge.read import read_yaml
from nlu.text import simplify

#: A longer text (characters) is a story in which a trade is only mentioned.
LONGEST = 30
FILE = Path(__file__).with_name("trades.yml")
#: Somebody wants to run it, not to visit it or work there: so near before the trade's name, or asking for its papers.
_RUN = re.compile(r"(?:开|办|搞|弄|盘|做|干|经营|注册|加盟|整|卖|(?<!领)养(?!老))[^,,。;;!!?? 请去找到跟住]{0,8}$")
_PAPERS = re.compile(r"手续|执照|办证|什么证|啥证|哪些证|许可|(?:怎么|咋|咋个|如何|要|想)(?:开|办|弄|搞)")
_VISIT = re.compile(
    r"哪家|附近|推荐|好玩|招聘|应聘|上班|打工|价格|多少钱|便宜|投诉|举报|退(款|钱|卡)|赚钱|利润|吵|味道|预约|预定|订(一|个|位)|几点"
    r"|骗|没人[管查]|抢生意"
)


@dataclass(frozen=True)
class Trade:
    """A trade: its name and class (four digits of GB/T 4754-2017), the nearest bundles, and what it often needs too.

    `also` and `basis` are for people to read; without a basis that we are sure of, `also` says 待核实.
    """

    name: str
    code: str
    class_name: str
    nearest: tuple[str, ...]
    also: str
    basis: str | None
    said_as: tuple[str, ...]


@cache
def trades() -> tuple[Trade, ...]:
    """Every trade of the ladder, as the file has them."""
    rows = read_yaml(FILE.read_text(encoding="utf-8"), "nlu/trades.yml")
    return tuple(
        Trade(
            name=row["trade"],
            code=str(row["class"]),
            class_name=row["class_name"],
            nearest=tuple(row["nearest"]),
            also=row["also"],
            basis=row["basis"],
            said_as=tuple(simplify(s).lower() for s in (row["trade"], *row["said_as"])),
        )
        for row in rows
    )


def trade(text: str) -> Trade | None:
    """The trade that somebody wants to run, by the longest wording found; None for none, or for who only visits one.

    >>> trade("我要开个剧本杀店").name, trade("附近哪家剧本杀好玩")
    ('剧本杀店', None)
    """
    text = simplify(text).lower()
    if len(text) > LONGEST or _VISIT.search(text):
        return None
    found = [
        (len(said), t)
        for said, t in _sayings()
        if (at := text.find(said)) >= 0 and (_RUN.search(text[:at]) or _PAPERS.search(text.replace(said, " ")))
    ]
    return max(found, key=lambda f: f[0])[1] if found else None


def named(name: str) -> Trade:
    """The trade of this name. Raises StopIteration for none."""
    return next(t for t in trades() if t.name == name)


@cache
def _sayings() -> tuple[tuple[str, Trade], ...]:
    return tuple((said, t) for t in trades() for said in t.said_as if len(said) >= 2)
