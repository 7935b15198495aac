"""Rehearse a backfill: plan, start, interrupt by Ctrl-C, resume and run again, during uploads."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from lab.drill.operator import CommandOutput, Operator, ended
from lab.drill.originals import NO_PHOTOS
from testkit.photos import jpeg, scene

GALLERY: Final = "drill"
CHECKPOINT: Final = "backfill-local.json"
UPLOAD_EVERY_S: Final = 1.0
PUTTING_THREADS: Final = 8
# Shorter than what a backfill takes for a third of its photos.
LOOK_S: Final = 0.1


@dataclass(kw_only=True, slots=True)
class Uploads:
    """People who upload one photo a second. *took_s*: from the PUT to the record that says active."""

    operator: Operator
    took_s: list[float] = field(default_factory=list[float])
    enough: threading.Event = field(default_factory=threading.Event)

    def go_on(self) -> None:
        """Upload one after the other until it is enough; what was begun is brought to its end."""
        data = jpeg.jpeg(scene.scene(1200, 900))
        while not self.enough.wait(UPLOAD_EVERY_S):
            self.took_s.append(self.upload(data))

    def upload(self, data: bytes) -> float:
        """Upload one photo; return the seconds until its record said active."""
        place = self.operator.stack.announce("photo.jpg", data, gallery="meanwhile")
        began = time.monotonic()
        self.operator.stack.put(place, data)
        self.operator.wait_for("an upload", lambda: self.operator.status(place["photo"]["id"]) == "active")
        return time.monotonic() - began


@dataclass(frozen=True, kw_only=True, slots=True)
class BackfillRehearsal:
    """The output of each command, how long uploads took meanwhile (s), and the contents of the records.

    *deliveries*: how often each photo came through the lanes.
    """

    planned: CommandOutput
    interrupted: CommandOutput
    resumed: CommandOutput
    again: CommandOutput
    uploads_s: tuple[float, ...]
    statuses: dict[str, str]
    deliveries: Mapping[str, int]


def put_unannounced(operator: Operator, photos: Iterable[tuple[str, bytes]]) -> list[str]:
    """Fill the gallery as it was before Darkroom; return the keys of what is a photo."""
    with operator.unannounced(), ThreadPoolExecutor(PUTTING_THREADS) as threads:
        for name, data in NO_PHOTOS.items():
            operator.put(f"{GALLERY}/{name}", data)
        named = {f"{GALLERY}/{name}": data for name, data in photos}
        list(threads.map(operator.put, named.keys(), named.values()))
    return [*named]


def rehearse(operator: Operator, keys: list[str], *, rate: str) -> BackfillRehearsal:
    """Run the rehearsal; *rate* of the interrupted run keeps it from being over before it is interrupted."""
    uploads = Uploads(operator=operator)
    with ThreadPoolExecutor(1) as threads:
        uploading = threads.submit(uploads.go_on)
        try:
            planned = operator.run("backfill", "--gallery", GALLERY, "--plan")
            begun = operator.start("backfill", "--gallery", GALLERY, "--rate", rate)
            interrupted = interrupt(operator, begun, after=len(keys) // 3)
            resumed = operator.run("backfill", "--gallery", GALLERY, "--resume", CHECKPOINT)
        finally:
            uploads.enough.set()
        uploading.result()
    return BackfillRehearsal(
        planned=planned,
        interrupted=interrupted,
        resumed=resumed,
        again=operator.run("backfill", "--gallery", GALLERY),
        uploads_s=tuple(uploads.took_s),
        statuses={key: operator.status(key) for key in keys},
        deliveries=operator.deliveries(f"{GALLERY}/"),
    )


def interrupt(operator: Operator, process: subprocess.Popen[str], *, after: int) -> CommandOutput:
    """Press Ctrl-C when so many photos are done."""
    path = operator.file.parent / CHECKPOINT

    def enough_are_done() -> bool:
        # An empty file holds the name for the backfill that has just begun.
        written = path.exists() and path.stat().st_size > 0
        return process.poll() is not None or (written and read_checkpoint(path)["done"] >= after)

    operator.wait_for(f"{after} photos to be done", enough_are_done, within_s=600, pause_s=LOOK_S)
    process.send_signal(signal.SIGINT)
    return ended(process)


def read_checkpoint(path: Path) -> dict[str, Any]:
    """Read what a backfill has noted so far."""
    return json.loads(path.read_text(encoding="utf-8"))
