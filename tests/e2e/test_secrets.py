"""What the stack writes down: its functions' logs, its processes' logs, the files of its run. No secret is in clear."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.e2e.test_edits import start, watched
from tests.factories.photos import exif
from tests.factories.photos.jpeg import private_jpeg
from tools.embedded import LocalStack, wait_for

pytestmark = pytest.mark.xdist_group("stack")
SIGNED = "https://bucket.s3.amazonaws.com/a.jpg?X-Amz-Signature=5ec2e75ec2e7"
PLACE = ("48.858", "2.2944", "48,51.5N", "GPSLatitude")
# Only its owner may read what a run keeps for its own processes; the emulator's data is what stands for AWS.
KEPT = {"secrets.json"}


def test_nothing_that_a_run_writes_down_holds_a_secret(stack: LocalStack) -> None:
    """After uploads, edits, refusals and streams: no token, ticket, signature, ticket key, origin secret or place."""
    place = stack.announce("private.jpg", private_jpeg(), gallery="secrets")
    stack.put(place, private_jpeg())
    record = stack.with_status(place["photo"]["id"], "active")
    accepted = start(stack, [record["medium_url"], SIGNED], "resize to 80px")
    watched(stack, accepted["progressUrl"])
    bearer = {"Authorization": f"Bearer {stack.known['token']}x"}
    assert stack.http.get(f"{stack.known['api']}/sessions", headers=bearer).status_code == 401
    assert stack.http.get(f"{stack.known['cdn']}{accepted['progressUrl']}x").status_code == 401

    ticket = accepted["progressUrl"].partition("ticket=")[2]
    signature = parse_qs(urlsplit(place["upload"]["url"]).query)["X-Amz-Signature"][0]
    token = stack.known["token"]
    secrets = {
        "bearer token": token,
        "bearer token's signature": token.rpartition(".")[2],
        "ticket": ticket,
        "upload's signature": signature,
        "source's signature": "5ec2e75ec2e7",
        **parameters(stack),
        **{f"place {one}": one for one in PLACE},
        **{f"secret {one.decode()}": one.decode() for one in exif.SECRETS},
    }
    wait_for(lambda: said_of(stack, accepted["sessionId"]), what=lambda: "the worker's line about the session")
    found = [f"{what} in {where}" for where, text in written(stack) for what, one in secrets.items() if one in text]

    assert [] == found


def parameters(stack: LocalStack) -> dict[str, str]:
    """Read the stack's secrets where they belong."""
    ssm: Any = stack.aws.session.create_client("ssm", region_name="us-east-1", endpoint_url=stack.aws.endpoint)
    names = [f"/darkroom/local/{name}" for name in ("origin-secret", "ticket-key")]
    return {name: ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"] for name in names}


def written(stack: LocalStack) -> Iterator[tuple[str, str]]:
    """Give all that was written down, by where."""
    yield from logged(stack)
    for file in sorted(stack.folder.rglob("*")):
        if file.is_file() and file.name not in KEPT and (stack.folder / "aws") not in file.parents:
            yield str(file.relative_to(stack.folder)), file.read_text(encoding="utf-8", errors="replace")
    yield "outputs", str(stack.known["outputs"])


def logged(stack: LocalStack) -> Iterator[tuple[str, str]]:
    """Give every log group's lines."""
    logs = stack.aws.client("logs")
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            name = group.get("logGroupName", "")
            pages = logs.get_paginator("filter_log_events").paginate(logGroupName=name)
            yield name, "\n".join(one.get("message", "") for events in pages for one in events["events"])


def said_of(stack: LocalStack, session_id: str) -> bool | None:
    """Tell whether a function has logged something of a session: the search looks at something."""
    return any(session_id in text for _, text in logged(stack)) or None
