"""A procedure (事项) called by its name, or by what it gives (母子健康手册, 排水许可证): the bundles that have it.

People sent from another counter bring its word, not their wish. Names are found by likeness (nlu/index.py), so that a
word more or less does no harm.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.load import Files
from nlu.index import GuideIndex
from nlu.text import simplify

#: From this cosine on a text calls a procedure by its name: 办理排水许可 is 排水许可, 排水管堵了 is not.
CALLED = 0.8
#: A name that more bundles have says nothing about which one is meant: 税务信息确认.
COMMON = 8
_BRACKETS = re.compile(r"[((].*?[))]")
_ASKING = re.compile(
    r"^(?:请问|你好|您好|我|要|想|来|去|咨询|问一?下|怎么|如何|在?哪里?|申请|申报|办理|办|领|开|补|个|一下|[,,。 ])+"
    r"|(?:怎么|如何|在?哪里?|要|去|申请|办理|办|领|开|弄|什么|材料|手续|流程|条件|多久|需要|带|[吗呢啊呀??。!! ])+$"
)


@dataclass(frozen=True)
class Called:
    """A procedure as it is called in the guides, and the ids of the bundles that have it."""

    name: str
    bundles: tuple[str, ...]


class Procedures:
    """Finds procedures by what they are called. Immutable."""

    def __init__(self, owners: Mapping[str, tuple[str, ...]]):
        """`owners`: names of procedures and of what they give, with the bundles that have them."""
        self._owners = {name: bundles for name, bundles in owners.items() if len(bundles) <= COMMON}
        self._index = GuideIndex.build({name: [name] for name in self._owners})

    @classmethod
    def of(cls, files: Files) -> Procedures:
        """Those of the guides."""
        owners: dict[str, dict[str, None]] = {}
        for bundle, file in files.bundles.items():
            for item in file.items:
                procedure = files.procedures[item.procedure]
                for name in (item.changes.name or procedure.name, procedure.result):
                    called = simplify(_BRACKETS.sub("", name or ""))
                    if len(called) >= 4:
                        owners.setdefault(called, {})[bundle] = None
        return cls({name: tuple(bundles) for name, bundles in owners.items()})

    def called(self, text: str) -> Called | None:
        """The procedure that a request calls by its name; None when it calls none."""
        found = self._index.nearest(_ASKING.sub("", simplify(text)), 1)
        if not found or found[0][1] < CALLED:
            return None
        return Called(found[0][0], self._owners[found[0][0]])
