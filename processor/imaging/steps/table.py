"""Find the function of each operation: one table over the vocabulary, merged from the groups' own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from processor.edits.operations.base import Operation
from processor.edits.operations.effect import Edge, Emboss, Posterize, Solarize
from processor.edits.vocabulary import OPERATIONS
from processor.imaging.picture import Picture, StepFunction
from processor.imaging.steps.effect import EFFECT_STEPS
from processor.imaging.steps.file import FILE_STEPS
from processor.imaging.steps.light import LIGHT_STEPS
from processor.imaging.steps.overlay import Marks, overlay_steps
from processor.imaging.steps.size import SIZE_STEPS
from processor.imaging.steps.turn import TURN_STEPS

EIGHT_BIT = frozenset({Edge, Emboss, Posterize, Solarize})
"""Their tones are few, or jump: 16 bits would show nothing more."""

StepTable = Mapping[type[Operation], StepFunction]


def step_table(marks: Marks) -> StepTable:
    """Return operation → function for the whole vocabulary; no function alters the picture that it receives."""
    groups = (SIZE_STEPS, TURN_STEPS, LIGHT_STEPS, EFFECT_STEPS, overlay_steps(marks), FILE_STEPS)
    table = merged(groups, OPERATIONS.values())
    return {kind: _in_8_bit(kind, step) if kind in EIGHT_BIT else step for kind, step in table.items()}


def _in_8_bit(kind: type[Operation], function: StepFunction) -> StepFunction:
    """Return *function* for pictures of 16 bits as well: they have 8 bits and a note afterwards."""

    def step(picture: Picture, operation: Operation) -> Picture:
        if not picture.is_deep:
            return function(picture, operation)
        note = f"The result has 8 bits a channel: “{kind.operation_name()}” works in 8 bits."
        return function(picture.shallow().noting(note), operation)

    return step


def merged(groups: Iterable[StepTable], operations: Iterable[type[Operation]]) -> StepTable:
    """Merge the *groups*; raises ValueError unless each of *operations*, and no other, has exactly one function."""
    found = [(operation, function) for group in groups for operation, function in group.items()]
    counts = Counter(operation for operation, _ in found)
    expected = set(operations)
    wrong = {operation for operation in expected | counts.keys() if counts[operation] != (operation in expected)}
    if wrong:
        counted = ", ".join(sorted(f"{operation.__name__} {counts[operation]}" for operation in wrong))
        message = f"Expected one step for each operation of the vocabulary, found {counted}."
        raise ValueError(message)
    return dict(found)
