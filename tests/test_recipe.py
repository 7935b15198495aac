"""Check the recipe, which decides pixels per size and format, and its hash, which decides what is rendered again."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from pydantic import ValidationError

from processor import recipe
from processor.recipe import DecodeLimits, OutputFormat, OutputQuality, Raw, Recipe, Size, recipe_hash

PLAIN = Recipe()
# Of the default recipe, computed at commit 69cdc463.
BEFORE_KEY_STYLES = "78b43ba96d5a"


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
        Recipe(formats=("jpeg", "webp")),
        Recipe(quality=OutputQuality(jpeg=86)),
        Recipe(keep_copyright=False),
        Recipe(raw=Raw(strategy="preview")),
        Recipe(key_style="opaque"),
    ],
    ids=["sizes", "side", "fit", "size quality", "formats", "quality", "copyright", "raw", "key style"],
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


def test_readable_keys_leave_every_photo_as_it_is() -> None:
    """The hash of the default recipe is that of the release before the setting."""
    assert BEFORE_KEY_STYLES == recipe_hash(PLAIN)
