"""The recipe: what decides pixels, per size and format."""

from __future__ import annotations

from typing import get_args

import pytest
from pydantic import ValidationError

from processor.recipe import OutputFormat, OutputQuality, Recipe, Size


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
