"""``darkroom render``: what scripts and people get, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import pyvips
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from darkroom.cli import cli
from processor.errors import UsageError, Verdict
from processor.imaging.renderer import Renderer
from processor.keys import Skip
from testkit.photos.heif import heic
from testkit.photos.hostile import not_photos, png_header
from testkit.photos.jpeg import cut, jpeg
from testkit.photos.raster import png
from testkit.photos.raw import dng, preview
from tests.patience import HANG_S

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = Draft202012Validator(json.loads((ROOT / "docs/render.schema.json").read_text()))


def render(*args: object) -> Result:
    """Run the command in this process; wrong usage comes out as its exception."""
    return CliRunner().invoke(cli, ["render", *map(str, args)], standalone_mode=False)


def reports_of(result: Result) -> list[dict[str, Any]]:
    """Parse the JSON lines on stdout, each checked against the published schema."""
    reports = [json.loads(line) for line in result.stdout.splitlines()]
    for report in reports:
        SCHEMA.validate(report)
    return reports


def run_module(*args: object, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run the command as a person does."""
    return subprocess.run(
        [sys.executable, "-m", "darkroom", *map(str, args)], cwd=cwd, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def idle() -> Iterator[list[Renderer]]:
    """Keep the renderers that no command uses: starting a decoder child takes longer than a photo."""
    renderers: list[Renderer] = []
    yield renderers
    for renderer in renderers:
        renderer.close()


@pytest.fixture(autouse=True)
def lent(idle: list[Renderer], monkeypatch: pytest.MonkeyPatch) -> None:
    """Lend them to the commands, which must ask for ones that isolate every file and close them."""

    def lend(*, isolate: str) -> Any:
        assert isolate == "always"
        renderer = idle.pop() if idle else Renderer(isolate="always")
        return SimpleNamespace(render=renderer.render, close=partial(idle.append, renderer))

    monkeypatch.setattr("processor.cli.render.Renderer", lend)


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of good, bad and foreign files."""
    folder = tmp_path_factory.mktemp("album") / "wedding"
    (folder / "day two").mkdir(parents=True)
    (folder / "IMG_1.JPG").write_bytes(jpeg(orientation=6))
    (folder / "IMG_1.DNG").write_bytes(dng(preview=preview(600, 400)))
    (folder / "day two" / "café + 50%#.heic").write_bytes(heic())
    (folder / "half.jpg").write_bytes(cut(jpeg(), 0.5))
    (folder / "clip.mp4").write_bytes(b"\0\0\0\x18ftypmp42")
    (folder / "notes.txt").write_text("first dance at nine")
    (folder / ".hidden.jpg").write_bytes(jpeg())
    return folder


@pytest.fixture(scope="module")
def rendered_album(album: Path) -> Result:
    """Render the album once, into a folder beside it."""
    return render(album, "--out", album.parent / "out", "--json")


def test_a_folder_produces_one_valid_report_per_photo_in_order(rendered_album: Result) -> None:
    """Every photo, and what is named like one, gets a verdict; notes and hidden files are not photos."""
    result = rendered_album

    reports = reports_of(result)
    assert [
        ("IMG_1.DNG", "active"),
        ("IMG_1.JPG", "active"),
        ("clip.mp4", "skipped"),
        ("café + 50%#.heic", "active"),
        ("half.jpg", "failed"),
    ] == [(Path(report["source"]).name, report["status"]) for report in reports]
    assert result.return_value is None
    assert isinstance(result.exception, SystemExit)
    assert result.exception.code == 1


def test_the_schema_names_every_code_that_can_come() -> None:
    """Front ends switch on codes: none may be missing, none may be invented."""
    schema: Any = SCHEMA.schema
    codes = schema["properties"]["error"]["oneOf"][1]["properties"]["code"]["enum"]

    assert sorted([*Verdict, "UNREADABLE", *(f"SKIPPED_{skip.name}" for skip in Skip)]) == sorted(codes)


def test_renditions_have_the_paths_and_sizes_of_the_report(rendered_album: Result) -> None:
    """Scripts rely on path, width, height and bytes."""
    for report in reports_of(rendered_album):
        for size, file in report["renditions"].items():
            picture = pyvips.Image.new_from_file(file["path"])
            assert (file["width"], file["height"]) == (picture.width, picture.height), size
            assert file["bytes"] == Path(file["path"]).stat().st_size


def test_photos_that_share_a_stem_never_overwrite_each_other(rendered_album: Result) -> None:
    """IMG_1.DNG comes first and is IMG_1; IMG_1.JPG keeps its extension in its stem."""
    reports = reports_of(rendered_album)

    names = [Path(report["renditions"]["small"]["path"]).name for report in reports[:2]]
    assert ["IMG_1_small.jpg", "IMG_1.JPG_small.jpg"] == names
    assert reports[0]["decoder"] != reports[1]["decoder"]


def test_only_whole_files_are_in_the_output_folder(album: Path, rendered_album: Result) -> None:
    """Each rendition appears under its final name when it is complete; nothing else is left behind."""
    reports = reports_of(rendered_album)

    expected = {Path(file["path"]) for report in reports for file in report["renditions"].values()}
    assert expected == {path for path in (album.parent / "out").rglob("*") if path.is_file()}


def test_a_photo_may_come_through_a_pipe(tmp_path: Path) -> None:
    """Its size is not known before, which is not empty."""
    pipe = tmp_path / "photo.jpg"
    os.mkfifo(pipe)
    writing = threading.Thread(target=pipe.write_bytes, args=(jpeg(),))
    writing.start()
    result = render(pipe, "--out", tmp_path / "out", "--json")
    writing.join(HANG_S)

    assert ["active"] == [one["status"] for one in reports_of(result)]


def test_all_good_photos_end_with_zero(tmp_path: Path) -> None:
    """Exit code 0: all rendered or skipped."""
    photo = tmp_path / "a.png"
    photo.write_bytes(png())

    result = render(photo, "--out", tmp_path / "out", "--json")

    assert isinstance(result.exception, SystemExit) or result.exception is None
    assert result.exit_code == 0
    assert reports_of(result)[0]["receipt"]["isolated"] is True


def test_settings_decide_sizes_and_formats(tmp_path: Path) -> None:
    """A stack file's sizes and formats are the ones that are made."""
    settings = tmp_path / "Pulumi.test.yaml"
    settings.write_text(
        "config:\n  darkroom:settings:\n    renditions:\n"
        "      sizes:\n"
        "        card: {width: 60, height: 60, fit: cover, formats: [jpeg, webp]}\n"
        "        wide: {width: 90, height: 900}\n"
    )
    photo = tmp_path / "a.jpg"
    photo.write_bytes(jpeg())

    (report,) = reports_of(render(photo, "--out", tmp_path / "out", "--settings", settings, "--json"))

    assert ["card", "wide"] == list(report["renditions"])
    assert (60, 60) == (report["renditions"]["card"]["width"], report["renditions"]["card"]["height"])
    assert ["webp"] == list(report["renditions"]["card"]["formats"])
    assert Path(report["renditions"]["card"]["formats"]["webp"]["path"]).read_bytes()[8:12] == b"WEBP"


def test_hostile_files_never_stop_the_run(tmp_path: Path) -> None:
    """Things that are no photos, and headers that lie, each get a verdict; the good one among them is rendered."""
    folder = tmp_path / "mixed"
    folder.mkdir()
    for name, data in not_photos().items():
        (folder / f"{name}.jpg").write_bytes(data)
    (folder / "bomb.png").write_bytes(png_header(60_000, 60_000))
    (folder / "good.jpg").write_bytes(jpeg())

    reports = reports_of(render(folder, "--out", tmp_path / "out", "--json"))

    verdicts = {Path(report["source"]).name: report["status"] for report in reports}
    assert verdicts.pop("good.jpg") == "active"
    assert {"failed"} == set(verdicts.values())


@pytest.mark.stack
def test_people_get_a_line_per_failure_and_the_sum(album: Path, tmp_path: Path) -> None:
    """Without --json stdout stays empty and stderr names the photos that were not rendered, with the reason."""
    ended = run_module("render", album, "--out", tmp_path / "out")

    lines = ended.stderr.splitlines()
    assert ended.stdout == ""
    assert lines[-1] == "3 rendered, 1 skipped, 1 failed"
    assert len(lines) == 3
    assert "half.jpg" in lines[1]
    assert "Upload it again" in lines[1]


@pytest.mark.stack
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere.jpg"], "nowhere.jpg: no such file or folder, expected photos or folders of photos"),
        (["empty"], "empty: no photos in this folder, expected at least one, found 0 other files"),
        (["text"], "text: no photos in this folder, expected at least one, found 1 other files"),
        (
            ["a.jpg", "--settings", "none.yaml"],
            "none.yaml: No such file or directory, expected a YAML file of settings",
        ),
        (["a.jpg", "--settings", "typo.yaml"], 'typo.yaml: renditions.sizez: unknown setting; did you mean "sizes"?'),
        (
            ["a.jpg", "--out", "a.jpg/out"],
            "a.jpg/out: cannot be used as --out (Not a directory), expected a writable folder",
        ),
        (
            ["a.jpg", "a_large.jpg", "--out", "."],
            "a_large.jpg: a rendition of a.jpg would overwrite this photo, expected another folder for --out",
        ),
        ([""], "Invalid value for 'PHOTO...': found an empty name, expected a file or a folder. Try --help."),
        (
            ["a.jpg", "--out", ""],
            "Invalid value for '--out': found an empty name, expected a file or a folder. Try --help.",
        ),
        (["a.jpg", "--jobs", "0"], "Invalid value for '--jobs': 0 is not in the range 1<=x<=64. Try --help."),
        ([], "Missing argument 'PHOTO...'. Try --help."),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_two(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    """The line names what was given, what was expected and what to do."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "notes.txt").write_text("no photo")
    for name in ("a.jpg", "a_large.jpg"):
        (tmp_path / name).write_bytes(jpeg())
    (tmp_path / "typo.yaml").write_text("renditions: {sizez: 1}")
    out = [] if "--out" in arguments else ["--out", "out"]

    ended = subprocess.run(
        [sys.executable, "-m", "darkroom", "render", *arguments, *out],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (2, f"Error: {sentence}\n") == (ended.returncode, ended.stderr)
    assert ended.stdout == ""


def test_a_file_that_may_not_be_read_is_reported_and_the_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A permission problem is that file's verdict, not the end."""
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(jpeg())
    whole = Path.open

    def refuse(path: Path, *args: Any, **options: Any) -> Any:
        if path.name == "a.jpg":
            raise PermissionError(13, "Permission denied", str(path))
        return whole(path, *args, **options)

    monkeypatch.setattr(Path, "open", refuse)

    reports = reports_of(render(tmp_path / "a.jpg", tmp_path / "b.jpg", "--out", tmp_path / "out", "--json"))

    assert ["failed", "active"] == [report["status"] for report in reports]
    assert reports[0]["error"]["code"] == "UNREADABLE"


def test_a_full_disk_ends_the_run_with_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be written is not a failure of the photo."""
    photo = tmp_path / "a.jpg"
    photo.write_bytes(jpeg())

    def full(path: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", full)

    result = render(photo, "--out", tmp_path / "out", "--json")

    assert isinstance(result.exception, UsageError)
    assert "No space left on device" in str(result.exception)


def test_long_names_are_shortened_to_what_the_file_system_takes(tmp_path: Path) -> None:
    """A name of 255 bytes leaves no room for "_thumbnail": it is cut, and a hash keeps it apart."""
    photo = tmp_path / ("é" * 125 + ".jpg")
    photo.write_bytes(jpeg())

    (report,) = reports_of(render(photo, "--out", tmp_path / "out", "--json"))

    names = [Path(file["path"]).name for file in report["renditions"].values()]
    assert all(len(name.encode()) <= 255 for name in names)
    assert len(set(names)) == len(names)


@pytest.mark.stack
@pytest.mark.faults
def test_interrupting_leaves_no_child_behind(tmp_path: Path) -> None:
    """Ctrl-C ends with 130, one line, and every decoder child gone."""
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(300):
        (folder / f"{number}.jpg").write_bytes(jpeg())
    with subprocess.Popen(
        [sys.executable, "-m", "darkroom", "render", str(folder), "--out", str(tmp_path / "out")],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        wait_until(lambda: any((tmp_path / "out").rglob("*.jpg")) if (tmp_path / "out").exists() else False)
        children = children_of(running.pid)
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=HANG_S)

    assert children
    assert running.returncode == 130
    assert errors.splitlines()[-1] == "Error: interrupted; what is written is whole"
    wait_until(lambda: not any(Path(f"/proc/{child}").exists() for child in children))


def children_of(pid: int) -> list[int]:
    """Return the ids of a process's children."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def wait_until(condition: Any, seconds: float = HANG_S) -> None:
    """Wait for *condition*; fail when it does not come true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


PROOF = """\
renditions:
  profiles:
    proof:
      large: {width: 400, height: 400, watermark: {object: watermarks/studio.png, tiled: true}}
"""


def test_a_profile_is_looked_at_without_aws(tmp_path: Path) -> None:
    """With the settings of a stack and a folder that stands for the prefix of watermarks."""
    (tmp_path / "settings.yaml").write_text(PROOF)
    (tmp_path / "studio.png").write_bytes(png("RGBA"))
    (tmp_path / "a.jpg").write_bytes(jpeg())
    options = ("--settings", tmp_path / "settings.yaml", "--profile", "proof", "--json", "--jobs", 1)

    result = render(tmp_path / "a.jpg", "--out", tmp_path / "out", "--watermarks", tmp_path, *options)

    (report,) = reports_of(result)
    assert ("active", "proof", {"large"}) == (report["status"], report["receipt"]["profile"], set(report["renditions"]))
    missing = render(tmp_path / "a.jpg", "--out", tmp_path / "none", *options)
    assert "--watermarks: found none, expected the folder with studio.png" == str(missing.exception)
    (tmp_path / "studio.png").write_bytes(b"no picture")
    broken = render(tmp_path / "a.jpg", "--out", tmp_path / "none", "--watermarks", tmp_path, *options)
    assert "studio.png: expected a watermark, found a file that is none" in str(broken.exception)
    assert not (tmp_path / "none").exists()
