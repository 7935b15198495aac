"""Settings files: the stack file's shape, the bare tree, and one line for everything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from processor.errors import SettingsError
from processor.settings import tree
from processor.settings.stack_file import load_settings, read_stack, read_yaml
from processor.settings.tree import Settings
from processor.validation import Section, role_of

ROOT = Path(__file__).parents[2]


def written(folder: Path, text: str | bytes) -> Path:
    """Write *text* as settings.yaml."""
    path = folder / "settings.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


STACK_FILE = """
config:
  aws:region: us-east-1
  darkroom:settings:
    renditions:
      sizes: {tiny: {width: 64, height: 64, fit: cover}}
      quality: {jpeg: 70}
"""


def test_a_stack_file_and_the_bare_tree_have_the_same_meaning(tmp_path: Path) -> None:
    """The command line takes the file that Pulumi deploys, or the tree alone."""
    bare = "renditions: {sizes: {tiny: {width: 64, height: 64, fit: cover}}, quality: {jpeg: 70}}"

    settings = load_settings(written(tmp_path, STACK_FILE))

    assert load_settings(written(tmp_path, bare)) == settings
    assert ["tiny"] == list(settings.renditions.sizes)
    assert settings.renditions.quality_of("tiny", "jpeg") == 70


@pytest.mark.parametrize("text", ["", "config:\n", "config: {aws:region: us-east-1}\n", "# nothing yet\n"])
def test_a_file_without_settings_means_the_defaults(tmp_path: Path, text: str) -> None:
    """Only what differs from the defaults needs to be written."""
    assert Settings.from_mapping({}, prefix="darkroom-settings") == load_settings(written(tmp_path, text))


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_a_stack_file_repeats_no_default(stack: str) -> None:
    """A stack file holds what differs, so that a reader sees it, and a better default reaches every stack."""
    path = ROOT / f"Pulumi.{stack}.yaml"
    known = read_yaml(path)["config"]["darkroom:settings"]
    defaults = Settings.from_mapping({}, prefix=f"darkroom-{stack}")

    assert [] == list(repeated(known, load_settings(path), defaults))


def repeated(known: Mapping[str, Any], settings: BaseModel, defaults: BaseModel, where: str = "") -> Iterator[str]:
    """Yield the dotted keys of *known* that change nothing: a value like the default, or an empty branch."""
    for key, value in known.items():
        ours, default = getattr(settings, key), getattr(defaults, key)
        if value and isinstance(ours, BaseModel) and isinstance(default, BaseModel):
            yield from repeated(value, ours, default, f"{where}{key}.")
        elif ours == default:
            yield f"{where}{key}"


def test_a_repeated_default_is_found() -> None:
    """The check above can fail: a value, a size as it is by default, an empty branch."""
    known = {"renditions": {"timeout_s": 300, "memory_mib": 2000, "formats": ["jpeg"]}, "adopt": {}}

    assert ["renditions.timeout_s", "renditions.formats", "adopt"] == list(
        repeated(known, Settings.from_mapping(known), Settings())
    )


def test_only_production_holds_names_of_its_customer() -> None:
    """Names that the file leaves out are derived; production's are all written."""
    names = {stack: set(names_of(load_settings(ROOT / f"Pulumi.{stack}.yaml"))) for stack in ("dev", "prod")}

    assert 12 == len(names["prod"])
    assert 11 == len(names["dev"]), "the originals bucket and the table of originals share a name"
    assert all(name.startswith("darkroom-dev-") for name in names["dev"])
    assert not any(name.startswith("darkroom-") for name in names["prod"])


def names_of(section: Section) -> Iterator[str]:
    """Yield the name of each bucket, table and function in *section*."""
    for key, field in type(section).model_fields.items():
        value = getattr(section, key)
        if role_of(field):
            yield value
        elif isinstance(value, Section):
            yield from names_of(value)


def test_a_former_name_in_a_file_warns_with_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The line names the file, the former name and the new one."""
    monkeypatch.setattr(tree, "RENAMED", {"edits.lifetime_h": "edits.session_ttl_h"})
    path = written(tmp_path, "edits: {lifetime_h: 7}")

    assert 7 == load_settings(path).edits.session_ttl_h
    assert [
        f"{path}: edits.lifetime_h: renamed to edits.session_ttl_h; the next release refuses the former name"
    ] == caplog.messages


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "renditions: {memory_mib: lots}",
            ': Invalid value "lots" for `renditions.memory_mib`: expected a whole number',
        ),
        ("renditions:\n  sizes: [a,\n", ":3: not YAML ("),
        (b"\xff\xfe\x00", ": not YAML ("),
        ("- renditions", ": found list, expected a mapping of settings"),
        ("config: 5", ": config: found int, expected a mapping of settings"),
        ("config: {'darkroom:settings': x}", ": config.darkroom:settings: found str, expected a mapping of settings"),
        ("config: {'darkroom:setings': {}}", ": config.darkroom:setings: no such key, did you mean darkroom:settings?"),
        ("renditions: 2026-13-45", ": not YAML (month must be in 1..12)"),
        ("renditions: &a {sizes: *a}", ": not YAML (Circular reference"),
        ("rendtions: {}", ': rendtions: unknown setting; did you mean "renditions"?'),
        ("cdn: {domain: 2024-01-01}", ': Invalid value "2024-01-01" for `cdn.domain`: expected a host name'),
    ],
)
def test_a_wrong_file_is_refused_with_one_line(tmp_path: Path, text: str | bytes, line: str) -> None:
    """One line: the file, the key, what was found, what is allowed."""
    path = written(tmp_path, text)

    with pytest.raises(SettingsError) as refusal:
        load_settings(path)

    assert str(refusal.value).startswith(f"{path}{line}")
    assert "\n" not in str(refusal.value)


def test_a_stack_without_a_mapping_is_refused(tmp_path: Path) -> None:
    """Also before its region is read."""
    with pytest.raises(SettingsError, match="config: found int, expected a mapping"):
        read_stack(str(written(tmp_path, "config: 5")))


def test_a_missing_file_is_refused_with_its_name(tmp_path: Path) -> None:
    """A mistyped path is no reason for a traceback."""
    path = tmp_path / "absent.yaml"

    with pytest.raises(SettingsError) as refusal:
        load_settings(path)

    assert f"{path}: No such file or directory, expected a YAML file of settings" == str(refusal.value)
