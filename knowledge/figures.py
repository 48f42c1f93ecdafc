"""Published before-and-after figures beside what our own data gives for the same applicant.

Which applicant is meant, and how a report counts, stands in the bundle's file: `full_scale` and each figure's `count`:

* `materials`: before, each procedure's papers on their own; after, merged and without what is exempt.
* `merged`: after, merged only, what is exempt still counted.
* `fields`, `days`, `items` (procedures before, one joint case after), `departments` (before, one window after),
  `prefilled` (fields that fill themselves).
* nothing: the report gives a share or a figure that the guide does not compute; shown, not compared.
"""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.model import Figure
from knowledge.plan import Plan, plan
from knowledge.store import Knowledge


@dataclass(frozen=True)
class Compared:
    """One published figure beside ours. `agrees` is None where the two cannot be compared."""

    bundle: str
    region: str
    what: str
    published: str
    ours: str
    agrees: bool | None
    how: str


def figures(knowledge: Knowledge) -> list[Compared]:
    """Every published figure of every bundle, those that can be compared first."""
    rows = []
    for name, file in knowledge.bundles.items():
        for figure in file.figures:
            found = plan(knowledge.bundle(name, figure.code), file.full_scale) if file.full_scale else None
            rows.append(_compared(file.name, figure, found))
    return sorted(rows, key=lambda row: row.agrees is None)


def _compared(name: str, figure: Figure, found: Plan | None) -> Compared:
    published = f"{_number(figure.before)} → {_number(figure.after)} {figure.unit}"
    ours = _ours(figure.count, found) if figure.count and found else None
    if ours is None:
        return Compared(name, figure.region, figure.what, published, "", None, figure.note or "")
    agrees = all(want is None or want == have for want, have in zip((figure.before, figure.after), ours))
    text = " → ".join(_number(value) for value in ours)
    return Compared(name, figure.region, figure.what, published, text, agrees, figure.note or figure.count or "")


def _ours(count: str, found: Plan) -> tuple[float | None, float | None] | None:
    totals = found.totals
    everything = found.bundle.items.values()
    return {
        "materials": totals.materials,
        "merged": (totals.materials[0], totals.merged),
        "fields": totals.fields,
        "days": totals.days,
        "items": (len(found.certain), 1),
        "all_items": (len(everything), 1),
        "departments": (len({i.department for i in everything}), 1),
        "prefilled": (None, sum(f.from_ != "ask" for f in found.fields)),
    }.get(count)


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:g}"
