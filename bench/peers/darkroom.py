"""Run Darkroom's line as in Lambda: with limits, metadata, placeholder and receipt."""

from __future__ import annotations

from bench.job import Job, Output, Render
from processor.imaging.engine import engine_versions
from processor.imaging.line import develop
from processor.recipe import Recipe
from processor.source import Source


def prepare(job: Job) -> Render:
    """Return the whole line over *job*; its boxes and quality are the recipe's own. Like its peers, not progressive."""
    recipe = Recipe(progressive_from_px=0)

    def render() -> list[Output]:
        with Source.from_path(job.path, max_bytes=recipe.limits.max_bytes) as source:
            rendering = develop(source, recipe, file_name=job.path.name)
        outputs = [Output(width=it.width, height=it.height, bytes=len(it.data)) for it in rendering.renditions]
        return sorted(outputs, key=lambda output: output.width)

    return render


def versions() -> dict[str, str]:
    """Name the engine and the decoders that took part."""
    return engine_versions()
