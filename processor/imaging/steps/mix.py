"""Mix two versions of one picture."""

from __future__ import annotations

from dataclasses import replace

from pyvips import Image

from processor.imaging.picture import Picture, eight_bit


def mixed(plain: Picture, changed: Picture, share: float) -> Picture:
    """Return *plain* with *share* (0-1) of *changed*: 0 is the plain picture, 1 the changed one."""
    if share <= 0 or plain is changed:
        return plain
    if share >= 1:
        return changed
    pairs = zip(plain.frames, changed.frames, strict=True)
    return replace(changed, frames=tuple(blend(before, after, share) for before, after in pairs))


def blend(before: Image, after: Image, share: float) -> Image:
    """Mix two images of one size, 8 bit."""
    return eight_bit(before * (1 - share) + after * share)
