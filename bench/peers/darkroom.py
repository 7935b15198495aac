"""Run Darkroom's renderer as in Lambda: with limits, metadata and receipt, risky formats in their child."""

from __future__ import annotations

from importlib.metadata import version

from bench.job import Job, Output, Render
from processor.imaging.engine import engine_versions
from processor.imaging.renderer import Renderer
from processor.recipe import Recipe
from processor.source import Source


def prepare(job: Job) -> Render:
    """Return the whole line over *job*; its boxes and quality are the recipe's own. Like its peers, not progressive."""
    recipe, renderer = Recipe(progressive_from_px=0), Renderer()

    def render() -> list[Output]:
        with Source.from_path(job.path, max_bytes=recipe.limits.max_bytes) as source:
            rendering = renderer.render(source, recipe, file_name=job.path.name)
        outputs = [Output(width=it.width, height=it.height, bytes=len(it.data)) for it in rendering.renditions]
        return sorted(outputs, key=lambda output: output.width)

    return render


def versions() -> dict[str, str]:
    """Name the engine, and the decoders that the child loads."""
    return engine_versions() | {name: version(name) for name in ("pillow-heif", "rawpy")}
