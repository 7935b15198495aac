"""``darkroom edit``: a picture changed by a command, and how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from darkroom.cli import cli
from processor.errors import UsageError
from processor.imaging.editor import Editor
from testkit.photos.heif import heic
from testkit.photos.jpeg import cut, jpeg
from tests.patience import HANG_S

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    """Make one editor for all commands of this module: starting a decoder child takes longer than an edit."""
    with Editor(isolate="always") as editor:
        yield editor


@pytest.fixture(autouse=True)
def lent(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lend it to each command, which must ask for one that isolates every file."""

    def lend(*, isolate: str) -> AbstractContextManager[Editor]:
        assert isolate == "always"
        return nullcontext(editor)

    monkeypatch.setattr("processor.cli.edit.Editor", lend)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """Return a JPEG of 480 × 320 px."""
    path = tmp_path / "photo.jpg"
    path.write_bytes(jpeg())
    return path


def run(*args: object) -> Result:
    """Run the command in this process; wrong usage comes out as its exception."""
    return CliRunner().invoke(cli, ["edit", *map(str, args)], standalone_mode=False)


def code_of(result: Result) -> int:
    """Return the exit code that the command chose."""
    if result.exception is None:
        return 0
    assert isinstance(result.exception, SystemExit), result.exception
    return int(result.exception.code or 0)


def test_a_command_makes_a_file(photo: Path, tmp_path: Path) -> None:
    """The plan and the result are printed on stderr; stdout stays empty."""
    out = tmp_path / "new" / "small.webp"
    result = run(photo, "resize to 120px and convert to webp", "--out", out)

    with Image.open(out) as image:
        assert ("WEBP", (120, 80)) == (image.format, image.size)
    assert (0, "") == (code_of(result), result.stdout)
    size = f"{out}: WEBP, 120 × 80 px, {out.stat().st_size:,} bytes"
    said = "Resize to 120 px wide, keeping the aspect, never larger than it is, then save as WEBP."
    assert [said, size] == result.stderr.splitlines()
    assert [out] == list(out.parent.iterdir())


def test_json_holds_the_result(photo: Path, tmp_path: Path) -> None:
    """One object: what came out, what it was made by, what to know about it."""
    out = tmp_path / "large.jpg"
    result = run(photo, "resize to 999px", "--out", out, "--json")
    facts = json.loads(result.stdout)

    step = {"op": "resize", "width": 999, "fit": "inside", "position": "center"}
    assert {
        "source": str(photo),
        "status": "complete",
        "out": str(out),
        "format": "jpeg",
        "width": 480,
        "height": 320,
        "frames": 1,
        "bytes": out.stat().st_size,
        "steps": [step],
        "explanation": "Resize to 999 px wide, keeping the aspect, never larger than it is.",
        "notes": ["The picture was not enlarged: it is 480 × 320 px."],
        "error": None,
    } == facts


def test_notes_are_printed_on_stderr(photo: Path, tmp_path: Path) -> None:
    """Between what was understood and what came out."""
    result = run(photo, "resize to 999px", "--out", tmp_path / "large.jpg")

    assert "Note: The picture was not enlarged: it is 480 × 320 px." == result.stderr.splitlines()[1]


@pytest.mark.parametrize(
    ("name", "command", "kind"),
    [
        ("a.png", "make it black and white", "PNG"),
        ("a.JPEG", "make it black and white", "JPEG"),
        ("a.tif", "rotate right", "TIFF"),
        ("a", "rotate right", "JPEG"),
        ("a.png", "convert to png", "PNG"),
        ("a.out", "convert to gif", "GIF"),
    ],
)
def test_the_extension_selects_the_format_unless_the_command_does(
    photo: Path, tmp_path: Path, name: str, command: str, kind: str
) -> None:
    """And without either, the source does."""
    assert 0 == code_of(run(photo, command, "--out", tmp_path / name))
    with Image.open(tmp_path / name) as image:
        assert kind == image.format


@pytest.mark.parametrize(
    ("name", "command", "said"),
    [
        ("a.jpg", "convert to png", "a.jpg: the command converts to PNG, expected a name that ends in .png"),
        (
            "a.heic",
            "rotate right",
            "a.heic: .heic files cannot be written, expected one of jpg, png, webp, avif, gif, tif",
        ),
    ],
)
def test_a_name_that_belies_its_content_is_wrong_usage(
    photo: Path, tmp_path: Path, name: str, command: str, said: str
) -> None:
    """Nothing is written."""
    result = run(photo, command, "--out", tmp_path / name)

    assert isinstance(result.exception, UsageError)
    assert str(result.exception).endswith(said)
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize(
    ("data", "command", "code"),
    [
        (jpeg(), "add a dog", "UNSUPPORTED_COMMAND"),
        (jpeg(), "frobnicate the image", "UNPARSEABLE_COMMAND"),
        (jpeg(), "crop to 900x900 from center", "INVALID_INPUT"),
        (cut(heic(), 0.5), "rotate right", "TRUNCATED"),
        (b"no photo", "rotate right", "NOT_AN_IMAGE"),
    ],
)
def test_what_cannot_be_done_exits_with_1(tmp_path: Path, data: bytes, command: str, code: str) -> None:
    """Code and sentence, for scripts on stdout, for people on stderr; no file."""
    photo, out = tmp_path / "photo", tmp_path / "out.jpg"
    photo.write_bytes(data)
    as_json, plain = run(photo, command, "--out", out, "--json"), run(photo, command, "--out", out)
    report = json.loads(as_json.stdout)

    assert (1, 1) == (code_of(as_json), code_of(plain))
    assert ("error", code) == (report["status"], report["error"]["code"])
    assert (f"Error: {report['error']['message']}\n", "") == (plain.stderr, plain.stdout)
    assert not out.exists()


