"""A size that is first asked for: when it is made, from what, and what must never be left behind."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

import numpy as np
import pytest
from PIL import Image

from processor.aws.renditions import RenditionFiles
from processor.errors import StoreUnavailable
from processor.imaging.geometry import Box
from processor.imaging.renderer import Renderer
from processor.original import OriginalItem, StoredRendition
from processor.recipe import OutputFormat, Recipe, Size
from processor.upload.on_demand import Found, SizesOnDemand, Why, next_larger
from testkit.photos import jpeg, scene
from tests.factories.darkroom import AMPLE, RENDITIONS, Darkroom, open_darkroom, with_recipe
from tests.factories.stores import once, refused

OLD = Recipe(sizes={"small": Size(width=80, height=60), "large": Size(width=300, height=300)})
SIZES = {**OLD.sizes, "preview": Size(width=150, height=150), "square": Size(width=50, height=50, fit="cover")}
NEW = Recipe(sizes=SIZES, formats=("jpeg", "webp"))
KEY = "wedding/IMG_1.jpg"
PREVIEW = "renditions/wedding/IMG_1_preview.jpg"


@pytest.fixture
def darkroom() -> Iterator[Darkroom]:
    """Give a line with a photo of 600 × 401 px, rendered before there was a preview."""
    with open_darkroom(recipe=OLD) as made:
        renderer = replace(made.line.converger.renderer, renderer=Renderer())
        made.line = replace(made.line, converger=replace(made.line.converger, renderer=renderer))
        made.process(made.upload(KEY, jpeg.jpeg(scene.scene(600, 401))))
        yield made


def on_demand(darkroom: Darkroom, recipe: Recipe = NEW, **more: Any) -> SizesOnDemand:
    """Give what makes sizes over the stores of *darkroom*, by a release whose recipe has more sizes."""
    return SizesOnDemand(
        recipe=recipe,
        table=darkroom.line.table,
        files=RenditionFiles(s3=darkroom.s3, bucket=RENDITIONS),  # pyright: ignore[reportArgumentType]
        records=replace(darkroom.line.records, cdn_host=""),
        renderer=Renderer(),
        sleep=lambda _: None,
        **more,
    )


def find(darkroom: Darkroom, key: str = PREVIEW) -> Found | Why:
    """Ask for a key."""
    return on_demand(darkroom).find(key, AMPLE)


def test_a_new_size_is_made_stored_and_named(darkroom: Darkroom) -> None:
    """150 of 600 × 401 px are 150 × 100 (100.25): from the original's own sides, not from those of `large`."""
    found = find(darkroom)

    assert isinstance(found, Found)
    assert (150, 100) == Image.open(io.BytesIO(found.data)).size
    kept = darkroom.kept()
    assert found.data == kept[PREVIEW][0]
    assert kept["renditions/wedding/IMG_1_large.jpg"][1] == kept[PREVIEW][1]
    named = {(one["size"], one["format"]) for one in darkroom.items()[KEY]["photo"]["renditions"]}
    assert named == {("small", "jpeg"), ("large", "jpeg"), ("preview", "jpeg"), ("preview", "webp")}
    record = darkroom.record(KEY) or {}
    assert f"https://cdn.example.com/{PREVIEW}?v={kept[PREVIEW][1]['version']}" == record["preview_url"]
    assert "lease/" not in darkroom.items()


def test_it_is_made_once(darkroom: Darkroom) -> None:
    """A second viewer who came too early for S3 gets the stored one."""
    first, second = find(darkroom), find(darkroom)

    assert isinstance(first, Found)
    assert isinstance(second, Found)
    assert (True, False) == (first.made, second.made)
    assert first.data == second.data


def test_a_cropped_size_has_its_box(darkroom: Darkroom) -> None:
    """`cover` cuts as the pipeline does."""
    found = find(darkroom, "renditions/wedding/IMG_1_square.jpg")

    assert isinstance(found, Found)
    assert (50, 50) == Image.open(io.BytesIO(found.data)).size


