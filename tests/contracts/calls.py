"""Derive the calls of AWS that a handler's code can make from its sources.

Every call stands in ``with aws_call(f"service:Operation …")`` (``processor/aws/faults.py``), so the labels are the
calls. That no call hides behind another's label is checked too: the client's methods beside a label are counted.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
CLIENTS = {"s3", "dynamodb", "client", "sqs", "ssm"}
# Signing calls nothing; the address that is signed is used later, under the signer's grants.
SIGNING = {"generate_presigned_url"}


def source_of(module: str) -> Path | None:
    """Find the file of a module of ours."""
    path = ROOT.joinpath(*module.split("."))
    return next((one for one in (path.with_suffix(".py"), path / "__init__.py") if one.is_file()), None)


Definition = tuple[str, str]
"""A module and the name of a function, class or constant at its top level."""


@cache
def definitions_reached(module: str) -> frozenset[Definition]:
    """Follow the names that are used from all definitions of *module* on: functions, classes, constants of ours."""
    reached: set[Definition] = set()
    waiting = [(module, name) for name in definitions(module)]
    while waiting:
        one = waiting.pop()
        if one not in reached:
            reached.add(one)
            waiting += used_by(*one)
    return frozenset(reached)


@cache
def tree_of(module: str) -> ast.Module:
    """Parse a module of ours; an empty tree for any other."""
    path = source_of(module)
    return ast.parse(path.read_text(encoding="utf-8")) if path else ast.Module([], [])


@cache
def definitions(module: str) -> dict[str, ast.stmt]:
    """Give the top-level definitions of *module* by name; *import* statements are none."""
    found: dict[str, ast.stmt] = {}
    for node in tree_of(module).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id: node for target in targets if isinstance(target, ast.Name)}
    return found


@cache
def used_by(module: str, name: str) -> frozenset[Definition]:
    """Name the definitions of ours that one definition uses."""
    return frozenset(uses(module, name))


def uses(module: str, name: str) -> Iterator[Definition]:
    """Find the definitions of ours that one definition uses. A module that is used as a whole counts whole."""
    node = definitions(module)[name]
    known = {**imports_of(module), **imported(node)}
    for one in ast.walk(node):
        if not isinstance(one, ast.Name):
            continue
        if one.id in definitions(module):
            yield module, one.id
        for place, original in known.get(one.id, ()):
            if original in definitions(place):
                yield place, original
            else:
                whole = f"{place}.{original}"
                yield from ((whole, inner) for inner in definitions(whole))


@cache
def imports_of(module: str) -> dict[str, list[Definition]]:
    """Map the names that *module* imports from us, anywhere in it."""
    return imported(tree_of(module))


def imported(tree: ast.AST) -> dict[str, list[Definition]]:
    """Map each name that is imported from us, at the top or later, to where it comes from."""
    found: dict[str, list[Definition]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("processor"):
            for alias in node.names:
                found.setdefault(alias.asname or alias.name, []).append((str(node.module), alias.name))
    return found


@cache
def labels(definition: Definition) -> frozenset[str]:
    """Give the calls that a definition labels: ``service:Operation``."""
    calls = (node for node in ast.walk(node_of(definition)) if isinstance(node, ast.Call))
    return frozenset(label_of(node) for node in calls if is_named(node.func, "aws_call"))


def node_of(definition: Definition) -> ast.stmt:
    """Give the syntax tree of one definition."""
    module, name = definition
    return definitions(module)[name]


def label_of(call: ast.Call) -> str:
    """Return the first word of a label."""
    [text] = call.args
    first = text.values[0] if isinstance(text, ast.JoinedStr) else text
    assert isinstance(first, ast.Constant)
    return str(first.value).split()[0]


def is_named(node: ast.expr, name: str) -> bool:
    """Tell whether *node* is the plain name *name*."""
    return isinstance(node, ast.Name) and node.id == name


def operations(definition: Definition) -> set[str]:
    """Give the operations that a definition asks a client for, as AWS spells them: ``GetObject``."""
    tree = node_of(definition)
    methods = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {
        "".join(word.title() for word in method.attr.split("_"))
        for method in methods
        if isinstance(method, ast.Attribute) and client_of(method.value) in CLIENTS and method.attr not in SIGNING
    }


def client_of(node: ast.expr) -> str:
    """Name the attribute that a method is called on: ``self.s3`` and ``self.client()`` are clients."""
    inner = node.func if isinstance(node, ast.Call) else node
    return inner.attr if isinstance(inner, ast.Attribute) else ""
