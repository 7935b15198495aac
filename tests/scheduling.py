"""Run tests that share an expensive fixture on one worker.

``--dist loadgroup`` was made for that, but xdist 3.8 marks groups in a way that pytest 9.2 no longer sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from xdist.scheduler import LoadScopeScheduling

# Folders whose tests share one fixture of the session: a stack, deployed stacks, plans, an emulator with what it needs.
SHARED: Final[Sequence[frozenset[str]]] = (
    frozenset({"tests/e2e/"}),
    frozenset({"tests/browser/"}),
    frozenset({"tests/runtimes/"}),
    frozenset({"tests/engine/"}),
    frozenset({"tests/components/", "tests/contracts/"}),
    *(frozenset({f"tests/local/{area}/"}) for area in ("api", "deployer", "emulator", "lambdas")),
)


def group_of(nodeid: str) -> str:
    """Name the group of a test: that of its folder, or else its module, whose fixtures are then made once."""
    found = next((one for one in SHARED if nodeid.startswith(tuple(one))), None)
    return " ".join(sorted(found)) if found else nodeid.partition("::")[0]


class BySharedFixture(LoadScopeScheduling):
    """Sends each group to one worker."""

    def _split_scope(self, nodeid: str) -> str:
        """Name what must stay together."""
        return group_of(nodeid)
