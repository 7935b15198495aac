"""The recorded plans."""

from tests.factories.plans import plan, plans

__all__ = ["plan", "plans"]
