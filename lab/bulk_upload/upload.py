"""Upload photos into a running embedded stack, all at once, as as many browsers would; wait until all have ended."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from lab.bulk_upload.choice import Photo
from local.model import RunConfig
from local.run.aws import Aws

FUNCTION: Final = "/aws/lambda/darkroom-local-rendition"
ENDED: Final = frozenset({"active", "failed"})
# https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
MEMORY: Final = re.compile(r"^REPORT .*Max Memory Used: (\d+) MB")
NO_ERROR: Final[Mapping[str, str]] = {}
POLL_S: Final = 0.2
# The Lambda host hands its log lines over within this time.
LOGGED_S: Final = 2.0
MOST_AT_ONCE: Final = 64
UPLOAD_S: Final = 120


@dataclass(frozen=True, kw_only=True, slots=True)
class Uploaded:
    """A photo whose original is stored. *stored_at*: s, monotonic."""

    photo: Photo
    photo_id: str
    size: int
    stored_at: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """The end of a photo. *code*: why it failed; *latency_s*: from the stored original to the end, None: no end."""

    kind: str
    status: str
    code: str = ""
    latency_s: float | None = None
    size: int = 0


@dataclass(kw_only=True, slots=True)
class Gallery:
    """One gallery of a running stack. *known*: its records as they were last seen; *ended_at*: s, monotonic."""

    run: RunConfig
    name: str
    http: httpx.Client
    known: dict[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    ended_at: dict[str, float] = field(default_factory=dict[str, float])

    @property
    def photos(self) -> str:
        """Address of its records."""
        return f"{self.run.addresses.page}/gallery/photos"

    def upload_all(self, photos: Sequence[Photo]) -> list[Uploaded]:
        """Upload *photos* side by side."""
        with ThreadPoolExecutor(min(len(photos), MOST_AT_ONCE)) as threads:
            return list(threads.map(self.upload, photos))

    def upload(self, photo: Photo) -> Uploaded:
        """Announce one photo and put it where the gallery says; httpx.HTTPError when either is refused."""
        data = photo.path.read_bytes()
        wanted = {"name": photo.name, "size": len(data), "gallery": self.name}
        place = self.http.post(self.photos, json=wanted).raise_for_status().json()
        upload = place["upload"]
        put = self.http.request(
            upload["method"], upload["url"], content=data, headers=upload["headers"], timeout=UPLOAD_S
        )
        put.raise_for_status()
        return Uploaded(photo=photo, photo_id=place["photo"]["id"], size=len(data), stored_at=time.monotonic())

    def wait(self, uploaded: Sequence[Uploaded], *, within_s: float) -> None:
        """Look until all have ended, or the time is over."""
        wanted, deadline = {one.photo_id for one in uploaded}, time.monotonic() + within_s
        while wanted - self.ended_at.keys() and time.monotonic() < deadline:
            self.look()
            time.sleep(POLL_S)

    def look(self) -> None:
        """Read all records, and note which have ended."""
        answer = self.http.get(self.photos, params={"gallery": self.name, "limit": 500})
        now = time.monotonic()
        for record in answer.raise_for_status().json()["photos"]:
            self.known[record["id"]] = record
            if record["status"] in ENDED:
                self.ended_at.setdefault(record["id"], now)

    def end_of(self, one: Uploaded) -> Ended:
        """Return the photo's end, None before it."""
        record = self.known.get(one.photo_id, {"status": "pending"})
        error: Mapping[str, str] = record.get("error") or NO_ERROR
        ended_at = self.ended_at.get(one.photo_id)
        return Ended(
            kind=one.photo.kind,
            status=record["status"],
            code=error.get("code", ""),
            latency_s=None if ended_at is None else max(ended_at - one.stored_at, 0.0),
            size=one.size,
        )


def peaks_mib(run: RunConfig, since_ms: int) -> list[int]:
    """Read from the log what each invocation of the rendition function since then has held at most, MiB."""
    time.sleep(LOGGED_S)
    pages = Aws(run.addresses.aws).client("logs").get_paginator("filter_log_events")
    found = [
        MEMORY.match(event.get("message", ""))
        for page in pages.paginate(logGroupName=FUNCTION, startTime=since_ms)
        for event in page["events"]
    ]
    return [int(match[1]) for match in found if match]
