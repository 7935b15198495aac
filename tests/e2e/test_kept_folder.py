"""``up --persist`` a second time, with other settings and other code: the kept stack becomes what is declared now."""

from __future__ import annotations

import re
import shutil
import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from local.run.aws import Aws
from testkit import embedded_stack
from testkit.embedded_stack import ENDED_S, ROOT, LocalStack, launch, read_endpoints
from testkit.photos import jpeg, scene

NOT_PROGRAM = (".*", "__pycache__", "bench", "dist", "docs", "node_modules", "out", "tests")
RENDITION = "darkroom-local-rendition"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the program, to be changed, from which stacks are started."""
    copy = tmp_path / "checkout"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*NOT_PROGRAM))
    monkeypatch.setattr(embedded_stack, "ROOT", copy)
    return copy


def change(checkout: Path, edit: Callable[[Any], object]) -> None:
    """Change the settings that the stack is derived from."""
    path = checkout / "Pulumi.dev.yaml"
    tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    edit(tree["config"]["darkroom:settings"])
    path.write_text(yaml.safe_dump(tree), encoding="utf-8")


@contextmanager
def up(folder: Path) -> Generator[tuple[LocalStack, list[str]]]:
    """Run a stack on the state in *folder*; the list holds what it printed, once it has ended."""
    process = launch(folder, "--no-edits", "--persist", str(folder))
    said: list[str] = []
    try:
        with httpx.Client(timeout=ENDED_S, trust_env=False) as client:
            known = read_endpoints(process)
            yield LocalStack(known=known, folder=folder, aws=Aws(known["aws"]), http=client), said
        process.send_signal(signal.SIGINT)
        said += process.communicate(timeout=ENDED_S)[1].splitlines()
    finally:
        process.kill()
        process.wait()


def code_of(stack: LocalStack) -> tuple[str, int | None]:
    """Return the hash of the code behind the alias, and the memory that it runs with."""
    live = stack.aws.client("lambda").get_function(FunctionName=RENDITION, Qualifier="live")["Configuration"]
    return live.get("CodeSha256", ""), live.get("MemorySize")


@pytest.mark.stack
def test_changed_settings_and_code_arrive_in_a_kept_folder(checkout: Path, tmp_path: Path) -> None:
    """Memory, a fifth size, an alarm's threshold, an address less, one line of code; photos and records stay."""
    folder = tmp_path / "kept"
    change(checkout, lambda settings: settings["monitoring"].update(emails=["ops@example.com"]))
    with up(folder) as (stack, first_said):
        before = stack.with_status(stack.upload(jpeg.jpeg(scene.scene(320, 240)), gallery="kept"), "active")
        code, memory = code_of(stack)

    def edit(settings: Any) -> None:
        settings["renditions"].update(memory_mib=2048, sizes=five_sizes())
        settings["monitoring"].update(emails=[], error_rate_percent=9)

    change(checkout, edit)
    with (checkout / "processor" / "keys.py").open("a", encoding="utf-8") as module:
        module.write("# changed\n")
    with up(folder) as (stack, said):
        after = stack.with_status(stack.upload(jpeg.jpeg(scene.scene(160, 120)), gallery="kept"), "active")
        changed, more = code_of(stack)
        alarm = stack.aws.client("cloudwatch").describe_alarms(AlarmNames=["darkroom-local-rendition-errors"])
        subscriptions = stack.aws.client("sns").list_subscriptions()["Subscriptions"]
        kept = stack.photo(before["id"]) or {}
        picture = stack.http.get(before["thumbnail_url"])

    assert not [line for line in first_said if line.startswith("kept state: ")]
    [summary, *others] = [line for line in said if line.startswith("kept state: ")]
    assert [] == others
    assert re.fullmatch(r"kept state: \d+ changed \(.*\), 1 removed \(monitoring-alarms-email-0\)", summary)
    assert (code != changed, 1769, 2048) == (True, memory, more)
    assert [9.0] == [one.get("Threshold") for one in alarm["MetricAlarms"]]
    assert [] == [one for one in subscriptions if one.get("Protocol") == "email"]
    assert {"tiny_url", "thumbnail_url"} <= after.keys()
    assert (before["thumbnail_url"], 200) == (kept["thumbnail_url"], picture.status_code)


def five_sizes() -> dict[str, Any]:
    """Return the four sizes of the guide and one more."""
    boxes = {"tiny": 100, "thumbnail": 400, "small": 800, "medium": 2000, "large": 4000}
    return {name: {"width": side, "height": side} for name, side in boxes.items()}


@pytest.mark.stack
def test_a_setting_that_cannot_work_leaves_the_kept_state_as_it_was(checkout: Path, tmp_path: Path) -> None:
    """The run ends with one line, and the next one, with the setting put right, has everything."""
    folder = tmp_path / "kept"
    with up(folder) as (stack, _):
        photo = stack.with_status(stack.upload(jpeg.jpeg(scene.scene(320, 240)), gallery="kept"), "active")

    change(checkout, lambda settings: settings["renditions"].update(memory_mib=1))
    failed = launch(folder, "--no-edits", "--persist", str(folder))
    _, said = failed.communicate(timeout=ENDED_S)
    change(checkout, lambda settings: settings["renditions"].update(memory_mib=1769))
    with up(folder) as (stack, _):
        found = stack.photo(photo["id"]) or {}

    assert 1 == failed.returncode
    assert "renditions.memory_mib" in said
    assert photo["thumbnail_url"] == found["thumbnail_url"]
