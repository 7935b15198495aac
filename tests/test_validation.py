"""Names derived from the stack, and settings that were renamed. Lines of errors: tests/settings/test_tree.py."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import Field

from processor.errors import SettingsError
from processor.validation import Section, from_tree, renamed, resource_name, with_names

FORMER = {"lamp.watts": "lamp.power_w", "switch": "lamp.on"}


class Lamp(Section):
    """A branch for these tests."""

    power_w: int = Field(default=40, ge=1, description="Power.")
    on: bool = Field(default=False, description="State.")
    bucket: str = resource_name("lamps", "Where lamps are kept.")


class House(Section):
    """A tree for these tests. *attic*: a branch that is absent by default."""

    lamp: Lamp = Lamp()
    attic: Lamp | None = None


def read(tree: dict[str, Any]) -> tuple[House, list[str]]:
    """Read *tree* with both renamings; return the warnings too."""
    lines: list[str] = []
    return from_tree(House, renamed(tree, FORMER, lines.append)), lines


def test_a_former_name_is_read_and_warns_with_one_line() -> None:
    """A stack file of the release before still deploys the same; the line names what to write instead."""
    house, lines = read({"lamp": {"watts": 60}, "switch": True})

    assert (60, True) == (house.lamp.power_w, house.lamp.on)
    assert [
        "lamp.watts: renamed to lamp.power_w; the next release refuses the former name",
        "switch: renamed to lamp.on; the next release refuses the former name",
    ] == lines


def test_a_former_name_beside_its_new_name_is_refused() -> None:
    """Neither of the two may win silently."""
    with pytest.raises(SettingsError) as refusal:
        read({"lamp": {"watts": 60, "power_w": 40}})

    assert "lamp.watts: found beside lamp.power_w, its new name, expected one of them: remove lamp.watts" == str(
        refusal.value
    )


def test_new_names_need_no_warning_and_the_tree_stays_as_it_was() -> None:
    """Reading alters nothing that belongs to the caller."""
    tree = {"lamp": {"watts": 60}}

    assert (House(), []) == read({})
    assert 60 == read(tree)[0].lamp.power_w
    assert {"lamp": {"watts": 60}} == tree


def test_a_wrong_branch_is_reported_by_the_check() -> None:
    """Renaming leaves errors to the check of types."""
    with pytest.raises(SettingsError, match="Invalid value 5 for `lamp`: expected a mapping"):
        read({"lamp": 5, "switch": True})


def test_a_wrong_value_is_reported_under_the_new_name() -> None:
    """The value is checked where it will stand from the next release on."""
    with pytest.raises(SettingsError) as refusal:
        read({"lamp": {"watts": "much"}})

    assert 'Invalid value "much" for `lamp.power_w`: expected a whole number from 1 up. Change it.' == str(
        refusal.value
    )


def test_only_missing_names_are_derived_and_absent_branches_stay_absent() -> None:
    """A name that is written wins; a branch that is off by default is not switched on."""
    assert {"lamp": {"bucket": "p-s-lamps"}} == with_names(House, {}, "p-s")
    assert {"lamp": {"bucket": "mine"}} == with_names(House, {"lamp": {"bucket": "mine"}}, "p-s")
    assert {"lamp": 5} == with_names(House, {"lamp": 5}, "p-s")
