"""Choose what one photo is rendered by: its gallery's profile, and the focal point in its record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final, Self

from processor.aws.galleries import Galleries
from processor.aws.photos import PhotoRecord, PhotoRecords, tree
from processor.errors import RecipeUnusable
from processor.keys import ObjectKey
from processor.recipe import DEFAULT_PROFILE, Focus, Recipe, digest_of, recipe_hash

DIGITS: Final = 4
"""Of a focus: a tenth of a pixel of the largest size. Two points that agree in them are the same focus."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PhotoRecipe:
    """Recipe of one photo. *hash*: equal when the pixels are; *focus_note*: why its focus is ignored."""

    recipe: Recipe
    hash: str
    profile: str = DEFAULT_PROFILE
    focus: Focus | None = None
    focus_note: str = ""

    def focused(self, record: PhotoRecord | None) -> Self:
        """Add the focus in the photo's *record*, if it decides pixels."""
        focus, note = focus_of(record) if record and self.recipe.crops else (None, "")
        if focus is None:
            return replace(self, focus_note=note) if note else self
        return replace(self, hash=recipe_hash(self.recipe, profile=self.profile, focus=focus), focus=focus)

    def notes(self) -> dict[str, Any]:
        """Return what the receipt says of it beside the hash."""
        said = f"{self.focus.x:g}, {self.focus.y:g}" if self.focus else self.focus_note
        return {name: text for name, text in (("profile", self.profile), ("focus", said)) if text}


@dataclass(frozen=True, kw_only=True, slots=True)
class Profiles:
    """The recipes of all profiles, by name; that of the plain sizes is the default."""

    orders: Mapping[str, PhotoRecipe]

    @classmethod
    def of(cls, recipes: Mapping[str, Recipe]) -> Self:
        """Compute the hash of each of *recipes* once."""
        return cls(
            orders={
                name: PhotoRecipe(recipe=recipe, profile=name, hash=recipe_hash(recipe, profile=name))
                for name, recipe in recipes.items()
            }
        )

    @property
    def default(self) -> PhotoRecipe:
        """The recipe of a gallery that has chosen no profile."""
        return self.orders[DEFAULT_PROFILE]

    @property
    def hash(self) -> str:
        """Equal when all recipes are: that of the default recipe where there are no others."""
        named = {name: order.hash for name, order in self.orders.items()}
        return digest_of(named) if len(named) > 1 else self.default.hash

    def named(self, profile: str, *, gallery: str) -> PhotoRecipe:
        """Return what *gallery* has chosen; raise RecipeUnusable when the settings have no such profile."""
        if (order := self.orders.get(profile)) is None:
            known = ", ".join(name for name in self.orders if name) or "none"
            raise RecipeUnusable(f'gallery {gallery}: found the profile "{profile}", expected one of: {known}.')
        return order


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipes:
    """Chooses recipes of photos; reads nothing that the settings do not ask for."""

    profiles: Profiles
    galleries: Galleries
    photos: PhotoRecords

    def of(self, name: ObjectKey) -> PhotoRecipe:
        """Return what the photo of the original *name* is to be rendered by now."""
        order = self.profiles.default
        if len(self.profiles.orders) > 1:
            order = self.profiles.named(self.galleries.profile(name.gallery), gallery=name.gallery)
        return order.focused(self.photos.find(name)) if order.recipe.crops else order


def focus_of(record: PhotoRecord) -> tuple[Focus | None, str]:
    """Return the focal point that the backend has set, or None and why there is none that can be used."""
    if (found := record.item.get("focus")) is None:
        return None, ""
    point: Mapping[str, Any] = tree(found) or {}
    x, y = share(point.get("x")), share(point.get("y"))
    if x is None or y is None:
        return None, "ignored: expected {x, y}, both numbers from 0 to 1"
    return Focus(x, y), ""


def share(value: Any) -> float | None:
    """Return *value* as a share (0-1); None for anything else."""
    # A record holds numbers as Decimal; True would be an int.
    return round(float(value), DIGITS) if isinstance(value, Decimal) and 0 <= value <= 1 else None
