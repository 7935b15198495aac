"""Large originals come in parts; what stops half-way is no photo yet."""

from __future__ import annotations

from typing import Any

import pytest

from testkit.embedded_stack import LocalStack
from testkit.photos import jpeg, scene

pytestmark = pytest.mark.xdist_group("stack")


@pytest.mark.fault(17)
def test_an_upload_in_parts_is_a_photo_when_it_is_complete_and_nothing_before(stack: LocalStack) -> None:
    """The parts of an upload that stopped make no event; a client that goes on has lost nothing."""
    s3, data = stack.aws.client("s3"), jpeg.jpeg(scene.scene(320, 240))
    photo_id, where = announced(stack, data)
    upload = s3.create_multipart_upload(**where)["UploadId"]
    part = s3.upload_part(**where, UploadId=upload, PartNumber=1, Body=data)
    # A photo that comes later is rendered: whatever the parts had caused would have happened by then.
    stack.with_status(stack.upload(jpeg.jpeg(scene.scene(160, 120)), gallery="parts"), "active")
    assert "pending" == (stack.photo(photo_id) or {})["status"]

    parts: Any = {"Parts": [{"ETag": part["ETag"], "PartNumber": 1}]}
    s3.complete_multipart_upload(**where, UploadId=upload, MultipartUpload=parts)

    assert 320 == stack.with_status(photo_id, "active")["width"]


@pytest.mark.fault(17)
def test_an_upload_in_parts_that_is_given_up_leaves_nothing(stack: LocalStack) -> None:
    """The record waits as for any photo that was announced and never came; the bucket holds nothing of it."""
    s3, data = stack.aws.client("s3"), jpeg.jpeg(scene.scene(320, 240))
    photo_id, where = announced(stack, data)
    upload = s3.create_multipart_upload(**where)["UploadId"]
    s3.upload_part(**where, UploadId=upload, PartNumber=1, Body=data)

    s3.abort_multipart_upload(**where, UploadId=upload)

    listed = s3.list_objects_v2(Bucket=where["Bucket"], Prefix=where["Key"])
    assert ("pending", 0) == ((stack.photo(photo_id) or {})["status"], listed["KeyCount"])


def announced(stack: LocalStack, data: bytes) -> tuple[str, Any]:
    """Announce a photo; return its id, and the bucket and key where it belongs."""
    photo = stack.announce("large.jpg", data, gallery="parts")["photo"]

    return str(photo["id"]), {"Bucket": stack.originals, "Key": photo["s3_key"]}
