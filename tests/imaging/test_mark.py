"""Check the mark that gives files of different states different ETags."""

from __future__ import annotations

import io
from typing import get_args

import numpy as np
import pytest
import pyvips
from PIL import Image

from processor.imaging.mark import MARKERS, marked
from processor.imaging.structure.walk import inspect_structure
from processor.recipe import DecodeLimits, OutputFormat
from testkit.photos.scene import scene

FORMATS: tuple[OutputFormat, ...] = get_args(OutputFormat)
SAVERS = {
    "jpeg": lambda image: image.jpegsave_buffer(Q=80, keep="none"),
    "webp": lambda image: image.webpsave_buffer(Q=80, keep="none"),
    "avif": lambda image: image.heifsave_buffer(Q=50, compression="av1", effort=0, keep="none"),
}


def file_of(output: OutputFormat, *, exif: bool = False) -> bytes:
    """Encode a small scene; *exif*: with a block of it, as a photo with a credit has."""
    picture = scene(64, 48)
    if exif:
        file, block = io.BytesIO(), Image.Exif()
        block[0x8298] = "(c) somebody"
        Image.fromarray(picture).save(file, format=output, exif=block)
        return file.getvalue()
    return SAVERS[output](pyvips.Image.new_from_array(picture))


def pixels(data: bytes) -> tuple[bytes, bytes]:
    """Decode by two libraries, which must not warn."""
    by_vips = pyvips.Image.new_from_buffer(data, "", fail_on="warning")
    by_pillow = Image.open(io.BytesIO(data)).convert("RGB")
    return by_vips.write_to_memory(), np.asarray(by_pillow).tobytes()


@pytest.mark.parametrize("exif", [False, True])
@pytest.mark.parametrize("output", FORMATS)
def test_a_marked_file_is_the_same_picture(output: OutputFormat, *, exif: bool) -> None:
    """Other libraries skip the mark, and so does our own structure walk."""
    plain = file_of(output, exif=exif)

    found = marked(plain, output, "0055AED6DCD9")

    assert pixels(plain) == pixels(found)
    header = inspect_structure(memoryview(found), DecodeLimits(), raw_max_megapixels=160)
    assert (output, 64, 48) == (header.format, header.width, header.height)
    assert 0 < len(found) - len(plain) <= 24


@pytest.mark.parametrize("output", FORMATS)
def test_files_are_equal_when_their_states_are(output: OutputFormat) -> None:
    """A replay makes the same bytes; another state makes other bytes, which do not disclose it."""
    plain = file_of(output)
    one, again, other = (marked(plain, output, state) for state in ("0055AED6", "0055AED6", "0055AED7"))

    assert one == again
    assert one != other
    assert b"0055AED6" not in one


JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"


@pytest.mark.parametrize(
    ("output", "before", "head", "behind"),
    [
        ("jpeg", b"\xff\xd8" + JFIF, b"\xff\xfe\x00\x12", b"\xff\xdb and the rest"),
        ("jpeg", b"\xff\xd8", b"\xff\xfe\x00\x12", b"\xff\xe1 and the rest, without JFIF"),
        ("avif", b"\x00\x00\x00\x20ftypavif and the rest", b"\x00\x00\x00\x18free", b""),
    ],
    ids=["behind JFIF", "without JFIF", "at the end"],
)
def test_the_mark_has_a_valid_place_and_length(output: OutputFormat, before: bytes, head: bytes, behind: bytes) -> None:
    """JFIF's segment must come first; a wrong length would hide the segments after it."""
    found = marked(before + behind, output, "0055AED6")

    mark = found[len(before + head) : len(found) - len(behind)]
    assert (16, before + head + mark + behind) == (len(mark), found)


@pytest.mark.parametrize(("output", "name"), [("jpeg", "JPEG"), ("webp", "WebP"), ("avif", "AVIF")])
def test_a_file_of_another_format_is_not_marked(output: OutputFormat, name: str) -> None:
    """Such a file must not be uploaded."""
    with pytest.raises(ValueError, match=rf"^expected a finished {name} file to mark, received something else$"):
        marked(b"something else altogether", output, "0055AED6")


def test_every_format_can_be_marked() -> None:
    """A format that the settings allow but that has no marker would fail in production."""
    assert set(FORMATS) == set(MARKERS)
