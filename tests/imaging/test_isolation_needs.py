"""Check that isolation needs neither pixel libraries in the parent nor shared memory."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from processor import imaging
from testkit.photos.heif import heic
from testkit.photos.jpeg import jpeg
from tests.patience import HANG_S


@pytest.mark.stack
def test_importing_the_renderer_loads_no_pixel_library() -> None:
    """A handler's cold start imports it; a parent that only isolates never needs one."""
    code = """if True:
        import sys
        from processor.imaging.renderer import Renderer
        from processor.recipe import Recipe
        from processor.source import Source
        wanted = {"PIL", "rawpy", "pillow_heif", "numpy", "pyvips", "thumbhash"}
        before = wanted & set(sys.modules)
        with Renderer(isolate="always") as renderer:
            renderer.render(Source.from_bytes(sys.stdin.buffer.read()), Recipe(), file_name="a.jpg")
        print(before, wanted & set(sys.modules))
    """
    done = subprocess.run([sys.executable, "-c", code], input=jpeg(), capture_output=True, check=True, timeout=HANG_S)

    assert b"set() set()" == done.stdout.strip()


def test_nothing_of_multiprocessing_is_used() -> None:
    """Its queues, pools and locks need /dev/shm, which Lambda does not have."""
    folder = Path(next(iter(imaging.__path__)))
    trees = [ast.parse(path.read_text()) for path in folder.rglob("*.py")]
    names = {
        name.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names
    }
    names |= {node.module or "" for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert "processor.imaging.line" in names
    assert not [name for name in names if "multiprocessing" in name or "ProcessPool" in name]


@pytest.mark.stack
@pytest.mark.faults
def test_isolation_works_without_shared_memory() -> None:
    """In a mount namespace of its own, where /dev/shm cannot be written: there multiprocessing fails, as on Lambda."""
    code = """if True:
        import multiprocessing, sys
        from processor.imaging.renderer import Renderer
        from processor.recipe import Recipe
        from processor.source import Source
        try:
            multiprocessing.Lock()
        except OSError:
            print("no shared memory", end=", ")
        with Renderer(isolate="always") as renderer:
            rendering = renderer.render(Source.from_bytes(sys.stdin.buffer.read()), Recipe(), file_name="a.heic")
        print(rendering.receipt.isolated)
    """
    hidden = 'mount -t tmpfs -o ro none /dev/shm && exec "$@"'
    unshare = shutil.which("unshare") or pytest.skip("this system has no unshare")
    in_private = [unshare, "-m", "sh", "-c", hidden, "sh"]
    if subprocess.run([*in_private, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a file system")
    command = [*in_private, sys.executable, "-c", code]
    done = subprocess.run(command, input=heic(), capture_output=True, check=False, timeout=HANG_S)

    assert b"no shared memory, True" == done.stdout.strip(), done.stderr.decode()
