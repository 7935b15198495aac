"""Move, replace, pair and delete photos of a running embedded stack, many times, and check what is public in the end.

    darkroom up --json | tee up.json
    python -m lab.moves up.json --times 20

Every photo is left with the originals that its last change has left: its record shows one of them, its renditions
answer 200 at the CDN, and nothing of the others is public. Deletions fall into the rendering, at a random moment.
"""

from __future__ import annotations

import json
import random
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click
import httpx

from local.run.aws import Aws
from processor.aws.attributes import from_item
from testkit.embedded_stack import LocalStack
from testkit.photos import jpeg, scene
from testkit.photos.raw import dng

PHOTOS: Final = "darkroom-local-photos"
SETTLED_S: Final = 120
# After the deletion of a photo that is being rendered.
GONE_S: Final = 10
THREADS: Final = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class MovedPhoto:
    """One photo and its originals."""

    stack: LocalStack
    photo_id: str

    def put(self, key: str, data: bytes) -> None:
        """Upload an original."""
        self.stack.aws.client("s3").put_object(Bucket=self.stack.originals, Key=key, Body=data)

    def copy(self, key: str, to: str) -> None:
        """Copy an original."""
        source = {"Bucket": self.stack.originals, "Key": key}
        self.stack.aws.client("s3").copy_object(Bucket=self.stack.originals, Key=to, CopySource=source)  # pyright: ignore[reportArgumentType]

    def delete(self, key: str) -> None:
        """Delete an original."""
        self.stack.aws.client("s3").delete_object(Bucket=self.stack.originals, Key=key)

    @property
    def record(self) -> dict[str, Any]:
        """The photo's record; empty without one."""
        table = self.stack.aws.client("dynamodb")
        item = table.get_item(TableName=PHOTOS, Key={"id": {"S": self.photo_id}}, ConsistentRead=True).get("Item", {})
        return from_item(item)

    def renditions(self, gallery: str) -> list[str]:
        """List the renditions of the photo in a gallery."""
        s3, bucket = self.stack.aws.client("s3"), self.stack.known["buckets"]["renditions"]
        listed = s3.list_objects_v2(Bucket=bucket, Prefix=f"renditions/{gallery}/{self.photo_id}")
        return [one.get("Key", "") for one in listed.get("Contents", [])]

    def shows(self, key: str) -> bool:
        """Return whether the record shows *key* and all addresses answer."""
        record = self.record
        if (record.get("status"), record.get("original_key")) != ("active", key):
            return False
        urls = [str(value) for name, value in record.items() if name.endswith("_url")]
        return all(self.stack.http.get(url).is_success for url in urls)

    def is_gone(self) -> bool:
        """Return whether the record is a tombstone, or there never was one, and nothing is public."""
        return self.record.get("status") in {None, "deleted"} and not self.renditions("a") + self.renditions("b")


def wait(said: str, look: Callable[[], bool], seconds: float = SETTLED_S) -> Iterator[str]:
    """Look until it is so; yield what was not so in time."""
    until = time.monotonic() + seconds
    while not look():
        if time.monotonic() > until:
            yield said
            return
        time.sleep(0.2)


def move(photo: MovedPhoto) -> Iterator[str]:
    """Copy to another gallery and delete the first at once."""
    one, two = f"a/{photo.photo_id}.jpg", f"b/{photo.photo_id}.jpg"
    photo.put(one, PICTURE)
    yield from wait(f"{one} is shown", lambda: photo.shows(one))
    photo.copy(one, two)
    photo.delete(one)
    yield from wait(f"{two} is shown", lambda: photo.shows(two))
    yield from wait(f"nothing of {one} is public", lambda: not photo.renditions("a"))


def replace(photo: MovedPhoto) -> Iterator[str]:
    """Upload another format under the same id and delete the first at once, in either order."""
    one, two = f"a/{photo.photo_id}.jpg", f"a/{photo.photo_id}.dng"
    photo.put(one, PICTURE)
    yield from wait(f"{one} is shown", lambda: photo.shows(one))
    steps = [lambda: photo.put(two, dng()), lambda: photo.delete(one)]
    for step in random.sample(steps, 2):
        step()
    yield from wait(f"{two} is shown", lambda: photo.shows(two))
    yield from wait("one set of renditions is left", lambda: len(photo.renditions("a")) == len(SIZES))


def pair(photo: MovedPhoto) -> Iterator[str]:
    """Upload a RAW and its JPEG, and delete the one that is shown, then the other."""
    keys = {f"a/{photo.photo_id}.dng": dng(), f"a/{photo.photo_id}.jpg": PICTURE}
    for key, data in keys.items():
        photo.put(key, data)
    yield from wait("both are rendered", lambda: len(photo.renditions("a")) == 2 * len(SIZES))
    yield from wait("one is shown", lambda: any(map(photo.shows, keys)))
    shown = str(photo.record["original_key"])
    [other] = keys.keys() - {shown}
    photo.delete(shown)
    yield from wait(f"{other} is shown", lambda: photo.shows(other))
    photo.delete(other)
    yield from wait("all is gone", photo.is_gone)


def delete(photo: MovedPhoto) -> Iterator[str]:
    """Delete a photo while it is rendered; ten seconds later nothing of it is public."""
    key = f"a/{photo.photo_id}.jpg"
    photo.put(key, PICTURE)
    time.sleep(random.uniform(0.0, 1.5))  # noqa: S311 - no secret
    photo.delete(key)
    time.sleep(GONE_S)
    if left := photo.renditions("a"):
        yield f"nothing of {key} is public after {GONE_S} s, found {left}"
    yield from wait(f"{key} is gone", photo.is_gone)


PICTURE: Final = jpeg.jpeg(scene.scene(1600, 1200))
SIZES: Final = ("thumbnail", "small", "medium", "large")
STORIES: Final[dict[str, Callable[[MovedPhoto], Iterator[str]]]] = {
    "move": move,
    "replace": replace,
    "pair": pair,
    "delete": delete,
}


def rehearse(stack: LocalStack, story: str, times: int) -> list[str]:
    """Tell a story many times, some at once; return what was not as expected."""

    def tell(_: int) -> list[str]:
        return list(STORIES[story](MovedPhoto(stack=stack, photo_id=str(uuid.uuid4()))))

    with ThreadPoolExecutor(THREADS) as threads:
        return [f"{story}: expected {said}" for told in threads.map(tell, range(times)) for said in told]


@click.command()
@click.argument("endpoints", type=click.Path(path_type=Path, exists=True))
@click.option("--times", default=20, show_default=True, help="Photos of each story.")
def main(endpoints: Path, times: int) -> None:
    """Tell every story; exit with 1 when something was not as expected. ENDPOINTS: what `up --json` printed."""
    known = json.loads(endpoints.read_text(encoding="utf-8").splitlines()[-1])
    with httpx.Client(timeout=30, trust_env=False) as client:
        stack = LocalStack(known=known, folder=Path(), aws=Aws(known["aws"]), http=client)
        wrong: list[str] = []
        for story in STORIES:
            began = time.monotonic()
            found = rehearse(stack, story, times)
            click.echo(f"{story}: {times} photos, {len(found)} violations, {time.monotonic() - began:.0f} s")
            wrong += found
    for one in wrong:
        click.echo(one)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
