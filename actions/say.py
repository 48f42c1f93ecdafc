"""The only place that words a reply: templates from domain.yml, filled in."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from knowledge.read import read_yaml

DOMAIN = Path(__file__).parent.parent / "domain.yml"


class Words:
    """Every sentence the guide can say, by name, as `responses:` of the domain lists them (the first variant)."""

    def __init__(self, domain: Path = DOMAIN):
        data = read_yaml(domain.read_text(encoding="utf-8"), domain.name)
        self._texts: dict[str, str] = {
            name.removeprefix("utter_"): variants[0]["text"] for name, variants in data["responses"].items()
        }

    def __call__(self, name: str, /, **values: object) -> str:
        """The sentence of this name with its blanks filled. Raises KeyError for a name or blank that is not there."""
        return self._texts[name].format(**values)


@lru_cache(maxsize=1)
def words() -> Words:
    """The guide's words, read once."""
    return Words()


def listed(things: list[str] | tuple[str, ...], most: int = 8) -> str:
    """Things in a row, as one says them: at most `most`, then how many there are.

    >>> listed(["身份证", "户口簿"])
    '身份证、户口簿'
    """
    if len(things) <= most:
        return "、".join(things)
    return "、".join(things[:most]) + f"等 {len(things)} 样"
