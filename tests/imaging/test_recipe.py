"""The recipe's fingerprint decides which photos are due for rendering again."""

from __future__ import annotations

import re

import pytest

from processor.imaging import recipe as fingerprint
from processor.imaging.recipe import recipe_hash
from processor.recipe import DecodeLimits, OutputQuality, Raw, Recipe, Size

PLAIN = Recipe()


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
    ],
    ids=["sizes", "side", "fit", "size quality", "formats", "quality", "copyright", "raw"],
)
def test_whatever_changes_pixels_changes_the_hash(other: Recipe) -> None:
    """Then every photo is rendered again."""
    assert recipe_hash(PLAIN) != recipe_hash(other)


@pytest.mark.parametrize(
    "other",
    [Recipe(limits=DecodeLimits(max_megapixels=50)), Recipe(raw=Raw(max_megapixels=50))],
    ids=["limits", "raw limit"],
)
def test_limits_do_not_change_the_hash(other: Recipe) -> None:
    """They decide whether a photo is rendered, never how."""
    assert recipe_hash(PLAIN) == recipe_hash(other)


def test_a_new_engine_revision_changes_the_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is raised when the engine's pixels change on purpose."""
    before = recipe_hash(PLAIN)
    monkeypatch.setattr(fingerprint, "ENGINE_REVISION", 999)

    assert before != recipe_hash(PLAIN)
