"""Read, claim and write manifests in the renditions bucket: one object per stem, every write conditional.

S3 decides which writer gets a stem (``If-None-Match: *``) and which may change a manifest (``If-Match`` its ETag), so
no lock is left behind when a process dies.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from processor.aws.faults import CONDITION_FAILED, MISSING, aws_call, unless
from processor.errors import DarkroomError, StoreUnavailable
from processor.events import Overtaken
from processor.keys import ObjectKey, manifest_key
from processor.manifest import Manifest

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# Each lost race means that another writer made progress; so many in a row are a fault, not a race.
ATTEMPTS: Final = 5
Planned = Callable[[str], tuple[str, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """A manifest as it was read. *etag*: the condition of its next write."""

    stem: str
    address: str
    etag: str
    manifest: Manifest


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifests:
    """Claims stems and writes their manifests."""

    s3: S3Client
    bucket: str

    def find(self, name: ObjectKey) -> Held | None:
        """Find the manifest that *name* has claimed; None when it holds no stem."""
        held = (self.read(name, stem) for stem in name.stem_candidates())
        return next((one for one in held if one and one.manifest.key == name.key), None)

    def claim(self, name: ObjectKey, sequencer: str, planned: Planned, *, newest: bool = False) -> Held:
        """Claim a stem for the state *sequencer* of *name*, or take over the claim of an older state.

        *planned(stem)* lists the objects that may be written: they are recorded before they exist, so that a cleanup
        finds them. Raise Overtaken when a newer state holds the claim. With *newest* the caller renders the current
        content, so it joins the newer state instead.
        """
        for _ in range(ATTEMPTS):
            held = self.find(name) or self.first_free(name, sequencer, planned)
            if held and held.manifest.sequencer > sequencer and not newest:
                raise Overtaken(f"{held.address} is claimed by a newer state ({held.manifest.sequencer} > {sequencer})")
            if held and (mine := self.taken_over(held, sequencer, planned(held.stem))):
                return mine
        raise StoreUnavailable(f"stem of {name.key}: expected to claim one in {ATTEMPTS} attempts, lost every race.")

    def first_free(self, name: ObjectKey, sequencer: str, planned: Planned) -> Held | None:
        """Claim the first stem that no other original holds; None when all are taken."""
        for stem in name.stem_candidates():
            address = manifest_key(name.gallery, stem)
            manifest = Manifest(key=name.key, sequencer=sequencer, objects=planned(stem))
            if etag := self.put(address, manifest, IfNoneMatch="*"):
                return Held(stem=stem, address=address, etag=etag, manifest=manifest)
            # A duplicate delivery of this event may have claimed it meanwhile: then do not try the next candidate.
            if (taken := self.read(name, stem)) is None or taken.manifest.key == name.key:
                return taken
        return None

    def taken_over(self, held: Held, sequencer: str, objects: tuple[str, ...]) -> Held | None:
        """Raise a claim to *sequencer* and add *objects*; None when another writer changed it meanwhile."""
        wanted = held.manifest.claimed_by(max(sequencer, held.manifest.sequencer), objects)
        return held if wanted == held.manifest else self.replace(held, wanted)

    def complete(self, held: Held, manifest: Manifest) -> Manifest:
        """Publish the manifest; return the existing one if a duplicate delivery published first.

        Raise Overtaken when a newer state took the claim, StoreUnavailable when the claim was released: a retry
        claims the stem again.
        """
        if same_photo(held.manifest, manifest):
            return held.manifest
        for _ in range(ATTEMPTS):
            if done := self.replace(held, manifest):
                return done.manifest
            found = self.read(ObjectKey(manifest.key), held.stem)
            if found is None or found.manifest.key != manifest.key:
                raise StoreUnavailable(f"{held.address}: expected our claim, found none: it was released.")
            if found.manifest.sequencer > manifest.sequencer:
                raise Overtaken(f"{held.address} is claimed by a newer state")
            if same_photo(found.manifest, manifest):
                return found.manifest
            held = found
        raise StoreUnavailable(f"{held.address}: expected to write it in {ATTEMPTS} attempts, lost every race.")

    def read(self, name: ObjectKey, stem: str) -> Held | None:
        """Read the manifest of *stem* in the gallery of *name*."""
        address = manifest_key(name.gallery, stem)
        with aws_call(f"s3:GetObject {self.bucket}/{address}"):
            answer = unless(MISSING, lambda: self.s3.get_object(Bucket=self.bucket, Key=address))
            if answer is None:
                return None
            manifest = Manifest.from_json(answer["Body"].read())
        return Held(stem=stem, address=address, etag=answer["ETag"], manifest=manifest)

    def replace(self, held: Held, manifest: Manifest) -> Held | None:
        """Replace the manifest *held*; None when it has changed since it was read."""
        etag = self.put(held.address, manifest, IfMatch=held.etag)
        return Held(stem=held.stem, address=held.address, etag=etag, manifest=manifest) if etag else None

    def put(self, address: str, manifest: Manifest, **condition: Any) -> str | None:
        """Write a manifest under a condition; return its ETag, None when the condition failed."""
        with aws_call(f"s3:PutObject {self.bucket}/{address}"):
            answer = unless(
                CONDITION_FAILED | MISSING,  # If-Match on a key that is gone is answered with 404
                lambda: self.s3.put_object(
                    Bucket=self.bucket,
                    Key=address,
                    Body=manifest.to_json(),
                    ContentType="application/json",
                    **condition,
                ),
            )
        return answer["ETag"] if answer else None

    def delete(self, held: Held) -> bool:
        """Delete a manifest, which releases its stem; return False when it has changed since it was read."""
        with aws_call(f"s3:DeleteObject {self.bucket}/{held.address}"):
            answer = unless(
                CONDITION_FAILED | MISSING,
                lambda: self.s3.delete_object(Bucket=self.bucket, Key=held.address, IfMatch=held.etag),
            )
        return answer is not None


def same_photo(found: Manifest, manifest: Manifest) -> bool:
    """Return whether *found* describes the same rendering as *manifest*; time and receipt may differ."""
    return found.photo is not None and identity(found) == identity(manifest)


def identity(manifest: Manifest) -> tuple[str, str, str]:
    """Return what identifies a rendering: sequencer, version of the source, version of the pixels."""
    return manifest.sequencer, manifest.finished.source_version, manifest.finished.version


class UnreadableManifest(DarkroomError):
    """An object below ``manifests/`` is no manifest that Darkroom wrote."""

    code = "UNREADABLE_MANIFEST"


@dataclass(frozen=True, kw_only=True, slots=True)
class ManifestReader:
    """Reads manifests by their keys."""

    s3: S3Client
    bucket: str

    def read(self, address: str) -> Manifest | None:
        """Read the manifest *address*, None when there is none; raise UnreadableManifest."""
        with aws_call(f"s3:GetObject {self.bucket}/{address}"):
            answer = unless(MISSING, lambda: self.s3.get_object(Bucket=self.bucket, Key=address))
            if answer is None:
                return None
            text = answer["Body"].read()
        try:
            return Manifest.from_json(text)
        except (ValueError, KeyError, TypeError) as error:
            raise UnreadableManifest(f"{address}: expected a manifest, received {text[:60]!r} ({error})") from error
