"""What is written twice in pyproject.toml says the same twice."""

from __future__ import annotations

import tomllib

import pytest

from tests.contracts.calls import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("layer", ["layer-imaging", "layer-runtime"])
def test_a_layer_holds_what_the_installation_holds(layer: str) -> None:
    """A layer has no command line, so it is a list of its own; each requirement stands in the project's lists too."""
    extras = PROJECT["project"]["optional-dependencies"]
    installed = {*PROJECT["project"]["dependencies"], *extras["aws"], *extras["runtime"]}

    assert set() == {*PROJECT["dependency-groups"][layer]} - installed


def test_every_requirement_of_the_functions_is_in_a_layer() -> None:
    """What handlers import is named by the extra `runtime`."""
    extras, groups = PROJECT["project"]["optional-dependencies"], PROJECT["dependency-groups"]
    needed = {one for one in (*extras["aws"], *extras["runtime"]) if not one.startswith("darkroom[")}

    assert set() == needed - {*groups["layer-runtime"]}
