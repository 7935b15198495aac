"""Keep a server that runs for long at the size that it has at rest."""

from __future__ import annotations

import gc


def settle() -> None:
    """Take all that was loaded so far out of the garbage collector's sight; call it once, when a server begins.

    CPython looks for old garbage only when what is new exceeds a quarter of what it saw the last time: beside thousands
    of modules' objects, processes and clients that came and went would stay for an hour.
    """
    gc.collect()
    gc.freeze()
    gc.collect()  # so that what it saw the last time is nothing
