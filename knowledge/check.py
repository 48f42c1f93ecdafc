"""Rules of content: what a well-formed guide file can still get wrong. Every mistake with file, line and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from knowledge.bundle import Bundle, build
from knowledge.load import Files, Source
from knowledge.model import BundleFile, Changes, Item, Paper, Situation
from knowledge.outcomes import outcomes
from knowledge.problem import Place, Problem, did_you_mean, path
from knowledge.regions import Region
from knowledge.when import Condition, ConditionError, condition


def check_files(files: Files) -> list[Problem]:
    """What makes the files unusable: shapes, references, conditions, circles, contradicting overlays."""
    if files.problems:
        # What refers to a file that could not be read would only repeat its mistake.
        return list(files.problems)
    problems: list[Problem] = []
    for name, procedure in files.procedures.items():
        source = files.source("procedures", name)
        problems += _papers(files, source, procedure.materials, ("materials",))
    for name, bundle in files.bundles.items():
        problems += _bundle(files, files.source("bundles", name), bundle)
    for code, region in files.regions.items():
        problems += _region(files, files.source("regions", code), region)
    return problems


def check_content(files: Files, today: date) -> list[Problem]:
    """What is usable but wrong: dead questions, papers and procedures that nobody can ever need, expired guides.

    Only for files that `check_files` finds nothing severe in.
    """
    problems: list[Problem] = []
    used: set[str] = set()
    for name, file in files.bundles.items():
        used |= {item.procedure for item in file.items}
        bundle = build(file, files.procedures, files.materials)
        source = files.source("bundles", name)
        problems += _dead(bundle, source)
        problems += _dates(file, source, today)
    for region in files.regions.values():
        used |= {item.procedure for part in region.bundles.values() for item in part.extra_items}
    for name in sorted(set(files.procedures) - used):
        source = files.source("procedures", name)
        problems.append(Problem(source.name, 1, "id", "没有哪件“一件事”用到这个事项:引用它,或删掉文件", severe=False))
    papers = {p.name for procedure in files.procedures.values() for p in procedure.materials}
    for file in files.bundles.values():
        papers |= {p.name for item in file.items for p in item.changes.with_}
    for region in files.regions.values():
        papers |= {p.name for c in _region_changes(region) for p in c.with_}
    for name in sorted(set(files.materials) - papers):
        source = files.source("materials", name)
        problems.append(
            Problem(source.name, source.line(name), name, "没有哪个事项要这种材料:用上它,或从材料库删掉", severe=False)
        )
    return problems


def _papers(files: Files, source: Source, papers: Iterable[Paper], at: Place) -> Iterator[Problem]:
    for i, paper in enumerate(papers):
        name, when = paper.name, paper.when
        if name not in files.materials:
            hint = did_you_mean(name, _near(name, files.materials))
            place = (*at, i, "name")
            yield Problem(source.name, source.line(*place), path(place), f"材料库里没有 {name!r}。{hint}")
        try:
            condition(when)
        except ConditionError as error:
            place = (*at, i, "when")
            yield Problem(source.name, source.line(*place), path(place), str(error))


def _near(name: str, known: Mapping[str, object]) -> list[str]:
    return [k for k in known if set(k) & set(name)]


def _bundle(files: Files, source: Source, bundle: BundleFile) -> Iterator[Problem]:
    def problem(what: str, *place: str | int) -> Problem:
        return Problem(source.name, source.line(*place), path(place), what)

    situations = {s.id: s for s in bundle.situations}
    ids = [i.id for i in bundle.items]
    for kind, names in (
        ("situations", [s.id for s in bundle.situations]),
        ("items", ids),
        ("form", [f.id for f in bundle.form]),
    ):
        for i, name in enumerate(names):
            if name in names[:i]:
                yield problem(f"{name!r} 写了两次,留一个", kind, i, "id")
    circular = False
    for i, situation in enumerate(bundle.situations):
        for found in _condition(situation.needed_when, situations):
            circular = True
            yield problem(found, "situations", i, "needed_when")
        known = {o.id for o in situation.options} | ({"yes", "no"} if situation.type == "yes_no" else set())
        for said in situation.said_as if known else ():
            if said not in known:
                yield problem(
                    f"said_as 里的 {said!r} 不是它的答案。{did_you_mean(said, known)}", "situations", i, "said_as", said
                )
    if not circular and (circle := _circle({s.id: tuple(_names(s.needed_when)) for s in bundle.situations})):
        yield problem(f"needed_when 绕成了圈:{' → '.join(circle)}", "situations")
    for i, item in enumerate(bundle.items):
        yield from (problem(what, "items", i, *rest) for what, rest in _item(files, item, situations, ids))
        yield from _papers(files, source, item.changes.with_, ("items", i, "changes", "with"))
    if circle := _circle({i.id: i.after for i in bundle.items}):
        yield problem(f"谁等谁绕成了圈:{' → '.join(circle)}", "items")
    fields = {f.id for f in bundle.form}
    for i, f in enumerate(bundle.form):
        for name in () if f.items == "all" else f.items:
            if name not in ids:
                yield problem(f"没有事项 {name!r}。{did_you_mean(name, ids)}", "form", i, "items")
        kind, _, what = f.from_.partition(":")
        if kind == "situation" and what not in situations:
            yield problem(f"没有情形 {what!r}。{did_you_mean(what, situations)}", "form", i, "from")
        if kind == "derived" and what not in fields | set(situations):
            yield problem(f"没有栏目 {what!r}。{did_you_mean(what, fields)}", "form", i, "from")


def _item(
    files: Files, item: Item, situations: Mapping[str, Situation], ids: list[str]
) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    for found in _condition(item.when, situations):
        yield found, ("when",)
    for other in item.after:
        if other not in ids:
            yield f"没有事项 {other!r}。{did_you_mean(other, ids)}", ("after",)
    if item.procedure not in files.procedures:
        hint = did_you_mean(item.procedure, _near(item.procedure, files.procedures))
        yield f"没有事项文件 procedures/{item.procedure}.yml。{hint}", ("procedure",)
        return
    papers = files.procedures[item.procedure].materials
    for i, gone in enumerate(item.changes.without):
        if not any(p.name == gone.name and gone.of in (None, p.of) for p in papers):
            yield (
                f"事项 {item.procedure} 里本来就没有 {gone.name}({gone.of or '任何人'}),删掉这一行",
                ("changes", "without", i),
            )
    own = {p.key for p in item.changes.with_}
    wanted: list[tuple[Paper, Place]] = [
        (p, ("procedure",)) for p in papers if p.key not in own and not _removed(p, item.changes)
    ]
    wanted += [(p, ("changes", "with", i)) for i, p in enumerate(item.changes.with_)]
    for paper, place in wanted:
        try:
            replaced = condition(paper.when).replace(item.given)
        except ConditionError as error:
            yield f"given 写法不对:{error}", ("given",)
            return
        for found in _unknown(replaced, situations):
            yield f"材料 {paper.name}({paper.of})的条件 {paper.when!r}:{found} 也可以用 given 对应", place


def _removed(paper: Paper, changes: Changes) -> bool:
    return any(paper.name == n.name and n.of in (None, paper.of) for n in changes.without)


def _condition(source: str, situations: Mapping[str, Situation]) -> Iterator[str]:
    try:
        parsed = condition(source)
    except ConditionError as error:
        yield str(error)
        return
    yield from _unknown(parsed, situations)


def _unknown(parsed: Condition, situations: Mapping[str, Situation]) -> Iterator[str]:
    for name in sorted(parsed.names - set(situations)):
        yield f"没有情形 {name!r}。{did_you_mean(name, situations)}"
    for name, constant in parsed.comparisons():
        situation = situations.get(name)
        if situation is None:
            continue
        if situation.type in ("choice", "multi"):
            known = {o.id for o in situation.options}
            if constant is True:
                yield f"{name} 是选择题,要和选项比较,例如 {name} == {sorted(known)[0]!r}"
            elif constant not in known:
                yield f"{name} 没有选项 {constant!r}。{did_you_mean(str(constant), known)}"
        elif situation.type == "number" and (isinstance(constant, bool) or not isinstance(constant, (int, float))):
            yield f"{name} 是数字,不能和 {constant!r} 比"
        elif situation.type == "yes_no" and not isinstance(constant, bool):
            yield f"{name} 是是非题,直接写 {name} 或 not {name}"


def _names(source: str) -> frozenset[str]:
    return condition(source).names


def _circle(follows: Mapping[str, tuple[str, ...]]) -> list[str]:
    """One circle in who-waits-for-whom, or an empty list."""
    state: dict[str, int] = {}
    trail: list[str] = []

    def visit(name: str) -> list[str]:
        if state.get(name) == 1:
            return [*trail[trail.index(name) :], name]
        if state.get(name) == 2 or name not in follows:
            return []
        state[name] = 1
        trail.append(name)
        for other in follows[name]:
            if circle := visit(other):
                return circle
        trail.pop()
        state[name] = 2
        return []

    for name in follows:
        if circle := visit(name):
            return circle
    return []


def _region(files: Files, source: Source, region: Region) -> Iterator[Problem]:
    def problem(what: str, *place: str | int) -> Problem:
        return Problem(source.name, source.line(*place), path(place), what)

    for name, changes in region.procedures.items():
        if name not in files.procedures:
            yield problem(f"没有事项 {name!r}。{did_you_mean(name, _near(name, files.procedures))}", "procedures", name)
        yield from _papers(files, source, changes.with_, ("procedures", name, "with"))
    for name, here in region.bundles.items():
        bundle = files.bundles.get(name)
        if bundle is None:
            yield problem(f"没有一件事 {name!r}。{did_you_mean(name, files.bundles)}", "bundles", name)
            continue
        ids = [i.id for i in bundle.items] + [i.id for i in here.extra_items]
        for item, changes in here.items.items():
            if item not in ids:
                yield problem(f"没有事项 {item!r}。{did_you_mean(item, ids)}", "bundles", name, "items", item)
            else:
                own = next(i for i in [*bundle.items, *here.extra_items] if i.id == item)
                both = region.procedures.get(own.procedure)
                for key in set(changes.dict(exclude_unset=True)) & set(both.dict(exclude_unset=True) if both else {}):
                    said = f"{key} 在 procedures.{own.procedure} 里已经改过,两处说法会打架:只留一处"
                    yield problem(said, "bundles", name, "items", item, key)
        situations = {s.id: s for s in bundle.situations}
        for i, extra in enumerate(here.extra_items):
            for what, rest in _item(files, extra, situations, ids):
                yield problem(what, "bundles", name, "extra_items", i, *rest)
    for i, way in enumerate(region.ways):
        for name in () if way.bundles == "all" else way.bundles:
            if name not in files.bundles:
                yield problem(f"没有一件事 {name!r}。{did_you_mean(name, files.bundles)}", "ways", i, "bundles")
            else:
                for found in _condition(way.needs, {s.id: s for s in files.bundles[name].situations}):
                    yield problem(found, "ways", i, "needs")
        for name in way.only:
            if name not in files.procedures:
                yield problem(f"没有事项 {name!r}", "ways", i, "only")
    for i, rule in enumerate(region.exempt):
        for name in () if rule.papers == "government_proofs" else rule.papers:
            if name not in files.materials:
                yield problem(f"材料库里没有 {name!r}", "exempt", i, "papers")
            for j, late in enumerate(region.defer):
                if late.papers != "minor" and name in late.papers:
                    said = f"{name} 又说免交(exempt[{i}])又说容缺:两处说法打架,只留一处"
                    yield problem(said, "defer", j, "papers")
    if region.commitment:
        for name in region.commitment.except_:
            if name not in files.procedures:
                yield problem(f"没有事项 {name!r}", "commitment", "except")


def _region_changes(region: Region) -> Iterator[Changes]:
    yield from region.procedures.values()
    for here in region.bundles.values():
        yield from here.items.values()
        yield from (item.changes for item in here.extra_items)


def _dead(bundle: Bundle, source: Source) -> Iterator[Problem]:
    known = outcomes(bundle)
    deciding = known.deciding()
    used_in_form = {f.from_.partition(":")[2] for f in bundle.form if f.from_.startswith(("situation:", "derived:"))}
    for i, name in enumerate(bundle.situations):
        if name not in used_in_form and not any(bundle.space.depends(o, {}, name) for o in deciding):
            place = ("situations", i, "id")
            said = f"问了 {name} 也什么都不会变:用到条件里,或删掉这个问题"
            yield Problem(source.name, source.line(*place), path(place), said, severe=False)
    for i, item in enumerate(bundle.items.values()):
        if bundle.space.verdict(known.items[item.id], {}) is False:
            at: Place = ("items", i, "when")
            said = f"怎么回答都轮不到办 {item.name}:条件自相矛盾,改条件或删掉"
            yield Problem(source.name, source.line(*at), path(at), said, severe=False)
            continue
        for use in item.uses:
            if bundle.space.verdict(known.uses[id(use)], {}) is False:
                at = ("items", i)
                paper = f"{use.paper.name}({use.paper.of})"
                said = f"{item.name} 里怎么回答都不会要 {paper}:条件 {use.when.source!r} 永远不成立"
                yield Problem(source.name, source.line(*at), path(at), said, severe=False)


def _dates(file: BundleFile, source: Source, today: date) -> Iterator[Problem]:
    for key in ("effective", "expires"):
        text = getattr(file, key)
        if text is None:
            continue
        try:
            day = date.fromisoformat(text)
        except ValueError:
            yield Problem(source.name, source.line(key), key, f"日期要写成 2026-01-31 的样子,现在是 {text!r}")
            continue
        if key == "expires" and day < today:
            yield Problem(source.name, source.line(key), key, f"{text} 已过期:更新指南,或下架", severe=False)
