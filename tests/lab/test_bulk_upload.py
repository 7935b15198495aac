"""Fifty photos at once: which they are, and what is said of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from lab.bulk_upload.__main__ import main
from lab.bulk_upload.choice import NoPhotos, chosen
from lab.bulk_upload.table import Outcome, table
from lab.bulk_upload.upload import Ended


def folder_of(folder: Path, *names: str) -> Path:
    """Make a folder of files, some of them deeper."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def test_photos_of_every_kind_take_turns_and_are_copied_where_there_are_too_few(tmp_path: Path) -> None:
    """Whatever is no photo by its name is left out; no two uploads have one name."""
    folder = folder_of(tmp_path, "a.jpg", "b.JPG", "c.heic", "deep/d.nef", "notes.txt")

    photos = chosen([folder], 6)

    assert ["JPEG", "HEIC", "RAW", "JPEG", "JPEG", "HEIC"] == [one.kind for one in photos]
    assert ["000-a.jpg", "001-c.heic", "002-d.nef", "003-b.JPG", "004-a.jpg", "005-c.heic"] == [
        one.name for one in photos
    ]


def test_a_folder_without_photos_is_told(tmp_path: Path) -> None:
    """And what would be one."""
    with pytest.raises(NoPhotos, match=r"expected photos in the folders, found none; a photo ends with one of .jpg,"):
        chosen([folder_of(tmp_path, "notes.txt")], 50)


def test_the_table_counts_ends_and_reasons() -> None:
    """By kind, status and reason; then throughput, latencies and the peak of all sandboxes."""
    photos = [
        *[Ended(kind="JPEG", status="active", latency_s=at / 10, size=1_000_000) for at in range(1, 11)],
        Ended(kind="RAW", status="failed", code="TRUNCATED", latency_s=9.0, size=500_000),
    ]

    said = table(Outcome(photos=photos, total_s=5.5, peaks_mib=[120, 533, 99])).splitlines()

    assert "11 photos at once: 10 JPEG, 1 RAW; 10.5 MB" == said[0]
    assert [["JPEG", "active", "10"], ["RAW", "failed", "TRUNCATED", "1"]] == [line.split() for line in said[3:5]]
    assert ["all ended             5.5 s   2.0 photos/s", "stored → ended        0.6 s   median; p95 5.0 s"] == said[
        6:8
    ]
    assert "peak memory           533 MiB of a sandbox, in 3 invocations (REPORT lines)" == said[8]


@pytest.mark.parametrize(
    "photo",
    [Ended(kind="RAW", status="pending"), Ended(kind="RAW", status="failed", latency_s=1.0)],
    ids=["pending", "failed without a reason"],
)
def test_a_photo_without_an_end_is_not_passed_over(photo: Ended) -> None:
    """Neither waiting for ever nor a failure without a reason is an end."""
    outcome = Outcome(photos=[Ended(kind="JPEG", status="active", latency_s=1.0), photo], total_s=600.0, peaks_mib=[])

    assert not outcome.all_ended
    assert "NOT ALL ENDED       600.0 s" in table(outcome).splitlines()
    assert "peak memory      not reported" in table(outcome).splitlines()


def test_without_a_running_stack_nothing_is_uploaded(tmp_path: Path) -> None:
    """One line says how to start one."""
    folder, nowhere = folder_of(tmp_path, "a.jpg"), tmp_path / "run.json"

    done = CliRunner().invoke(main, [str(folder), "--json", str(nowhere)])

    assert 1 == done.exit_code
    assert f"Error: expected a running stack's {nowhere}, found none; start one: make up\n" == done.output
