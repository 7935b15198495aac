"""Wrong configuration: one line, before anything is declared."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.build import ROOT, write_empty_layers, zip_bytes
from components.config import refuse_long_name
from components.testing.answers import ACCOUNT
from components.testing.plan import StackPlan
from components.testing.recorder import record, stack_config
from tests.factories.stacks import REFUSED, SETTINGS, changed


def refusal_of(config: dict[str, Any]) -> str:
    """Return the one line that the program ends with."""
    with pytest.raises(pulumi.RunError) as refusal:
        record("prod", config)
    line = str(refusal.value)
    assert "\n" not in line
    return line


def stale(folder: Path, layer: str) -> str:
    """Return the line about a layer that was built from another lock."""
    return (
        f"{folder}/layer-{layer}-arm64.zip: stale, expected the layer that requirements/{layer}.lock describes, "
        "for python3.13 on arm64: run `make package`"
    )


@pytest.mark.parametrize(
    ("change", "line"), REFUSED, ids=lambda value: value.split(":")[1].strip() if isinstance(value, str) else ""
)
def test_a_wrong_setting_ends_the_preview_with_one_line(change: dict[str, Any], line: str) -> None:
    """One line: the stack file, the key, what was found, what is allowed."""
    assert line == refusal_of(changed("prod", change))


def test_a_stack_file_without_settings_is_refused() -> None:
    """A misspelt key would deploy the defaults."""
    config = {key: value for key, value in changed("prod", {}).items() if key != SETTINGS}

    assert ("Pulumi.prod.yaml: found no darkroom:settings, expected the settings of the stack") == refusal_of(
        {**config, "darkroom:setings": {}}
    )


@pytest.mark.parametrize(
    ("architecture", "command"), [("arm64", "make package"), ("x86_64", 'make package ARGS="--arch x86_64"')]
)
def test_the_error_of_a_missing_layer_names_the_command(tmp_path: Path, architecture: str, command: str) -> None:
    """A fresh clone has no layers; the preview names the command that builds them."""
    own = {"architecture": architecture, "insights_layer_arn": "", "web_adapter_layer_arn": ""}
    config = {**changed("prod", {"deployment": own}), "darkroom:packages": str(tmp_path)}

    assert (
        f"{tmp_path}/layer-imaging-{architecture}.zip: not found, expected the layer that requirements/imaging.lock "
        f"describes, for python3.13 on {architecture}: run `{command}`"
    ) == refusal_of(config)


@pytest.mark.parametrize("content", [b"no zip", zip_bytes([("python/thing.py", b"")])], ids=["broken", "unmarked"])
def test_a_layer_of_unknown_origin_is_refused(tmp_path: Path, content: bytes) -> None:
    """A zip without the hash of its lock may hold anything."""
    write_empty_layers(tmp_path)
    (tmp_path / "layer-runtime-arm64.zip").write_bytes(content)

    assert stale(tmp_path, "runtime") == refusal_of({**changed("prod", {}), "darkroom:packages": str(tmp_path)})


def test_a_layer_of_another_lock_is_refused(tmp_path: Path) -> None:
    """A changed lock is not deployed silently with the libraries of the last one."""
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    write_empty_layers(tmp_path)
    with (tmp_path / "requirements" / "imaging.lock").open("a") as lock:
        lock.write("another==1.0\n")
    config = {**changed("prod", {}), "darkroom:packages": str(tmp_path), "darkroom:sources": str(tmp_path)}

    assert stale(tmp_path, "imaging") == refusal_of(config)


@pytest.mark.parametrize("name", ["My-Stack", "pr.12", "a--b", "a-", "1st", "x" * 31])
def test_a_stack_whose_name_fits_no_resource_is_refused(name: str) -> None:
    """Before anything is declared: AWS would refuse a name in the middle of an `up`."""
    with pytest.raises(pulumi.RunError, match=f'stack "{name}": expected a name of 1-30 lower-case letters'):
        refuse_long_name(name)


def test_buckets_without_a_name_are_of_this_account(plans: dict[str, StackPlan]) -> None:
    """Two people can deploy the committed `dev`: names of buckets are unique in the world, others in an account."""
    dev, longest = plans["dev"], record("x" * 30, stack_config("dev"))

    buckets = {one.inputs["bucket"] for one in dev.of_type("aws:s3/bucket:Bucket")}
    assert {f"darkroom-dev-{role}-{ACCOUNT}" for role in ("originals", "renditions", "results", "cdn-logs")} == buckets
    assert {"darkroom-dev-photos", "darkroom-dev-originals", "darkroom-dev-sessions"} == {
        one.inputs["name"] for one in dev.of_type("aws:dynamodb/table:Table")
    }
    assert 63 == max(len(one.inputs["bucket"]) for one in longest.of_type("aws:s3/bucket:Bucket"))
