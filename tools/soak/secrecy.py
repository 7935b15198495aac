"""Nothing that the run has written down holds a secret, a token, a name or a place out of a photo."""

from __future__ import annotations

from typing import Final

from tests.factories.photos import exif
from tools import written
from tools.embedded import LocalStack
from tools.soak.model import Violation

# In so many digits that none of the ten thousands of durations in the logs is taken for a place.
PLACES: Final = ("48.85833", "2.294444", "48,51.5N", "GPSLatitude")
# Every token begins with this: {"alg":"RS256","kid":…, in base64.
TOKEN: Final = "eyJhbGciOiJSUzI1Ni"  # noqa: S105 - the header of all tokens, no token
TICKETS: Final = ("?ticket=", "X-Amz-Signature=")


def judged(stack: LocalStack) -> list[Violation]:
    """Name what was written down and where."""
    secrets = {
        "the developer's token": stack.known["token"],
        "a bearer token": TOKEN,
        **{f"a value of {one}": one for one in TICKETS},
        **written.parameters(stack),
        **{f"the place {one}": one for one in PLACES},
        **{f"the name {one.decode()}": one.decode() for one in exif.SECRETS},
    }
    return [
        Violation(subject="what was written down", expected="no secret", found=one)
        for one in written.found(stack, secrets)
    ]
