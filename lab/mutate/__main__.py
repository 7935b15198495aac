"""Run mutation tests: find changes to a module that no test notices.

    python -m lab.mutate                         all modules of lab/mutate/targets.py
    python -m lab.mutate processor/keys.py       one of them

One line per survivor, then a table. The exit code is 1 when the tests fail without any mutation.
"""

from __future__ import annotations

import argparse
import ast
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from lab.mutate.mutants import mutants_of
from lab.mutate.targets import TARGETS
from lab.mutate.trial import Fate, load_shared, trial

HANG_S = 120.0


def main() -> int:
    """Try the modules that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m lab.mutate", description="Mutation testing.")
    parser.add_argument("modules", nargs="*", type=Path, default=list(TARGETS), help="modules of targets.py")
    parser.add_argument("--hang", type=float, default=HANG_S, help="seconds after which a mutant counts as hung")
    given = parser.parse_args()
    load_shared()
    rows: list[tuple[Path, Counter[Fate]]] = []
    for module in given.modules:
        fates = tried(module, TARGETS[module], hang_s=given.hang)
        if fates is None:
            return 1
        rows.append((module, fates))
    print("| module | mutants | killed | hung | survived |\n|---|---|---|---|---|")  # noqa: T201
    for module, fates in rows:
        counts = (fates.total(), *(fates[fate] for fate in (Fate.KILLED, Fate.HUNG, Fate.SURVIVED)))
        print(f"| `{module}` | {' | '.join(map(str, counts))} |")  # noqa: T201
    return 0


def tried(module: Path, tests: Sequence[str], *, hang_s: float) -> Counter[Fate] | None:
    """Try all mutants of *module*; None when the tests fail without any."""
    source = module.read_text(encoding="utf-8")
    if trial(module, ast.parse(source), tests, hang_s=hang_s) is not Fate.SURVIVED:
        print(f"{module}: expected its tests to pass unchanged, they failed: {' '.join(tests)}")  # noqa: T201
        return None
    fates = Counter[Fate]()
    for mutant in mutants_of(source):
        fate = trial(module, mutant.tree, tests, hang_s=hang_s)
        fates[fate] += 1
        if fate is not Fate.KILLED:
            print(f"{module} {fate}: {mutant}", flush=True)  # noqa: T201
    return fates


if __name__ == "__main__":
    raise SystemExit(main())
