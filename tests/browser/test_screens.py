"""Pictures of the page, as make screens takes them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Browser

from testkit.embedded_stack import LocalStack
from tools.screens import DESK, PHONE, VIEWS, Device, Scheme, Shot, composed, take

EMPTY = VIEWS[-1]


@pytest.mark.parametrize(
    ("device", "scheme", "size"), [(DESK, "light", (1440, 900)), (PHONE, "dark", (780, 1688))], ids=["desk", "phone"]
)
def test_picture_has_the_devices_size_and_the_themes_light(  # noqa: PLR0913, PLR0917 - fixtures and parameters
    chromium: Browser, stack: LocalStack, tmp_path: Path, device: Device, scheme: Scheme, size: tuple[int, int]
) -> None:
    """A phone's picture has its density; a dark one is dark."""
    shot = Shot(view=EMPTY, device=device, scheme=scheme)

    take(chromium, stack.page, shot, {}, tmp_path)

    with Image.open(tmp_path / shot.file) as picture:
        assert size == picture.size
        assert (scheme == "dark") == (ImageStat.Stat(picture.convert("L")).median[0] < 128)


def test_readmes_picture_is_made_of_two(tmp_path: Path) -> None:
    """The desk is light, the phone dark, and both lie on their ground."""
    Image.new("RGB", (1440, 900), "white").save(tmp_path / "gallery-desk-light.png")
    Image.new("RGB", (780, 1688), "black").save(tmp_path / "editor-phone-dark.png")

    picture = composed(tmp_path)

    assert ((255, 255, 255), (0, 0, 0)) == (picture.getpixel((700, 400)), picture.getpixel((1650, 400)))
    assert (255, 255, 255) != picture.getpixel((5, 5))
