"""Describe a run that is up: as JSON for scripts, as text with three things to try for people."""

from __future__ import annotations

import json
import shlex
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from local.model import RunConfig
from local.run.aws import REGION, ROOT
from local.run.places import beside_python, darkroom, near, python

DEVELOPER: Final = "ada"
TIMEOUT_S: Final = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoints:
    """The fields of ``--json``.

    *environment*: variables with which AWS' clients reach the emulator. *token*: for the user *DEVELOPER*; empty
    without the edit API.
    """

    page: str
    api: str
    cdn: str
    aws: str
    buckets: Mapping[str, str]
    queues: Mapping[str, str]
    environment: Mapping[str, str]
    token: str
    outputs: Mapping[str, Any]


def endpoints(config: RunConfig) -> Endpoints:
    """Collect the endpoints of *config*, and fetch a token."""
    outputs, addresses = config.outputs, config.addresses
    work = {role: outputs[f"{role}QueueUrl"] for role in ("uploads", "backfill", "jobs")}
    dead = {f"{role}-dead-letters": url for role, url in outputs["deadLetterQueueUrls"].items()}
    return Endpoints(
        page=addresses.page,
        api=outputs["editApiUrl"],
        cdn=addresses.cdn,
        aws=addresses.aws,
        buckets={role: outputs[f"{role}Bucket"] for role in ("originals", "renditions", "results")},
        queues={**work, **dead},
        environment=environment(addresses.aws),
        token=token(addresses.page),
        outputs=outputs,
    )


def environment(address: str) -> dict[str, str]:
    """Return the variables that AWS' command line and SDKs read."""
    keys = {"AWS_ACCESS_KEY_ID": ROOT, "AWS_SECRET_ACCESS_KEY": ROOT}
    return {**keys, "AWS_DEFAULT_REGION": REGION, "AWS_ENDPOINT_URL": address}


def token(page: str, user: str = DEVELOPER) -> str:
    """Fetch an access token for *user* from the local issuer."""
    request = urllib.request.Request(  # noqa: S310 - our own loopback address
        f"{page}/oidc/token",
        data=json.dumps({"user": user}).encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310 - as above
        return str(json.load(answer)["access_token"])


DEMO: Final = Path("out", "demo", "originals")
PHOTO: Final = DEMO / "phone.heic"
GALLERY: Final = "test-gallery"
EDIT: Final = '{"images": [{"id": "a", "url": "%s"}], "operation": {"type": "command", "command": "%s"}}'


def banner(known: Endpoints, folder: Path, *, seconds: float, edits: bool) -> str:
    """Write the text that `up` prints for the run in *folder*."""
    api = f"edit API  {known.api}" if edits else "edit API  left out: uploads work, edits do not"
    return f"""\
Darkroom is up after {seconds:.1f} s. Everything listens on this machine only; Ctrl-C stops it all.

  page      {known.page}
  CDN       {known.cdn}
  {api}
  AWS       {known.aws} (access key and secret: test)

Three things to try, in another terminal, in {Path.cwd()}:

1. Draw a photo, and upload it:
   {darkroom("demo")} {PHOTO.name}
   export {" ".join(f"{name}={value}" for name, value in known.environment.items())}
   {aws_cli()} s3 cp {PHOTO} s3://{known.buckets["originals"]}/{GALLERY}/test-photo.heic

2. See it through the CDN, and read the function's log:
   curl -I {known.cdn}/renditions/{GALLERY}/test-photo_thumbnail.jpg
   {darkroom("logs rendition", folder)}

{edit(known) if edits else state(known)}"""


def edit(known: Endpoints) -> str:
    """Show an edit: send a command, then follow its progress."""
    body = EDIT % (f"{known.cdn}/renditions/{GALLERY}/test-photo_medium.jpg", "resize to 800px and convert to webp")
    post = "curl -s -H 'Content-Type: application/json'"
    return f"""\
3. Edit it by a command, and watch the progress:
   TOKEN=$({post} {known.page}/oidc/token -d '{{"user": "ada"}}' | {read("access_token")})
   PROGRESS=$({post} -H "Authorization: Bearer $TOKEN" {known.api} -d '{body}' | {read("progressUrl")})
   curl -N "{known.cdn}$PROGRESS"
"""


def state(known: Endpoints) -> str:
    """Show the gallery's API, for a run without the edit API."""
    return f"""\
3. Read its record, with the receipt of how it was made:
   curl -s '{known.page}/gallery/photos?gallery={GALLERY}' | {python()} -m json.tool
"""


def read(name: str) -> str:
    """Write a command that prints one field of the JSON on its stdin."""
    return f"{python()} -c 'import json, sys; print(json.load(sys.stdin)[\"{name}\"])'"


def aws_cli() -> str:
    """Name the AWS command line that is installed with this Python."""
    return shlex.quote(near(beside_python("aws")))
