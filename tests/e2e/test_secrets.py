"""Search the functions' logs, the processes' logs and the files of a run: no secret is in clear."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from lab.soak.secret_scan import PLACES, positions
from testkit.embedded_stack import LocalStack, wait_for
from testkit.output_scan import find_secrets, read_logs, read_output, read_secrets
from testkit.photos import exif
from testkit.photos.jpeg import private_jpeg
from tests.e2e.test_edits import start, watched

pytestmark = pytest.mark.xdist_group("stack")
SIGNED = "https://bucket.s3.amazonaws.com/a.jpg?X-Amz-Signature=5ec2e75ec2e7"


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
        **read_secrets(stack),
        **{f"place {one}": one for one in PLACES},
        **{f"secret {one.decode()}": one.decode() for one in exif.SECRETS},
    }
    wait_for(lambda: said_of(stack, accepted["sessionId"]), what=lambda: "the worker's line about the session")

    assert [] == find_secrets(stack, secrets)
    assert [] == [*positions(read_output(stack))]


def said_of(stack: LocalStack, session_id: str) -> bool | None:
    """Return whether a function has logged something of a session: the search looks at something."""
    return any(session_id in text for _, text in read_logs(stack)) or None
