"""Take a screenshot of each view of the page (desktop and phone, light and dark), or record a film of an edit.

    python -m tools.screens [--out out/screens] [--photos FOLDER] [--keep]
    python -m tools.screens --film

It starts a stack of its own and uploads the photos of `darkroom demo`, or those in FOLDER. ``--keep`` also writes
docs/pictures/page.webp, ``--film`` writes docs/pictures/edit.webp; both are in the README, so use photos made by code.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from itertools import product
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import click
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from testkit.browser import ARGUMENTS, HANG_MS, find_chromium, wait_until
from testkit.demo import draw
from testkit.embedded_stack import LocalStack, started
from tools import film

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = click.Path(file_okay=False, path_type=Path)
KEPT: Final = ROOT / "docs" / "pictures" / "page.webp"
FILM: Final = ROOT / "docs" / "pictures" / "edit.webp"
FILMED: Final = ("ridges at dawn.jpg", "dahlia, held sideways.jpg", "city lights.jpg", "red evening.jpg")
TECHNICAL: Final = frozenset({"wide gamut.jpg", "full of secrets.jpg"})
OPENED: Final = "ridges at dawn.jpg"
Scheme: TypeAlias = Literal["light", "dark"]
SCHEMES: Final[Sequence[Scheme]] = ("light", "dark")
# CI machines have few typefaces: Noto Sans replaces the system's.
FONTS: Final = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>{folder}</dir><cachedir>{cache}</cachedir>
  <match target="pattern"><test name="family"><string>system-ui</string></test>
  <edit name="family" mode="prepend" binding="strong"><string>Noto Sans</string></edit></match>
</fontconfig>"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Device:
    """A screen. *width*, *height*: CSS px; *density*: device px per CSS px."""

    name: str
    width: int
    height: int
    density: float
    touch: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """A view: *where* builds its hash from ids by file name, *act* prepares it, *opens*: it needs one photo."""

    name: str
    where: Callable[[Mapping[str, str]], str]
    act: Callable[[Page], None]
    opens: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Shot:
    """One screenshot."""

    view: View
    device: Device
    scheme: Scheme

    @property
    def file(self) -> str:
        """Name the file."""
        return f"{self.view.name}-{self.device.name}-{self.scheme}.png"


DESK: Final = Device(name="desk", width=1440, height=900, density=1)
PHONE: Final = Device(name="phone", width=390, height=844, density=2, touch=True)
DEVICES: Final = (DESK, PHONE)
STAGE: Final = Device(name="stage", width=1100, height=830, density=1)
EDIT: Final = "make it black and white, increase contrast by 20%, and add a vignette"


def settled(page: Page) -> None:
    """Wait until the photos in view are loaded."""
    expect(page.locator(".tile img").first).to_be_visible()
    loaded(page, ".tile img")


def loaded(page: Page, pictures: str) -> None:
    """Wait for the first few of *pictures* (a selector)."""
    ready = "(all) => all.slice(0, 6).every((one) => one.complete)"
    wait_until(page, lambda: bool(page.locator(pictures).evaluate_all(ready)))


def open_photo(page: Page) -> None:
    """Open one photo and its receipt."""
    settled(page)
    page.get_by_role("button", name=f"Open {OPENED}").click()
    page.get_by_role("button", name="Why does it look like this?").click()
    expect(page.get_by_role("heading", name="Made in")).to_be_visible()
    loaded(page, ".print img")


def edit_photo(page: Page) -> None:
    """Run a command, and compare."""
    page.get_by_label("What should be done?").fill(EDIT)
    page.get_by_role("button", name="Run on").click()
    expect(page.get_by_role("slider")).to_be_visible()
    page.wait_for_load_state("networkidle")


def look_around(page: Page) -> None:
    """Wait for the tables."""
    expect(page.get_by_role("table").first).to_be_visible()


def find_nothing(page: Page) -> None:
    """Wait for the empty state."""
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()


VIEWS: Final[Sequence[View]] = (
    View(name="gallery", where=lambda _: "#/gallery", act=settled),
    View(name="lightbox", where=lambda _: "#/gallery", act=open_photo, opens=True),
    View(name="editor", where=lambda ids: f"#/editor?photo={ids[OPENED]}", act=edit_photo, opens=True),
    View(name="operations", where=lambda _: "#/operations", act=look_around),
    View(name="empty", where=lambda _: "#/gallery?gallery=nothing", act=find_nothing),
)


@click.command()
@click.option(
    "--out", type=FOLDER, default=ROOT / "out" / "screens", show_default="out/screens", help="Folder to write to."
)
@click.option("--photos", type=FOLDER, help="Folder of photos to show; without it, the photos of `darkroom demo`.")
@click.option("--keep", is_flag=True, help="Write docs/pictures/page.webp too.")
@click.option("--film", "films", is_flag=True, help="Only record an edit, into docs/pictures/edit.webp.")
def main(*, out: Path, photos: Path | None, keep: bool, films: bool) -> None:
    """Take a picture of each view of the page, on each device, in light and in dark; or record the film."""
    if films:
        with tempfile.TemporaryDirectory() as folder:
            take_film(FILM, scratch=Path(folder))
        click.echo(f"Wrote {FILM}, {FILM.stat().st_size:,} bytes.")
        return
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        count = take_all(out, photos, scratch=Path(folder))
    if keep:
        composed(out).save(KEPT, quality=82, method=6)
    click.echo(f"Wrote {count} pictures into {out}.")


def take_all(out: Path, photos: Path | None, *, scratch: Path) -> int:
    """Start a stack, fill it, and take every screenshot; return their number."""
    with started(scratch / "run") as stack, browser(scratch) as chromium:
        ids = dict(uploaded(stack, photos or drawn(scratch / "photos")))
        # The lightbox and the editor open a photo that is known by its name.
        views = [view for view in VIEWS if OPENED in ids or not view.opens]
        shots = [
            Shot(view=one, device=device, scheme=scheme) for device, scheme, one in product(DEVICES, SCHEMES, views)
        ]
        for shot in shots:
            take(chromium, stack.page, shot, ids, out)
    return len(shots)


def take_film(path: Path, *, scratch: Path) -> None:
    """Start a stack, upload a few photos, and record an edit of them into *path*."""
    photos = scratch / "photos"
    draw(photos, FILMED)
    with started(scratch / "run") as stack, browser(scratch) as chromium:
        ids = dict(uploaded(stack, photos))
        page = opened(chromium, STAGE, "light")
        page.goto(f"{stack.page}/#/editor?{'&'.join(f'photo={ids[name]}' for name in FILMED)}")
        loaded(page, ".preview img, .strip img")
        film.record(page, path)


def drawn(folder: Path) -> Path:
    """Draw the photos."""
    draw(folder)
    return folder


def uploaded(stack: LocalStack, folder: Path) -> Iterator[tuple[str, str]]:
    """Upload every file of *folder*, wait until each is active or failed, and yield names and ids."""
    ids = [
        (path.name, stack.upload(path.read_bytes(), gallery="gallery", name=path.name)) for path in photos_in(folder)
    ]
    for name, photo_id in ids:
        stack.settled(photo_id, lambda record: record["status"] in {"active", "failed"})
        yield name, photo_id


def photos_in(folder: Path) -> list[Path]:
    """List the photos of *folder*, without the technical test pictures."""
    return sorted(one for one in folder.iterdir() if one.is_file() and one.name not in TECHNICAL)


@contextmanager
def browser(folder: Path) -> Generator[Browser]:
    """Start Chromium with Noto Sans as its system typeface."""
    faces = files("fontpkg_noto_sans") / "files"
    config = folder / "fonts.conf"
    config.write_text(FONTS.format(folder=faces, cache=folder / "fonts"), encoding="utf-8")
    environment: dict[str, Any] = {**os.environ, "FONTCONFIG_FILE": str(config)}
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS, env=environment)
        yield chromium
        chromium.close()


def take(chromium: Browser, origin: str, shot: Shot, ids: Mapping[str, str], out: Path) -> None:
    """Open the view, prepare it, and write its screenshot into *out*."""
    page = opened(chromium, shot.device, shot.scheme)
    page.goto(f"{origin}/{shot.view.where(ids)}")
    shot.view.act(page)
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=out / shot.file)
    page.context.close()


def opened(chromium: Browser, device: Device, scheme: Scheme) -> Page:
    """Open an empty page on a device, in a context of its own."""
    context = chromium.new_context(
        viewport=ViewportSize(width=device.width, height=device.height),
        device_scale_factor=device.density,
        color_scheme=scheme,
        has_touch=device.touch,
        is_mobile=device.touch,
        reduced_motion="reduce",
    )
    context.set_default_timeout(HANG_MS)
    return context.new_page()


def composed(out: Path) -> Image.Image:
    """Compose the light gallery on a desktop beside the dark editor and lightbox on phones."""
    gallery = Image.open(out / "gallery-desk-light.png").convert("RGB").crop((0, 0, 1428, 730))
    editor, lightbox = (phone(out / f"{view}-phone-dark.png") for view in ("editor", "lightbox"))
    canvas = Image.new("RGB", (2176, 810), (232, 228, 221))
    placed = ((gallery, (40, 40), 14), (editor, (1504, 80), 28), (lightbox, (1840, 80), 28))
    for picture, at, radius in placed:
        mask = Image.new("L", (picture.width * 4, picture.height * 4), 0)
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, mask.width - 1, mask.height - 1), radius * 4, fill=255)
        canvas.paste(picture, at, mask.resize(picture.size, Image.Resampling.LANCZOS))
    return canvas


def phone(path: Path) -> Image.Image:
    """Read a phone's screenshot at the size that the README shows."""
    return Image.open(path).convert("RGB").resize((300, 649), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
