"""All versions of objects, page by page."""

from __future__ import annotations

from typing import Any, cast

from processor.aws.versions import ObjectVersions, StoredUpload, StoredVersion
from testkit.events import ORIGINALS
from tests.factories.darkroom import RENDITIONS, Darkroom


class Pages:
    """Stands for S3: answers one of *pages* after the other, and notes the markers that it is asked with."""

    def __init__(self, *pages: dict[str, Any]) -> None:
        self.pages = iter(pages)
        self.asked: list[dict[str, Any]] = []

    def __getattr__(self, _: str) -> Any:
        return self.page

    def page(self, **arguments: Any) -> dict[str, Any]:
        """Answer."""
        assert {"Bucket": "b", "Prefix": "w/"} == {name: arguments.pop(name) for name in ("Bucket", "Prefix")}
        self.asked.append(arguments)
        return next(self.pages)


def versions(s3: object, bucket: str = "b") -> ObjectVersions:
    """Open a bucket."""
    return ObjectVersions(s3=cast("Any", s3), bucket=bucket)


def test_all_pages_of_versions_and_markers_are_listed() -> None:
    """A page ends in the middle of a key's versions; a page may be empty, and not be the last."""
    s3 = Pages(
        {
            "Versions": [{"Key": "w/a", "VersionId": "2"}],
            "DeleteMarkers": [{"Key": "w/a", "VersionId": "3"}],
            "IsTruncated": True,
            "NextKeyMarker": "w/a",
            "NextVersionIdMarker": "2",
        },
        {"IsTruncated": True, "NextKeyMarker": "w/a", "NextVersionIdMarker": "1"},
        {"Versions": [{"Key": "w/b", "VersionId": "null"}], "IsTruncated": False},
    )

    found = [*versions(s3).all("w/")]

    assert [
        StoredVersion("w/a", "2"),
        StoredVersion("w/a", "3", marker=True),
        StoredVersion("w/b", "null"),
    ] == found
    assert [{}, *({"KeyMarker": "w/a", "VersionIdMarker": one} for one in "21")] == s3.asked


def test_all_pages_of_unfinished_uploads_are_listed() -> None:
    """As S3 names its markers for uploads; keys are encoded where S3 says so."""
    s3 = Pages(
        {
            "EncodingType": "url",
            "Uploads": [{"Key": "w/a%01%2B", "UploadId": "u1"}],
            "IsTruncated": True,
            "NextKeyMarker": "w/a%01%2B",
            "NextUploadIdMarker": "u1",
        },
        {"Uploads": [{"Key": "w/a%20", "UploadId": "u2"}], "IsTruncated": False},
    )

    assert [StoredUpload("w/a\x01+", "u1"), StoredUpload("w/a%20", "u2")] == [*versions(s3).uploads("w/")]
    assert [
        {"EncodingType": "url"},
        {"EncodingType": "url", "KeyMarker": "w/a\x01+", "UploadIdMarker": "u1"},
    ] == s3.asked


def test_versions_of_one_key_are_those_of_no_longer_one(darkroom: Darkroom) -> None:
    """A key is a prefix of others."""
    for key in ("w/a", "w/a", "w/a.jpg"):
        darkroom.upload(key)
    darkroom.removal("w/a")

    assert [("w/a", False), ("w/a", False), ("w/a", True)] == sorted(
        (one.key, one.marker) for one in versions(darkroom.s3, ORIGINALS).of("w/a")
    )


def test_what_is_gone_already_is_no_error(darkroom: Darkroom) -> None:
    """A version, an upload, the tags of both: a run is repeated after it died."""
    darkroom.upload("w/a")
    upload = darkroom.s3.client.create_multipart_upload(Bucket=ORIGINALS, Key="w/a")["UploadId"]
    bucket = versions(darkroom.s3, ORIGINALS)
    one = StoredVersion("w/a", darkroom.versions[0])
    for _ in range(2):
        bucket.delete(one)
        assert frozenset() == bucket.tags(one)
        bucket.abort(StoredUpload("w/a", upload))

    assert [] == [*bucket.all(""), *bucket.uploads("")]


def test_a_bucket_without_versions_is_emptied_all_the_same(darkroom: Darkroom) -> None:
    """The one version of each object is called null."""
    keys = ["w/a.jpg", "w/ü b+c%20.jpg"]
    for key in keys:
        darkroom.s3.client.put_object(
            Bucket=RENDITIONS, Key=key, Body=b"x", Metadata={"cache-tag": "photo:1,gallery:2"}
        )
    bucket = versions(darkroom.s3, RENDITIONS)
    found = [*bucket.all("w/")]

    assert {frozenset({"photo:1", "gallery:2"})} == {bucket.tags(one) for one in found}
    for one in found:
        bucket.delete(one)

    assert (sorted(keys), {"null"}) == (sorted(one.key for one in found), {one.version_id for one in found})
    assert [] == [*bucket.all("")]
