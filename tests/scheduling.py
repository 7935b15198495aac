"""Run tests that share an expensive fixture on one worker.

``--dist loadgroup`` was made for that, but xdist 3.8 marks groups in a way that pytest 9.2 no longer sees.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import pytest
from xdist.scheduler import LoadScopeScheduling

# Folders whose tests share one fixture of the session: a stack, deployed stacks, plans, an emulator with what it needs.
# Most of their time is waiting, so they begin first, beside each other, in the order of what they take.
SHARED: Final[Sequence[frozenset[str]]] = (
    frozenset({"tests/browser/"}),
    frozenset({"tests/e2e/"}),
    frozenset({"tests/engine/"}),
    frozenset({"tests/components/", "tests/contracts/"}),
    frozenset({"tests/runtimes/"}),
    *(frozenset({f"tests/local/{area}/"}) for area in ("api", "deployer", "emulator", "lambdas")),
)


def group_of(nodeid: str) -> str:
    """Name the group of a test: that of its folder, or else its module, whose fixtures are then made once."""
    found = shared(nodeid)
    return nodeid.partition("::")[0] if found is None else " ".join(sorted(SHARED[found]))


def shared(nodeid: str) -> int | None:
    """Return the place in SHARED of the folder of a test, if it is there."""
    return next((place for place, one in enumerate(SHARED) if nodeid.startswith(tuple(one))), None)


def begin_with_the_longest(items: list[pytest.Item]) -> None:
    """Sort tests by group: those in SHARED, then those with the most tests."""
    size = Counter(group_of(item.nodeid) for item in items)

    def place(item: pytest.Item) -> tuple[int, int, str]:
        found, group = shared(item.nodeid), group_of(item.nodeid)
        return (len(SHARED), -size[group], group) if found is None else (found, 0, "")

    items.sort(key=place)


class BySharedFixture(LoadScopeScheduling):
    """Sends each group to one worker, in the order in which they were collected."""

    def __init__(self, config: pytest.Config, log: Any = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        """Name what must stay together."""
        return group_of(nodeid)
