"""Write the operations reference from the vocabulary: ``python -m tools.operations_docs`` (``make docs``)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from processor.edits.document import vocabulary_document
from tools.operations_pictures import command_of, draw_all
from tools.settings_docs import table

DOCS: Final = Path(__file__).parents[1] / "docs"
REFERENCE: Final = DOCS / "operations-reference.md"
PICTURES: Final = DOCS / "pictures" / "operations"
GROUPS: Final[Mapping[str, str]] = {
    "size": "Size and shape",
    "turn": "Turning",
    "light": "Light and colour",
    "effect": "Effects",
    "overlay": "Text and watermarks",
    "file": "The file",
}
HEAD: Final = """# Operations

Written by `make docs` from the models in `processor/edits/operations/`; a test keeps it current.

Steps are applied in the order in which they are written, each to the result of the one before. They can be sent as
JSON (`{"op": "resize", "width": 800}`) or as a command in plain English ("resize to 800px and convert to webp");
`darkroom parse "…"` and `POST /image-edit/parse` show what a command compiles to without running it.
A plan has at most %(steps)d steps, a command at most 2,000 characters. Unknown operations and parameters are refused.

Each picture shows a drawn landscape before and after the command beneath it.
"""
SHARED: Final = """
## Words that several operations take

- Anchors: %(anchors)s; also `top`, `bottom left`, `centre` and the like.
- Aspect ratios: any `width:height`; by name: %(aspects)s.
- Colours: `#RRGGBB`, `#RGB`, and the %(colours)d names of CSS, as %(some)s.
- Formats: %(formats)s.
"""
SOME_COLOURS: Final = ("black", "white", "skyblue", "tomato")


def main() -> None:
    """Write the reference and its pictures."""
    draw_all(PICTURES)
    REFERENCE.write_text(reference(), encoding="utf-8")


def reference() -> str:
    """Write the whole of ``docs/operations-reference.md``."""
    document = vocabulary_document()
    groups = (group(key, title, document["operations"]) for key, title in GROUPS.items())
    shared = {
        "anchors": listed(document["anchors"]),
        "aspects": ", ".join(f"{name} ({aspect})" for name, aspect in document["aspects"].items()),
        "colours": len(document["colours"]),
        "some": listed(SOME_COLOURS),
        "formats": listed(document["formats"]),
    }
    return "".join([HEAD % {"steps": document["maxSteps"]}, *groups, SHARED % shared])


def group(key: str, title: str, operations: Sequence[Mapping[str, Any]]) -> str:
    """Write the operations of one group."""
    return f"\n## {title}\n" + "".join(operation(one) for one in operations if one["group"] == key)


def operation(described: Mapping[str, Any]) -> str:
    """Write one operation: what it does, how it looks, what it takes, how it is said."""
    name, command = described["name"], command_of(described["name"])
    lines = table(("parameter", "default", "allowed", "meaning"), parameters(described["parameters"]))
    said = ", ".join(f"“{example}”" for example in described["examples"])
    picture = f"![Before and after: {command}](pictures/operations/{name}.webp)\n\n*{command}*\n"
    taken = f"\n{lines}" if described["parameters"] else "\nNo parameters.\n"
    return f"\n### {name}\n\n{described['summary']}\n\n{picture}{taken}\nSaid as: {said}.\n"


def parameters(described: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    """Write a row per parameter."""
    for one in described:
        default = "none" if one["default"] is None else f"`{json.dumps(one['default'])}`"
        yield f"`{one['name']}`", "required" if one["required"] else default, one["allowed"], one["description"]


def listed(names: Sequence[str]) -> str:
    """Write names as code, with commas."""
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    main()
