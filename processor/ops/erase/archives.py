"""Find archives: those of a user, and those that hold a photo of a gallery."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from processor.archiving.selection import PhotoList
from processor.aws.objects import StateObject
from processor.edits.archive import ArchiveId
from processor.edits.names import ARCHIVES, archives_of
from processor.ops.erase.scope import GalleryScope, UserScope
from processor.ops.erase.stores import ErasedStores
from processor.ops.erase.traces import Traces

Item = Mapping[str, Any]
ITEM: Final = "archive#"
# The key of an archive's file: its prefix, the hash of its user, its name, the file.
FOLDERS: Final = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchiveFinder:
    """Finds archives, finished or not."""

    stores: ErasedStores

    def of_user(self, scope: UserScope, found: Traces) -> None:
        """Find the files of all archives of the user. Their items have the hash of the user in their keys."""
        self.take(found, [archives_of(scope.name)])

    def of_gallery(
        self, scope: GalleryScope, items: Iterable[Item], ids: Collection[str], found: Traces, known: Traces | None
    ) -> None:
        """Find archives that were asked for with a photo of the gallery, or that list one; with their items.

        *ids*: of photos of the gallery.
        """
        asked = [ArchiveId.of_item(str(one["sessionId"])) for one in items if asks_for(one, scope, ids)]
        lists = {folder_of(one.key) for one in self.stores.results.all(ARCHIVES)}
        listing = [one for one in lists if self.lists(one, scope, found)]
        before = [folder_of(one.key) for one in (known.archives if known else ())]
        folders = {*(one.folder for one in asked), *listing, *before}
        self.take(found, folders)
        found.marks.update(one.item for one in asked)

    def lists(self, folder: str, scope: GalleryScope, found: Traces) -> bool:
        """Return whether the list of an archive's photos names one of the gallery."""
        results = self.stores.results
        text = StateObject(s3=results.s3, bucket=results.bucket, key=f"{folder}photos.json").read().text
        if not text:
            return False
        keys = {one.key for one in PhotoList.model_validate_json(text).files}
        ours = found.keys | {one.key for one in found.renditions}
        return any(key in ours or key.startswith((scope.prefix, scope.renditions)) for key in keys)

    def take(self, found: Traces, prefixes: Iterable[str]) -> None:
        """Add all versions below *prefixes*, and unfinished uploads."""
        for prefix in prefixes:
            found.archives.update(self.stores.results.all(prefix))
            found.archive_uploads.update(self.stores.results.uploads(prefix))


def is_archive(item: Item) -> bool:
    """Return whether an item of the sessions table is an archive."""
    return str(item["sessionId"]).startswith(ITEM)


def asks_for(item: Item, scope: GalleryScope, ids: Collection[str]) -> bool:
    """Return whether an archive was asked for with the gallery, one above or below it, or one of its photos."""
    if not is_archive(item):
        return False
    prefix = f"{item['gallery']}/" if item.get("gallery") else ""
    related = bool(prefix) and (prefix.startswith(scope.prefix) or scope.prefix.startswith(prefix))
    return related or not set(ids).isdisjoint(names_of(item))


def names_of(item: Item) -> Iterator[str]:
    """Yield the ids of the photos that were asked for one by one, as they were written and in small letters."""
    for one in item.get("photos", ()):
        yield from (str(one), str(one).lower())


def folder_of(key: str) -> str:
    """Return the start of the keys of all files of an archive."""
    return "".join(f"{one}/" for one in key.split("/")[:FOLDERS])
