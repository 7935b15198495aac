"""Act as an operator of an embedded stack: run the commands of `docs/operations.md` and read what they change."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from local.model import STACK_FILE
from local.run.aws import REGION, ROOT
from local.stack import STUCK_AFTER_S
from processor.aws.attributes import from_item, to_item
from testkit.embedded_stack import LONGEST_PAUSE_S, LocalStack, growing_pauses
from testkit.embedded_stack import ROOT as CHECKOUT

MEMORY: Final = "reconciler/memory.json"
PHOTOS: Final = "darkroom-local-photos"
ITEMS: Final = "darkroom-local-originals"
RENDITIONS: Final = "darkroom-local-renditions"
LOG: Final = "/aws/lambda/darkroom-local-rendition"
RECONCILER: Final = "darkroom-local-reconciler:live"
COMMAND_S: Final = 600


@dataclass(frozen=True, kw_only=True, slots=True)
class Operator:
    """Runs commands on *stack*, whose settings are in *file*; what commands leave lies beside it."""

    stack: LocalStack
    file: Path

    @classmethod
    def of(cls, stack: LocalStack) -> Operator:
        """Take the settings that the stack was deployed with."""
        return cls(stack=stack, file=stack.folder / STACK_FILE)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command."""
        # A shell that starts us in the background lets us ignore Ctrl-C, and our children would inherit that.
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        where = ["--stack", str(self.file), "--endpoint-url", str(self.stack.known["aws"])]
        keys = {"AWS_ACCESS_KEY_ID": ROOT, "AWS_SECRET_ACCESS_KEY": ROOT, "AWS_DEFAULT_REGION": REGION}
        return subprocess.Popen(  # noqa: S603 - this project's own commands
            [sys.executable, "-m", "darkroom", *arguments, *where],
            cwd=self.file.parent,
            env={**os.environ, **keys, "PYTHONPATH": str(CHECKOUT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> CommandOutput:
        """Run a command to its end."""
        return ended(self.start(*arguments))

    def reconcile(self) -> Mapping[str, Any]:
        """Do one whole run of the reconciler: all of its walks, as if a day had passed since the last ones."""
        self.make_walks_due()
        functions: Any = self.stack.aws.client("lambda")
        answer = functions.invoke(FunctionName=RECONCILER, Payload=b"{}")
        said = json.loads(answer["Payload"].read())
        if answer.get("FunctionError") or not said.get("finished"):
            raise AssertionError(f"expected a finished run of the reconciler, received {said}")
        return said

    def make_walks_due(self) -> None:
        """Set back when the walks began; what was sent again stays remembered."""
        s3 = self.stack.aws.client("s3")
        listed = s3.list_objects_v2(Bucket=RENDITIONS, Prefix=MEMORY)
        if not listed.get("KeyCount"):
            return
        memory: dict[str, Any] = json.loads(s3.get_object(Bucket=RENDITIONS, Key=MEMORY)["Body"].read())
        due = {key: {**walk, "began_at": 0.0} if key != "sent" else walk for key, walk in memory.items()}
        s3.put_object(Bucket=RENDITIONS, Key=MEMORY, Body=json.dumps(due).encode())

    def record(self, photo_id: str) -> dict[str, Any]:
        """Read a whole record, {} without one."""
        found = self.stack.aws.client("dynamodb").get_item(TableName=PHOTOS, Key={"id": {"S": photo_id}})
        return from_item(found.get("Item", {}))

    def write_record(self, **fields: Any) -> None:
        """Write a record as a whole, as a backend does that knows nothing of renditions."""
        item = to_item(fields)
        self.stack.aws.client("dynamodb").put_item(TableName=PHOTOS, Item=item)

    def status(self, photo_id: str) -> str:
        """Return a photo's status; "" without a record."""
        return str(self.record(photo_id).get("status", ""))

    def wait_for(
        self, said: str, look: Callable[[], bool], *, within_s: float = 120, pause_s: float = LONGEST_PAUSE_S
    ) -> None:
        """Look at least every *pause_s* until it is so; AssertionError after a time in which anything would end."""
        deadline, pauses = time.monotonic() + within_s, growing_pauses(pause_s)
        while not look():
            if time.monotonic() > deadline:
                raise AssertionError(f"expected {said} within {within_s:g} s")
            time.sleep(next(pauses))

    def put(self, key: str, data: bytes) -> None:
        """Put an original into its bucket."""
        self.stack.aws.client("s3").put_object(Bucket=self.stack.originals, Key=key, Body=data)

    def keys(self, bucket: str, prefix: str = "") -> dict[str, str]:
        """List a bucket: what changes with every write, by key."""
        pages = self.stack.aws.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        listed = [one for page in pages for one in page.get("Contents", [])]
        return {one.get("Key", ""): f"{one.get('ETag')} {one.get('LastModified')}" for one in listed}

    def everything(self, gallery: str) -> dict[str, Any]:
        """Read all that is stored of *gallery*."""
        ours = [item for item in self.scan(PHOTOS) if item.get("gallery_id") == {"S": gallery}]
        return {
            "records": sorted(map(str, ours)),
            "originals": self.keys(self.stack.originals, f"{gallery}/"),
            "items": sorted(map(str, self.items(f"{gallery}/"))),
            "renditions": self.keys(RENDITIONS, f"renditions/{gallery}/"),
        }

    def items(self, prefix: str) -> list[Mapping[str, Any]]:
        """Read the items of the originals below *prefix*, and the claims of their stems."""
        return [
            item
            for item in self.scan(ITEMS)
            if item["key"]["S"].startswith(prefix) or item["id"]["S"].startswith(f"renditions/{prefix}")
        ]

    def scan(self, table: str) -> Iterator[Mapping[str, Any]]:
        """Read a table."""
        pages = self.stack.aws.client("dynamodb").get_paginator("scan").paginate(TableName=table)
        return (item for page in pages for item in page["Items"])

    def deliveries(self, prefix: str) -> Counter[str]:
        """Count by key how often originals came through the rendition function, whatever became of them."""
        pages = self.stack.aws.client("logs").get_paginator("filter_log_events").paginate(logGroupName=LOG)
        said = [one.get("message", "") for page in pages for one in page["events"]]
        lines = [json.loads(one) for one in said if '"attempts":' in one]
        return Counter(line["key"] for line in lines if line["key"].startswith(prefix))

    @contextmanager
    def unannounced(self) -> Generator[None]:
        """Turn off the bucket's notifications for the block, as before Darkroom was deployed."""
        s3: Any = self.stack.aws.client("s3")
        before = s3.get_bucket_notification_configuration(Bucket=self.stack.originals)
        before.pop("ResponseMetadata")
        s3.put_bucket_notification_configuration(Bucket=self.stack.originals, NotificationConfiguration={})
        try:
            yield
        finally:
            s3.put_bucket_notification_configuration(Bucket=self.stack.originals, NotificationConfiguration=before)


def wait_until_settled() -> None:
    """Wait until the reconciler counts unfinished photos as stuck."""
    time.sleep(STUCK_AFTER_S + 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandOutput:
    """The output of a command, and its exit *code*."""

    code: int
    out: str
    err: str


def ended(process: subprocess.Popen[str]) -> CommandOutput:
    """Wait for the end of a command."""
    out, err = process.communicate(timeout=COMMAND_S)
    return CommandOutput(code=process.returncode, out=out, err=err)
