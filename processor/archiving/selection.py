"""Choose the files of an archive: those photos of a gallery, or of a list, whose record names the user.

Listed once, when the work begins: what is uploaded later is not in the archive.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from pydantic import BaseModel, ConfigDict

from processor.aws.objects import BucketListing
from processor.aws.photo_scans import PhotoBatches
from processor.aws.photos import PhotoRecord, text
from processor.edits.archive import MOST_PHOTOS, ORIGINALS, Archive, ArchiveOrder
from processor.errors import EditCode, EditError
from processor.keys import RESERVED, ObjectKey

NAMES_AT_ONCE: Final = 1000
# What Windows does not take in a name, and what would lead out of the folder of the archive.
UNSAFE: Final = re.compile(r'[<>:"|?*\\]')
# Backends that store uploads under ids keep the file's own name here.
FILE_NAME: Final = "filename"
NO_SUCH_PHOTO: Final = "There is no such photo of yours."
NO_SUCH_SIZE: Final = "The photo is not rendered in this size."


class ListedFile(BaseModel):
    """A file to put in: the object *key*, under *name*. *missing*: the reason why there is no object."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    key: str = ""
    missing: str = ""


class PhotoList(BaseModel):
    """The files of one archive, all from one *bucket*, in the order of their names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bucket: str
    files: tuple[ListedFile, ...]


@dataclass(kw_only=True, slots=True)
class Chosen:
    """Files that were found so far. *sizes*: names of all sizes that one of the photos has."""

    files: list[ListedFile] = field(default_factory=list[ListedFile])
    sizes: set[str] = field(default_factory=set[str])


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """Finds the files of archives."""

    originals: BucketListing
    records: PhotoBatches
    renditions_bucket: str
    most: int = MOST_PHOTOS

    def files(self, archive: Archive) -> PhotoList:
        """List the files of an archive; raise EditError when there are none, or too many."""
        order, found = archive.order, Chosen()
        names = self.below(order.gallery) if order.gallery else map(ObjectKey, order.photos)
        while batch := list(islice(names, NAMES_AT_ONCE)):
            self.take(archive, batch, found)
            if len(found.files) > self.most:
                raise too_many(self.most)
        if not any(one.key for one in found.files):
            raise nothing_found(order, found.sizes)
        bucket = self.originals.bucket if order.size == ORIGINALS else self.renditions_bucket
        return PhotoList(bucket=bucket, files=tuple(named_apart(sorted(found.files, key=lambda one: one.name))))

    def below(self, gallery: str) -> Iterator[ObjectKey]:
        """List the originals of a gallery, and of those below it."""
        prefix = f"{gallery}/"
        if prefix.startswith(RESERVED):
            raise EditError(EditCode.INVALID_INPUT, f"gallery: expected one with photos, received {gallery[:80]!r}.")
        return (ObjectKey(one.key) for one in self.originals.all(prefix) if not one.key.endswith("/"))

    def take(self, archive: Archive, batch: Sequence[ObjectKey], found: Chosen) -> None:
        """Add the files of some originals, or photos."""
        order, records = archive.order, self.records.read(batch)
        own = {photo_id: one for photo_id, one in records.items() if belongs_to(one, archive.user_id)}
        for name in batch:
            record = own.get(name.photo_id)
            if record is None:
                if not order.gallery:  # of a gallery, only the user's own photos are spoken of
                    found.files.append(ListedFile(name=member_name(name.key, ""), missing=NO_SUCH_PHOTO))
                continue
            found.sizes.update(record.sizes)
            key = name.key if order.gallery else record.original_key or name.key
            found.files += file_of(order, record, key)


def belongs_to(record: PhotoRecord, user_id: str) -> bool:
    """Return whether a photo is there and is the user's."""
    return record.item.get("user_id") == user_id and record.status != "deleted"


def file_of(order: ArchiveOrder, record: PhotoRecord, key: str) -> Iterator[ListedFile]:
    """Yield the file of one original; none where the photo shows another one."""
    name = given_name(record, key)
    if order.size == ORIGINALS:
        yield ListedFile(name=member_name(name, order.gallery), key=key)
    elif record.original_key not in {None, key}:
        return
    elif order.size in record.sizes:
        rendition = dict(zip(record.sizes, record.renditions, strict=True))[order.size]
        stem, extension = ObjectKey(name).stem, rendition.rpartition(".")[2]
        path = f"{ObjectKey(name).gallery}/{stem}.{extension}"
        yield ListedFile(name=member_name(path, order.gallery), key=rendition)
    else:
        yield ListedFile(name=member_name(name, order.gallery), missing=NO_SUCH_SIZE)


def given_name(record: PhotoRecord, key: str) -> str:
    """Return the key of an original with the name that its photographer gave it, where the record has one."""
    named = text(record.item.get(FILE_NAME)) if record.original_key in {None, key} else None
    return f"{ObjectKey(key).gallery}/{named.rpartition('/')[2]}" if named else key


def member_name(path: str, gallery: str) -> str:
    """Make the name in the ZIP, below the gallery: every system can unpack it, and inside its own folder."""
    segments = unicodedata.normalize("NFC", path.removeprefix(f"{gallery}/")).split("/")
    return "/".join(safe_segment(one) for one in segments if one) or "photo"


def safe_segment(segment: str) -> str:
    """Replace what a system reads otherwise than as a part of a name."""
    kept = "".join("-" if unicodedata.category(one)[0] == "C" else one for one in UNSAFE.sub("-", segment))
    # Windows drops dots and spaces at the end.
    return kept.rstrip(". ") or "_"


def named_apart(files: Iterable[ListedFile]) -> Iterator[ListedFile]:
    """Add a number to names that some systems take for the same."""
    taken = set[str]()
    for one in files:
        folder, slash, file = one.name.rpartition("/")
        stem, dot, extension = file.rpartition(".")
        name, number = one.name, 1
        while name.casefold() in taken:
            number += 1
            name = f"{folder}{slash}{stem or extension} ({number}){dot if stem else ''}{extension if stem else ''}"
        taken.add(name.casefold())
        yield one.model_copy(update={"name": name})


def too_many(limit: int) -> EditError:
    """Build the error of an archive with too many photos."""
    return EditError(
        EditCode.TOO_MANY_IMAGES,
        f"Too many photos: expected at most {limit:,} in one archive, found more. Ask for a gallery below this one.",
        details={"limit": limit},
    )


def nothing_found(order: ArchiveOrder, sizes: set[str]) -> EditError:
    """Build the error of an archive without a photo."""
    if sizes:
        return EditError(
            EditCode.INVALID_INPUT,
            f"None of the photos has the size {order.size!r}: expected {', '.join([ORIGINALS, *sorted(sizes)])}.",
            details={"sizes": sorted(sizes)},
        )
    what = f"in the gallery {order.gallery!r}" if order.gallery else "in the list"
    return EditError(
        EditCode.SOURCE_FAILED, f"There are no photos of yours {what}: expected at least one. Choose other photos."
    )
