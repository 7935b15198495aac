"""Download a picture from a URL of a user: check the URL, resolve it once, connect to the checked address only.

Size, redirects and time are limited. asyncio allows one deadline for everything: a server that sends its headers byte
by byte never exceeds a timeout of single reads.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Final

import httpx
from ssrfguard import SSRFGuardError
from ssrfguard.httpx import AsyncClient

from processor.errors import EditCode, EditError
from processor.fetch.rules import FetchRules, host_of, refused
from processor.source import Source

# A server that sends nothing for this long is given up.
SILENCE_S: Final = 10.0
# getaddrinfo has no timeout of its own, and a thread that waits in it cannot be cancelled.
RESOLVING_S: Final = 5.0
OK: Final = 200
HEADERS: Final = {"User-Agent": "darkroom-image-edit", "Accept": "image/*", "Accept-Encoding": "identity"}


def fetch(url: str, rules: FetchRules) -> Source:
    """Download *url*; raise EditError: SOURCE_REFUSED, SOURCE_FAILED or IMAGE_TOO_LARGE."""
    rules.check(url)
    return asyncio.run(within_deadline(url, rules))


async def within_deadline(url: str, rules: FetchRules) -> Source:
    """Download within the deadline; translate every failure to EditError."""
    try:
        async with asyncio.timeout(rules.deadline_s):
            return Source.from_bytes(await body(url, rules))
    except TimeoutError as error:
        raise failed(url, f"expected the whole picture within {rules.deadline_s:g} s, it took longer") from error
    except SSRFGuardError as error:
        raise refused(url, str(error)) from error
    except httpx.InvalidURL as error:
        raise refused(url, f"a redirect to no address: {error}") from error
    except (httpx.HTTPError, OSError) as error:
        raise failed(url, f"expected a picture, received no whole answer ({type(error).__name__})") from error


async def body(url: str, rules: FetchRules) -> bytes:
    """Return the body; each redirect is checked like the first URL."""
    client = AsyncClient(
        policy=rules.policy,
        resolver=resolve_in_time,
        trust_env=False,  # no proxy, no netrc: a user's request must not use the environment's credentials
        follow_redirects=True,
        timeout=SILENCE_S,
        headers=HEADERS,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
    )
    async with client, client.stream("GET", url) as response:
        require_picture(url, response, rules)
        parts = [part async for part in capped(url, response.aiter_raw(), rules)]
    return b"".join(parts)


def require_picture(url: str, response: httpx.Response, rules: FetchRules) -> None:
    """Raise EditError when status or headers show that no acceptable picture follows."""
    if response.status_code != OK:
        raise failed(url, f"expected status 200, received {response.status_code}")
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"", "identity"}:
        raise failed(url, f"expected the picture as it is, received it packed ({encoding[:20]})")
    length = response.headers.get("content-length", "")
    if length.isdigit() and int(length) > rules.max_bytes:
        raise too_large(url, rules)


async def capped(url: str, parts: AsyncIterator[bytes], rules: FetchRules) -> AsyncIterator[bytes]:
    """Yield *parts* up to the size limit, whatever Content-Length claims."""
    size = 0
    async for part in parts:
        size += len(part)
        if size > rules.max_bytes:
            raise too_large(url, rules)
        yield part


def failed(url: str, what: str) -> EditError:
    """Build the error of a server that did not send the picture."""
    name = host_of(url)
    return EditError(
        EditCode.SOURCE_FAILED,
        f"source {name}: {what}.",
        public=f"The picture could not be fetched from {name}: {what}. Check the address, or upload the file.",
        details={"host": name},
    )


def too_large(url: str, rules: FetchRules) -> EditError:
    """Build the error of a picture that is too large."""
    return EditError(
        EditCode.IMAGE_TOO_LARGE,
        f"source {host_of(url)}: expected at most {rules.max_bytes:,} bytes, received more.",
        public=f"The picture is too large: expected at most {rules.max_bytes:,} bytes, received more. "
        "Use a smaller file.",
        details={"limit": rules.max_bytes},
    )


def resolve_in_time(host: str, *where: Any) -> Any:
    """Resolve as ``socket.getaddrinfo`` does; raise gaierror after RESOLVING_S."""
    answers: list[Any] = []
    failures: list[BaseException] = []

    def ask() -> None:
        try:
            answers.extend(socket.getaddrinfo(host, *where))
        except (OSError, UnicodeError) as error:
            failures.append(error)

    asking = threading.Thread(target=ask, name="resolve", daemon=True)
    asking.start()
    asking.join(RESOLVING_S)
    if asking.is_alive():
        raise socket.gaierror(socket.EAI_AGAIN, f"no answer within {RESOLVING_S:g} s")
    if failures:
        raise socket.gaierror(socket.EAI_NONAME, str(failures[0])) from failures[0]
    return answers
