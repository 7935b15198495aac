"""``up --persist`` again and again in one folder: killed, refused, with other settings and other code, killed again.

A start takes as long as hundreds of looks, so that all of it is one story, whose parts the tests look at.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from local.run.aws import Aws
from local.run.orphans import is_ours
from testkit import embedded_stack
from testkit.embedded_stack import ENDED_S, ROOT, LocalStack, launch, read_endpoints, wait_for
from testkit.photos import jpeg, scene

pytestmark = pytest.mark.stack

NOT_PROGRAM = (".*", "bench", "dist", "docs", "node_modules", "out", "tests")
RENDITION = "darkroom-local-rendition"
# Outputs: versions of functions, whose code is changed, and the sizes.
MEANT_TO_CHANGE = ("functions", "sizes")


def change(checkout: Path, edit: Callable[[Any], object]) -> None:
    """Change the settings that the stack is derived from."""
    path = checkout / "Pulumi.dev.yaml"
    tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    edit(tree["config"]["darkroom:settings"])
    path.write_text(yaml.safe_dump(tree), encoding="utf-8")


@dataclass(kw_only=True)
class Run:
    """A run on the state in a folder. *processes*: those that it has; *said*: what it printed, once it has ended."""

    stack: LocalStack
    up: subprocess.Popen[str]
    processes: Mapping[str, int]
    said: str = ""

    def killed(self, name: str) -> None:
        """Kill a process of the run, and wait for the end of all."""
        os.kill({"up": self.up.pid, **self.processes}[name], signal.SIGKILL)
        _, self.said = self.up.communicate(timeout=ENDED_S)
        pids = [self.up.pid, *self.processes.values()]
        wait_for(lambda: not any(map(is_ours, pids)) or None, what=lambda: f"the end of {self.processes}")

    def uploaded(self, width: int) -> dict[str, Any]:
        """Upload a photo and wait for its record."""
        photo_id = self.stack.upload(jpeg.jpeg(scene.scene(width, width * 3 // 4)), gallery="kept")
        return self.stack.with_status(photo_id, "active")

    def code(self) -> tuple[str, int | None]:
        """Return the hash of the code behind the alias, and the memory that it runs with."""
        live = self.stack.aws.client("lambda").get_function(FunctionName=RENDITION, Qualifier="live")["Configuration"]
        return live.get("CodeSha256", ""), live.get("MemorySize")

    @property
    def kept_state(self) -> list[str]:
        """Lines about a state that it found."""
        return [line for line in self.said.splitlines() if line.startswith("kept state: ")]


@contextmanager
def up(folder: Path) -> Generator[Run]:
    """Run a stack on the state in *folder* until something of it is killed."""
    process = launch(folder, "--no-edits", "--persist", str(folder))
    try:
        with httpx.Client(timeout=ENDED_S, trust_env=False) as client:
            known = read_endpoints(process)
            stack = LocalStack(known=known, folder=folder, aws=Aws(known["aws"]), http=client)
            yield Run(stack=stack, up=process, processes=stack.processes)
    finally:
        process.kill()
        process.wait()


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run another of the commands."""
    words = [sys.executable, "-m", "darkroom", *arguments, "--folder", str(folder)]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=ENDED_S)


