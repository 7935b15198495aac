"""Screenshots and the film of the page, as make screens takes them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Browser

from testkit.embedded_stack import LocalStack
from tools.film import Film, positions
from tools.screens import DESK, FILM, PHONE, VIEWS, Device, Scheme, Shot, composed, take

EMPTY = VIEWS[-1]


@pytest.mark.parametrize(
    ("device", "scheme", "size"), [(DESK, "light", (1440, 900)), (PHONE, "dark", (780, 1688))], ids=["desk", "phone"]
)
def test_picture_has_the_devices_size_and_the_themes_light(  # noqa: PLR0913, PLR0917 - fixtures and parameters
    chromium: Browser, stack: LocalStack, tmp_path: Path, device: Device, scheme: Scheme, size: tuple[int, int]
) -> None:
    """A phone's screenshot has its density; a dark one is dark."""
    shot = Shot(view=EMPTY, device=device, scheme=scheme)

    take(chromium, stack.page, shot, {}, tmp_path)

    with Image.open(tmp_path / shot.file) as picture:
        assert size == picture.size
        assert (scheme == "dark") == (ImageStat.Stat(picture.convert("L")).median[0] < 128)


def test_readmes_picture_is_made_of_three(tmp_path: Path) -> None:
    """The desktop is light, the phones dark, all on a background."""
    Image.new("RGB", (1440, 900), "white").save(tmp_path / "gallery-desk-light.png")
    for view in ("editor", "lightbox"):
        Image.new("RGB", (780, 1688), "black").save(tmp_path / f"{view}-phone-dark.png")

    picture = composed(tmp_path)

    assert (255, 255, 255) == picture.getpixel((700, 400))
    assert (0, 0, 0) == picture.getpixel((1650, 400)) == picture.getpixel((2000, 400))
    assert (255, 255, 255) != picture.getpixel((5, 5))


def png(shade: int) -> bytes:
    """Encode a small grey picture."""
    encoded = io.BytesIO()
    Image.new("RGB", (8, 8), (shade, shade, shade)).save(encoded, "png")
    return encoded.getvalue()


def test_film_shows_each_picture_as_long_as_it_lasted(tmp_path: Path) -> None:
    """Equal frames become one; durations and the endless loop are in the file."""
    film = Film()
    for shade, duration_ms in ((0, 100), (0, 50), (255, 80), (0, 40)):
        film.add(png(shade), duration_ms)
    film.save(tmp_path / "film.webp")

    shown: list[int] = []
    with Image.open(tmp_path / "film.webp") as picture:
        frames = range(getattr(picture, "n_frames", 1))
        for frame in frames:
            picture.seek(frame)
            picture.load()
            shown.append(picture.info["duration"])
        assert 0 == picture.info["loop"]
    assert [150, 80, 40] == shown


def test_line_visits_every_stop() -> None:
    """It moves down, up and back by equal steps."""
    assert [50, 40, 30, 40, 50] == positions((50, 30, 50), step=10)


def test_readmes_film_is_small_enough_for_a_readme() -> None:
    """At most 1.5 MB, animated."""
    with Image.open(FILM) as picture:
        assert getattr(picture, "n_frames", 1) > 20
    assert FILM.stat().st_size <= 1_500_000
