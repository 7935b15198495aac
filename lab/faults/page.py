"""Write ``docs/faults.md`` from the table of faults and the marks of the tests."""

from __future__ import annotations

from lab.faults.marks import by_fault
from lab.faults.table import FAULTS

HEAD = """# Faults

Written by `make faults ARGS=--docs` from `lab/faults/table.py` and the tests' marks; a test keeps it current.

What can go wrong between an upload and its pictures, or between a command and its result, and the tests that
make it go wrong. Run one by `make test ARGS="-m fault -k NAME"`, all of them twenty times by
`make faults ARGS="--times 20"`.

After every one of them the same must hold (`tests/invariants.py`):

- every accepted upload ends `active`, `failed` with a reason, `deleted`, or in a dead-letter queue with an alarm;
- originals are never modified;
- `active` implies that every rendition exists, decodes, and is of that version;
- the state never moves back to an older sequencer;
- replaying any event leaves records and objects byte-identical;
- no temporary file and no child process remains.
"""


def page() -> str:
    """Write the whole page."""
    tests = by_fault()
    return HEAD + "".join(section(number, tests.get(number, [])) for number in FAULTS)


def section(number: int, tests: list[str]) -> str:
    """Write about one fault."""
    fault, promise = FAULTS[number]
    lines = "".join(f"- {link(test)}\n" for test in tests)
    return f"\n## {number}. {fault}\n\n{promise}.\n\n{lines}"


def link(test: str) -> str:
    """Link to the file of a test."""
    file, _, name = test.partition("::")
    return f"[`{file.removeprefix('tests/')}`](../{file}) {name.removeprefix('test_').replace('_', ' ')}"
