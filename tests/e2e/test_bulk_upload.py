"""`python -m lab.bulk_upload` before a whole stack."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from lab.bulk_upload.__main__ import main
from testkit.embedded_stack import LocalStack
from testkit.photos import heif, jpeg, raw, scene


def upload(stack: LocalStack, folder: Path, *options: str) -> Result:
    """Run the command on three photos, one of them broken."""
    (folder / "good.jpg").write_bytes(jpeg.jpeg(scene.scene(320, 240)))
    (folder / "good.heic").write_bytes(heif.heic(scene.scene(320, 240)))
    (folder / "cut.dng").write_bytes(raw.dng()[:5000])
    return CliRunner().invoke(main, [str(folder), "--json", str(stack.folder / "run.json"), *options])


def test_many_photos_at_once_all_end_and_are_counted(stack: LocalStack, tmp_path: Path) -> None:
    """Active, or failed with a reason; what their sandboxes held is known."""
    done = upload(stack, tmp_path, "--photos", "7")

    assert 0 == done.exit_code, done.output
    said = [line.split() for line in done.output.splitlines()]
    # Files come by name: the RAW is first.
    assert [["HEIC", "active", "2"], ["JPEG", "active", "2"], ["RAW", "failed", "TRUNCATED", "3"]] == said[3:6]
    assert "peak memory" in done.output
    assert "not reported" not in done.output


def test_photos_that_do_not_end_in_time_fail_the_command(stack: LocalStack, tmp_path: Path) -> None:
    """Without waiting, the report states that not all have ended."""
    done = upload(stack, tmp_path, "--photos", "3", "--patience", "0")

    assert 1 == done.exit_code
    assert "NOT ALL ENDED" in done.output
