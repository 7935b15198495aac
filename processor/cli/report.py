"""Report the outcome of each photo, as JSON for scripts (docs/render.schema.json) or in lines for people."""

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
class RenderReport:
    """One photo's outcome; every key is always present, None where it does not apply."""

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
    embedded: Mapping[str, Any] | None = None
    receipt: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return plain data, ready for json.dumps."""
        return asdict(self)


def skipped(source: Path, skip: Skip) -> RenderReport:
    """Report a file that is not a photo."""
    reason = {"code": f"SKIPPED_{skip.name}", "message": skip.sentence}
    return RenderReport(source=str(source), status="skipped", error=reason)


def failed(source: Path, error: PhotoError) -> RenderReport:
    """Report a photo that cannot be rendered."""
    return RenderReport(source=str(source), status="failed", error={"code": error.code, "message": error.public})


def unreadable(source: Path, error: OSError) -> RenderReport:
    """Report a file that the system refuses to open."""
    message = f"The file cannot be read: {error.strerror}. Check its permissions and try again."
    return RenderReport(source=str(source), status="failed", error={"code": "UNREADABLE", "message": message})


def active(
    source: Path, rendering: Rendering, files: Mapping[Rendition, Path], recipe: Recipe, profile: str
) -> RenderReport:
    """Report a photo whose renditions are all written; *files*: the path of each rendition."""
    return RenderReport(
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
        embedded=asdict(rendering.embedded),
        receipt={
            "recipe": recipe_hash(recipe, profile=profile),
            **({"profile": profile} if profile else {}),
            **asdict(rendering.receipt),
        },
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
