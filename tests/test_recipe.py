"""Check the recipe, which decides pixels per size and format, and its hash, which decides what is rendered again."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from pydantic import ValidationError

from processor import recipe
from processor.recipe import (
    DecodeLimits,
    Focus,
    OutputFormat,
    OutputQuality,
    Raw,
    Recipe,
    Size,
    SizeWatermark,
    recipe_hash,
)

PLAIN = Recipe()
MARK = SizeWatermark(object="watermarks/studio.png")


def test_the_default_sizes_are_the_ones_that_galleries_link_to() -> None:
    """Names and boxes come from the guide that Darkroom replaces."""
    boxes = {name: (size.width, size.height, size.fit) for name, size in Recipe().sizes.items()}

    assert {
        "thumbnail": (400, 400, "inside"),
        "small": (800, 600, "inside"),
        "medium": (2000, 2000, "inside"),
        "large": (4000, 4000, "inside"),
    } == boxes


def test_a_size_without_formats_has_the_recipes() -> None:
    """Formats are written once, and again only where a size differs."""
    recipe = Recipe(
        formats=("jpeg", "webp"),
        sizes={"a": Size(width=1, height=1), "b": Size(width=1, height=1, formats=("jpeg", "avif"))},
    )

    assert [("jpeg", "webp"), ("jpeg", "avif")] == [recipe.formats_of("a"), recipe.formats_of("b")]


def test_a_size_overrides_only_the_qualities_it_names() -> None:
    """A partial override leaves the other formats' quality alone."""
    recipe = Recipe(
        quality=OutputQuality(jpeg=85, webp=80, avif=60), sizes={"a": Size(width=1, height=1, quality={"jpeg": 95})}
    )

    assert [95, 80, 60] == [recipe.quality_of("a", output) for output in get_args(OutputFormat)]


def test_a_recipe_cannot_be_changed() -> None:
    """A recipe's hash stays true."""
    with pytest.raises(ValidationError, match="frozen"):
        Recipe().keep_copyright = False  # pyright: ignore[reportAttributeAccessIssue]


def test_the_hash_is_short_and_stable() -> None:
    """The same recipe written twice is the same recipe, whatever the order of its sizes."""
    a, b = Size(width=10, height=10), Size(width=20, height=20)

    assert re.fullmatch("[0-9a-f]{12}", recipe_hash(PLAIN))
    assert recipe_hash(Recipe(sizes={"a": a, "b": b})) == recipe_hash(Recipe(sizes={"b": b, "a": a}))


@pytest.mark.parametrize(
    "other",
    [
        Recipe(sizes={"thumbnail": Size(width=400, height=400)}),
        Recipe(sizes={**PLAIN.sizes, "small": Size(width=801, height=600)}),
        Recipe(sizes={**PLAIN.sizes, "small": Size(width=800, height=600, fit="cover")}),
        Recipe(sizes={**PLAIN.sizes, "small": Size(width=800, height=600, quality={"jpeg": 90})}),
        Recipe(sizes={**PLAIN.sizes, "small": Size(width=800, height=600, blur_percent=1)}),
        Recipe(sizes={**PLAIN.sizes, "small": Size(width=800, height=600, watermark=MARK)}),
        Recipe(formats=("jpeg", "webp")),
        Recipe(quality=OutputQuality(jpeg=86)),
        Recipe(keep_copyright=False),
        Recipe(raw=Raw(strategy="preview")),
        Recipe(key_style="opaque"),
    ],
    ids=[
        "sizes",
        "side",
        "fit",
        "size quality",
        "blur",
        "watermark",
        "formats",
        "quality",
        "copyright",
        "raw",
        "key style",
    ],
)
def test_a_setting_that_changes_pixels_changes_the_hash(other: Recipe) -> None:
    """Then every photo is rendered again."""
    assert recipe_hash(PLAIN) != recipe_hash(other)


@pytest.mark.parametrize(
    "other",
    [Recipe(limits=DecodeLimits(max_megapixels=50)), Recipe(raw=Raw(max_megapixels=50))],
    ids=["limits", "raw limit"],
)
def test_limits_do_not_change_the_hash(other: Recipe) -> None:
    """DecodeLimits decide whether a photo is rendered, never how."""
    assert recipe_hash(PLAIN) == recipe_hash(other)


def test_a_new_engine_revision_changes_the_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """A maintainer raises it when the engine's pixels change on purpose."""
    before = recipe_hash(PLAIN)
    monkeypatch.setattr(recipe, "ENGINE_REVISION", 999)

    assert before != recipe_hash(PLAIN)


def test_the_hash_of_the_default_recipe_is_the_one_of_the_release_before() -> None:
    """A feature that is off renders no photo anew: this is the hash of commit a74e8766."""
    assert "78b43ba96d5a" == recipe_hash(PLAIN)


def test_a_focus_is_part_of_a_photos_hash() -> None:
    """Another point is another picture; the same point is the same one."""
    here, there = (recipe_hash(PLAIN, focus=Focus(x, 0.5)) for x in (0.25, 0.75))

    assert 3 == len({recipe_hash(PLAIN), here, there})
    assert here == recipe_hash(PLAIN, focus=Focus(0.25, 0.5))


def test_a_profile_is_part_of_the_hash() -> None:
    """Two profiles never share an address, also when their sizes are equal."""
    assert 3 == len({recipe_hash(PLAIN), recipe_hash(PLAIN, profile="proof"), recipe_hash(PLAIN, profile="delivered")})


@pytest.mark.parametrize("key", ["logo.png", "watermarks/", "watermarks/lögo.png", "branding-logos/logo.png"])
def test_a_watermark_lies_under_the_reserved_prefix(key: str) -> None:
    """Elsewhere it would be rendered itself, or be a client's photo."""
    with pytest.raises(ValidationError, match="watermarks/"):
        SizeWatermark(object=key)
