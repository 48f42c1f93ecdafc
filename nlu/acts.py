"""Dialogue acts that must never be missed, by patterns (nlu/acts.yml): certain where they speak, silent elsewhere.

The trained intent decides everything else (nlu/intents.yml). A pattern here has to be right in nearly every sentence
in which it matches, because it overrules the classifier.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from knowledge.read import read_yaml

#: Longer messages do more than one thing; no single pattern decides them.
LONGEST = 40
#: What may stand behind a yes or a no and changes nothing.
_TAIL = "[啊呀呢的嘞咯喽滴。,!~ ]*"


def urgent(text: str) -> str | None:
    """emergency or crisis when the words say so, else None: comes before everything, whatever else was going on."""
    return next((kind for kind, pattern in _patterns()["urgent"] if pattern.search(text)), None)


def act(text: str) -> str | None:
    """The dialogue act that the words name beyond doubt, else None.

    >>> act("为什么要问这个?"), act("转人工"), act("我要开餐馆")
    ('ask_why', 'human', None)
    """
    if len(text) > LONGEST:
        return None
    return next((name for name, pattern in _patterns()["acts"] if pattern.search(text)), None)


def yes_no(text: str) -> bool | None:
    """Yes or no in any of the ways people say it, or None.

    >>> yes_no("要得"), yes_no("冇得"), yes_no("门面")
    (True, False, None)
    """
    words = bare(text)
    return next((name == "yes" for name, pattern in _patterns()["yes_no"] if pattern.fullmatch(words)), None)


def bare(text: str) -> str:
    """An answer without the punctuation around it."""
    return re.sub(r"^[ 。.!~,,]+|[ 。.!~,,]+$", "", text)


@lru_cache(maxsize=1)
def _patterns() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    file = Path(__file__).with_name("acts.yml")
    data: dict[str, Any] = read_yaml(file.read_text(encoding="utf-8"), "nlu/acts.yml")
    urgent_kinds, answers = data.pop("urgent"), {name: data.pop(name) for name in ("no", "yes")}

    def compiled(named: dict[str, list[str]], tail: str = "") -> list[tuple[str, re.Pattern[str]]]:
        return [(n, re.compile(f"(?:{'|'.join(p)}){tail}", re.IGNORECASE)) for n, p in named.items()]

    return {"acts": compiled(data), "urgent": compiled(urgent_kinds), "yes_no": compiled(answers, _TAIL)}
