"""Check that no log or file of the run holds a secret, a token, a name or a place from a photo."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from lab.soak.model import Violation
from testkit import output_scan
from testkit.embedded_stack import LocalStack
from testkit.photos import exif

PLACES: Final = ("48,51.5N", "GPSLatitude")
# Latitude and longitude, however rounded. Among ten thousands of durations there is one that begins like either,
# so only a line with both tells a place.
POSITION: Final = ("48.858", "2.294")
# Every token begins with this: {"alg":"RS256","kid":…, in base64.
TOKEN: Final = "eyJhbGciOiJSUzI1Ni"  # noqa: S105 - the header of all tokens, no token
TICKETS: Final = ("?ticket=", "X-Amz-Signature=")


def check(stack: LocalStack) -> list[Violation]:
    """Name what was written down and where."""
    secrets = {
        "the developer's token": stack.known["token"],
        "a bearer token": TOKEN,
        **{f"a value of {one}": one for one in TICKETS},
        **output_scan.read_secrets(stack),
        **{f"the place {one}": one for one in PLACES},
        **{f"the name {one.decode()}": one.decode() for one in exif.SECRETS},
    }
    found = [*output_scan.find_secrets(stack, secrets), *positions(output_scan.read_output(stack))]
    written = [one for one in found if not is_code(one)]
    return [Violation(subject="what was written down", expected="no secret", found=one) for one in written]


def is_code(found: str) -> bool:
    """Return whether it is the code that writes addresses which has their parameter, not an address with a value."""
    return found.startswith("a value of ") and " in packages/" in found


def positions(texts: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Return where a line holds a position."""
    for where, text in texts:
        if any(all(part in line for part in POSITION) for line in text.splitlines()):
            yield f"a position in {where}"