def test_control_codes_of_a_command_are_not_sent_to_the_terminal(photo: Path, tmp_path: Path) -> None:
    """Quoted text is printed as text."""
    result = run(photo, "write '\x1b[31m東京' at the top", "--out", tmp_path / "a.jpg")

    assert "\x1b" not in result.stderr


@pytest.mark.parametrize("missing", ["photo", "folder"])
def test_files_that_cannot_be_read_or_written_are_wrong_usage(photo: Path, tmp_path: Path, missing: str) -> None:
    """One line that names the file."""
    file_in_the_way = tmp_path / "file"
    file_in_the_way.write_text("")
    source = tmp_path / "none.jpg" if missing == "photo" else photo
    out = tmp_path / "a.jpg" if missing == "photo" else file_in_the_way / "a.jpg"
    result = run(source, "rotate right", "--out", out)

    assert isinstance(result.exception, UsageError)
    named = source if missing == "photo" else file_in_the_way
    assert str(result.exception).startswith(f"{named}: cannot be ")


def test_a_file_that_cannot_be_put_in_place_leaves_nothing(photo: Path, tmp_path: Path) -> None:
    """A folder has its name already."""
    out = tmp_path / "taken.jpg"
    out.mkdir()
    result = run(photo, "rotate right", "--out", out)

    assert isinstance(result.exception, UsageError)
    assert {photo.name, out.name} == {path.name for path in tmp_path.iterdir()}


def test_what_is_no_plain_file_is_written_into(photo: Path, tmp_path: Path) -> None:
    """A pipe keeps its reader, and a link leads where it led: neither is replaced by a file."""
    pipe, target, link = tmp_path / "pipe.jpg", tmp_path / "target.jpg", tmp_path / "link.jpg"
    os.mkfifo(pipe)
    link.symlink_to(target)
    read: list[bytes] = []
    reading = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reading.start()
    for out in (pipe, link):
        assert 0 == run(photo, "rotate right", "--out", out).exit_code
    reading.join(HANG_S)

    assert pipe.is_fifo()
    assert link.is_symlink()
    assert [b"\xff\xd8\xff"] * 2 == [data[:3] for data in (read[0], target.read_bytes())]


def test_settings_bound_the_work(photo: Path, tmp_path: Path) -> None:
    """As they do in the cloud."""
    tree = tmp_path / "settings.yaml"
    tree.write_text("edits:\n  max_dimension_px: 400\n")
    result = run(photo, "rotate right", "--out", tmp_path / "a.jpg", "--settings", tree, "--json")

    assert "DIMENSIONS_TOO_LARGE" == json.loads(result.stdout)["error"]["code"]


@pytest.mark.stack
def test_people_run_it_as_a_module(photo: Path, tmp_path: Path) -> None:
    """Exit codes as said; wrong usage ends with one line and 2."""

    def module(command: str, name: str) -> subprocess.CompletedProcess[bytes]:
        args = [sys.executable, "-m", "darkroom", "edit", photo, command, "--out", tmp_path / name]
        return subprocess.run(args, cwd=ROOT, capture_output=True, check=False)

    fine, wrong = module("rotate right", "a.png"), module("to png", "a.gif")

    assert (0, 2) == (fine.returncode, wrong.returncode)
    assert 1 == wrong.stderr.count(b"\n")


def mark(path: Path) -> Path:
    """Write a red square as PNG."""
    Image.new("RGB", (40, 40), "#FF0000").save(path)
    return path


@pytest.mark.parametrize("reference", ["upload://logo", "upload://logo.png", "photo://Trip/IMG_1"])
def test_a_watermark_is_a_file_of_this_machine(photo: Path, tmp_path: Path, reference: str) -> None:
    """It belongs to the reference of its name, or to the only one; "at 30%" is its opacity."""
    out, logo = tmp_path / "out.png", mark(tmp_path / "logo.png")
    result = run(photo, f"watermark with {reference} bottom right at 30%", "--watermark", logo, "--out", out)

    with Image.open(photo) as before, Image.open(out) as after:
        at = (480 - 10 - 36, 320 - 10 - 36)  # 2 % margin, half of 15 % of the width
        plain, marked = before.getpixel(at), after.getpixel(at)
        assert before.getpixel((5, 5)) == after.getpixel((5, 5))
    assert 0 == code_of(result)
    assert isinstance(plain, tuple)
    assert isinstance(marked, tuple)
    expected = [0.7 * value + 0.3 * red for value, red in zip(plain, (255, 0, 0), strict=True)]
    assert all(abs(value - found) <= 2 for value, found in zip(expected, marked, strict=True))


@pytest.mark.parametrize(
    ("command", "names", "sentence"),
    [
        ("watermark with upload://logo", [], "upload://logo: expected its file. Add --watermark FILE"),
        ("watermark with upload://a, watermark with upload://b", ["a.png"], "upload://b: expected its file"),
        ("make it warmer", ["logo.png"], "watermark with upload://logo"),
    ],
)
def test_watermarks_and_files_belong_together(
    photo: Path, tmp_path: Path, command: str, names: list[str], sentence: str
) -> None:
    """A reference without a file, or a file without a reference, is wrong usage."""
    files = [part for name in names for part in ("--watermark", mark(tmp_path / name))]
    result = run(photo, command, *files, "--out", tmp_path / "out.jpg")

    assert isinstance(result.exception, UsageError)
    assert sentence in str(result.exception)
