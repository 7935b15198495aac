"""Tell by which recipe the function would render each original now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from processor.aws.galleries import Galleries
from processor.aws.photo_scans import PhotoBatches
from processor.keys import ObjectKey
from processor.recipe import DEFAULT_PROFILE
from processor.upload.recipes import PhotoRecipe, Profiles


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectedRecipes:
    """Reads each gallery's choice once, and the records of photos whose focus decides pixels.

    *chosen*: the profile of each gallery that is known, e.g. one that is about to be chosen.
    """

    profiles: Profiles
    galleries: Galleries
    photos: PhotoBatches
    chosen: dict[str, str] = field(default_factory=dict[str, str])

    def of(self, keys: Iterable[str]) -> dict[str, str]:
        """Return the hash of the recipe of each original, by key; raise RecipeUnusable for an unknown profile."""
        orders = {name: self.order_of(name.gallery) for name in map(ObjectKey, keys)}
        records = self.photos.read(name for name, order in orders.items() if order.recipe.crops)
        return {name.key: order.focused(records.get(name.photo_id)).hash for name, order in orders.items()}

    def order_of(self, gallery: str) -> PhotoRecipe:
        """Return the recipe of the profile that a gallery has chosen."""
        if len(self.profiles.orders) > 1 and gallery not in self.chosen:
            self.chosen[gallery] = self.galleries.profile(gallery)
        return self.profiles.named(self.chosen.get(gallery, DEFAULT_PROFILE), gallery=gallery)
