"""A size that the settings list and no backfill has made yet, on a stack that is deployed a second time with it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from PIL import Image

from testkit.embedded_stack import LocalStack, started, wait_for
from testkit.photos import jpeg, scene

SIZES = {"small": {"width": 800, "height": 600}, "large": {"width": 4000, "height": 4000}}
PREVIEW = {"preview": {"width": 500, "height": 500}, "huge": {"width": 6000, "height": 6000}}
GALLERY = "Ana & Bo/100%"
Uploaded = tuple[Path, list[dict[str, Any]]]


def settings(folder: Path, **more: Any) -> list[str]:
    """Give the options of a stack that is kept in *folder*, with the two sizes and *more*, in two formats."""
    sizes = json.dumps({**SIZES, **more})
    return [
        "--no-edits",
        "--persist",
        str(folder),
        "--set=renditions.on_demand=true",
        "--set=renditions.formats=[jpeg, webp]",
        f"--set=renditions.sizes={sizes}",
    ]


@pytest.fixture(scope="module")
def uploaded(tmp_path_factory: pytest.TempPathFactory) -> Uploaded:
    """Give a folder of a stack, and records of photos that were rendered before there was another size."""
    folder = tmp_path_factory.mktemp("on-demand")
    with started(folder, *settings(folder)) as before:
        ids = [before.upload(jpeg.jpeg(scene.scene(1200, 800)), gallery=GALLERY) for _ in range(3)]
        return folder, [before.with_status(one, "active") for one in ids]


@pytest.fixture(scope="module")
def stack(uploaded: Uploaded) -> Iterator[LocalStack]:
    """Give the stack with another size."""
    with started(uploaded[0], *settings(uploaded[0], **PREVIEW)) as up:
        yield up


def invocations(stack: LocalStack) -> int:
    """Count the invocations of the function so far."""
    addresses = json.loads((stack.folder / "run.json").read_text(encoding="utf-8"))["addresses"]
    sandboxes = stack.http.get(f"{addresses['lambdas']}/status").json()["sandboxes"]
    return sum(one["invocations"] for one in sandboxes if one["function"].endswith("-on-demand"))


def url_of(stack: LocalStack, record: dict[str, Any], size: str, extension: str = "jpg") -> str:
    """Give the address of a size that the record does not have yet."""
    path = urlsplit(record["small_url"]).path.replace("_small.jpg", f"_{size}.{extension}")
    return f"{stack.known['cdn']}{path}"


def test_a_new_size_is_made_stored_and_then_served_by_s3(stack: LocalStack, uploaded: Uploaded) -> None:
    """The first request invokes the function, the second does not; record and other format follow."""
    record = uploaded[1][0]
    before = invocations(stack)
    first = stack.http.get(url_of(stack, record, "preview"))
    made = invocations(stack)
    second = stack.http.get(url_of(stack, record, "preview"))
    negotiated = stack.http.get(url_of(stack, record, "preview"), headers={"Accept": "image/webp"})

    assert [(200, "image/jpeg"), (200, "image/jpeg"), (200, "image/webp")] == [
        (one.status_code, one.headers["content-type"]) for one in (first, second, negotiated)
    ]
    assert first.content == second.content
    assert (500, 333) == size_of(first.content)
    assert (before + 1, made) == (made, invocations(stack))
    assert ["public, max-age=60", "public, max-age=31536000, immutable"] == [
        one.headers["cache-control"] for one in (first, second)
    ]
    assert (500, 333) == tuple((stack.photo(record["id"]) or {})[f"preview_{side}"] for side in ("width", "height"))


def size_of(data: bytes) -> tuple[int, int]:
    """Measure a picture, px."""
    with Image.open(io.BytesIO(data)) as image:
        return image.size


def test_names_that_are_not_listed_never_invoke(stack: LocalStack) -> None:
    """A few of each: other sizes, other extensions, other folders, other methods of the right ones."""
    before = invocations(stack)
    paths = [f"/renditions/{uuid4()}{ending}" for _ in range(5) for ending in ("", ".jpg", "_other.jpg", "_small.gif")]
    answers = {stack.http.get(f"{stack.known['cdn']}{path}").status_code for path in paths}
    answers.add(stack.http.options(f"{stack.known['cdn']}/renditions/{uuid4()}_small.jpg").status_code)

    assert ({403}, before) == (answers, invocations(stack))


def test_a_listed_name_without_a_photo_is_a_small_picture(stack: LocalStack) -> None:
    """It costs an invocation, which the CDN's cache and the reserved concurrency bound."""
    before = invocations(stack)
    answer = stack.http.get(f"{stack.known['cdn']}/renditions/{uuid4()}_preview.jpg")

    assert (404, "image/svg+xml", "public, max-age=10") == (
        answer.status_code,
        answer.headers["content-type"],
        answer.headers["cache-control"],
    )
    assert answer.text.startswith("<svg ")
    assert before + 1 == invocations(stack)


def test_a_photo_is_in_no_size_that_it_does_not_fill_up_to(stack: LocalStack, uploaded: Uploaded) -> None:
    """1200 px are the most of this photo: `huge` is the same picture, not an enlarged one."""
    answer = stack.http.get(url_of(stack, uploaded[1][1], "huge"))

    assert (200, (1200, 800)) == (answer.status_code, size_of(answer.content))


def test_a_deleted_photo_is_in_no_size(stack: LocalStack, uploaded: Uploaded) -> None:
    """Not in the one that was made on demand, not in one that was never made."""
    record = uploaded[1][2]
    made = url_of(stack, record, "preview")
    assert 200 == stack.http.get(made).status_code
    stack.http.delete(f"{stack.page}/gallery/photos/{record['id']}")
    wait_for(lambda: stack.http.get(made).status_code != 200 or None, what=lambda: "the size to go")

    assert [404, 404, 404] == [
        stack.http.get(url_of(stack, record, size)).status_code for size in ("preview", "huge", "small")
    ]
    s3, bucket = stack.aws.client("s3"), str(stack.known["buckets"]["renditions"])
    assert not [
        one.get("Key", "")
        for one in s3.list_objects_v2(Bucket=bucket, Prefix="renditions/").get("Contents", [])
        if record["id"] in one.get("Key", "")
    ]


def test_the_functions_url_is_no_second_way_in(stack: LocalStack) -> None:
    """Only CloudFront may call it: an unsigned request is refused."""
    clients = stack.aws.client("lambda")
    names = [one.get("FunctionName", "") for one in clients.list_functions()["Functions"]]
    [name] = [one for one in names if "on-demand" in one]
    url = clients.get_function_url_config(FunctionName=name, Qualifier="live")["FunctionUrl"]
    before = invocations(stack)
    answer = stack.http.get(f"{stack.known['aws']}/renditions/x_small.jpg", headers={"Host": urlsplit(url).netloc})

    assert (403, before) == (answer.status_code, invocations(stack))
