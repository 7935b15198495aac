"""The wheel, installed outside the checkout: it holds everything that its commands need.

Libraries are those of the environment that runs the tests, so that nothing is downloaded.
"""

from __future__ import annotations

import json
import site
import subprocess
import sys
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from PIL import Image

from local.run.aws import Aws
from testkit.embedded_stack import ENDED_S, GOODBYE, ROOT, LocalStack, read_endpoints
from testkit.photos import jpeg, scene

pytestmark = pytest.mark.stack


@dataclass(frozen=True, kw_only=True, slots=True)
class Installed:
    """An installation. *home*: where its commands run, with nothing of the checkout in reach."""

    command: Path
    home: Path

    def start(self, arguments: Sequence[str]) -> subprocess.Popen[str]:
        """Start a command."""
        environment = {"HOME": str(self.home), "PATH": f"{self.command.parent}:/usr/bin:/bin"}
        return subprocess.Popen(
            [str(self.command), *arguments],
            cwd=self.home,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> str:
        """Run a command to its end, expect success, give what it printed."""
        with self.start(arguments) as process:
            try:
                printed, errors = process.communicate(timeout=ENDED_S)
            finally:
                process.kill()
        assert 0 == process.returncode, errors
        return printed


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Build the wheel and install it into an environment of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    python = folder / "env" / "bin" / "python"
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    venv.create(folder / "env", symlinks=True)
    install = [sys.executable, "-m", "uv", "pip", "install", "--offline", "--no-deps", f"--python={python}", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    [packages] = (folder / "env" / "lib").glob("python*/site-packages")
    # A folder that a .pth file names has its own .pth files ignored: the checkout, installed there, stays out of reach.
    (packages / "libraries.pth").write_text(f"{site.getsitepackages()[0]}\n")
    emulator = Path(sys.prefix) / "emulator"
    if emulator.is_dir():
        (folder / "env" / "emulator").symlink_to(emulator)
    home = folder / "home"
    home.mkdir()
    return Installed(command=python.with_name("darkroom"), home=home)


def test_nothing_of_the_checkout_is_in_reach(installed: Installed) -> None:
    """Or the other tests would prove nothing; and Python gains one name, no `tools` and no `local`."""
    program = "import darkroom, importlib.util; print(darkroom.__file__, importlib.util.find_spec('processor'))"
    command = [str(installed.command.with_name("python")), "-c", program]
    done = subprocess.run(command, cwd=installed.home, capture_output=True, text=True, check=True)

    assert f"{installed.home.parent}/env/" in done.stdout
    assert done.stdout.endswith(" None\n")


def test_photos_are_drawn_rendered_and_edited(installed: Installed) -> None:
    """The commands that need no stack."""
    installed.run("demo", "phone.heic")
    report = json.loads(installed.run("render", "out/demo/originals/phone.heic", "--out", "renditions", "--json"))
    installed.run("edit", "out/demo/originals/phone.heic", "resize to 50%", "--out", "half.jpg")

    assert ("active", 2000, 1500) == (report["status"], report["width"], report["height"])
    with Image.open(installed.home / "half.jpg") as half:
        assert (1000, 750) == half.size
    assert "Resize to 50 % of its size." == json.loads(installed.run("parse", "resize to 50%"))["explanation"]
    (installed.home / "own.yaml").write_text("renditions: {memory_mib: 3008}", encoding="utf-8")
    assert "3,008 MiB" in installed.run("cost", "--stack", "own.yaml", "--json")


def test_the_whole_stack_runs(installed: Installed) -> None:
    """The Pulumi program, the functions' code and the page come with the wheel; state goes to the user's folder."""
    up = installed.start(["up", "--json", "--port-base", "0"])
    try:
        with httpx.Client(timeout=ENDED_S, trust_env=False) as client:
            known = read_endpoints(up)
            folder = installed.home / ".local" / "state" / "darkroom" / "local"
            assert "up" in installed.run("status").split()
            assert "This page needs JavaScript" in client.get(f"{known['page']}/").text

            stack = LocalStack(known=known, folder=folder, aws=Aws(known["aws"]), http=client)
            stack.with_status(stack.upload(jpeg.jpeg(scene.scene(320, 240)), gallery="wheel"), "active")
            assert "photo rendered" in installed.run("logs", "rendition")
            assert "stopped\n" == installed.run("down")
            _, said = up.communicate(timeout=ENDED_S)
    finally:
        up.kill()
        up.wait()

    assert (0, GOODBYE) == (up.returncode, said.splitlines()[-1])
