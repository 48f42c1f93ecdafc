"""The `when` language: true-or-false expressions over an applicant's answers, in three values.

A condition is Python's own syntax reduced to names of situations, literals, comparisons, `in`, `and`, `or`, `not`.
It is compiled to closures from a whitelist of syntax nodes; nothing is ever handed to `eval`. Values follow Kleene's
strong three-valued logic: a name without a value makes a comparison unknown (None), and unknown propagates only
where the answer could change the result.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping
from functools import cache
from itertools import pairwise
from typing import Any, Final

Values = Mapping[str, Any]
Verdict = bool | None


class _NotApplicable:
    """The value of a question that does not arise: equal to nothing, in nothing, neither true nor large nor small."""

    def __repr__(self) -> str:
        return "NOT_APPLICABLE"

    def __bool__(self) -> bool:
        return False


NOT_APPLICABLE: Final = _NotApplicable()


class ConditionError(ValueError):
    "The text is not a condition of the `when` language"


_COMPARE: Final[dict[type[ast.cmpop], Callable[[Any, Any], bool]]] = {
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
    ast.Lt: lambda a, b: a is not NOT_APPLICABLE and a < b,
    ast.LtE: lambda a, b: a is not NOT_APPLICABLE and a <= b,
    ast.Gt: lambda a, b: a is not NOT_APPLICABLE and a > b,
    ast.GtE: lambda a, b: a is not NOT_APPLICABLE and a >= b,
    ast.In: lambda a, b: b is not NOT_APPLICABLE and a in b,
    ast.NotIn: lambda a, b: b is NOT_APPLICABLE or a not in b,
}
_MISSING: Final = object()
Closure = Callable[[Values], Any]


class Condition:
    """A parsed condition. `names` are the situations it speaks of; call it with answers to get True, False or None.

    >>> bool(Condition("premises == 'rented' and area > 300")({"premises": "rented", "area": 320}))
    True
    >>> Condition("premises == 'rented' and area > 300")({"area": 320}) is None
    True
    >>> Condition("premises == 'rented' and area > 300")({"area": 80})
    False
    """

    __slots__ = ("_mentions", "_test", "names", "source", "tree")

    def __init__(self, source: str | ast.expr):
        """Raises ConditionError with the reason when the text is not of the language."""
        if isinstance(source, str):
            self.source = source.strip()
            self.tree = _parse(self.source)
        else:
            self.tree = source
            self.source = ast.unparse(source)
        self._test = _truth(self.tree)
        self.names: frozenset[str] = frozenset(n.id for n in ast.walk(self.tree) if isinstance(n, ast.Name))
        self._mentions = tuple(_comparisons(self.tree))

    def __call__(self, answers: Values) -> Verdict:
        """True, False, or None when the answers given do not decide it. Names without a key are unknown."""
        verdict: Verdict = self._test(answers)
        return verdict

    def mentions(self, name: str) -> list[Any]:
        """The constants that `name` is compared with, in order of appearance."""
        return [constant for named, constant in self._mentions if named == name]

    def comparisons(self) -> tuple[tuple[str, Any], ...]:
        """Every (name, constant) compared; a name used bare is compared with True."""
        return self._mentions

    def replace(self, given: Mapping[str, str]) -> Condition:
        """The same condition in the words of a bundle: names and whole comparisons exchanged as `given` says.

        Replaced once, at once: `{a: b, b: a}` swaps. Raises ConditionError when a replacement cannot be parsed.
        """
        if not given:
            return self
        trees = {ast.dump(_parse(key)): _parse(value) for key, value in given.items()}
        return Condition(_Replace(trees).visit(_copy(self.tree)))

    def __repr__(self) -> str:
        return f"Condition({self.source!r})"


ALWAYS: Final = "always"


@cache
def condition(source: str) -> Condition:
    """The condition of this text, parsed once; `always` and `never` are the two constant ones."""
    text = {ALWAYS: "True", "never": "False"}.get(source.strip(), source)
    return Condition(text)


def both(first: Condition, second: Condition) -> Condition:
    """First and second."""
    if first.source == "True":
        return second
    if second.source == "True":
        return first
    return Condition(ast.BoolOp(op=ast.And(), values=[first.tree, second.tree]))


class _Replace(ast.NodeTransformer):
    def __init__(self, trees: Mapping[str, ast.expr]):
        self.trees = trees

    def visit(self, node: ast.AST) -> Any:
        found = self.trees.get(ast.dump(node)) if isinstance(node, ast.expr) else None
        return _copy(found) if found is not None else super().visit(node)


def _copy(tree: ast.expr) -> ast.expr:
    return ast.parse(ast.unparse(tree), mode="eval").body


def _parse(source: str) -> ast.expr:
    if len(source) > 2000:
        raise ConditionError("条件太长(超过 2000 字)")
    try:
        tree = ast.parse(source.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ConditionError(f"条件写法不对:{source!r}({getattr(error, 'msg', error)})") from None
    literal: ast.expr = _Literals().visit(tree)
    return literal


class _Literals(ast.NodeTransformer):
    """`true` and `false` as YAML writes them are literals, not situations."""

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in ("true", "false"):
            return ast.Constant(value=node.id == "true")
        return node


def _truth(node: ast.expr) -> Closure:
    if isinstance(node, ast.BoolOp):
        parts = [_truth(value) for value in node.values]
        return _every(parts) if isinstance(node.op, ast.And) else _some(parts)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = _truth(node.operand)

        def negated(values: Values) -> Verdict:
            verdict = inner(values)
            return None if verdict is None else not verdict

        return negated
    if isinstance(node, ast.Compare):
        return _compare(node)
    if isinstance(node, ast.Name):
        name = node.id

        def bare(values: Values) -> Verdict:
            value = values.get(name, _MISSING)
            return None if value is _MISSING else bool(value)

        return bare
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        constant = node.value
        return lambda values: constant
    raise ConditionError(f"这里不能用 {ast.unparse(node)!r}:只能写情形名、比较、in、and、or、not")


def _every(parts: list[Closure]) -> Closure:
    def every(values: Values) -> Verdict:
        verdict: Verdict = True
        for part in parts:
            one = part(values)
            if one is False:
                return False
            if one is None:
                verdict = None
        return verdict

    return every


def _some(parts: list[Closure]) -> Closure:
    def some(values: Values) -> Verdict:
        verdict: Verdict = False
        for part in parts:
            one = part(values)
            if one is True:
                return True
            if one is None:
                verdict = None
        return verdict

    return some


def _compare(node: ast.Compare) -> Closure:
    sides = [node.left, *node.comparators]
    operands = [_operand(side) for side in sides]
    tests = []
    for op in node.ops:
        if type(op) not in _COMPARE:
            raise ConditionError(f"这里不能用 {ast.unparse(node)!r}:只能用 == != < <= > >= in not in")
        tests.append(_COMPARE[type(op)])
    links = [_link(test, operands[i], operands[i + 1]) for i, test in enumerate(tests)]
    return links[0] if len(links) == 1 else _every(links)


def _link(test: Callable[[Any, Any], bool], left: Closure, right: Closure) -> Closure:
    def link(values: Values) -> Verdict:
        a, b = left(values), right(values)
        if a is _MISSING or b is _MISSING:
            return None
        return test(a, b)

    return link


def _operand(node: ast.expr) -> Closure:
    if isinstance(node, ast.Name):
        name = node.id
        return lambda values: values.get(name, _MISSING)
    constant = _constant(node)
    return lambda values: constant


def _constant(node: ast.expr) -> str | int | float | bool:
    if isinstance(node, ast.Constant) and isinstance(node.value, (str, int, float, bool)):
        return node.value
    if (
        isinstance(node, ast.UnaryOp)
        and isinstance(node.op, ast.USub)
        and isinstance(node.operand, ast.Constant)
        and isinstance(node.operand.value, (int, float))
    ):
        return -node.operand.value
    raise ConditionError(f"这里不能用 {ast.unparse(node)!r}:只能写情形名、文字、数字、true、false")


def _comparisons(tree: ast.expr) -> Collection[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []

    def walk(node: ast.expr) -> None:
        if isinstance(node, ast.Name):
            found.append((node.id, True))
        elif isinstance(node, ast.BoolOp):
            for value in node.values:
                walk(value)
        elif isinstance(node, ast.UnaryOp):
            walk(node.operand)
        elif isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            for a, b in pairwise(sides):
                for name, other in ((a, b), (b, a)):
                    if isinstance(name, ast.Name) and not isinstance(other, ast.Name):
                        found.append((name.id, _constant(other)))

    walk(tree)
    return found
