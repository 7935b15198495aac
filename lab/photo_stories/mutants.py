"""Change one condition of the pipeline at a time: a story that cannot find it shows nothing."""

from __future__ import annotations

import inspect
import sys
import textwrap
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from unittest.mock import patch

from processor.aws.originals_table import Lease, OriginalsTable
from processor.original import OriginalItem
from processor.upload import announcement, record
from processor.upload.converge import Converger
from processor.upload.pipeline import UploadPipeline
from testkit.memory_stores import MemoryOriginalsTable


@dataclass(frozen=True, kw_only=True, slots=True)
class Mutant:
    """A function of *place*, in which *old* is replaced by *new*."""

    place: Any
    function: str
    old: str
    new: str

    @contextmanager
    def applied(self) -> Generator[None]:
        """Replace the function for the length of the block."""
        with patch.object(self.place, self.function, self.compiled()):
            yield

    def compiled(self) -> Callable[..., Any]:
        """Compile the changed function where it stands."""
        found: Any = inspect.getattr_static(self.place, self.function)
        code: Any = found.fget if isinstance(found, property) else found
        source = textwrap.dedent(inspect.getsource(code))
        if source.count(self.old) != 1:
            raise ValueError(f"{self.function}: expected {self.old!r} once, found it {source.count(self.old)} times.")
        names = dict(vars(sys.modules[code.__module__]))
        exec(f"from __future__ import annotations\n{source.replace(self.old, self.new)}", names)  # noqa: S102 - our own source
        return names[self.function]


MUTANTS: Final[dict[str, Mutant]] = {
    "no lease": Mutant(
        place=MemoryOriginalsTable, function="acquire", old='before["until"] >= now - CLOCKS_MS', new="False"
    ),
    "only the own key after a death": Mutant(place=Lease, function="keys", old="self.doubtful - {self.key}", new="()"),
    "an error releases the lease": Mutant(
        place=OriginalsTable, function="hold", old="self.abandon(lease)", new="self.release(lease)"
    ),
    "no doubt after a death": Mutant(
        place=UploadPipeline, function="converge", old="key in lease.doubtful or", new="False or"
    ),
    "a key is done before it is": Mutant(
        place=UploadPipeline,
        function="converge",
        old="    doubtful = key",
        new="    lease.work.discard(key)\n    doubtful = key",
    ),
    "an item is believed in doubt": Mutant(place=Converger, function="converge", old="not doubtful and ", new=""),
    "no second look": Mutant(
        place=Converger, function="converge", old="self.originals.look(key) != found", new="False"
    ),
    "no second look at the profile": Mutant(
        place=Converger, function="converge", old="self.order_for(name, found).hash == order.hash", new="True"
    ),
    "copies of another profile": Mutant(place=Converger, function="tidy", old=" or shows_less(job, new)", new=""),
    "an item of any version will do": Mutant(place=OriginalItem, function="says", old="self.is_of(found) and ", new=""),
    "an item of any recipe will do": Mutant(
        place=OriginalItem, function="says", old=" and self.recipe == recipe", new=""
    ),
    "a stem is taken unasked": Mutant(
        place=Converger,
        function="claim",
        old="self.table.claim(stem_path(name.gallery, stem), name.key)",
        new="True",
    ),
    "stems are never free again": Mutant(place=Converger, function="settle", old="self.left(job, new, old)", new="()"),
    "files of a dead worker stay": Mutant(
        place=Converger, function="files_of", old="job.doubtful or unseen", new="unseen"
    ),
    "the CDN keeps what is replaced": Mutant(
        place=Converger, function="tidy", old="job.item.version != new.version or ", new=""
    ),
    "what was public in doubt stays at the CDN": Mutant(
        place=Converger, function="tidy", old="return job.doubtful or ", new="return "
    ),
    "an original that is gone is shown": Mutant(
        place=record, function="shown", old=" if one.gone_at is None]", new="]"
    ),
    "a verdict hides a photo": Mutant(
        place=record, function="shown", old="one.failure is None, one.photo is not None, ", new=""
    ),
    "an empty file is shown by chance": Mutant(
        place=record, function="shown", old="concerned + empty", new="concerned"
    ),
    "any original is shown": Mutant(place=record, function="shown", old="one.modified, ", new=""),
    "addresses stay when the photo goes": Mutant(
        place=record, function="without_photo", old="record is None or record.source_version is None", new="True"
    ),
    "the backend's status is overwritten": Mutant(
        place=record, function="status_of", old="record is None or record.status in OURS", new="True"
    ),
    "a tombstone forgets the backend's status": Mutant(
        place=record, function="status_of", old="status_before(record) or status", new="status"
    ),
    "an outcome is announced again and again": Mutant(
        place=announcement, function="is_same", old="return all(", new="return False and all("
    ),
    "a new outcome keeps its turn": Mutant(
        place=record, function="announcement", old="TURNS[number % 2]", new="TURNS[0]"
    ),
    "a photo of the backend's bin is announced": Mutant(
        place=announcement, function="is_withdrawn", old="record is not None and ", new="False and "
    ),
    "a move is not announced": Mutant(
        place=announcement, function="is_same", old=', "error_code", "original_key")', new=', "error_code")'
    ),
}
