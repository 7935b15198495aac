"""Read the values of options that click itself would take: empty names, and numbers that are none."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import click


class FilePath(click.Path):
    """A path. An empty one, as of a variable that is not set, would be the working folder."""

    def __init__(self, *, dir_okay: bool = True) -> None:
        super().__init__(dir_okay=dir_okay, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read a path; fail for an empty one."""
        if value == "":
            self.fail("found an empty name, expected a file or a folder.", param, ctx)
        return super().convert(value, param, ctx)


class Amount(click.FloatRange):
    """A finite number in a range: "nan" and "inf" are in every range, and no JSON."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read a number; fail for one that is not finite."""
        number: float = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value} is no finite number.", param, ctx)
        return number
