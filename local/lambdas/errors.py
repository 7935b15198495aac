"""What can go wrong between the emulator and a function.

    HostError
    ├── FunctionMissing     the emulator does not know it
    ├── CodeMissing         its code cannot be fetched, or is not the code that was deployed
    ├── RoleRefused         its role gives no credentials
    ├── Throttled           its reserved concurrency is used up
    └── Stopping            the host is about to end

Each text says what was expected, what was received, and what to do. None of them is the function's own failure.
"""

from __future__ import annotations


class HostError(Exception):
    """The function cannot be run; the text says why."""


class FunctionMissing(HostError):
    """The emulator does not know the function or its version."""


class CodeMissing(HostError):
    """The function's zip is out of reach, or another than its version was published with."""


class RoleRefused(HostError):
    """STS gives no credentials for the function's role."""


class Throttled(HostError):
    """As many invocations run as the function's reserved concurrency lets."""


class Stopping(HostError):
    """Nothing is started any more; whoever asked has to ask the next host."""
