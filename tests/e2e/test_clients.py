"""A folder of photos that real S3 clients keep in step with the bucket: uploads, moves, sidecars and deletions."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from lab.moves import MovedPhoto
from testkit.embedded_stack import LocalStack, wait_for
from testkit.photos import jpeg, scene


def sync(client: str, stack: LocalStack, folder: Path) -> None:
    """Make the bucket's prefix like the folder: what is not there any longer is deleted."""
    where, endpoint = f"{stack.originals}/{folder.name}", str(stack.known["aws"])
    if client == "rclone":
        remote = f":s3,provider=Other,env_auth,endpoint='{endpoint}':{where}"
        command = ["rclone", "--config", os.devnull, "sync", str(folder), remote]
    else:
        command = [
            sys.executable,
            "-m",
            "awscli",
            "s3",
            "sync",
            "--delete",
            "--only-show-errors",
            str(folder),
            f"s3://{where}",
        ]
    # rclone fails where a bundle of certificates is named for the AWS libraries.
    known = {name: value for name, value in os.environ.items() if name != "AWS_CA_BUNDLE"}
    subprocess.run(command, env={**known, **stack.known["environment"]}, check=True, capture_output=True, timeout=120)


@pytest.mark.parametrize(
    "client",
    ["aws", pytest.param("rclone", marks=pytest.mark.skipif(not shutil.which("rclone"), reason="rclone is missing"))],
)
def test_a_synced_folder_is_shown_as_it_is(stack: LocalStack, tmp_path: Path, client: str) -> None:
    """Clients 1 and 2: a sidecar beside its photo, a move to another folder, and the deletion of both."""
    photo = MovedPhoto(stack=stack, photo_id=str(uuid.uuid4()))
    folder = tmp_path / f"synced-{client}"
    one, two = folder / f"a/{photo.photo_id}.jpg", folder / f"b/{photo.photo_id}.jpg"
    for path in (one, two):
        path.parent.mkdir(parents=True)
    one.write_bytes(jpeg.jpeg(scene.scene(320, 240)))
    one.with_suffix(".xmp").write_text("<x:xmpmeta/>")

    def shows(path: Path) -> bool | None:
        return photo.shows(path.relative_to(tmp_path).as_posix()) or None

    sync(client, stack, folder)
    wait_for(lambda: shows(one), what=lambda: f"{one} to be shown, found {photo.record}")
    one.rename(two)
    sync(client, stack, folder)
    wait_for(lambda: shows(two), what=lambda: f"{two} to be shown, found {photo.record}")
    two.unlink()
    sync(client, stack, folder)
    wait_for(lambda: photo.record["status"] == "deleted" or None, what=lambda: f"a tombstone, found {photo.record}")
    assert [] == photo.renditions(f"{folder.name}/a") + photo.renditions(f"{folder.name}/b")
