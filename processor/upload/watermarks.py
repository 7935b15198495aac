"""Load the watermarks that renditions carry, from the reserved prefix of the originals bucket.

A mark that is missing or cannot be decoded is never left out: the photo waits until an operator has put it there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from processor.aws.originals import Originals
from processor.errors import PhotoError, RecipeUnusable
from processor.imaging.renderer import MAX_MARK_BYTES, check_mark
from processor.recipe import Recipe
from processor.source import Source


@dataclass(frozen=True, kw_only=True, slots=True)
class Watermarks:
    """Watermarks by key. Each is read once per process: a mark never changes under its key."""

    originals: Originals
    check: Callable[[Source], None] = check_mark
    loaded: dict[str, Source] = field(default_factory=dict[str, Source])

    def of(self, recipe: Recipe) -> Mapping[str, Source]:
        """Return the files of all marks of *recipe*."""
        return {key: self.loaded.get(key) or self.load(key) for key in recipe.marks}

    def load(self, key: str) -> Source:
        """Read and check a mark; raise RecipeUnusable when it cannot be used."""
        where = f"{self.originals.bucket}/{key}"
        if (found := self.originals.look(key)) is None:
            raise RecipeUnusable(f"{where}: expected a watermark of the settings, found none. Upload it.")
        try:
            with self.originals.open(found) as chunks:
                source = Source.from_chunks(chunks, max_bytes=MAX_MARK_BYTES)
            self.check(source)
        except PhotoError as error:
            found_instead = f"found a file that is none: {error.finding}"
            raise RecipeUnusable(f"{where}: expected a watermark, {found_instead}") from error
        self.loaded[key] = source
        return source
