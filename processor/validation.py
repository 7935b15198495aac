"""Check a tree of settings against its model and report the first problem in one plain line.

Two things happen to a tree before the check: settings under a former name are moved to their new one (``renamed``), and
resource names that the tree leaves out are derived from the stack (``with_names``).
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from processor.errors import SettingsError
from processor.schema_text import Schema, allowed, nearest, plain, shown, value_line, values_of

SectionT = TypeVar("SectionT", bound="Section")
NO_NAMES: Mapping[str, str] = {}
# First part of the names of resources, in front of the stack's name; Pulumi.yaml names the same project.
PROJECT: Final = "darkroom"
ROLE: Final = "role"
WORLDWIDE: Final = "worldwide"


class Section(BaseModel):
    """One branch of the settings: frozen, exact in its types, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def resource_name(role: str, description: str, *, worldwide: bool = False) -> Any:
    """Declare a setting that names a resource; its default is ``{project}-{stack}-{role}`` (see ``with_names``).

    *worldwide*: no other account may have one of this name, so the account is part of the default.
    """
    extra = {ROLE: role, **({WORLDWIDE: "yes"} if worldwide else {})}
    return Field(default=f"{PROJECT}-{role}", description=description, json_schema_extra=cast("Any", extra))


def no_account() -> str:
    """Name no account, for settings whose names are not used."""
    return ""


def with_names(
    kind: type[Section], tree: Mapping[str, Any], prefix: str, account: Callable[[], str] = no_account
) -> dict[str, Any]:
    """Add ``{prefix}-{role}`` for each resource name of *kind* that *tree* leaves out, in all sections below too.

    *account* is asked for the account's number when a name that is unique in the world is left out.
    """
    filled = dict(tree)
    for name, field in kind.model_fields.items():
        if role := role_of(field):
            if name not in filled:
                number = account() if is_worldwide(field) else ""
                filled[name] = "-".join(filter(None, (prefix, role, number)))
        elif isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            inner = tree.get(name, {})
            if isinstance(inner, Mapping):
                filled[name] = with_names(field.annotation, cast("Mapping[str, Any]", inner), prefix, account)
    return filled


def role_of(field: FieldInfo) -> str | None:
    """Return the role of the resource that *field* names, None when it names none."""
    extra = cast("Mapping[str, str] | None", field.json_schema_extra)
    return extra.get(ROLE) if extra else None


def is_worldwide(field: FieldInfo) -> bool:
    """Return whether the resource that *field* names shares its namespace with all other accounts."""
    return WORLDWIDE in cast("Mapping[str, str]", field.json_schema_extra or {})


def renamed(tree: Mapping[str, Any], names: Mapping[str, str], warn: Callable[[str], object]) -> dict[str, Any]:
    """Move settings from their former names to their new ones; call *warn* with one line for each.

    *names*: former dotted key to new dotted key. Raises SettingsError when *tree* holds both.
    """
    moved = copy.deepcopy(dict(tree))
    for old, new in names.items():
        source, old_name = branch_of(moved, old)
        if old_name not in source:
            continue
        target, new_name = branch_of(moved, new, create=True)
        if new_name in target:
            raise SettingsError(f"{old}: found beside {new}, its new name, expected one of them: remove {old}")
        target[new_name] = source.pop(old_name)
        warn(f"{old}: renamed to {new}; the next release refuses the former name")
    return moved


def branch_of(tree: dict[str, Any], key: str, *, create: bool = False) -> tuple[dict[str, Any], str]:
    """Return the branch of *tree* that the dotted *key* belongs to, and the key's last part.

    The branch is a new mapping where there is none: inside *tree* with *create*, otherwise outside of it.
    """
    *path, last = key.split(".")
    for part in path:
        inner: object = tree.setdefault(part, {}) if create else tree.get(part)
        if not isinstance(inner, dict):  # missing, or of a wrong type, which the check reports
            return {}, last
        tree = cast("dict[str, Any]", inner)
    return tree, last


def from_tree(kind: type[SectionT], tree: Mapping[str, Any], names: Mapping[str, str] = NO_NAMES) -> SectionT:
    """Check *tree* against *kind*; raise SettingsError with one line about the first problem.

    *names*: the writer's own names of top-level keys, where they differ from the fields' (environment variables).
    """
    try:
        # By way of JSON, because only there may a list stand for a tuple while "85" is still no 85.
        return kind.model_validate_json(json.dumps(tree, default=str))
    except ValidationError as error:
        problems = error.errors(include_url=False)
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise SettingsError(f"{problem_line(kind, problems[0], names)}{more}") from None


def problem_line(kind: type[Section], problem: ErrorDetails, names: Mapping[str, str]) -> str:
    """Write one line: which key is wrong, what was found and what is allowed."""
    location = [part for part in problem["loc"] if part != "[key]"]
    schema = kind.model_json_schema()
    head = [names.get(str(part), str(part)) for part in location[:1]]
    key = ".".join([*head, *map(str, location[1:])]) or "settings"
    if "[key]" in problem["loc"]:
        expected = allowed(schema_at(schema, location[:-1])["propertyNames"], schema)
        return f"Invalid name {shown(problem['input'])} in `{key}`: expected {expected}. Rename it."
    if problem["type"] == "extra_forbidden":
        known = schema_at(schema, location[:-1]).get("properties", {})
        return f"{key}: unknown setting; {nearest(str(location[-1]), known)}"
    return value_line(key, schema_at(schema, location), schema, problem)


def schema_at(root: Schema, location: list[int | str]) -> Schema:
    """Walk from *root* to the schema of the value at *location*."""
    schema = plain(root, root)
    for part in location:
        if isinstance(part, int):
            schema = schema.get("items", {})
        else:
            schema = schema.get("properties", {}).get(part) or values_of(schema)
        schema = plain(schema, root)
    return schema
