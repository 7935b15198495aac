"""Tests of the garbage collector's settings in a host."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.patience import HANG_S

pytestmark = pytest.mark.stack

# In a process of its own, which loads the modules of a host. Processes and clients live long enough to become old, and
# are cycles; objects of invocations are young. The loop creates twice as many as the thresholds of this Python need to
# collect the oldest generation.
COMES_AND_GOES = """
import gc, math, weakref
import local.lambdas.__main__
from local.lambdas.services import freeze_gc

class Thing:
    def __init__(self):
        self.itself = self

freeze_gc()
old = [Thing() for _ in range(2_000)]
gc.collect(1)
seen = [weakref.ref(one) for one in old]
del old
for _ in range(2 * math.prod(gc.get_threshold())):
    Thing()
print(sum(one() is not None for one in seen))
"""


def test_old_garbage_goes_soon() -> None:
    """Without freeze_gc, all of it would be there at the end."""
    command = [sys.executable, "-c", COMES_AND_GOES]
    said = subprocess.run(command, capture_output=True, text=True, timeout=HANG_S, check=True)

    assert "0\n" == said.stdout
