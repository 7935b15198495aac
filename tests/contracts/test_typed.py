"""Every command that README and docs print can be typed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import click
import pytest

from testkit.photos import jpeg, scene
from tests.contracts.calls import ROOT
from tests.factories.typed import check, commands_of, fenced, inline

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
# What the systems before this one were operated by.
OF_THE_GUIDES = {"deploy-env", "deploy-image-processor", "deploy-lambda-fast"}


def of_pages(commands: Callable[[Path], Iterator[str]]) -> dict[str, list[str]]:
    """Return what *commands* finds on each page, by the page's path; pages without any are left out."""
    found = {str(page.relative_to(ROOT)): [*commands(page)] for page in PAGES}
    return {page: lines for page, lines in found.items() if lines}


BLOCKS = of_pages(fenced)
SENTENCES = of_pages(lambda page: (line for line in inline(page) if not OF_THE_GUIDES & {*line.split()}))


def wrong(lines: Iterable[str], *, whole: bool) -> dict[str, str]:
    """Return what is wrong with each command that cannot be typed as *lines* print it."""
    found: dict[str, str] = {}
    for line in lines:
        try:
            for words in commands_of(line):
                check(words, whole=whole)
        except (AssertionError, click.UsageError) as error:
            found[line] = str(error)
    return found


@pytest.mark.parametrize("page", BLOCKS)
def test_a_command_of_a_block_is_whole_and_right(page: str) -> None:
    """The command exists, and takes these options and arguments. Programs of others are not looked at."""
    assert {} == wrong(BLOCKS[page], whole=True)


@pytest.mark.parametrize("page", SENTENCES)
def test_a_command_of_a_sentence_exists(page: str) -> None:
    """So do the options that it names; arguments may be left out there."""
    assert {} == wrong(SENTENCES[page], whole=False)


def test_the_pages_print_commands_of_every_kind() -> None:
    """The two tests above look at something."""
    programs = {line.split()[0] for lines in BLOCKS.values() for line in lines}

    assert {"darkroom", "make", ".venv/bin/python", "pulumi", "aws"} <= programs
    assert sum(map(len, SENTENCES.values())) >= 40


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