def test_a_cropped_size_is_cut_around_the_focus(darkroom: Darkroom) -> None:
    """The left and the right edge of a scene differ."""
    pictures = []
    for x in ("0", "1"):
        darkroom.put_record(**{**(darkroom.record(KEY) or {}), "focus": {"x": Decimal(x), "y": Decimal("0.5")}})
        found = find(darkroom, "renditions/wedding/IMG_1_square.jpg")
        assert isinstance(found, Found)
        pictures.append(np.asarray(Image.open(io.BytesIO(found.data)).convert("L"), dtype=float))
        darkroom.line.converger.renditions.delete(["renditions/wedding/IMG_1_square.jpg"])

    assert 10 < float(abs(pictures[0] - pictures[1]).mean())


def test_a_recipe_that_hides_makes_no_size_from_another(darkroom: Darkroom) -> None:
    """A stored rendition may show more than the size may, or has a mark already."""
    hiding = Recipe(sizes={**SIZES, "proof": Size(width=150, height=150, blur_percent=2)})

    assert Why.NOT_LISTED is on_demand(darkroom, hiding).find(PREVIEW, AMPLE)


def test_a_photo_of_another_profile_has_no_plain_sizes(darkroom: Darkroom) -> None:
    """Its gallery has chosen what may be seen."""
    table = darkroom.line.table
    table.put(replace(cast("OriginalItem", table.item(KEY)), profile="proof"))

    assert Why.NO_PHOTO is find(darkroom)
    assert Why.NOT_LISTED is find(darkroom, "renditions/wedding/IMG_1_preview.0123456789ab.jpg")


def test_a_backfill_takes_it_over_and_a_deletion_takes_it_away(darkroom: Darkroom) -> None:
    """The item names it, so neither leaves it behind."""
    find(darkroom)
    darkroom.process(darkroom.removal(KEY))

    assert {} == darkroom.kept()
    assert Why.NO_PHOTO is find(darkroom)
    assert {} == darkroom.kept()


def test_a_size_that_the_next_recipe_does_not_have_goes(darkroom: Darkroom) -> None:
    """A backfill by a recipe without it removes it."""
    find(darkroom)
    darkroom.line = with_recipe(darkroom.line, OLD.model_copy(update={"progressive_from_px": 1}))
    darkroom.process(darkroom.upload(KEY, jpeg.jpeg(scene.scene(600, 401))))

    assert {"renditions/wedding/IMG_1_small.jpg", "renditions/wedding/IMG_1_large.jpg"} == darkroom.kept().keys()


@pytest.mark.parametrize(
    "key",
    [
        "renditions/wedding/IMG_1_other.jpg",
        "renditions/wedding/IMG_1_preview.avif",
        "wedding/IMG_1_preview.jpg",
        "",
        "x",
        f"renditions/{'x' * 1020}_preview.jpg",
    ],
)
def test_a_name_that_is_not_listed_reads_nothing(darkroom: Darkroom, key: str) -> None:
    """No request to a store."""
    before = len(darkroom.s3.calls) + len(darkroom.dynamodb.calls)

    assert Why.NOT_LISTED is find(darkroom, key)
    assert before == len(darkroom.s3.calls) + len(darkroom.dynamodb.calls)


def test_a_thousand_listed_names_without_a_photo_are_a_thousand_reads(darkroom: Darkroom) -> None:
    """One item each, and no request to S3, no write."""
    reads, files = len(darkroom.dynamodb.calls), len(darkroom.s3.calls)
    asked = on_demand(darkroom)
    answers = {asked.find(f"renditions/wedding/guess-{number}_preview.jpg", AMPLE) for number in range(1000)}

    assert {Why.NO_PHOTO} == answers
    assert ["get_item"] * 1000 == darkroom.dynamodb.calls[reads:]
    assert files == len(darkroom.s3.calls)


