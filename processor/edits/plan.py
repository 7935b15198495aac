"""A plan: what a command, a bulk operation or a list of steps compiles to, in the order in which it is applied."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from processor.edits.vocabulary import Step

MAX_STEPS: Final = 50


class Plan(BaseModel):
    """Steps, each applied to the previous one's result."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: tuple[Step, ...] = Field(min_length=1, max_length=MAX_STEPS)

    @property
    def explanation(self) -> str:
        """Say the plan in words, as it is shown before it runs."""
        first, *more = [step.words() for step in self.steps]
        said = first[0].upper() + first[1:]
        return said + "".join(f", then {words}" for words in more) + "."
