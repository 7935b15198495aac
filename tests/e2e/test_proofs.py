"""Proofs and focal points on the embedded stack: a gallery that is bought, and one that is not any more."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
import yaml
from click.testing import CliRunner
from PIL import Image

from components.testing.program import Json
from darkroom.cli import cli
from local.model import STACK_FILE
from local.run.aws import REGION, ROOT
from processor.keys import ObjectKey
from testkit.embedded_stack import LocalStack, wait_for
from testkit.photos import jpeg
from testkit.photos.scene import Pixels
from tests.factories.deploying import config_of, deploy

MARK: Final = {"object": "watermarks/studio.png", "tiled": True, "opacity": 1.0, "width_percent": 30.0}
SIZES: Final[Mapping[str, Any]] = {
    "small": {"width": 400, "height": 300},
    "large": {"width": 800, "height": 800},
    "square": {"width": 200, "height": 200, "fit": "cover"},
}
PROFILES: Final = {"proof": {**SIZES, "large": {**SIZES["large"], "watermark": MARK}}, "delivered": SIZES}
RED, YELLOW = (255, 0, 0), (230, 220, 20)


@dataclass(frozen=True, kw_only=True, slots=True)
class Studio:
    """A stack with both profiles."""

    stack: LocalStack

    def deploy(self, renditions: Json) -> None:
        """Deploy other settings of renditions, and write them down where ``--stack`` finds them."""
        changes = {"renditions": renditions}
        deploy(self.stack, changes)
        config = config_of(self.stack, changes)
        self.file.write_text(yaml.safe_dump({"config": config}), encoding="utf-8")

    @property
    def file(self) -> Path:
        """The stack file."""
        return self.stack.folder / STACK_FILE

    def choose(self, gallery: str, profile: str) -> str:
        """Type the one command that buys a gallery, or gives it back; return what it printed."""
        arguments = ("backfill", "--gallery", gallery, "--profile", profile, "--stack", str(self.file))
        keys = {"AWS_ACCESS_KEY_ID": ROOT, "AWS_SECRET_ACCESS_KEY": ROOT, "AWS_DEFAULT_REGION": REGION}
        done = CliRunner(env=keys).invoke(cli, [*arguments, "--endpoint-url", str(self.stack.known["aws"])])
        assert 0 == done.exit_code, done.output
        return done.stdout

    def pixels(self, url: str) -> Pixels:
        """Fetch a rendition as a viewer does."""
        with Image.open(io.BytesIO(self.stack.http.get(url).raise_for_status().content)) as image:
            return np.asarray(image.convert("RGB")).astype(int)

    def share(self, url: str, colour: tuple[int, int, int]) -> float:
        """Return the share of a rendition that has *colour*."""
        return float((np.abs(self.pixels(url) - colour).max(axis=2) < 60).mean())

    def invalidated(self) -> set[str]:
        """Return all paths and tags that were invalidated at the CDN."""
        cloudfront: Any = self.stack.aws.client("cloudfront")
        [distribution] = cloudfront.list_distributions()["DistributionList"]["Items"]
        where = {"DistributionId": distribution["Id"]}
        listed = cloudfront.list_invalidations(**where)["InvalidationList"].get("Items", [])
        found = [cloudfront.get_invalidation(**where, Id=one["Id"]) for one in listed]
        return {path for one in found for path in one["Invalidation"]["InvalidationBatch"]["Paths"]["Items"]}


@pytest.fixture(scope="module")
def studio(stack: LocalStack) -> Iterator[Studio]:
    """Deploy both profiles, with the studio's mark; afterwards the stack is as it was."""
    studio = Studio(stack=stack)
    studio.deploy({"sizes": SIZES, "profiles": PROFILES})
    mark = io.BytesIO()
    Image.new("RGBA", (200, 100), (*RED, 255)).save(mark, format="png")
    stack.aws.client("s3").put_object(Bucket=stack.originals, Key=str(MARK["object"]), Body=mark.getvalue())
    yield studio
    studio.deploy({})


def blue(width: int, height: int) -> bytes:
    """Draw a blue photo whose lower left corner is yellow."""
    pixels = np.full((height, width, 3), (20, 40, 200), np.uint8)
    pixels[-height // 4 :, : width // 12] = YELLOW
    return jpeg.jpeg(pixels)


def test_a_gallery_is_bought_and_given_back_and_no_address_of_before_works(studio: Studio) -> None:
    """Marked before, clean after, marked again: each time the former addresses are dead, and invalidated at the CDN."""
    stack, gallery = studio.stack, "smith-wedding"
    studio.choose(gallery, "proof")
    photo = stack.upload(blue(1200, 800), gallery=gallery)
    records = [stack.with_status(photo, "active")]
    for profile in ("delivered", "proof"):
        assert "finished: 1 rendered, 0 failed" in studio.choose(gallery, profile)
        records.append(stack.with_status(photo, "active"))

    proof, delivered, again = records
    tag = ObjectKey(proof["original_key"]).photo_tag
    addresses = [str(record["large_url"]) for record in records]
    assert [proof["large_url"]] * 2 == [addresses[0], addresses[2]], "the same proof has the same address"
    assert addresses[1] != addresses[0]
    assert ["proof", "delivered", "proof"] == [record["receipt"]["profile"] for record in records]
    assert 403 == stack.http.get(addresses[1]).status_code
    assert 403 == stack.http.get(addresses[1].partition("?")[0]).status_code
    assert studio.share(str(again["large_url"]), RED) > 0.1
    assert studio.share(str(again["small_url"]), RED) == 0
    wait_for(lambda: f"#{tag}" in studio.invalidated() or None, what=lambda: f"#{tag} among {studio.invalidated()}")

    assert "finished: 1 rendered" in studio.choose(gallery, "delivered")
    bought = stack.with_status(photo, "active")
    assert delivered["large_url"] == bought["large_url"]
    assert studio.share(str(bought["large_url"]), RED) == 0
    assert 403 == stack.http.get(addresses[0]).status_code


def test_a_gallery_without_a_choice_has_its_plain_addresses(studio: Studio) -> None:
    """Profiles in the settings change nothing for galleries that chose none."""
    stack = studio.stack
    record = stack.with_status(stack.upload(blue(600, 400), gallery="open-day"), "active")

    assert f"renditions/open-day/{record['stem']}_large.jpg?v=" in str(record["large_url"])
    assert studio.share(str(record["large_url"]), RED) == 0


def test_a_focus_that_is_set_moves_the_part_of_a_photo_that_is_shown(studio: Studio) -> None:
    """To the right edge and to the lower left corner, by the gallery's API; the record keeps what was set."""
    stack = studio.stack
    photo = stack.upload(blue(1200, 400), gallery="focus")
    url = str(stack.with_status(photo, "active")["square_url"])
    yellow: list[bool] = []
    for x, y in ((1.0, 0.5), (0.0, 1.0)):
        answer = stack.http.put(f"{stack.page}/gallery/photos/{photo}/focus", json={"x": x, "y": y})
        assert 202 == answer.status_code
        record = stack.settled(photo, lambda found, before=url: found["square_url"] != before)
        assert {"x": x, "y": y} == record["focus"]
        url = str(record["square_url"])
        yellow.append(studio.share(url, YELLOW) > 0.02)

    assert [False, True] == yellow
    refused = stack.http.put(f"{stack.page}/gallery/photos/{photo}/focus", json={"x": 1.1, "y": 0})
    assert (400, "INVALID_INPUT") == (refused.status_code, refused.json()["code"])
