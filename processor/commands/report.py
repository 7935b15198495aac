"""What a command says about each photo: the JSON that scripts read (docs/render.schema.json), and lines for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from processor.errors import PhotoError
from processor.imaging.model import Rendering, Rendition
from processor.keys import Skip
from processor.recipe import Recipe, recipe_hash


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """One photo's outcome; every key is always present, None where nothing is known."""

    source: str
    status: Literal["active", "failed", "skipped"]
    error: Mapping[str, str] | None = None
    format: str | None = None
    width: int | None = None
    height: int | None = None
    decoder: str | None = None
    renditions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    placeholder: str | None = None
    dominant_color: str | None = None
    taken_at: str | None = None
    camera: Mapping[str, Any] | None = None
    receipt: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return plain data, ready for json.dumps."""
        return asdict(self)


def skipped(source: Path, skip: Skip) -> Report:
    """Report a file that is none of our business."""
    reason = {"code": f"SKIPPED_{skip.name}", "message": skip.sentence}
    return Report(source=str(source), status="skipped", error=reason)


def failed(source: Path, error: PhotoError) -> Report:
    """Report a verdict."""
    return Report(source=str(source), status="failed", error={"code": error.code, "message": error.public})


def unreadable(source: Path, error: OSError) -> Report:
    """Report a file that the system does not let us read."""
    message = f"The file cannot be read: {error.strerror}. Check its permissions and try again."
    return Report(source=str(source), status="failed", error={"code": "UNREADABLE", "message": message})


def active(source: Path, rendering: Rendering, files: Mapping[Rendition, Path], recipe: Recipe) -> Report:
    """Report a photo whose renditions are all written; *files*: rendition → where it lies."""
    return Report(
        source=str(source),
        status="active",
        format=rendering.format,
        width=rendering.width,
        height=rendering.height,
        decoder=rendering.receipt.decoder,
        renditions=_by_size(files, recipe),
        placeholder=rendering.placeholder,
        dominant_color=rendering.dominant_color,
        taken_at=rendering.taken_at,
        camera=asdict(rendering.camera),
        receipt={"recipe": recipe_hash(recipe), **asdict(rendering.receipt)},
    )


def _by_size(files: Mapping[Rendition, Path], recipe: Recipe) -> dict[str, dict[str, Any]]:
    """Describe each size's JPEG, and its other formats under ``formats``; sizes in the recipe's order."""
    sizes: dict[str, dict[str, Any]] = {name: {} for name in recipe.sizes}
    for rendition, path in files.items():
        file = {
            "path": str(path),
            "width": rendition.width,
            "height": rendition.height,
            "bytes": len(rendition.data),
        }
        if rendition.format == "jpeg":
            sizes[rendition.size] = {**file, "formats": sizes[rendition.size].get("formats", {})}
        else:
            sizes[rendition.size].setdefault("formats", {})[rendition.format] = file
    return sizes
