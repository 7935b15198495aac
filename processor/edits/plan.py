"""Define plans: the steps that a command, a bulk operation or a list compiles to, in the order of their application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from pydantic import BaseModel, ConfigDict, Field

from processor.edits.bulk import as_step
from processor.edits.operations.base import Operation
from processor.edits.operations.overlay import Watermark
from processor.edits.vocabulary import ParameterError, Step, build
from processor.errors import EditCode, EditError
from processor.schema_text import shown

MAX_STEPS: Final = 50


class Plan(BaseModel):
    """Steps, each applied to the previous one's result."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: tuple[Step, ...] = Field(min_length=1, max_length=MAX_STEPS)

    @property
    def explanation(self) -> str:
        """Return the plan in words, as it is shown before it runs."""
        first, *more = [step.words() for step in self.steps]
        said = first[0].upper() + first[1:]
        return said + "".join(f", then {words}" for words in more) + "."

    @property
    def watermarks(self) -> tuple[str, ...]:
        """Return the references of its watermarks, each once, in the order of their first steps."""
        return tuple(dict.fromkeys(step.image for step in self.steps if isinstance(step, Watermark)))

    def as_json(self) -> dict[str, Any]:
        """Return the plan as clients see it: its steps without defaults, and the whole in words."""
        return {"steps": self.steps_json(), "explanation": self.explanation}

    def steps_json(self) -> list[dict[str, Any]]:
        """Return the steps as a client would write them; ``plan_from_steps`` reads them back."""
        return [step.written() for step in self.steps]


def plan_of(operations: Sequence[Operation]) -> Plan:
    """Make a plan of built operations; raises EditError INVALID_INPUT when they are none or too many."""
    _check_count(len(operations))
    # Every operation is one of the union's members, and checked already: a test holds the two lists together.
    return Plan.model_construct(steps=tuple(operations))


def plan_from_steps(steps: Sequence[object]) -> Plan:
    """Check steps that a client wrote, as ``{"op": "resize", "width": 800}``; raises EditError INVALID_INPUT."""
    _check_count(len(steps))
    return plan_of([_step(number, step) for number, step in enumerate(steps, start=1)])


def plan_from_bulk(kind: str, parameters: Mapping[str, Any]) -> Plan:
    """Check a bulk operation, as ``resize`` with ``{"width": 800}``; raises EditError INVALID_INPUT."""
    try:
        name, own = as_step(kind, parameters)
        return plan_of([build(name, own)])
    except ParameterError as error:
        log = f"bulkOp ({kind[:40]}): {error}"
        raise EditError(EditCode.INVALID_INPUT, log, details={"bulkOp": kind, "problem": str(error)}) from None


def _check_count(count: int) -> None:
    if not 1 <= count <= MAX_STEPS:
        log = f"Invalid number of steps: expected 1 to {MAX_STEPS}, received {count}."
        raise EditError(EditCode.INVALID_INPUT, log, details={"limit": MAX_STEPS, "received": count})


def _step(number: int, step: object) -> Operation:
    written: Mapping[str, Any] = cast("Mapping[str, Any]", step) if isinstance(step, Mapping) else {}
    name = written.get("op")
    if not isinstance(name, str):
        raise _wrong(
            number,
            f'step {number}: Invalid step {shown(cast("object", step))}: expected an object with "op", the name of '
            "an operation. Add it.",
        )
    try:
        return build(name, {key: value for key, value in written.items() if key != "op"})
    except ParameterError as error:
        raise _wrong(number, f"step {number} ({name[:40]}): {error}") from None


def _wrong(number: int, line: str) -> EditError:
    return EditError(EditCode.INVALID_INPUT, line, details={"step": number})
