"""The order in which workers take the test modules."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.scheduling import TOGETHER, best, shared, unit_of

E2E, OTHER_E2E, OWN_STACK = "tests/e2e/test_edits.py", "tests/e2e/test_uploads.py", "tests/e2e/test_rotation.py"
BROWSER, PLAIN, PLANS = "tests/browser/test_shell.py", "tests/test_keys.py", "tests/components/test_plans.py"
MANY = [f"tests/e2e/test_{name}.py" for name in ("edits", "erase", "events", "gallery", "grants")]


def test_a_worker_goes_on_with_the_fixture_that_it_has() -> None:
    """A stack takes as long to start as a dozen tests; a module with a stack of its own is not one of its folder."""
    own = {shared(OTHER_E2E)}

    assert E2E == best([PLAIN, BROWSER, OWN_STACK, E2E], own, Counter(own))
    assert shared(OWN_STACK) != shared(E2E)


def test_plans_are_made_by_one_worker_while_another_has_something_else_to_do() -> None:
    """Recording them takes as long as a quarter of the tests that look at them."""
    begun = Counter({shared(PLANS): 1})

    assert shared(PLANS) == shared("tests/contracts/test_infrastructure.py")
    assert PLAIN == best([PLANS, PLAIN], set(), begun)
    assert PLANS == best([PLANS], set(), begun)


def test_two_workers_share_a_folder_before_more_do() -> None:
    """First what no worker has begun, then a second worker, then what needs nothing, and a third only at the end."""
    begun, full = Counter({shared(E2E): 1}), Counter({shared(E2E): 2})

    assert BROWSER == best([PLAIN, *MANY, BROWSER], set(), begun)
    assert MANY[0] == best([PLAIN, *MANY], set(), begun)
    assert PLAIN == best([*MANY, PLAIN], set(), full)
    assert E2E == best([E2E], set(), full)


def test_samples_are_rendered_by_one_worker() -> None:
    """Two modules look at the same renditions of real photos; every other module goes its own way."""
    photos = "tests/samples/test_photos.py"

    assert [photos, photos] == [
        unit_of(f"tests/samples/{name}.py::test_one[a]") for name in ("test_photos", "test_privacy")
    ]
    assert "tests/samples/test_colour.py" == unit_of("tests/samples/test_colour.py::test_one")
    assert all(Path(module).is_file() for pair in TOGETHER.items() for module in pair)


def test_a_second_worker_makes_no_fixture_for_the_last_few_modules() -> None:
    """It would take longer than they do; it takes them when nothing else is left."""
    begun = Counter({shared(E2E): 1})

    assert PLAIN == best([*MANY[1:], PLAIN], set(), begun)
    assert MANY[1] == best(MANY[1:], set(), begun)
