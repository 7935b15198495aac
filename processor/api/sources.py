"""Check the URLs of a request's pictures before a session is started, so that a typing error costs nothing.

The worker finds out later whether a URL leads to a picture, and whether the fetch rules allow it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from processor.api.requests import ADDRESSES, SourceImage
from processor.edits.names import SLOT
from processor.edits.session import SessionImage
from processor.errors import EditCode, EditError

MAX_URL_CHARS: Final = 2048
MAX_NAME_CHARS: Final = 255
SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
DATA: Final = re.compile(r"data:image/[A-Za-z0-9.+-]+(?:;[A-Za-z0-9=.+-]+)*;base64,", re.IGNORECASE)
SLOT_REFERENCE: Final = re.compile(f"upload://{SLOT.pattern}")
PHOTO_REFERENCE: Final = re.compile("photo://.{1,1024}")
PLAIN: Final = re.compile(r"[!-~]+")

Keep = Callable[[bytes], str]


def require_images(images: Sequence[SourceImage], *, max_images: int) -> None:
    """Raise EditError when there are too many pictures, or two with the same id."""
    if len(images) > max_images:
        raise EditError(
            EditCode.TOO_MANY_IMAGES,
            f"images: expected at most {max_images}, received {len(images)}.",
            public=f"Too many images: expected at most {max_images} in one request, received {len(images)}. "
            "Send the others in another request.",
            details={"limit": max_images, "received": len(images)},
        )
    twice = sorted(one for one, times in Counter(image.id for image in images).items() if times > 1)
    if twice:
        raise invalid(f"images: expected a different id for each image, found {twice[0]!r} more than once.")


def checked(image: SourceImage, where: str, *, max_bytes: int) -> bytes | None:
    """Check one picture's URL; return the bytes of a ``data:`` URL, else None. *where*: ``images[0].url``."""
    scheme = SCHEME.match(image.url)
    match scheme and scheme[1].lower():
        case "http" | "https":
            require_web_address(image.url, where)
        case "data":
            return data_of(image.url, where, max_bytes=max_bytes)
        case "upload":
            require(SLOT_REFERENCE.fullmatch(image.url), where, "upload://<slot> as POST /image-edit/uploads gave it")
        case "photo":
            fine = PHOTO_REFERENCE.fullmatch(image.url) and image.url.isprintable()
            require(fine, where, "photo://<photo id>")
        case None:
            raise invalid(f"{where}: expected {ADDRESSES}, received text without a scheme.")
        case other:
            raise refused(f"{where}: expected {ADDRESSES}, received the scheme {other[:20]!r}.")
    return None


def require(holds: object, where: str, expected: str) -> None:
    """Raise EditError(INVALID_INPUT) unless it *holds*."""
    if not holds:
        raise invalid(f"{where}: expected {expected}, received another text.")


def require_web_address(url: str, where: str) -> None:
    """Check the syntax of an http(s) URL."""
    if len(url) > MAX_URL_CHARS:
        sentence = f"{where}: expected at most {MAX_URL_CHARS:,} characters, received {len(url):,}."
        raise invalid(sentence, limit=MAX_URL_CHARS, received=len(url))
    require(PLAIN.fullmatch(url), where, "an address without spaces or special characters (percent-encode them)")
    parts = split(url, where)
    if parts.username is not None or parts.password is not None:
        raise refused(f"{where}: expected an address without user name and password, received one with them.")
    require(parts.hostname, where, "an address with a host")


def split(url: str, where: str) -> SplitResult:
    """Split a URL; raise EditError when it or its port is invalid."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise invalid(f"{where}: expected an address with a valid host and port, received another text.") from error
    return parts


def data_of(url: str, where: str, *, max_bytes: int) -> bytes:
    """Decode a ``data:`` URL."""
    head = DATA.match(url)
    if not head:
        raise invalid(f"{where}: expected data:image/<type>;base64,<data>, received another data URL.")
    text = url[head.end() :]
    # Four characters encode three bytes: refuse a long text before it is decoded.
    if len(text) // 4 * 3 - 2 > max_bytes:
        raise too_large(where, len(text) // 4 * 3, max_bytes)
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise invalid(f"{where}: expected base64 behind the comma, received text that is none.") from error
    if not data:
        raise invalid(f"{where}: expected the bytes of a picture, received none.")
    if len(data) > max_bytes:
        raise too_large(where, len(data), max_bytes)
    return data


def stored(image: SourceImage, data: bytes | None, keep: Keep) -> SessionImage:
    """Convert a request's picture to a session's; *keep* stores the bytes of a ``data:`` URL, returns a reference."""
    url = image.url if data is None else keep(data)
    return SessionImage(id=image.id, url=url, name=image.name or name_in(url), tags=tuple(image.tags))


def name_in(url: str) -> str:
    """Return the file name in an http(s) URL; "" when there is none."""
    if not url.lower().startswith(("http://", "https://")):
        return ""
    name = unquote(urlsplit(url).path.rpartition("/")[2], errors="replace")
    return "".join(filter(str.isprintable, name))[:MAX_NAME_CHARS]


def shown_url(url: str) -> str:
    """Return a URL without query and fragment, which may be secret."""
    return urlsplit(url)._replace(query="", fragment="").geturl() if url.lower().startswith("http") else url


def invalid(sentence: str, **details: int) -> EditError:
    """Build the error of an invalid request."""
    return EditError(EditCode.INVALID_INPUT, sentence, details=details)


def refused(sentence: str) -> EditError:
    """Build the error of a refused source."""
    return EditError(EditCode.SOURCE_REFUSED, sentence)


def too_large(where: str, received: int, max_bytes: int) -> EditError:
    """Build the error of a picture that is too large."""
    return EditError(
        EditCode.IMAGE_TOO_LARGE,
        f"{where}: expected at most {max_bytes:,} bytes, received {received:,}.",
        details={"limit": max_bytes, "received": received},
    )
