"""Every command that README and docs print can be typed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.contracts.calls import ROOT
from tests.factories.photos import jpeg, scene
from tests.factories.typed import check, commands_of, fenced, inline

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
# What the systems before this one were operated by.
OF_THE_GUIDES = {"deploy-env", "deploy-image-processor", "deploy-lambda-fast"}


def on(page: Path, line: str) -> str:
    """Name a test after its page and line."""
    return f"{page.relative_to(ROOT)}: {line}"


BLOCKS = {on(page, line): line for page in PAGES for line in fenced(page)}
SENTENCES = {on(page, line): line for page in PAGES for line in inline(page) if not OF_THE_GUIDES & {*line.split()}}


@pytest.mark.parametrize("line", BLOCKS.values(), ids=BLOCKS)
def test_a_command_of_a_block_is_whole_and_right(line: str) -> None:
    """The command exists, and takes these options and arguments. Programs of others are not looked at."""
    for words in commands_of(line):
        check(words, whole=True)


@pytest.mark.parametrize("line", SENTENCES.values(), ids=SENTENCES)
def test_a_command_of_a_sentence_exists(line: str) -> None:
    """So do the options that it names; arguments may be left out there."""
    for words in commands_of(line):
        check(words, whole=False)


def test_the_pages_print_commands_of_every_kind() -> None:
    """The two tests above look at something."""
    programs = {line.split()[0] for line in BLOCKS.values()}

    assert {"darkroom", "make", ".venv/bin/python", "pulumi", "aws"} <= programs
    assert len(SENTENCES) >= 40


@pytest.mark.stack
def test_what_the_readme_shows_for_files_works_as_it_is_typed(tmp_path: Path) -> None:
    """Every line of README's block without a stack, on photos of those names, one after the other."""
    lines = [line for line in fenced(ROOT / "README.md") if line.startswith("darkroom ")]
    photo = jpeg.jpeg(scene.scene(640, 480))
    for name in ("Pictures/wedding/a.jpg", "IMG_1.CR3", "photo.heic"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(photo)
    environment = {"HOME": str(tmp_path), "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}

    for line in lines:
        done = subprocess.run(
            ["/bin/sh", "-c", line], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert 0 == done.returncode, f"{line}: {done.stderr}"
    assert len(lines) >= 4
    assert {"cover.webp", "renditions", "report.json"} <= {one.name for one in tmp_path.iterdir()}
