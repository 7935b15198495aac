"""Proofs and delivered sizes: a gallery's profile decides what is public of its photos, and what was public before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from processor.errors import PhotoError, RecipeUnusable, Verdict
from processor.recipe import Recipe, Size, SizeWatermark
from processor.upload.outcome import Result
from testkit.memory_stores import CDN_HOST, World
from testkit.photos.raster import png

KEY = "smith/IMG_1.jpg"
MARK = "watermarks/studio.png"
SIZES = {"small": Size(width=800, height=600), "large": Size(width=4000, height=4000)}
PROOF = {"small": SIZES["small"], "large": Size(width=4000, height=4000, watermark=SizeWatermark(object=MARK))}


@pytest.fixture
def world() -> World:
    """Give a stack with two profiles, and the mark of one of them."""
    profiles = {"proof": Recipe(sizes=PROOF), "delivered": Recipe(sizes=SIZES)}
    world = World(recipe=Recipe(sizes=SIZES), profiles=profiles)
    world.put(MARK, png("RGBA"))
    return world


def receipt(world: World) -> dict[str, Any]:
    """Return the receipt in the original's item."""
    found: dict[str, Any] = world.table[KEY, KEY]["receipt"]
    return found


def once(name: str, happening: Callable[[], object]) -> Callable[[str], None]:
    """Let something else happen before the first call whose name begins with *name*."""
    waiting = [happening]

    def on_call(call: str) -> None:
        if waiting and call.startswith(name):
            waiting.pop()()

    return on_call


def address(world: World) -> str:
    """Return the key of the large rendition as the record has its address."""
    return str(world.records[KEY]["large_url"]).removeprefix(f"https://{CDN_HOST}/").partition("?")[0]


@pytest.mark.parametrize(
    ("before", "after"),
    [("proof", "delivered"), ("delivered", "proof"), ("", "delivered"), ("delivered", ""), ("", "proof")],
)
def test_a_gallery_that_chooses_another_profile_leaves_no_address_of_before(
    world: World, before: str, after: str
) -> None:
    """The files of before are deleted, their copies in the CDN invalidated, and nothing else takes their keys."""
    world.chosen["smith"] = before
    event = world.put(KEY)
    world.process(event)
    old = set(world.renditions)
    world.chosen["smith"] = after

    assert Result.RENDERED == world.process(event).result
    assert 2 == len(world.renditions)
    assert set() == old & world.renditions.keys()
    assert address(world) in world.renditions
    assert 1 == len(world.invalidated)
    assert after == receipt(world).get("profile", "")
    assert Result.UNCHANGED == world.process(event).result
    assert [] == world.violations()


def test_an_address_of_a_profile_follows_from_the_photos_content(world: World) -> None:
    """The addresses of one profile, or of another photo, do not tell those of the other profile."""
    world.chosen["smith"] = "proof"
    world.process(world.put(KEY))
    proof = address(world)
    world.process(world.put(KEY, b"another photo"))

    stem, version, extension = proof.split(".")
    assert ("renditions/smith/IMG_1_large", "jpg", 12) == (stem, extension, len(version))
    assert proof != address(world)
    assert proof not in world.renditions
    assert "stem" not in world.records[KEY]  # the template of addresses does not lead there


def test_a_gallery_without_a_choice_is_as_it_was(world: World) -> None:
    """Its addresses follow the template, and its hash is that of the sizes: profiles make no photo due."""
    world.process(world.put(KEY))
    plain = World(recipe=Recipe(sizes=SIZES))
    plain.process(plain.put("other", b"so that versions differ no more"))
    plain.process(plain.put(KEY))

    assert plain.table[KEY, KEY]["recipe"] == world.table[KEY, KEY]["recipe"]
    assert "renditions/smith/IMG_1_large.jpg" == address(world)
    assert "profile" not in receipt(world)


@pytest.mark.parametrize("moment", ["render", "s3:PutObject", f"dynamodb:PutItem {KEY}", "sqs:SendMessage"])
@pytest.mark.parametrize("after", ["proof", ""])
def test_a_choice_that_comes_while_a_photo_is_rendered_wins(world: World, moment: str, after: str) -> None:
    """Also where the gallery goes back to what its items say: a backfill would then find nothing due."""
    world.chosen["smith"] = after
    event = world.put(KEY)
    world.process(event)
    world.chosen["smith"] = "delivered"
    world.on_call = once(moment, lambda: world.chosen.update(smith=after))
    world.process(event)

    assert after == receipt(world).get("profile", "")
    assert [] == world.violations()


