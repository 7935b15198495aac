"""Content negotiation: `.jpg` answered with AVIF or WebP, where the browser takes it and the rendition exists."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from processor.recipe import OutputFormat, Recipe

SOURCE: Final = Path(__file__).with_name("negotiate.js")
BEST_FIRST: Final[tuple[OutputFormat, ...]] = ("avif", "webp")


def formats_beside_jpeg(recipe: Recipe) -> Mapping[str, list[OutputFormat]]:
    """Give, for each size that has any, its formats beside JPEG, best first."""
    found: dict[str, list[OutputFormat]] = {
        size: [one for one in BEST_FIRST if one in recipe.formats_of(size)] for size in sorted(recipe.sizes)
    }
    return {size: formats for size, formats in found.items() if formats}


def negotiation_code(recipe: Recipe) -> str:
    """Write the CloudFront Function for the sizes and formats of *recipe*."""
    return f"var FORMATS = {json.dumps(formats_beside_jpeg(recipe))};\n{SOURCE.read_text(encoding='utf-8')}"
