"""The recipe's fingerprint: it changes when, and only when, the same original would give other renditions."""

from __future__ import annotations

import hashlib
import json

from processor.recipe import Recipe

ENGINE_REVISION = 1
"""Raise it when a change of this package alters pixels on purpose: every photo is then due for rendering again."""

HASH_DIGITS = 12


def recipe_hash(recipe: Recipe) -> str:
    """Return 12 hex digits. Limits are left out: they decide whether a photo is rendered, never how."""
    pixels = recipe.model_dump(mode="json", exclude={"limits": True, "raw": {"max_megapixels"}})
    text = json.dumps({"engine": ENGINE_REVISION, **pixels}, sort_keys=True)
    return hashlib.sha256(text.encode(), usedforsecurity=False).hexdigest()[:HASH_DIGITS]
