"""Reading one YAML file into one of our shapes, with the line of every mistake."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from knowledge.problem import Place, Problem, path

Shape = TypeVar("Shape", bound=BaseModel)

#: pydantic's messages in the editors' language, by error type.
_SAID = {
    "value_error.missing": "缺了这一项",
    "value_error.extra": "不认识这个键,删掉或改成说明书(docs/knowledge.md)里的写法",
    "type_error.none.not_allowed": "不能空着",
    "type_error.integer": "要写整数",
    "type_error.str": "要写文字(像 yes、no、数字这样的,请加引号)",
}


class GuideLoader(yaml.CSafeLoader):
    """YAML as editors mean it: only true and false are truth values; yes, no, on, off and dates stay text."""


GuideLoader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag.rsplit(":", 1)[1] not in ("bool", "timestamp")]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
GuideLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def read_yaml(text: str, name: str) -> Any:
    """The data of a YAML text. Raises Problem's carrier `Unreadable` with the line when it is not YAML."""
    try:
        return yaml.load(text, Loader=GuideLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        said = "这一行的 YAML 写法不对(多半是缩进、冒号后少空格、引号没配对)"
        raise Unreadable(Problem(name, line, "", f"{said}:{error.problem}")) from None
    except (yaml.YAMLError, ValueError) as error:
        raise Unreadable(Problem(name, 0, "", f"读不成 YAML:{error}")) from None


class Unreadable(ValueError):
    "The file cannot be read at all; `problem` says where and why"

    def __init__(self, problem: Problem):
        self.problem = problem
        super().__init__(str(problem))


def read_text(file: Path, name: str) -> str:
    """The text of a file. Raises Unreadable when it is missing or not UTF-8."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(Problem(name, 0, "", f"不是 UTF-8 文字(第 {error.start} 字节起),请另存为 UTF-8")) from None
    except OSError as error:
        raise Unreadable(Problem(name, 0, "", f"打不开:{error.strerror}")) from None


def into(shape: type[Shape], data: Any, text: str, name: str, at: Place = ()) -> tuple[Shape | None, list[Problem]]:
    """The data as `shape`, or None and every mistake with its line; `at` is where in the file the data stands."""
    if not isinstance(data, dict):
        return None, [Problem(name, line_of(text, at), path(at), "这里要写“键: 值”")]
    try:
        return shape.parse_obj(data), []
    except ValidationError as error:
        problems = []
        for mistake in error.errors():
            place = at + tuple(step for step in mistake["loc"] if step != "__root__")
            said = _SAID.get(mistake["type"], _in_words(dict(mistake)))
            problems.append(Problem(name, line_of(text, place), path(place), said))
        return None, problems


def _in_words(mistake: dict[str, Any]) -> str:
    context = mistake.get("ctx", {})
    if "permitted" in context:
        return f"写的是 {context.get('given')!r},只能是:{'、'.join(map(str, context['permitted']))}"
    if "limit_value" in context:
        return f"数字超出范围(界限 {context['limit_value']})"
    return str(mistake["msg"])


def line_of(text: str, place: Place) -> int:
    """The line (1-based) on which a place of the file stands, or the nearest one above it that exists."""
    try:
        node = yaml.compose(text, Loader=GuideLoader)
    except yaml.YAMLError:
        return 0
    line = 1
    for step in place:
        found = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(step):
                    found, line = value, key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            found = node.value[step]
            line = found.start_mark.line + 1
        if found is None:
            break
        node = found
    return line
