"""Convert any source colour to sRGB, 8 bit, three bands: ICC, relative colorimetric, black-point compensation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import pyvips
from pyvips import GValue, Image

PROFILE_FIELD = "icc-profile-data"
HEADER_BYTES = 128  # ICC.1:2022, 7.2
SPACES = {b"RGB ": 3, b"GRAY": 1, b"CMYK": 4}
"""ICC data colour spaces that photos come in → bands without alpha."""

UNREADABLE = "unreadable profile ignored"
REMEMBERED_PROFILES, REMEMBERED_BYTES = 8, 16 << 10
"""Cameras and phones write few profiles, each of a few hundred bytes to a few KiB."""
PROBE_STEPS = 9
IDENTITY_TOLERANCE = 1
"""A profile that moves no colour of the probe by more than one level of 255 is sRGB by another name."""


class Conversion(Protocol):
    """A function that converts a source to sRGB."""

    def __call__(self, image: Image, *, deep: bool = False) -> Image:
        """Return *image* as sRGB, 8 bit (*deep*: 16), three bands."""
        ...


@dataclass(frozen=True, slots=True)
class Colour:
    """The conversion of a source to sRGB, by *profile* or by *convert*; *decision* goes on the receipt."""

    profile: bytes | str | None
    decision: str
    convert: Conversion | None = None


def decide(image: Image, *, profile: bytes | None = None) -> Colour:
    """Choose the source profile: the embedded one, else *profile*, when it fits the pixels and is no sRGB itself."""
    embedded = embedded_profile(image) or profile
    flaw = "no profile"
    if embedded:
        judge = _remembered if len(embedded) <= REMEMBERED_BYTES else _judged
        found = judge(embedded, _colour_bands(image))
        if isinstance(found, Colour):
            return found
        flaw = found
    if image.interpretation == "cmyk":
        return Colour("cmyk", f"{flaw}: generic CMYK → sRGB, relative colorimetric, black point compensated")
    return Colour(None, f"{flaw}: taken as sRGB")


def to_srgb(image: Image, colour: Colour, *, deep: bool = False) -> Image:
    """Return *image* as sRGB, 8 bit (*deep*: 16), three bands. It must have no alpha any more."""
    if colour.convert is not None:
        return colour.convert(image, deep=deep)
    if deep:
        return image.colourspace("rgb16") if colour.profile is None else _transform(image, colour.profile, depth=16)
    if colour.profile is None:
        plain = image.interpretation == "srgb" and image.format == "uchar"
        return image if plain else image.colourspace("srgb").cast("uchar")
    return _transform(image, colour.profile)


def embedded_profile(image: Image) -> bytes | None:
    """Return the ICC profile that the file carries, if any."""
    return blob_of(image, PROFILE_FIELD)


def blob_of(image: Image, name: str) -> bytes | None:
    """Return the binary metadata *name*, if the image has it.

    Never ask for all names: one that is no UTF-8, such as a PNG keyword in Latin-1, makes pyvips raise.
    """
    if not image.get_typeof(name):
        return None
    blob: Any = image.get(name)
    return bytes(blob)


def flatten(image: Image) -> Image:
    """Put a transparent image on white; before any resizing, so that hidden pixels cannot bleed in."""
    if not image.hasalpha():
        return image
    full = full_scale(image)
    white = 0.0 if image.interpretation == "cmyk" else full  # no ink
    return image.flatten(background=[white], max_alpha=full)


def without_profile(image: Image) -> Image:
    """Return *image* without its embedded profile."""
    if not image.get_typeof(PROFILE_FIELD):
        return image
    bare = image.copy()
    bare.remove(PROFILE_FIELD)
    return bare


def as_rgb(image: Image) -> Image:
    """Return grey samples as three equal channels, so that a profile for RGB fits."""
    if image.interpretation not in {"b-w", "grey16"}:
        return image
    grey: Any = image[0]
    rest = [image.extract_band(1, n=image.bands - 1)] if image.bands > 1 else []
    return grey.bandjoin([grey, grey, *rest]).copy(interpretation="rgb16" if image.format == "ushort" else "srgb")


def straight_alpha(image: Image) -> Image:
    """Divide the colours of a premultiplied image by its alpha, the last band."""
    return image.unpremultiply(max_alpha=full_scale(image)).rint().cast(image.format)


def full_scale(image: Image) -> float:
    """Return the sample value of full light, or of an opaque pixel."""
    return 65535.0 if image.format == "ushort" else 255.0


def _transform(image: Image, profile: bytes | str, *, stand_in: str | None = None, depth: int = 8) -> Image:
    embedded = isinstance(profile, bytes)
    if embedded:
        image = image.copy()
        set_blob(image, PROFILE_FIELD, profile)
    named = stand_in if embedded else profile
    return image.icc_transform(
        "srgb",
        embedded=embedded,
        **({} if named is None else {"input_profile": named}),
        intent="relative",
        black_point_compensation=True,
        depth=depth,
    )


def set_blob(image: Image, name: str, data: bytes) -> None:
    """Set binary metadata (pyvips' stubs know numbers and text only)."""
    untyped: Any = image
    untyped.set_type(GValue.blob_type, name, data)


def _judged(profile: bytes, colour_bands: int) -> Colour | str:
    """Choose the conversion by *profile*, or return why it cannot describe an image of so many bands."""
    if flaw := _flaw(profile, colour_bands):
        return flaw
    if colour_bands == 3 and _is_srgb(profile):  # noqa: PLR2004
        read = _is_srgb(profile, stand_in="p3")
        return Colour(None, f"sRGB profile ({_name(profile)})" if read else f"{UNREADABLE}: taken as sRGB")
    return Colour(profile, f"ICC {_name(profile)} → sRGB, relative colorimetric, black point compensated")


_remembered = lru_cache(REMEMBERED_PROFILES)(_judged)
"""Judging takes 2 to 7 ms: up to three transforms of a cube of colours."""


def _flaw(profile: bytes, colour_bands: int) -> str:
    """Return why *profile* cannot describe an image of so many bands; empty when it can."""
    if len(profile) < HEADER_BYTES or profile[36:40] != b"acsp":
        return UNREADABLE
    bands = SPACES.get(profile[16:20])
    if bands is None or bands != colour_bands:
        return f"profile for {profile[16:20].decode('latin-1').strip()} ignored"
    try:
        _transform(_probe(bands), profile).avg()
    except pyvips.Error:
        return UNREADABLE
    return ""


def _is_srgb(profile: bytes, *, stand_in: str = "srgb") -> bool:
    """Send a cube of colours through *profile*: identity means sRGB, whatever it calls itself.

    libvips takes *stand_in* for a profile that it cannot read, without a word.
    """
    probe = _probe(3)
    moved: Any = (_transform(probe, profile, stand_in=stand_in) - probe).abs().max()
    return bool(moved <= IDENTITY_TOLERANCE)


def _probe(bands: int) -> Image:
    """Make a small image whose pixels are spread over all of an RGB, grey or CMYK cube."""
    ramp = [round(255 * step / (PROBE_STEPS - 1)) for step in range(PROBE_STEPS)]
    if bands == 1:
        return Image.new_from_array([ramp]).cast("uchar").copy(interpretation="b-w")
    cube = [channel for r in ramp for g in ramp for b in ramp for channel in (r, g, b, 0)[:bands]]
    kind = "cmyk" if bands == 4 else "srgb"  # noqa: PLR2004
    image = Image.new_from_memory(bytes(cube), PROBE_STEPS**2, PROBE_STEPS, bands, "uchar")
    return image.copy(interpretation=kind)


def _colour_bands(image: Image) -> int:
    return image.bands - 1 if image.hasalpha() else image.bands


def _name(profile: bytes) -> str:
    """Read the profile's description (ICC.1 'desc': ASCII in version 2, UTF-16 in version 4)."""
    count = int.from_bytes(profile[128:132], "big")
    for entry in range(132, 132 + 12 * min(count, 64), 12):
        if profile[entry : entry + 4] != b"desc":
            continue
        at, size = (int.from_bytes(profile[entry + i : entry + i + 4], "big") for i in (4, 8))
        body = profile[at : at + size]
        if body[:4] == b"mluc":
            length, start = (int.from_bytes(body[i : i + 4], "big") for i in (20, 24))
            return body[start : start + length].decode("utf-16-be", "replace").strip("\0 ")[:64]
        return body[12 : 12 + int.from_bytes(body[8:12], "big")].decode("latin-1").strip("\0 ")[:64]
    return "unnamed"
