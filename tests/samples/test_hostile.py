"""Two hundred hostile files, each in the decoder child: a typed verdict, or a success that was looked at."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from time import monotonic

import pytest

from lab.verdicts.trial import decoders_watched
from processor.errors import PhotoError
from processor.imaging.renderer import Renderer
from processor.recipe import Recipe, Size
from processor.source import Source
from testkit.photos.jpeg import jpeg
from tests.patience import HANG_S
from tests.samples.folder import SAMPLES

pytestmark = pytest.mark.samples
BAD = SAMPLES / "bad"
FILES = sorted(str(path.relative_to(BAD)) for path in BAD.rglob("*") if path.is_file()) if BAD.is_dir() else []
RECIPE = Recipe(sizes={"thumbnail": Size(width=400, height=400)})
MAX_MIB = 1024

# A good picture that is large, or that drags a bomb or a lie in metadata which is never unpacked or believed.
HARMLESS_BURDEN = {
    "bombs/heic_8192x8192_67MP.heic",
    "bombs/png_iccp_bomb_512MB.png",
    "bombs/png_10001x10001_L_100MP_edge.png",
    "bombs/png_12000x12000_rgba16_144MP.png",
    "bombs/png_13300x13300_rgb_177MP_below_pillow_error.png",
    "bombs/tiff_13000x13000_shared_deflate_strip.tif",
    *(f"meta/{name}.jpg" for name in ("exif_subifd_loop", "mpf_count_2G", "xmp_billion_laughs", "xmp_xxe")),
    *(f"meta/{name}.jpg" for name in ("orientation_0", "orientation_ascii", "orientation_count0")),
    *(f"meta/{name}.jpg" for name in ("icc_empty", "icc_random", "icc_rgb_on_cmyk", "icc_trunc")),
    "meta/icc_random.png",
}
# A good picture first, something else behind it or in its comment.
POLYGLOTS = {
    *(f"poly/{name}" for name in ("gif_jar.gif", "gif_js.gif", "jpeg_html_comment.jpg", "jpeg_zip.jpg")),
    *(f"poly/{name}" for name in ("png_php_text.png", "png_zip.png")),
    "trunc/cmyk_doubled.jpg",
}
# A good picture under another format's name.
MISNAMED = {
    *(f"wrongext/base_avif.{extension}" for extension in ("cr2", "webp")),
    *(f"wrongext/base_jpg.{extension}" for extension in ("cr2", "png", "txt")),
    *(f"wrongext/base_png.{extension}" for extension in ("dng", "jpg", "txt", "webp")),
    *(f"wrongext/base_webp.{extension}" for extension in ("cr2", "txt")),
    "wrongext/base_gif.heic",
    "wrongext/base_heic.jpg",
    "rawmut/nef247_00.nef",  # a JPEG
}
# The damage is outside the picture: it comes out as from the undamaged file.
WHOLE = {
    "mut/cmyk_m03.jpg",
    "mut/dc50_m23.kdc",
    "rawmut/dc50_44.kdc",
    "rawmut/eos6d_06.dng",
    "rawmut/eos6d_24.dng",
    "rawmut/pgtm_48.dng",
    "trunc/base_99pct.gif",  # the cut is in the second frame
}
# Bits flipped inside coded pixels, where the format has no checksum: no decoder reports anything.
UNSEEN_DAMAGE = {
    *(f"mut/base_m{number}.webp" for number in ("03", "10", "14", "17")),
    *(f"mut/base_m{number}.jpg" for number in ("01", "08")),
    "mut/base_m13.avif",
    "trunc/base_zeroed_tail.webp",
}
MUST_SUCCEED = HARMLESS_BURDEN | POLYGLOTS | MISNAMED | WHOLE


@pytest.fixture(scope="module")
def renderer(samples: Path) -> Generator[Renderer]:
    """Isolate every file in one child, which is replaced when it dies."""
    with Renderer(isolate="always") as isolating:
        yield isolating


def verdict_on(name: str, renderer: Renderer) -> str:
    """Render a hostile file; "" for a success, else the verdict. Any other exception is a failure."""
    try:
        with Source.from_path(BAD / name, max_bytes=RECIPE.limits.max_bytes) as source:
            renderer.render(source, RECIPE, file_name=name)
    except PhotoError as refused:
        return refused.verdict.value
    return ""


@pytest.mark.parametrize("name", FILES)
def test_hostile_file_gets_a_verdict_or_a_right_success(name: str, renderer: Renderer) -> None:
    """At most 1 GiB, and no hang; success only where the picture was looked at and is right."""
    started = monotonic()
    with decoders_watched() as peak:
        verdict = verdict_on(name, renderer)

    assert (name in MUST_SUCCEED) == (verdict == "") or name in UNSEEN_DAMAGE
    assert HANG_S > monotonic() - started
    assert MAX_MIB >= peak[0]


def test_the_lists_name_files_that_exist(samples: Path) -> None:
    """A misspelt name would allow nothing and hide a loss."""
    assert set() == (MUST_SUCCEED | UNSEEN_DAMAGE) - {
        str(path.relative_to(samples / "bad")) for path in (samples / "bad").rglob("*")
    }


def test_the_renderer_still_works_after_all_of_them(renderer: Renderer) -> None:
    """The caller survives, and the next photo is none the worse for it."""
    with Source.from_bytes(jpeg()) as source:
        assert 1 == len(renderer.render(source, RECIPE, file_name="good.jpg").renditions)


def test_the_memory_watch_sees_the_child(renderer: Renderer) -> None:
    """A 67 MP picture takes more than a hundred MiB: a watch that saw nothing would pass everything."""
    with decoders_watched() as peak:
        verdict_on("bombs/heic_8192x8192_67MP.heic", renderer)

    assert peak[0] > 100
