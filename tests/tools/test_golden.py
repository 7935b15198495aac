"""The golden set: renditions look as recorded, and a difference is said in one readable line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import yaml
from click.testing import CliRunner

from testkit.photos import jpeg, scene
from testkit.photos.kinds import KINDS
from tools import golden
from tools.image_diff import resized

ROOT = Path(__file__).parents[2]
GREY_CORNERS = {corner: [9, 9, 9] for corner in golden.CORNERS}
BLUE_CORNER = GREY_CORNERS | {"blue": [40, 60, 190]}
PHOTO: golden.Figures = {
    "large": {"size": [480, 320], "corners": GREY_CORNERS, "mean": [130, 124, 112], "ssim": 0.99, "delta_e": 1.4}
}


def test_the_line_renders_what_was_recorded() -> None:
    """The gate before a deployment: every format and orientation, still upright and in its colours."""
    done = CliRunner().invoke(golden.main, [])

    assert (0, f"golden: {len(KINDS)} photos look as recorded\n") == (done.exit_code, done.stdout)


def test_the_record_shows_every_orientation_upright() -> None:
    """The recorded figures are right, not merely stable: whatever the tag, red is top left and blue bottom left."""
    recorded = json.loads(golden.RECORD.read_text(encoding="utf-8"))

    for number in range(1, 9):
        large = recorded[f"orientation-{number}.jpg"]["large"]
        assert [scene.WIDTH, scene.HEIGHT] == large["size"]
        for corner in golden.CORNERS:
            assert golden.near(list(scene.PATCHES[corner][1]), large["corners"][corner])


def test_the_record_holds_nothing_private() -> None:
    """No rendition of any photo was recorded with a place, a serial number or a comment in it."""
    recorded = json.loads(golden.RECORD.read_text(encoding="utf-8"))

    assert [] == [name for name, sizes in recorded.items() for figures in sizes.values() if figures["private"]]


def test_the_gate_stands_before_the_alias_moves() -> None:
    """A release that renders otherwise is never deployed: the workflow compares first."""
    jobs = yaml.safe_load((ROOT / ".github/workflows/deploy.yml").read_text(encoding="utf-8"))["jobs"]
    comparing = {name for name, job in jobs.items() if any(step.get("run") == "make golden" for step in job["steps"])}
    deploying = [
        job for job in jobs.values() if any(step.get("with", {}).get("command") == "up" for step in job["steps"])
    ]

    assert comparing
    assert [True] == [comparing <= set(job["needs"]) for job in deploying]


@pytest.mark.parametrize(
    ("worse", "figures"),
    [
        (jpeg.jpeg(resized(resized(scene.scene(), 120, 80), 480, 320)), {"ssim", "delta_e"}),
        (jpeg.jpeg(scene.scene()[:, ::-1]), {"corners", "ssim", "delta_e"}),
        (jpeg.jpeg(np.clip(scene.scene().astype(int) + 8, 0, 255).astype(np.uint8)), {"corners", "mean", "delta_e"}),
    ],
    ids=["blurred", "mirrored", "too light"],
)
def test_what_looks_worse_is_noticed(worse: bytes, figures: set[str]) -> None:
    """The measures see what an eye would: lost detail, a wrong way up, a shift of lightness."""
    good, bad = golden.measure(jpeg.jpeg()), golden.measure(worse)

    lines = golden.compared({"a.jpg": {"large": good}}, {"a.jpg": {"large": bad}})

    assert figures == {line.split()[2] for line in lines}


def test_private_things_would_be_found() -> None:
    """The measure sees what the line must remove: an original full of secrets does not pass."""
    found = golden.measure(jpeg.private_jpeg())["private"]

    assert found[0] == "gps"
    assert len(found) > 1


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"size": [320, 480]}, "a.jpg large: size expected [480, 320], received [320, 480]"),
        ({"mean": [126, 124, 112]}, "a.jpg large: mean expected [130, 124, 112], received [126, 124, 112]"),
        (
            {"corners": BLUE_CORNER},
            f"a.jpg large: corners expected {GREY_CORNERS}, received {BLUE_CORNER}",
        ),
        ({"ssim": 0.97}, "a.jpg large: ssim expected 0.99, received 0.97"),
        ({"delta_e": 1.8}, "a.jpg large: delta_e expected 1.4, received 1.8"),
        ({"private": ["gps"]}, "a.jpg large: private expected None, received ['gps']"),
    ],
)
def test_a_difference_is_one_line(changed: golden.Figures, line: str) -> None:
    """The line names the photo, the size, what was recorded and what came out."""
    assert [line] == golden.compared({"a.jpg": PHOTO}, {"a.jpg": {"large": PHOTO["large"] | changed}})


def test_what_no_eye_sees_is_no_difference() -> None:
    """Other versions of an encoder move colours by a step or two; a better likeness passes too."""
    nearly = {"large": PHOTO["large"] | {"mean": [133, 121, 112], "ssim": 0.985, "delta_e": 0.2}}

    assert [] == golden.compared({"a.jpg": PHOTO}, {"a.jpg": nearly})


def test_photos_that_come_or_go_are_named() -> None:
    """A set that shrinks unnoticed would prove less every year."""
    assert ["b.jpg: recorded, but no longer in the set", "a.jpg: not recorded yet, see --update"] == golden.compared(
        {"b.jpg": PHOTO}, {"a.jpg": PHOTO}
    )


def test_a_difference_ends_with_exit_code_1_and_update_records_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A deployment stops at a difference until a maintainer records it."""
    record = tmp_path / "renditions.json"
    record.write_text(golden.as_text({"a.jpg": PHOTO}))
    monkeypatch.setattr(golden, "RECORD", record)
    monkeypatch.setattr(golden, "KINDS", {"a.jpg": jpeg.jpeg})

    runs = [CliRunner().invoke(golden.main, arguments) for arguments in ([], ["--update"], [])]

    assert [1, 0, 0] == [run.exit_code for run in runs]
    assert ["golden: recorded 1 photos\n", "golden: 1 photos look as recorded\n"] == [run.stdout for run in runs[1:]]
