"""Which calls of AWS a handler's code can make, read from the sources.

Every call stands in ``with aws_call(f"service:Operation …")`` (``processor/aws/faults.py``), so the labels are the
calls. That no call hides behind another's label is checked too: the client's methods beside a label are counted.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
CLIENTS = {"s3", "dynamodb", "client", "sqs", "ssm"}
# Signing asks AWS for nothing; whoever uses the signature does, under the signer's grants.
SIGNING = {"generate_presigned_post"}


def source_of(module: str) -> Path | None:
    """Find the file of a module of ours."""
    path = ROOT.joinpath(*module.split("."))
    return next((one for one in (path.with_suffix(".py"), path / "__init__.py") if one.is_file()), None)


def modules_reached(module: str) -> set[str]:
    """Follow imports of ours from *module* on."""
    reached: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        path = source_of(name)
        if name not in reached and path:
            reached.add(name)
            waiting += imported(ast.parse(path.read_text(encoding="utf-8")))
    return reached


def imported(tree: ast.Module) -> Iterator[str]:
    """Name the modules of ours that a module imports, at the top or later."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("processor"):
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def labels(module: str) -> set[str]:
    """Give the calls that *module* labels: ``service:Operation``."""
    path = source_of(module)
    tree = ast.parse(path.read_text(encoding="utf-8")) if path else ast.Module([], [])
    return {label_of(node) for node in ast.walk(tree) if isinstance(node, ast.Call) and is_named(node.func, "aws_call")}


def label_of(call: ast.Call) -> str:
    """Read the first word of a label."""
    [text] = call.args
    first = text.values[0] if isinstance(text, ast.JoinedStr) else text
    assert isinstance(first, ast.Constant)
    return str(first.value).split()[0]


def is_named(node: ast.expr, name: str) -> bool:
    """Tell whether *node* is the plain name *name*."""
    return isinstance(node, ast.Name) and node.id == name


def operations(module: str) -> set[str]:
    """Give the operations that *module* asks a client for, as AWS spells them: ``GetObject``."""
    path = source_of(module)
    tree = ast.parse(path.read_text(encoding="utf-8")) if path else ast.Module([], [])
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
