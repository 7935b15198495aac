"""What a newcomer reads when the stack is up: its addresses, and three commands to try, which work as they are."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Final

from local.run.endpoints import Endpoints
from local.run.places import beside_python, darkroom, near, python

DEMO: Final = Path("out", "demo", "originals")
PHOTO: Final = DEMO / "phone.heic"
GALLERY: Final = "test-gallery"
EDIT: Final = '{"images": [{"id": "a", "url": "%s"}], "operation": {"type": "command", "command": "%s"}}'


def welcome(known: Endpoints, folder: Path, *, seconds: float, edits: bool) -> str:
    """Write it for the run in *folder*."""
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
   export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1
   {aws_cli()} --endpoint-url {known.aws} s3 cp {PHOTO} s3://{known.buckets["originals"]}/{GALLERY}/test-photo.heic

2. See it through the CDN, and read what the function says:
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
    """Show the gallery's API, where there is nothing to edit with."""
    return f"""\
3. Read its record, with the receipt of how it was made:
   curl -s '{known.page}/gallery/photos?gallery={GALLERY}' | {python()} -m json.tool
"""


def read(name: str) -> str:
    """Write a command that prints one field of the JSON that it is given."""
    return f"{python()} -c 'import json, sys; print(json.load(sys.stdin)[\"{name}\"])'"


def aws_cli() -> str:
    """Name the AWS command line that is installed with this Python."""
    return shlex.quote(near(beside_python("aws")))
