"""Write the settings reference from the models: ``python -m tools.settings_docs > docs/settings.md``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator

from processor.schema_text import Schema, allowed, plain, values_of
from processor.settings.functions import EditApiEnv, EditEnv, ReconcileEnv, RenditionEnv, Slice, variables
from processor.settings.tree import Settings
from processor.validation import ROLE

HEAD = """# Settings

Written by `make docs` from the models in `processor/settings/`; a test keeps it current.

The tree stands in a stack file (`Pulumi.<stack>.yaml`) under `config: {darkroom:settings: …}`, or alone in a file for
`darkroom render --settings FILE`. Only what differs from the defaults needs to be written. Names of buckets, tables and
functions are derived from the project and the stack. A renamed setting is accepted under its former name for one
release, with a warning of one line. An unknown key, a wrong type or a value out of range is refused with one line: the
key, what was found and what is allowed.
"""

ENVIRONMENT = """
## Environment of the functions

Each function receives only what its own code reads. Text stands as it is, everything else as JSON;
a setting without a value has no variable. Five variables keep the names of the editor guide, which other systems may
read: `S3_BUCKET`, `DYNAMODB_TABLE`, `MAX_IMAGE_SIZE`, `MAX_DIMENSIONS`, `DEFAULT_QUALITY`.
"""

FUNCTIONS: tuple[tuple[str, type[Slice]], ...] = (
    ("Rendition function", RenditionEnv),
    ("Edit worker", EditEnv),
    ("Edit API", EditApiEnv),
    ("Reconciler", ReconcileEnv),
)


def main() -> None:
    """Print the reference."""
    sys.stdout.write(reference())


def reference() -> str:
    """Write the whole of ``docs/settings.md``."""
    root = Settings.model_json_schema()
    defaults = Settings().model_dump(mode="json", exclude_none=True)
    sections = (section(name, schema, root, defaults[name]) for name, schema in root["properties"].items())
    return "".join([HEAD, *sections, ENVIRONMENT, *(function(title, kind) for title, kind in FUNCTIONS)])


def section(name: str, schema: Schema, root: Schema, defaults: Schema) -> str:
    """Write one top-level branch of the tree."""
    branch = plain(schema, root)
    lines = rows("", branch, root, defaults)
    return f"\n## {name}\n\n{branch['description']}\n\n{table(('key', 'default', 'allowed', 'meaning'), lines)}"


def rows(prefix: str, branch: Schema, root: Schema, defaults: Schema) -> Iterator[tuple[str, ...]]:
    """Walk *branch*: one row per setting, then the rows of what a branch, a mapping or a list holds."""
    for name, schema in branch["properties"].items():
        inner, default = plain(schema, root), defaults.get(name, schema.get("default"))
        members = plain(values_of(inner), root)
        if "properties" not in inner:
            yield f"`{prefix}{name}`", default_text(name, branch, default), allowed(inner, root), schema["description"]
        else:
            yield from rows(f"{prefix}{name}.", inner, root, default or {})
        if "properties" in members:
            yield from rows(f"{prefix}{name}.<name>.", members, root, {})
        if "properties" in (items := plain(inner.get("items", {}), root)):
            yield from rows(f"{prefix}{name}[].", items, root, {})


def function(title: str, kind: type[Slice]) -> str:
    """Write the variables of one function."""
    variable_of = variables(kind)
    lines = ((f"`{variable_of[name]}`", str(field.description)) for name, field in kind.model_fields.items())
    return f"\n### {title}\n\n{table(('variable', 'meaning'), lines)}"


def table(columns: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> str:
    """Lay out a Markdown table."""
    return "".join(f"| {' | '.join(cells)} |\n" for cells in [columns, ("---",) * len(columns), *lines])


def default_text(name: str, branch: Schema, default: object) -> str:
    """Write the default of the setting *name*; that of a resource's name is derived from the stack."""
    if role := branch["properties"][name].get(ROLE):
        return f"`{{project}}-{{stack}}-{role}`"
    return "required" if name in branch.get("required", ()) else literal(default)


def literal(value: object) -> str:
    """Write a default as it would stand in a stack file."""
    return "none" if value is None else f"`{json.dumps(value)}`"


if __name__ == "__main__":
    main()
