"""Fetch a function's code from the emulator, check its hash, unpack it once."""

from __future__ import annotations

import base64
import hashlib
import io
import shutil
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from zipfile import BadZipFile, ZipFile

from local.lambdas.errors import CodeMissing
from local.lambdas.function import Function

FETCH_S: Final = 30
MODE_BITS: Final = 16
PERMISSIONS: Final = 0o777

Fetch = Callable[[Function], bytes]


def fetch_from(aws: str) -> Fetch:
    """Return a function that downloads a zip from the emulator at *aws*, also when its URL names another host."""

    def fetch(function: Function) -> bytes:
        parts = urlsplit(function.code_url)
        try:
            with urllib.request.urlopen(f"{aws}{parts.path}?{parts.query}", timeout=FETCH_S) as answer:  # noqa: S310 - loopback
                return answer.read()
        except (urllib.error.URLError, TimeoutError) as error:
            raise CodeMissing(f"{function.name}: expected its zip from the emulator, received {error}") from error

    return fetch


class CodeStore:
    """Unpacked code below *folder*, one folder per hash; versions with the same code share it."""

    def __init__(self, folder: Path, fetch: Fetch) -> None:
        self._folder = folder
        self._fetch = fetch
        self._lock = threading.Lock()

    def place(self, function: Function) -> Path:
        """Return the folder of the function's code; raise CodeMissing when the emulator does not have it."""
        target = self._folder / base64.b64decode(function.code_sha256).hex()
        with self._lock:
            if not target.is_dir():
                self._unpack(self._checked(function), target)
        return target

    def _checked(self, function: Function) -> bytes:
        data = self._fetch(function)
        found = base64.b64encode(hashlib.sha256(data).digest()).decode()
        if found != function.code_sha256:
            raise CodeMissing(
                f"{function.name}, version {function.version}: expected code with the hash {function.code_sha256}, "
                f"received {found}: the emulator no longer has the code of this version; deploy again"
            )
        return data

    def _unpack(self, data: bytes, target: Path) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(dir=self._folder, prefix="partial-"))
        try:
            with ZipFile(io.BytesIO(data)) as archive:
                for entry in archive.infolist():
                    path = Path(archive.extract(entry, partial))
                    # ZipFile forgets modes: run.sh would not start.
                    if mode := entry.external_attr >> MODE_BITS & PERMISSIONS:
                        path.chmod(mode)
            partial.chmod(0o755)
            partial.rename(target)
        except BadZipFile as error:
            raise CodeMissing(f"expected a zip as code, received {len(data):,} bytes that are none") from error
        finally:
            shutil.rmtree(partial, ignore_errors=True)
