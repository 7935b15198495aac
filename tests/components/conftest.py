"""The recorded plans."""

from tests.factories.plans import plan, plans, variants

__all__ = ["plan", "plans", "variants"]
