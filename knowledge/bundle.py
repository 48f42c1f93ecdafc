"""A bundle ready to compute with: procedures put in, conditions parsed, the ways of a place applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from knowledge.model import BundleFile, Changes, Days, FormField, Item, Material, Paper, Procedure, Situation
from knowledge.regions import Region, Way
from knowledge.space import Space
from knowledge.when import Condition, both, condition

#: What is said of a procedure and may be changed by a bundle or a place.
SAID = (
    *("name", "department", "kind", "level", "days", "fee", "result", "commitment"),
    *("basis", "note", "verify", "source"),
)


@dataclass(frozen=True)
class Use:
    """One paper as one item asks for it, here. `applies` is when the item applies and asks for it."""

    paper: Paper
    item: str
    when: Condition
    applies: Condition
    issuer: str
    ask_at: str
    exempt_reason: str = ""
    defer_reason: str = ""
    commit_reason: str = ""

    @property
    def state(self) -> str:
        """exempt, commitment, deferrable or bring, for this use alone."""
        if self.paper.exempt_by:
            return "exempt"
        if self.commit_reason:
            return "commitment"
        return "deferrable" if self.paper.deferrable else "bring"


@dataclass(frozen=True)
class BundleItem:
    """事项 of a bundle with everything that is said of it in this place."""

    id: str
    procedure: str
    name: str
    department: str
    kind: str
    level: str
    days: Days
    fee: str
    result: str
    commitment: bool
    basis: str
    note: str | None
    verify: str | None
    source: str | None
    when: Condition
    after: tuple[str, ...]
    uses: tuple[Use, ...]


@dataclass(frozen=True)
class Bundle:
    """一件事 in one place. Holds nothing about any applicant."""

    file: BundleFile
    region: tuple[Region, ...]
    situations: dict[str, Situation]
    items: dict[str, BundleItem]
    form: tuple[FormField, ...]
    ways: tuple[Way, ...]
    space: Space
    start_at: tuple[str, ...] = ()
    lead_department: str = ""
    needs: dict[str, Condition] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """As in the file's name."""
        return self.file.id

    @property
    def name(self) -> str:
        """As shown to people."""
        return self.file.name

    def fields_of(self, item: str) -> list[FormField]:
        """The elements of the single form that one item needs."""
        return [f for f in self.form if f.items == "all" or item in f.items]


def build(
    file: BundleFile,
    procedures: Mapping[str, Procedure],
    materials: Mapping[str, Material],
    regions: Sequence[Region] = (),
) -> Bundle:
    """The bundle of `file` where `regions` (province first) hold.

    Raises KeyError for an unknown procedure or material and ConditionError for a condition that cannot be parsed;
    `knowledge.check` says both with file and line before anything is built.
    """
    items: dict[str, BundleItem] = {}
    own = [part for region in regions if (part := region.bundles.get(file.id))]
    extra = [item for part in own for item in part.extra_items]
    for item in [*file.items, *extra]:
        changes = [item.changes]
        for region in regions:
            changes += [region.procedures[item.procedure]] if item.procedure in region.procedures else []
            part = region.bundles.get(file.id)
            changes += [part.items[item.id]] if part and item.id in part.items else []
        items[item.id] = _item(item, procedures[item.procedure], changes, materials, regions)
    ways = tuple(way for region in regions for way in region.ways if way.concerns(file.id))
    situations = {s.id: s for s in file.situations}
    conditions = [i.when for i in items.values()] + [u.when for i in items.values() for u in i.uses]
    return Bundle(
        file=file,
        region=tuple(regions),
        situations=situations,
        items=items,
        form=file.form,
        ways=ways,
        space=Space(situations, conditions),
        start_at=next((part.start_at for part in reversed(own) if part.start_at), ()),
        lead_department=next((p.lead_department for p in reversed(own) if p.lead_department), file.lead_department),
        needs={way.id: condition(way.needs) for way in ways},
    )


def _item(
    item: Item,
    procedure: Procedure,
    changes: Sequence[Changes],
    materials: Mapping[str, Material],
    regions: Sequence[Region],
) -> BundleItem:
    said: dict[str, Any] = {key: getattr(procedure, key) for key in SAID}
    papers = list(procedure.materials)
    for change in changes:
        for key, value in change.dict(exclude_unset=True, by_alias=False).items():
            if key in said and key != "days":
                said[key] = value
        if change.days is not None:
            said["days"] = said["days"].copy(update=change.days.dict(exclude_unset=True))
        papers = _changed(papers, change)
    when = condition(item.when)
    uses = []
    for paper in papers:
        own = condition(paper.when).replace(item.given)
        use = Use(
            paper=paper,
            item=item.id,
            when=own,
            applies=both(when, own),
            issuer=materials[paper.name].issuer,
            ask_at=materials[paper.name].ask_at,
        )
        for region in regions:
            use = _local(use, item.procedure, said["commitment"], region)
        uses.append(use)
    return BundleItem(id=item.id, procedure=item.procedure, when=when, after=item.after, uses=tuple(uses), **said)


def _changed(papers: list[Paper], change: Changes) -> list[Paper]:
    kept = [p for p in papers if not any(p.name == n.name and n.of in (None, p.of) for n in change.without)]
    new = {paper.key for paper in change.with_}
    at = next((i for i, p in enumerate(kept) if p.key in new), len(kept))
    rest = [p for p in kept if p.key not in new]
    return rest[:at] + list(change.with_) + rest[at:]


def _local(use: Use, procedure: str, commitment: bool, region: Region) -> Use:
    """The use as this region's rules make it: 免证, 容缺, 承诺."""
    paper = use.paper
    if (rule := region.exempts(paper, use.issuer)) is not None:
        paper = paper.copy(update={"exempt_by": rule.by})
        use = replace(use, paper=paper, exempt_reason=rule.reason)
    elif paper.exempt_by and region.exempt_reason and use.issuer == "政府核发":
        use = replace(use, exempt_reason=region.exempt_reason.format(by=paper.exempt_by, paper=paper.name))
    if (late := region.defers(paper, use.issuer, procedure)) is not None:
        paper = paper.copy(update={"deferrable": True})
        use = replace(use, paper=paper, defer_reason=late.reason())
    if region.commitment and (promise := region.commitment.reason(paper, procedure, commitment)):
        use = replace(use, commit_reason=promise)
    return use
