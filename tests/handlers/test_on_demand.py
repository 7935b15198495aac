"""Answers to requests for sizes: pictures, a redirect, the picture of what is not here."""

from __future__ import annotations

import base64
from typing import Any, cast

import pytest

from processor.errors import StoreUnavailable
from processor.handlers.on_demand import MAX_BODY_BYTES, RenditionRequests
from processor.telemetry import Telemetry
from processor.upload.on_demand import Found, Why
from tests.factories.darkroom import AMPLE

PATH = "/renditions/Ana%20%26%20Bo/100%25/a_small.jpg"


def answer(result: Found | Why | Exception, *, method: str = "GET", path: str = PATH) -> tuple[Any, list[str]]:
    """Answer a request; return the answer, and the keys that were asked for."""
    asked: list[str] = []

    class Sizes:
        """Stands for what makes sizes."""

        def find(self, key: str, _: object) -> Found | Why:
            """Note the key."""
            asked.append(key)
            if isinstance(result, Exception):
                raise result
            return result

    event = {"rawPath": path, "rawQueryString": "v=1a", "requestContext": {"http": {"method": method}}}
    requests = RenditionRequests(sizes=cast("Any", Sizes()), telemetry=Telemetry(service="on-demand", stack="test"))
    return requests.answer(event, AMPLE), asked


def found(data: bytes = b"a picture") -> Found:
    """Give a picture."""
    return Found(data=data, content_type="image/jpeg", cache_tag="photo:1,gallery:2", made=True)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_picture_is_kept_for_a_minute(method: str) -> None:
    """S3's own answer, with the tag by which the CDN forgets, comes soon."""
    told, asked = answer(found(), method=method)

    assert ["renditions/Ana & Bo/100%/a_small.jpg"] == asked
    assert (200, b"a picture") == (told["statusCode"], base64.b64decode(told["body"]))
    assert {
        "Content-Type": "image/jpeg",
        "Cache-Control": "public, max-age=60",
        "x-amz-meta-cache-tag": "photo:1,gallery:2",
    } == told["headers"]


def test_a_path_is_decoded_once() -> None:
    """A gallery called `%41` is not the gallery `A`: a signature covers one of them."""
    assert ["renditions/%41/a_small.jpg"] == answer(found(), path="/renditions/%2541/a_small.jpg")[1]


def test_a_picture_that_is_too_large_for_an_answer_is_asked_for_again() -> None:
    """It is stored: the same address is then S3's."""
    told, _ = answer(found(bytes(MAX_BODY_BYTES + 1)))

    assert (307, f"{PATH}?v=1a", "no-store") == (
        told["statusCode"],
        told["headers"]["Location"],
        told["headers"]["Cache-Control"],
    )


@pytest.mark.parametrize(
    ("result", "seconds"),
    [(Why.NO_PHOTO, 10), (Why.NOT_LISTED, 10), (Why.NO_SOURCE, 10), (Why.BUSY, 1), (StoreUnavailable("no"), 1)],
)
def test_what_is_not_here_is_a_small_picture(result: Why | Exception, seconds: int) -> None:
    """Kept longer where asking again soon is of no use."""
    told, _ = answer(result)

    assert (404, "image/svg+xml", f"public, max-age={seconds}") == (
        told["statusCode"],
        told["headers"]["Content-Type"],
        told["headers"]["Cache-Control"],
    )
    assert told["body"].startswith("<svg ")


@pytest.mark.parametrize(("method", "path"), [("OPTIONS", PATH), ("POST", PATH), ("GET", "/renditions/%ff_small.jpg")])
def test_what_asks_for_no_picture_makes_none(method: str, path: str) -> None:
    """Another method, a path that is no text."""
    told, asked = answer(found(), method=method, path=path)

    assert (404, []) == (told["statusCode"], asked)
