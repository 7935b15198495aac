"""Real photos, which are never committed: tests of this folder are skipped where they are absent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from processor.imaging.model import Rendering
from processor.imaging.renderer import Renderer
from processor.recipe import Recipe
from processor.source import Source
from tests.samples.folder import SAMPLES


@pytest.fixture(scope="session")
def samples() -> Path:
    """Give the folder of real photos."""
    if not SAMPLES.is_dir():
        pytest.skip(f"no real photos: {SAMPLES} does not exist; name their folder in DARKROOM_SAMPLES")
    return SAMPLES


@pytest.fixture(scope="session")
def rendered(samples: Path) -> Iterator[Callable[[str], Rendering]]:
    """Render a sample by its name with the default recipe, as Lambda does, once a session."""
    with Renderer() as renderer:

        @cache
        def render(name: str) -> Rendering:
            recipe = Recipe()
            with Source.from_path(samples / name, max_bytes=recipe.limits.max_bytes) as source:
                return renderer.render(source, recipe, file_name=name)

        yield render
