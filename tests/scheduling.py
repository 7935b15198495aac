"""Run tests that share an expensive fixture on one worker, or on a second one while there is enough of them.

``--dist loadgroup`` was made for that, but xdist 3.8 marks groups in a way that pytest 9.2 no longer sees.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import pytest
from xdist.scheduler import LoadScopeScheduling

# Folders whose tests share a fixture of the session: a stack, deployed stacks, plans, an emulator with what it needs.
# Modules that start stacks of their own are named alone. Most of their time is waiting, so they begin first, beside
# each other, in the order of what they take.
PLANS: Final = frozenset(
    {
        "tests/components/",
        "tests/contracts/",
        "tests/ops/cost/test_prices.py",
        *(f"tests/tools/test_{module}.py" for module in ("cloudformation", "plan", "policies")),
    }
)
SHARED: Final[Sequence[frozenset[str]]] = (
    frozenset(
        f"tests/{module}.py"
        for module in (
            "browser/test_private_galleries",
            "e2e/test_private_galleries",
            "e2e/test_reconciler_grants",
            "e2e/test_rotation",
        )
    ),
    frozenset({"tests/e2e/"}),
    frozenset({"tests/browser/"}),
    frozenset({"tests/engine/"}),
    *(
        frozenset({f"tests/{module}.py"})
        for module in (
            "e2e/test_kept_folder",
            "e2e/test_migration",
            "e2e/test_sizes_on_demand",
            "e2e/test_wheel",
        )
    ),
    PLANS,
    frozenset({"tests/runtimes/"}),
    *(frozenset({f"tests/local/{area}/"}) for area in ("api", "deployer", "emulator", "lambdas")),
)
# Each worker that takes tests of a folder makes its fixture, which costs as much as a dozen tests: a second one only
# does while so many modules of the folder are left. Plans take a quarter of the time of all tests that need them.
MOST_WORKERS: Final = 2
MOST_FOR_PLANS: Final = 1
WORTH_A_SECOND: Final = 5
# Modules that share a fixture which costs more than all else in them, so that one worker runs both.
TOGETHER: Final[Mapping[str, str]] = {"tests/samples/test_privacy.py": "tests/samples/test_photos.py"}


def module_of(nodeid: str) -> str:
    """Name the module of a test, whose fixtures are then made once."""
    return nodeid.partition("::")[0]


def unit_of(nodeid: str) -> str:
    """Name what one worker runs as a whole: the module of a test, or the one that it goes with."""
    module = module_of(nodeid)
    return TOGETHER.get(module, module)


def shared(nodeid: str) -> int | None:
    """Return the place in SHARED of the module of a test, else of its folder; None when neither is there."""
    found = {len(one): place for place, names in enumerate(SHARED) for one in names if nodeid.startswith(one)}
    return found[max(found)] if found else None


def begin_with_the_longest(items: list[pytest.Item]) -> None:
    """Sort tests by module: those in SHARED, then those with the most tests."""
    size = Counter(module_of(item.nodeid) for item in items)

    def place(item: pytest.Item) -> tuple[int, int, str]:
        found, module = shared(item.nodeid), module_of(item.nodeid)
        return (len(SHARED), -size[module], module) if found is None else (found, 0, module)

    items.sort(key=place)


def best(modules: Collection[str], own: Collection[int | None], workers: Mapping[int | None, int]) -> str:
    """Choose the module that suits a worker best; of equal ones, the first.

    *own*: the places in SHARED of which the worker has the fixture; *workers*: how many have that of each place.
    """
    left = Counter(map(shared, modules))

    def rank(module: str) -> int:
        place = shared(module)
        if place is None:
            return 3
        if place in own:
            return 0
        if not workers.get(place):
            return 1
        most = MOST_FOR_PLANS if SHARED[place] is PLANS else MOST_WORKERS
        return 2 if workers[place] < most and left[place] >= WORTH_A_SECOND else 4

    return min(modules, key=rank)


class BySharedFixture(LoadScopeScheduling):
    """Sends each module to one worker, preferably to one that has made the fixture which the module shares."""

    def __init__(self, config: pytest.Config, log: Any = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        """Name what must stay together."""
        return unit_of(nodeid)

    def _assign_work_unit(self, node: Any) -> None:
        """Send the module that suits the worker *node* best; of equal ones, the first."""
        held = {one: {shared(module) for module in units} for one, units in self.assigned_work.items()}
        workers = Counter(place for places in held.values() for place in places)
        self.workqueue.move_to_end(best(self.workqueue, held.get(node, set()), workers), last=False)
        super()._assign_work_unit(node)
