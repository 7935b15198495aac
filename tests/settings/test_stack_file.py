"""Settings files: the stack file's shape, the bare tree, and one line for everything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from processor.errors import SettingsError
from processor.settings.stack_file import load_settings
from processor.settings.tree import Settings


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


def test_a_stack_file_and_the_bare_tree_say_the_same(tmp_path: Path) -> None:
    """The command line takes the file that Pulumi deploys, or the tree alone."""
    bare = "renditions: {sizes: {tiny: {width: 64, height: 64, fit: cover}}, quality: {jpeg: 70}}"

    settings = load_settings(written(tmp_path, STACK_FILE))

    assert load_settings(written(tmp_path, bare)) == settings
    assert ["tiny"] == list(settings.renditions.sizes)
    assert settings.renditions.quality_of("tiny", "jpeg") == 70


@pytest.mark.parametrize("text", ["", "config:\n", "config: {aws:region: us-east-1}\n", "# nothing yet\n"])
def test_a_file_that_says_nothing_means_the_defaults(tmp_path: Path, text: str) -> None:
    """Only what differs from the defaults needs to be written."""
    assert Settings() == load_settings(written(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("renditions: {memory_mib: lots}", ': renditions.memory_mib: found "lots", expected a whole number'),
        ("renditions:\n  sizes: [a,\n", ":3: not YAML ("),
        (b"\xff\xfe\x00", ": not YAML ("),
        ("- renditions", ": found list, expected a mapping of settings"),
        ("config: 5", ": config: found int, expected a mapping of settings"),
        ("config: {'darkroom:settings': x}", ": config.darkroom:settings: found str, expected a mapping of settings"),
        ("rendtions: {}", ': rendtions: unknown setting; did you mean "renditions"?'),
        ("cdn: {domain: 2024-01-01}", ': cdn.domain: found "2024-01-01", expected a host name'),
    ],
)
def test_a_wrong_file_is_refused_with_one_line(tmp_path: Path, text: str | bytes, line: str) -> None:
    """One line: the file, the key, what was found, what is allowed."""
    path = written(tmp_path, text)

    with pytest.raises(SettingsError) as refusal:
        load_settings(path)

    assert str(refusal.value).startswith(f"{path}{line}")
    assert "\n" not in str(refusal.value)


def test_a_missing_file_is_refused_with_its_name(tmp_path: Path) -> None:
    """A mistyped path is no reason for a traceback."""
    path = tmp_path / "absent.yaml"

    with pytest.raises(SettingsError) as refusal:
        load_settings(path)

    assert f"{path}: No such file or directory, expected a YAML file of settings" == str(refusal.value)
