"""Run the stories: a number of them without a violation, or as many as it takes to find one."""

from __future__ import annotations

from typing import Final

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from lab.photo_stories.machine import PhotoStories

STEPS: Final = 30


def tell(runs: int, *, seed: int, shortest: bool = False) -> None:
    """Tell *runs* stories; raise AssertionError with one that ends wrong, the *shortest* if that is worth minutes."""
    seeded(seed, PhotoStories, runs, shortest=shortest)


def stories_until_found(runs: int, *, seed: int) -> tuple[int | None, str]:
    """Return how many stories it took until one ended wrong, and how; None when *runs* were not enough."""
    told = 0

    class Counted(PhotoStories):
        """Counts itself."""

        def __init__(self) -> None:
            nonlocal told
            told += 1
            super().__init__()

    try:
        seeded(seed, Counted, runs, shortest=False)
    except Exception as wrong:  # noqa: BLE001 - a change may break anything
        return told, (str(wrong).splitlines() or [type(wrong).__name__])[0]
    return None, ""


def seeded(number: int, machine: type[PhotoStories], runs: int, *, shortest: bool) -> None:
    """Run the machine with a seed of its own."""
    how = settings(
        max_examples=runs,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        derandomize=False,
        report_multiple_bugs=False,
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large),
        phases=(Phase.generate, Phase.shrink) if shortest else (Phase.generate,),
    )
    run_state_machine_as_test(seed(number)(machine), settings=how)