def test_a_profile_that_the_settings_do_not_have_renders_nothing(world: World) -> None:
    """A misspelt choice must not fall back to the plain sizes; what is public stays, and a deletion still works."""
    world.chosen["smith"] = "proof"
    event = world.put(KEY)
    world.process(event)
    files = dict(world.renditions)
    world.chosen["smith"] = "delivred"

    with pytest.raises(
        RecipeUnusable, match='gallery smith: found the profile "delivred", expected one of: proof, delivered'
    ):
        world.process(event)
    assert files == world.renditions
    world.process(world.delete(KEY))
    assert {} == world.renditions


@pytest.mark.parametrize(
    ("content", "finding"),
    [(None, "found none. Upload it"), (b"no picture", "found a file that is none"), (png("RGBA")[:-40], "is none")],
    ids=["missing", "no picture", "cut"],
)
def test_a_mark_that_is_missing_or_broken_never_makes_a_proof_without_it(
    world: World, content: bytes | None, finding: str
) -> None:
    """Nothing is rendered, the message comes again, and the log says which mark. Then it is uploaded."""
    world.delete(MARK)
    if content is not None:
        world.put(MARK, content)
    world.chosen["smith"] = "proof"
    event = world.put(KEY)

    with pytest.raises(RecipeUnusable, match=f"{MARK}: expected a watermark.*{finding}"):
        world.process(event)
    assert {} == world.renditions
    assert KEY not in world.records

    world.put(MARK, png("RGBA"))
    assert Result.RENDERED == world.process(event).result
    assert [] == world.violations()


def test_a_photo_of_a_gallery_without_marks_needs_none(world: World) -> None:
    """A missing mark stops the galleries that show it, and no other."""
    world.delete(MARK)

    assert Result.RENDERED == world.process(world.put(KEY)).result


@pytest.mark.parametrize(("profiles", "reads"), [(False, 0), (True, 2)])
def test_a_choice_is_read_only_where_there_are_profiles(world: World, profiles: bool, reads: int) -> None:  # noqa: FBT001 - a case
    """Before and after rendering; once where nothing is to do."""
    if not profiles:
        world.profiles.clear()
    event = world.put(KEY)
    world.process(event)
    world.process(event)

    assert reads + (1 if profiles else 0) == world.calls.count("dynamodb:GetItem gallery smith")


@pytest.mark.parametrize(("before", "after", "stays"), [("delivered", "proof", False), ("proof", "delivered", True)])
@pytest.mark.parametrize("verdict", [Verdict.DECODE_TIMEOUT, Verdict.ARCHIVED])
def test_a_photo_that_can_not_be_rendered_any_more_stays_only_where_it_shows_no_more_than_it_may(
    world: World,
    before: str,
    after: str,
    stays: bool,  # noqa: FBT001 - a case
    verdict: Verdict,
) -> None:
    """Given back and archived: the clean picture goes. Bought and archived: the proof is better than nothing."""
    world.chosen["smith"] = before
    event = world.put(KEY)
    world.process(event)
    files = set(world.renditions)
    world.chosen["smith"] = after

    def fail(call: str) -> None:
        if call.startswith("render"):
            raise PhotoError(verdict, "It cannot be read now.")

    world.on_call = fail
    for _ in range(2):
        assert Result.FAILED == world.process(event).result
        assert (files if stays else set()) == world.renditions.keys()
    assert stays == ("large_url" in world.records[KEY])
    assert [] == world.violations()


def test_a_profile_may_have_fewer_sizes(world: World) -> None:
    """Their fields leave the record with their files, and come back."""
    world.profiles["proof"] = Recipe(sizes={"small": SIZES["small"]})
    event = world.put(KEY)
    fields: list[set[str]] = []
    for profile in ("delivered", "proof", ""):
        world.chosen["smith"] = profile
        world.process(event)
        fields.append({name for name in world.records[KEY] if name.startswith("large_")})

    large = {"large_url", "large_width", "large_height", "large_bytes"}
    assert [large, set(), large] == fields
    assert {"renditions/smith/IMG_1_small.jpg", "renditions/smith/IMG_1_large.jpg"} == world.renditions.keys()
