"""Tests of the error tree."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages

import processor
from processor import errors
from processor.errors import DarkroomError


def descendants(kind: type[DarkroomError]) -> set[str]:
    """Name all classes below *kind* that are defined in the processor package."""
    children = [one for one in kind.__subclasses__() if one.__module__.startswith("processor.")]
    return {one.__name__ for one in children}.union(*map(descendants, children))


def test_the_head_of_the_module_lists_every_error() -> None:
    """The tree is where a reader looks first; an error of another module is listed with its module."""
    for module in walk_packages(processor.__path__, "processor."):
        import_module(module.name)

    found = descendants(DarkroomError)
    assert len(found) >= 12
    assert [] == sorted(name for name in found if f" {name} " not in str(errors.__doc__))
