"""What an edit's source, or a watermark, may be, before a decoder sees it."""

from __future__ import annotations

from processor.imaging.edit_model import EditLimits
from processor.imaging.structure.header import Header
from processor.imaging.structure.walk import inspect_structure
from processor.recipe import MAX_SIDE_PX, DecodeLimits
from processor.source import Source


def source_limits(limits: EditLimits) -> DecodeLimits:
    """Return what a source may ask of its decoder. Its bytes were counted when they were fetched."""
    return DecodeLimits(
        max_dimension_px=min(limits.max_dimension_px, MAX_SIDE_PX),
        max_megapixels=limits.max_megapixels,
        max_frames=limits.max_frames,
        decode_timeout_s=limits.decode_timeout_s,
        decoder_memory_mib=limits.memory_mib,
    )


def inspect_source(source: Source, limits: EditLimits) -> Header:
    """Return what the source claims to be; raises PhotoError where it breaks its format's rules or the limits."""
    return inspect_structure(source.view, source_limits(limits), raw_max_megapixels=limits.max_megapixels)
