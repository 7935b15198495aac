"""Define the errors of the Lambda host; a function's own failure is none of them.

    HostError
    ├── FunctionMissing     the emulator does not know it
    ├── CodeMissing         its code cannot be fetched, or is not the code that was deployed
    ├── RoleRefused         STS returns no credentials for its role
    ├── Throttled           its reserved concurrency is used up
    └── Stopping            the host is stopping

Each text states what was expected, what was received, and what to do.
"""

from __future__ import annotations


class HostError(Exception):
    """The function cannot be run; the text gives the reason."""


class FunctionMissing(HostError):
    """The emulator does not know the function or its version."""


class CodeMissing(HostError):
    """The function's zip cannot be fetched, or differs from the one that its version was published with."""


class RoleRefused(HostError):
    """STS returns no credentials for the function's role."""


class Throttled(HostError):
    """The function's reserved concurrency is used up."""


class Stopping(HostError):
    """The host starts nothing any more; the caller has to try again with the next host."""
