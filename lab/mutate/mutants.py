"""Make mutants: copies of a module with one small mistake each. Pure: trees in, trees out.

Left alone is what no test of behaviour can or should notice: docstrings, annotations, decorators, and the
words of messages.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeVar, cast

Node = TypeVar("Node", bound=ast.AST)
COMPARISONS: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ARITHMETIC: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
EXCHANGED: Final = {"min": "max", "max": "min", "any": "all", "all": "any", "upper": "lower", "lower": "upper"}
EXCHANGED_ENDS: Final = {"rpartition": "partition", "partition": "rpartition", "rstrip": "lstrip", "lstrip": "rstrip"}
NAMES: Final = EXCHANGED | EXCHANGED_ENDS
PASSED_OVER: Final = frozenset({"annotation", "returns", "decorator_list", "type_params"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Mutant:
    """A module with one wrong in it. *line* counts from 1; *before* and *after* show what was changed."""

    line: int
    before: str
    after: str
    tree: ast.Module

    def __str__(self) -> str:
        """Show the change in one line."""
        return f"line {self.line}: {self.before}  →  {self.after}"


def mutants_of(source: str) -> Iterator[Mutant]:
    """Make every mutant of the module *source*."""
    tree = ast.parse(source)
    for place in places(tree):
        for wrong in wrongs(place):
            yield mutant(tree, place, wrong)


def mutant(tree: ast.Module, place: ast.AST, wrong: ast.AST) -> Mutant:
    """Put *wrong* into a copy of *tree* where *place* stands."""

    class Exchange(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return wrong if node is place else super().visit(node)

    # The copy shares no node with the tree but the place itself, by which it is found.
    copied = copy.deepcopy(tree, {id(place): place})
    Exchange().generic_visit(copied)
    line: int = getattr(place, "lineno", 1)
    return Mutant(line=line, before=shown(place), after=shown(wrong), tree=ast.fix_missing_locations(copied))


def shown(node: ast.AST) -> str:
    """Write *node* in one line, and not all of a long one."""
    head = ast.If(test=node.test, body=[ast.Pass()], orelse=[]) if isinstance(node, ast.If) else node
    return ast.unparse(head).partition("\n")[0][:100]


def places(node: ast.AST) -> Iterator[ast.AST]:
    """List the nodes of *node* that may be mutated."""
    for name, value in ast.iter_fields(node):
        if name in PASSED_OVER or (name == "exc" and isinstance(node, ast.Raise)):
            continue
        children = cast("list[object]", value if isinstance(value, list) else [value])
        for child in children:
            if isinstance(child, ast.AST) and not is_words(child):
                yield child
                yield from places(child)


def is_words(node: ast.AST) -> bool:
    """Return whether *node* is a docstring, or another statement that is only a text, or imports for a type checker."""
    if isinstance(node, ast.If):
        return ast.unparse(node.test) == "TYPE_CHECKING"
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def wrongs(node: ast.AST) -> Iterator[ast.AST]:
    """List what *node* could be instead."""
    match node:
        case ast.Compare(ops=[only]):
            yield from (changed(node, ops=[other()]) for other in COMPARISONS[type(only)])
        case ast.BoolOp(op=op):
            yield changed(node, op=ast.Or() if isinstance(op, ast.And) else ast.And())
            yield from node.values
        case ast.BinOp(op=op) if type(op) in ARITHMETIC:
            yield changed(node, op=ARITHMETIC[type(op)]())
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.Constant(value=value):
            yield from constants(value)
        case ast.Name(id=name) if name in NAMES:
            yield changed(node, id=NAMES[name])
        case ast.Attribute(attr=name) if name in NAMES:
            yield changed(node, attr=NAMES[name])
        case _:
            yield from wrong_statements(node)


def wrong_statements(node: ast.AST) -> Iterator[ast.AST]:
    """List what a statement, or a choice, could do instead."""
    match node:
        case ast.If(test=test) | ast.IfExp(test=test):
            yield changed(node, test=ast.UnaryOp(ast.Not(), test))
        case ast.Raise():
            yield ast.Pass()
        case ast.Return(value=ast.expr() as value) if not is_none(value):
            yield ast.Return(value=ast.Constant(None))
        case _:
            return


def constants(value: object) -> Iterator[ast.AST]:
    """List other values of the same kind."""
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield from (ast.Constant(value + 1), ast.Constant(value - 1))
    elif isinstance(value, str):
        yield ast.Constant(f"{value}!")


def is_none(node: ast.expr) -> bool:
    """Return whether *node* is None already."""
    return isinstance(node, ast.Constant) and node.value is None


def changed(node: Node, **fields: object) -> Node:
    """Copy *node* with other *fields*."""
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other
