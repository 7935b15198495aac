"""Search everything that an embedded stack writes (logs, files, outputs) for secrets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from testkit.embedded_stack import LocalStack

# Only its owner may read what a run keeps for its own processes; the emulator's data is what stands for AWS.
KEPT: Final = frozenset({"secrets.json"})


def find_secrets(stack: LocalStack, secrets: Mapping[str, str]) -> list[str]:
    """Return a line for each place that holds one of *secrets* (value by label)."""
    return [f"{what} in {where}" for where, text in read_output(stack) for what, one in secrets.items() if one in text]


def read_secrets(stack: LocalStack) -> dict[str, str]:
    """Read the stack's secrets where they belong."""
    ssm: Any = stack.aws.session.create_client("ssm", region_name="us-east-1", endpoint_url=stack.aws.endpoint)
    names = [f"/darkroom/local/{name}" for name in ("origin-secret", "ticket-key")]
    return {name: ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"] for name in names}


def read_output(stack: LocalStack) -> Iterator[tuple[str, str]]:
    """Yield all that was written down, by where."""
    yield from read_logs(stack)
    for file in sorted(stack.folder.rglob("*")):
        if file.is_file() and file.name not in KEPT and (stack.folder / "aws") not in file.parents:
            yield str(file.relative_to(stack.folder)), file.read_text(encoding="utf-8", errors="replace")
    yield "outputs", str(stack.known["outputs"])


def copy_output(stack: LocalStack, folder: Path) -> None:
    """Copy all of it to *folder*, a file each: a stack without --persist forgets its log groups when it stops."""
    folder.mkdir(parents=True, exist_ok=True)
    for where, text in read_output(stack):
        (folder / where.strip("/").replace("/", "-")).write_text(text, encoding="utf-8")


def read_logs(stack: LocalStack) -> Iterator[tuple[str, str]]:
    """Yield every log group's lines."""
    logs = stack.aws.client("logs")
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            name = group.get("logGroupName", "")
            pages = logs.get_paginator("filter_log_events").paginate(logGroupName=name)
            yield name, "\n".join(one.get("message", "") for events in pages for one in events["events"])
