"""One emulator for all checks."""

from tests.factories.emulators import aws

__all__ = ["aws"]
