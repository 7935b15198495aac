"""Tests of looking functions up in the emulator."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from local.lambdas import function_registry as module
from local.lambdas.errors import FunctionMissing
from local.lambdas.function_registry import FunctionRegistry


class Lambda:
    """Counts calls, and answers with their number as timeout."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def get_function(self, *, FunctionName: str, Qualifier: str) -> Any:  # noqa: N803 - AWS's names
        """Answer for every function but one."""
        self.asked.append((FunctionName, Qualifier))
        if FunctionName == "gone":
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1:4566")
        return {"Configuration": {"FunctionName": FunctionName, "Timeout": len(self.asked)}, "Code": {}}


def test_the_emulator_is_asked_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Warm invocations do not wait for it; a change of configuration counts a second later."""
    client: Any = Lambda()
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    registry = FunctionRegistry(client)

    first = [registry.find("photo", "3").timeout_s, registry.find("photo", "3").timeout_s]
    now[0] += 1.1

    assert [1, 1, 2] == [*first, registry.find("photo", "3").timeout_s]
    assert [("photo", "3"), ("photo", "3")] == client.asked


def test_a_function_that_the_emulator_does_not_know_is_named() -> None:
    """The text names the version too."""
    client: Any = Lambda()

    with pytest.raises(FunctionMissing, match=r"^gone:live: expected the emulator to know this function, received"):
        FunctionRegistry(client).find("gone", "live")