@dataclass(frozen=True, kw_only=True, slots=True)
class First:
    """The first run, whose `up` was killed. *again*: another `up` beside it; *status*: the command's."""

    run: Run
    code: tuple[str, int | None]
    photo: Mapping[str, Any]
    again: subprocess.CompletedProcess[str]
    status: subprocess.CompletedProcess[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """The last run, with other settings and other code, whose emulator was killed.

    *kept*: the first run's photo, and *picture* the answer to its address; *new*: a photo of this run.
    """

    run: Run
    code: tuple[str, int | None]
    kept: Mapping[str, Any]
    picture: httpx.Response
    new: Mapping[str, Any]
    alarms: list[Any]
    subscriptions: list[Any]
    status_after: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """All runs. *refused*: the exit code and the words of the one between, whose settings cannot work."""

    first: First
    refused: tuple[int, str]
    changed: Changed


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a copy of the program, to be changed, from which stacks are started."""
    copy = tmp_path_factory.mktemp("kept") / "checkout"
    # With its bytecode, which every process would compile otherwise.
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*NOT_PROGRAM))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedded_stack, "ROOT", copy)
        yield copy


@pytest.fixture(scope="module")
def story(checkout: Path) -> Story:
    """Run the stack twice in one folder, and in between with a setting that cannot work."""
    folder = checkout.parent / "folder"
    change(checkout, lambda settings: settings["monitoring"].update(emails=["ops@example.com"]))
    first = first_run(folder)
    change(checkout, lambda settings: settings["renditions"].update(memory_mib=1))
    failed = launch(folder, "--no-edits", "--persist", str(folder))
    _, said = failed.communicate(timeout=ENDED_S)
    change(checkout, change_everything)
    with (checkout / "processor" / "keys.py").open("a", encoding="utf-8") as module:
        module.write("# changed\n")
    return Story(first=first, refused=(failed.returncode, said), changed=last_run(folder, first.photo))


def first_run(folder: Path) -> First:
    """Upload a photo, and kill `up`."""
    with up(folder) as run:
        again, status = command(folder, "up", "--port-base", "0"), command(folder, "status")
        photo, code = run.uploaded(320), run.code()
        run.killed("up")
    return First(run=run, code=code, photo=photo, again=again, status=status)


def last_run(folder: Path, photo: Mapping[str, Any]) -> Changed:
    """Look at the *photo* of before and at what is deployed, and kill the emulator."""
    with up(folder) as run:
        aws, new, code = run.stack.aws, run.uploaded(160), run.code()
        alarms = aws.client("cloudwatch").describe_alarms(AlarmNames=["darkroom-local-rendition-errors"])
        subscriptions = aws.client("sns").list_subscriptions()["Subscriptions"]
        kept, picture = run.stack.photo(photo["id"]) or {}, run.stack.http.get(photo["thumbnail_url"])
        run.killed("emulator")
    return Changed(
        run=run,
        code=code,
        kept=kept,
        picture=picture,
        new=new,
        alarms=[*alarms["MetricAlarms"]],
        subscriptions=[*subscriptions],
        status_after=command(folder, "status").returncode,
    )


def change_everything(settings: Any) -> None:
    """Change memory and an alarm's threshold, add a fifth size, and take the one address away."""
    boxes = {"tiny": 100, "thumbnail": 400, "small": 800, "medium": 2000, "large": 4000}
    sizes = {name: {"width": side, "height": side} for name, side in boxes.items()}
    settings["renditions"].update(memory_mib=2048, sizes=sizes)
    settings["monitoring"].update(emails=[], error_rate_percent=9)


def test_a_second_run_in_the_folder_is_refused(story: Story) -> None:
    """Another command lists the processes of the one that is up."""
    first = story.first

    assert (1, f"up: already up (process {first.run.up.pid}") == (
        first.again.returncode,
        first.again.stderr.partition(", folder")[0],
    )
    assert 0 == first.status.returncode
    assert {"up", "emulator", "lambdas", "front"} <= set(first.status.stdout.split())


@pytest.mark.faults
def test_what_was_accepted_survives_the_death_of_up(story: Story) -> None:
    """A `kill -9` of `up` ends its processes in order; the next run has every photo, record and picture."""
    photo, changed = story.first.photo, story.changed

    assert -signal.SIGKILL == story.first.run.up.returncode
    assert photo["thumbnail_url"] == changed.kept["thumbnail_url"]
    assert (200, photo["thumbnail_bytes"]) == (changed.picture.status_code, len(changed.picture.content))
    before, now = (one.stack.known["outputs"] for one in (story.first.run, changed.run))
    assert {**before, **{one: now[one] for one in MEANT_TO_CHANGE}} == now


def test_a_setting_that_cannot_work_leaves_the_kept_state_as_it_was(story: Story) -> None:
    """The run ends with one line, and the next one, with the setting put right, finds what the one before it left."""
    code, said = story.refused

    assert 1 == code
    assert "renditions.memory_mib" in said
    assert story.first.photo["id"] == story.changed.kept["id"]


def test_changed_settings_and_code_arrive(story: Story) -> None:
    """Memory, a fifth size, an alarm's threshold, an address less, one line of code."""
    first, changed = story.first, story.changed
    (code, memory), (other, more) = first.code, changed.code

    assert [] == first.run.kept_state
    [summary] = changed.run.kept_state
    assert re.fullmatch(r"kept state: \d+ changed \(.*\), 1 removed \(monitoring-alarms-email-0\)", summary)
    assert (code != other, 1769, 2048) == (True, memory, more)
    assert [9.0] == [one.get("Threshold") for one in changed.alarms]
    assert [] == [one for one in changed.subscriptions if one.get("Protocol") == "email"]
    assert {"tiny_url", "thumbnail_url"} <= changed.new.keys()


@pytest.mark.faults
def test_the_emulators_death_stops_everything_and_is_told(story: Story) -> None:
    """Half a stack is never left running."""
    run = story.changed.run

    assert 1 == run.up.returncode
    assert "\nup: emulator was killed by signal SIGKILL" in run.said
    assert "Everything else is stopped too." in run.said
    assert 3 == story.changed.status_after
