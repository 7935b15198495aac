"""Simulate users who upload: one photo at a time, with overwrites, moves, replacements and deletions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from lab.soak import originals
from lab.soak.context import SoakContext, send_until_answered
from lab.soak.model import PhotoLine, Picture
from testkit.embedded_stack import expect

GALLERIES: Final = ("wedding", "été 2024", "c+d & e", "100%")
# Long enough for a photo whose worker was killed twice, or that waits for a redrive.
SETTLED_S: Final = 90.0
PAUSES_S: Final = (0.1, 1.5)
ENDED: Final = frozenset({"active", "failed", "deleted"})
PART: Final = 5 * 2**20


@dataclass(frozen=True, kw_only=True, slots=True)
class Uploader:
    """Simulated photographer of one worker thread; *name* prefixes the keys."""

    context: SoakContext
    random: Random
    name: str

    def run_until_over(self) -> None:
        """Upload until the soak stops."""
        number = 0
        while not self.context.over.wait(self.random.uniform(*PAUSES_S)):
            self.context.ledger.guarded(f"upload {self.name}-{number}", lambda at=number: self.story(at))
            number += 1

    def put_one(self) -> None:
        """Upload one more photo, and do not wait for it."""
        picture = originals.photo(self.random)
        key, photo_id, place = self.place(self.random.randrange(10**9), picture)
        self.put(key, photo_id, picture, place)

    def story(self, number: int) -> None:
        """Play what happens to one key; then wait until it has come to rest, so that little is under way at a time."""
        picture = originals.draw(self.random)
        key, photo_id, place = self.place(number, picture)
        self.put(key, photo_id, picture, place)
        for act in self.random.choices(ACTS, WEIGHTS)[0]:
            match act:
                case "settle":
                    self.settle(key)
                case "overwrite":
                    self.put(key, photo_id, originals.draw(self.random), place)
                case "delete":
                    self.delete(key)
                case "move":
                    key, photo_id = self.move(key, photo_id)
                    place = dict[str, Any]()
                case "replace":
                    key, photo_id, place = *self.replace(key, photo_id), {}
                case _:
                    raise AssertionError(act)
        self.settle(key)

    def place(self, number: int, picture: Picture) -> tuple[str, str, Mapping[str, Any]]:
        """Choose a key; half of them are announced to the gallery as browsers do, the others have no record yet."""
        gallery, name = self.random.choice(GALLERIES), f"{self.name}-{number}.{picture.suffix}"
        if self.random.random() < originals.HALF:
            return f"{gallery}/{name}", f"{gallery}/{name}", {}
        stack = self.context.stack
        wanted = {"name": name, "size": len(picture.data), "gallery": gallery, "type": "image/jpeg"}
        place = expect(
            201, send_until_answered(lambda: stack.http.post(f"{stack.page}/gallery/photos", json=wanted))
        ).json()
        return place["photo"]["s3_key"], place["photo"]["id"], place

    def put(self, key: str, photo_id: str, picture: Picture, place: Mapping[str, Any]) -> None:
        """Upload: by the presigned PUT where there is one, else plainly or in parts."""
        if place:
            upload = place["upload"]
            answer = send_until_answered(
                lambda: self.context.stack.http.request(
                    upload["method"], upload["url"], content=picture.data, headers=upload["headers"]
                )
            )
            version = expect(200, answer).headers["x-amz-version-id"]
        elif self.random.random() < originals.HALF:
            version = self.put_in_parts(key, picture.data)
        else:
            s3 = self.context.stack.aws.client("s3")
            bucket = self.context.stack.originals
            version = s3.put_object(Bucket=bucket, Key=key, Body=picture.data)["VersionId"]
        self.context.ledger.put(key, photo_id, picture, version_id=version)

    def put_in_parts(self, key: str, data: bytes) -> str:
        """Upload in parts, some of which are given up and sent again."""
        s3: Any = self.context.stack.aws.client("s3")
        where = {"Bucket": self.context.stack.originals, "Key": key}
        if self.random.random() < originals.HALF:
            given_up = s3.create_multipart_upload(**where)["UploadId"]
            s3.upload_part(**where, UploadId=given_up, PartNumber=1, Body=data[: len(data) // 2])
            s3.abort_multipart_upload(**where, UploadId=given_up)
        upload = s3.create_multipart_upload(**where)["UploadId"]
        parts = [
            {
                "PartNumber": number,
                "ETag": s3.upload_part(**where, UploadId=upload, PartNumber=number, Body=part)["ETag"],
            }
            for number, part in enumerate((data[at : at + PART] for at in range(0, len(data), PART)), 1)
        ]
        done = s3.complete_multipart_upload(**where, UploadId=upload, MultipartUpload={"Parts": parts})
        self.context.ledger.count("uploads in parts")
        return str(done["VersionId"])

    def delete(self, key: str) -> None:
        """Delete the original in its bucket: the gallery's own way ends in the same call."""
        s3 = self.context.stack.aws.client("s3")
        s3.delete_object(Bucket=self.context.stack.originals, Key=key)
        self.context.ledger.deleted(key)

    def move(self, key: str, photo_id: str) -> tuple[str, str]:
        """Copy the original to another gallery and delete it in its own; return its new key and the photo's id."""
        gallery, name = key.rpartition("/")[::2]
        to = f"{self.random.choice([one for one in GALLERIES if one != gallery])}/{name}"
        bucket, s3 = self.context.stack.originals, self.context.stack.aws.client("s3")
        version = s3.copy_object(Bucket=bucket, Key=to, CopySource={"Bucket": bucket, "Key": key})["VersionId"]
        moved_id = to if photo_id == key else photo_id
        self.context.ledger.copied(key, to, moved_id, version_id=version)
        self.delete(key)
        return to, moved_id

    def replace(self, key: str, photo_id: str) -> tuple[str, str]:
        """Upload another picture beside the original, and delete that; return the key and the id of what is left."""
        picture = originals.draw(self.random)
        to = f"{key.rpartition('.')[0]}.{picture.suffix}"
        new_id = to if photo_id == key else photo_id
        self.put(to, new_id, picture, {})
        if to != key:
            self.delete(key)
        return to, new_id

    def settle(self, key: str) -> None:
        """Wait until the record shows what was last done, but not for ever: what never comes is found in the end."""
        line = self.context.ledger.photos[key]
        if not self.context.wait_for(lambda: self.is_shown(line), within_s=SETTLED_S):
            self.context.ledger.count("not settled at once")

    def is_shown(self, line: PhotoLine) -> bool:
        """Return whether the record has caught up with *line*."""
        record = self.context.stack.photo(line.photo_id) or {}
        if line.deleted:
            return record.get("status") in {None, "deleted"}
        if line.last.code:
            return record.get("status") == "failed"
        return (record.get("status"), record.get("source_version")) == ("active", line.last.version_id)


ACTS: Final = (
    (),
    ("overwrite",),
    ("settle", "overwrite"),
    ("overwrite", "overwrite", "settle", "overwrite"),
    ("settle", "delete"),
    ("delete",),
    ("settle", "delete", "settle", "overwrite"),
    ("delete", "overwrite", "overwrite"),
    ("settle", "move"),
    ("move", "overwrite"),
    ("settle", "replace"),
    ("move", "replace", "delete"),
)
WEIGHTS: Final = (42, 8, 8, 4, 8, 6, 4, 4, 6, 4, 4, 2)