def test_dots_lead_into_no_other_gallery(darkroom: Darkroom) -> None:
    """A signature covers a folder as it is written: a path is a name, which nothing resolves."""
    assert Why.NO_PHOTO is find(darkroom, "renditions/mine/../wedding/IMG_1_preview.jpg")


def test_nothing_is_enlarged(darkroom: Darkroom) -> None:
    """A size above the largest rendition waits for the backfill, which has the original."""
    sizes = {**OLD.sizes, "huge": Size(width=500, height=500)}
    asked = on_demand(darkroom, Recipe(sizes=sizes))

    assert Why.NO_SOURCE is asked.find("renditions/wedding/IMG_1_huge.jpg", AMPLE)
    assert 2 == len(darkroom.kept())


def test_a_photo_at_work_is_not_touched(darkroom: Darkroom) -> None:
    """While an upload or a deletion has the lease, nothing is stored."""
    with darkroom.line.table.hold(KEY, KEY, seconds=300):
        assert Why.BUSY is find(darkroom)

    assert 2 == len(darkroom.kept())


def test_what_a_dead_holder_left_stays_in_doubt(darkroom: Darkroom) -> None:
    """Its keys stay in the lease, for a worker that looks for files that no item names."""
    darkroom.line.table.acquire(KEY, KEY, seconds=1)
    darkroom.lapse()

    assert Why.BUSY is find(darkroom)
    assert {KEY} == set(darkroom.items()["lease/"]["work"])
    assert 2 == len(darkroom.kept())


def test_a_file_without_an_item_is_found_by_the_next_event(darkroom: Darkroom) -> None:
    """The item cannot be written: the lease names the photo, and a deletion removes what no item names."""
    darkroom.dynamodb.faults["put_item"] = once(refused("InternalServerError", 500))
    with pytest.raises(StoreUnavailable):
        find(darkroom)
    assert PREVIEW in darkroom.kept()
    darkroom.process(darkroom.removal(KEY))

    assert {} == darkroom.kept()


def test_a_failure_before_anything_is_stored_leaves_no_doubt(darkroom: Darkroom) -> None:
    """The source cannot be read: the next request simply tries again."""
    darkroom.s3.faults["get_object"] = once(refused("InternalError", 500))
    with pytest.raises(StoreUnavailable):
        find(darkroom)

    assert isinstance(find(darkroom), Found)


def test_a_source_of_another_version_is_no_source(darkroom: Darkroom) -> None:
    """The file shows another photo than the item names."""
    body = darkroom.kept()["renditions/wedding/IMG_1_large.jpg"][0]
    darkroom.s3.client.put_object(
        Bucket=RENDITIONS, Key="renditions/wedding/IMG_1_large.jpg", Body=body, Metadata={"version": "another"}
    )

    assert Why.NO_SOURCE is find(darkroom)
    assert PREVIEW not in darkroom.kept()


def test_the_next_larger_whole_jpeg_is_the_source(darkroom: Darkroom) -> None:
    """Not a cropped one, not another format, not one of the same size while there is a larger one."""
    item = darkroom.line.table.item(KEY)
    assert item is not None
    assert item.photo is not None
    photo = replace(
        item.photo,
        width=6000,
        height=4000,
        renditions=tuple(
            StoredRendition(
                size=f"{kind}-{width}", format=cast("OutputFormat", kind), width=width, height=height, bytes=1
            )
            for kind, width, height in (("jpeg", 300, 200), ("jpeg", 600, 400), ("webp", 400, 267), ("jpeg", 310, 310))
        ),
    )
    sources = [next_larger(photo, box) for box in (Box(300, 200), Box(90, 60), Box(600, 400), Box(601, 401))]

    assert ["jpeg-600", "jpeg-300", "jpeg-600", None] == [one.size if one else None for one in sources]
