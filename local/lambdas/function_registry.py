"""Look functions up in the emulator, and cache them for a second."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from local.lambdas.errors import FunctionMissing
from local.lambdas.function import Function, parse

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

# A warm invocation takes half a millisecond; asking the emulator about its function takes five.
CACHE_S: Final = 1.0


class FunctionRegistry:
    """Functions of the emulator, at most a second old."""

    def __init__(self, client: LambdaClient) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], tuple[float, Function]] = {}

    def find(self, name: str, qualifier: str) -> Function:
        """Return a function's version, also by an alias; raise FunctionMissing when the emulator does not know it."""
        now = time.monotonic()
        with self._lock:
            at, function = self._known.get((name, qualifier), (0.0, None))
        if function is None or now - at > CACHE_S:
            function = self._ask(name, qualifier)
            with self._lock:
                self._known[name, qualifier] = (now, function)
        return function

    def _ask(self, name: str, qualifier: str) -> Function:
        try:
            return parse(self._client.get_function(FunctionName=name, Qualifier=qualifier))
        except (ClientError, BotoCoreError) as error:
            raise FunctionMissing(
                f"{name}:{qualifier}: expected the emulator to know this function, received {error}"
            ) from error
