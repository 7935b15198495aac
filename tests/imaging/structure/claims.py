"""Walk a file and see what it claims, or why it is refused."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from processor.errors import PhotoError
from processor.imaging.structure.header import Header
from processor.imaging.structure.walk import inspect_structure
from processor.recipe import DecodeLimits


def claims(data: bytes, limits: DecodeLimits | None = None) -> Header:
    """Return the header of a good file."""
    return inspect_structure(memoryview(data), limits or DecodeLimits(), raw_max_megapixels=160)


def refusal(data: bytes, limits: DecodeLimits | None = None) -> str:
    """Return code and finding of a file that must be refused."""
    with pytest.raises(PhotoError) as caught:
        claims(data, limits)
    return f"{caught.value.code}: {caught.value.finding}"


def named(cases: Sequence[tuple[bytes, str]]) -> list[object]:
    """Make test parameters of (file, refusal), called by the refusal: a file's bytes are no name."""
    return [
        pytest.param(data, expected, id=f"{n} {expected.split(': ')[-1]}") for n, (data, expected) in enumerate(cases)
    ]
