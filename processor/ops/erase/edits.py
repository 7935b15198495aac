"""Find and remove edits: sessions, results, upload slots, archives, and the user's other items of that table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from processor.aws.item_changes import SessionChanges, removal
from processor.aws.photo_scans import TableReader
from processor.aws.session_reading import SESSION_PREFIX
from processor.aws.user_limits import hashed
from processor.aws.versions import StoredVersion
from processor.edits.names import RESULTS, result_url, results_of, session_tag, slots_of
from processor.edits.session import RUNNING
from processor.errors import EditError
from processor.keys import ObjectKey
from processor.ops.erase.archives import ArchiveFinder
from processor.ops.erase.scope import GalleryScope, References, UserScope
from processor.ops.erase.stores import ErasedStores, pages
from processor.ops.erase.traces import Traces

# CloudFront takes 3,000 paths and tags under way at the same time.
TAGS_AT_ONCE: Final = 100
Item = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class EditFinder:
    """Finds edits."""

    stores: ErasedStores

    def of_gallery(self, scope: GalleryScope, found: Traces, known: Traces | None) -> None:
        """Find the sessions that edit a picture of the gallery, or a result of such a session, and their results."""
        items = list(self.items())
        sessions = [one for one in items if is_session(one)]
        ids = {ObjectKey(key).photo_id for key in found.keys} | found.keys | set(found.records)
        references = References(cdn_host=self.stores.cdn_host, renditions=scope.renditions, photo_ids=frozenset(ids))
        taken = dict(known.sessions) if known else {}
        while new := [one for one in sessions if id_of(one) not in taken and references.lead_there(one, taken)]:
            taken |= {id_of(one): user_of(one) for one in new}
        self.take(found, [one for one in items if id_of(one) in taken or leads_to(one, taken)])
        ArchiveFinder(stores=self.stores).of_gallery(scope, items, ids, found, known)
        for session_id in taken:
            self.take_results(found, self.stores.results.all(results_of(session_id)), tag=session_tag(session_id))

    def of_user(self, scope: UserScope, found: Traces, known: Traces | None) -> None:
        """Find all sessions, results and upload slots of the user."""
        owned, mark = dict(known.sessions) if known else {}, hashed(scope.name)
        items = list(self.items())
        owned |= {id_of(one): scope.name for one in items if is_session(one) and user_of(one) == scope.name}
        self.take(
            found,
            [one for one in items if id_of(one) in owned or leads_to(one, owned) or mark in id_of(one).split("#")],
        )
        self.find_results(scope, found, owned)
        found.slots.update(self.stores.results.all(slots_of(scope.name)))
        ArchiveFinder(stores=self.stores).of_user(scope, found)

    def items(self) -> Iterator[Item]:
        """Read the sessions table, without the events of sessions."""
        names = ("sessionId", "userId", "status", "images", "plan", "session", "gallery", "photos")
        return pages(
            self.stores.edits,
            ProjectionExpression=", ".join(f"#{name}" for name in names),
            ExpressionAttributeNames={f"#{name}": name for name in names},
        )

    def take(self, found: Traces, items: Iterable[Item]) -> None:
        """Add items of the sessions table."""
        for one in items:
            if not is_session(one):
                found.marks.add(id_of(one))
                continue
            found.sessions[id_of(one)] = user_of(one)
            if one.get("status") in RUNNING:
                found.running.add(id_of(one))

    def take_results(self, found: Traces, versions: Iterable[StoredVersion], *, tag: str) -> None:
        """Add results, their addresses, and the *tag* that invalidates them."""
        for one in versions:
            found.results.add(one)
            found.addresses.add(result_url(self.stores.cdn_host, one.key))
            found.tags.add(tag)

    def find_results(self, scope: UserScope, found: Traces, sessions: Mapping[str, str]) -> None:
        """Add the results of *sessions*, and those of expired sessions that have the user's cache tag."""
        by_session = defaultdict[str, list[StoredVersion]](list)
        for one in self.stores.results.all(RESULTS):
            by_session[session_in(one.key)].append(one)
        for session_id, versions in by_session.items():
            # All results of a session are of one user: one of them is asked.
            first = next((one for one in versions if not one.marker), None)
            tagged = first is not None and scope.tag in self.stores.results.tags(first)
            if tagged or session_id in sessions:
                self.take_results(found, versions, tag=scope.tag if tagged else session_tag(session_id))


@dataclass(frozen=True, kw_only=True, slots=True)
class EditRemoval:
    """Removes edits that were found."""

    stores: ErasedStores

    def stop(self, found: Traces) -> None:
        """Cancel running sessions, so that their workers store nothing more."""
        for session_id in found.running:
            with suppress(EditError):  # it has expired meanwhile
                self.stores.sessions.cancel(session_id, user_id=found.sessions[session_id])

    def remove(self, found: Traces) -> dict[str, int]:
        """Remove results and slots, invalidate the results, then remove the items by which they are found."""
        for one in (*found.results, *found.slots, *found.archives):
            self.stores.results.delete(one)
        for upload in found.archive_uploads:
            self.stores.results.abort(upload)
        self.forget(found)
        self.release(found)
        gone = sum(self.stores.edit_removal.delete(sessionId=one) for one in (*found.sessions, *sorted(found.marks)))
        return {
            "edit sessions": gone,
            "edit results": len(found.results),
            "upload slots": len(found.slots),
            "files of archives": len(found.archives),
            "unfinished archives": len(found.archive_uploads),
        }

    def release(self, found: Traces) -> None:
        """Take the sessions out of the running ones of their users, whom they would keep from starting others."""
        reader = TableReader(dynamodb=self.stores.edits.dynamodb, table=self.stores.edits.table)
        users = {f"user#{hashed(one)}" for one in found.sessions.values()}
        for item in reader.read(((one,) for one in sorted(users)), "sessionId"):
            if ours := {one for one in item.get("running", ()) if one.split()[0] in found.sessions}:
                changes = SessionChanges(dynamodb=self.stores.edits.dynamodb, table=self.stores.edits.table)
                changes.apply(id_of(item), removal(ours, "running"), return_item=False)

    def forget(self, found: Traces) -> None:
        """Invalidate the results at the CDN."""
        tags = sorted(found.tags)
        for start in range(0, len(tags), TAGS_AT_ONCE):
            self.stores.cdn.forget(tags[start : start + TAGS_AT_ONCE], reference=uuid4().hex)


def session_in(key: str) -> str:
    """Return the session of a result."""
    return key.removeprefix(RESULTS).partition("/")[0]


def id_of(item: Item) -> str:
    """Return the primary key of an item of the sessions table."""
    return str(item["sessionId"])


def user_of(item: Item) -> str:
    """Return the user of a session."""
    return str(item.get("userId", ""))


def leads_to(item: Item, sessions: Mapping[str, str]) -> bool:
    """Return whether an item is an idempotency key of one of *sessions*."""
    session_id = item.get("session")
    return isinstance(session_id, str) and session_id in sessions


def is_session(item: Item) -> bool:
    """Return whether an item of the sessions table is a session."""
    return id_of(item).startswith(SESSION_PREFIX)
