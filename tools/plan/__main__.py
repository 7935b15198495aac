"""Show what the Pulumi program declares.

python -m tools.plan STACK            print the plan of one stack
python -m tools.plan --update         write tests/golden/plan.<stack>.txt anew, for every stack
"""

from __future__ import annotations

import argparse
import sys

from components.testing.recorder import ROOT, STACKS, record
from tools.plan.text import text_of


def main(arguments: list[str] | None = None) -> int:
    """Print or write plans."""
    parser = argparse.ArgumentParser(prog="python -m tools.plan", description="Show what the Pulumi program declares.")
    parser.add_argument("stack", nargs="?", choices=STACKS, help="stack whose plan is printed")
    parser.add_argument("--update", action="store_true", help="write the plans that tests compare with")
    options = parser.parse_args(arguments)
    if options.update == bool(options.stack):
        parser.error("expected either a stack or --update")
    if options.stack:
        sys.stdout.write(text_of(record(options.stack)))
        return 0
    for stack in STACKS:
        path = ROOT / "tests" / "golden" / f"plan.{stack}.txt"
        path.write_text(text_of(record(stack)), encoding="utf-8")
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
