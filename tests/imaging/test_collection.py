"""The garbage collector never runs on a thread of libvips."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator
from threading import Event, Thread

import pytest

from processor.imaging.collection import collection_paused
from tests.patience import HANG_S

COLLECTING = """
import gc
from processor.imaging.decoders import spliced
from tests.factories.photos.jpeg import cut, jpeg
from tests.factories.photos.scene import textured
from tests.imaging.prints import developed, outcome, recipe

class Cycle: pass

# What is read at every turn of the collector releases an image whose decode failed: libvips then waits for itself.
plain = spliced.Spliced.read_into
spliced.Spliced.read_into = lambda self, buffer: (gc.isenabled() and gc.collect(), plain(self, buffer))[1]
data = jpeg(textured(900, 700))
for _ in range(3):
    one = Cycle()
    one.itself, one.image = one, spliced.Spliced([data[:9000]]).open(
        __import__("pyvips").Image.jpegload_source, {"access": "sequential", "fail_on": "truncated"}
    )
    try:
        gc.disable()
        one.image.resize(0.5).copy_memory()
    except Exception as error:
        one.error = error
    del one
    gc.enable()
    developed(data, recipe((450, 350)))
print("done", gc.isenabled())
"""


@pytest.fixture(autouse=True)
def enabled() -> Iterator[None]:
    """Leave the collector as it was."""
    before = gc.isenabled()
    gc.enable()
    yield
    (gc.enable if before else gc.disable)()


def test_blocks_may_lie_in_each_other_and_in_other_threads() -> None:
    """The last one switches the collector back."""
    inside, leave = Event(), Event()

    def other() -> None:
        with collection_paused():
            inside.set()
            leave.wait(HANG_S)

    thread = Thread(target=other)
    with collection_paused(), collection_paused():
        thread.start()
        assert inside.wait(HANG_S)
    assert not gc.isenabled()
    leave.set()
    thread.join()
    assert gc.isenabled()


def test_an_error_ends_the_block() -> None:
    """It comes out, and the collector is back."""
    with pytest.raises(KeyError), collection_paused():
        raise KeyError
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    """It belongs to the program, not to the block."""
    gc.disable()
    with collection_paused():
        pass
    assert not gc.isenabled()


def test_a_photo_is_read_while_the_collector_waits() -> None:
    """In a process of its own: without the pause it hangs."""
    done = subprocess.run([sys.executable, "-c", COLLECTING], capture_output=True, check=False, timeout=HANG_S)

    assert b"done True\n" == done.stdout, done.stderr.decode()[-2000:]
