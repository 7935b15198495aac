"""Stacks under Pulumi's command line: state in a folder, the program from a checkout, an account in memory.

Which resources a command changes comes from the engine's own events (``--event-log``).
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import yaml

from components.build import write_empty_layers
from components.testing.program import PROJECT, ROOT, Json
from components.testing.trees import merged
from tests.engine.account import Account
from tests.engine.command import Engine
from tests.engine.provider import name_of, serving
from tests.factories.stacks import SETTINGS

# What the program does not need, at the top of a checkout.
LEFT_OUT: Final = frozenset({"bench", "dist", "docs", "engine", "out", "tests", "web"})
# The parts of a replacement, of which "replace" is the whole; and reads that find nothing new.
PARTS: Final = frozenset({"create-replacement", "delete-replaced", "same", "read"})
PROVIDERS: Final = "pulumi:providers:"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """Result of a command. *changes*: by resource, the operation and the changed inputs. *text*: what it printed."""

    succeeded: bool
    changes: Mapping[str, str]
    text: str

    def of(self, operation: str) -> set[str]:
        """Name the resources that went through *operation*."""
        return {name for name, said in self.changes.items() if f" {operation} " in f" {said} "}


@dataclass(frozen=True, kw_only=True, slots=True)
class Stack:
    """One stack. *folder* holds its state, its stack file and the layers."""

    engine: Engine
    name: str
    checkout: Path
    folder: Path
    account: Account = field(default_factory=Account)

    @property
    def file(self) -> Path:
        """The stack file: the committed one, with the salt of the state's secrets."""
        return self.folder / f"Pulumi.{self.name}.yaml"

    def preview(self, change: Json | None = None, *options: str) -> Outcome:
        """Say what an update would change, with *change* merged into the settings."""
        return self.run("preview", *options, change=change)

    def up(self, change: Json | None = None, *options: str) -> Outcome:
        """Update, with *change* merged into the settings."""
        return self.run("up", "--yes", "--skip-preview", *options, change=change)

    def refresh(self) -> Outcome:
        """Bring the state up to what is there."""
        return self.run("refresh", "--yes", "--skip-preview")

    def destroy(self, change: Json | None = None, *options: str) -> Outcome:
        """Take everything down, after the preview that comes without being asked for."""
        return self.run("destroy", "--yes", *options, change=change)

    def run(self, *arguments: str, change: Json | None = None) -> Outcome:
        """Run a command on the stack, with *change* merged into the settings."""
        events, file = self.folder / "events.json", self.folder / "changed.yaml"
        events.unlink(missing_ok=True)
        known = yaml.safe_load(self.file.read_text(encoding="utf-8"))
        known["config"][SETTINGS] = merged(known["config"][SETTINGS], change or {})
        known["config"][f"{PROJECT}:packages"] = str(self.folder / "packages")
        file.write_text(yaml.safe_dump(known), encoding="utf-8")
        options = ("--config-file", str(file), "--event-log", str(events), "--client", self.engine.client)
        done = self.command(*arguments, *options)
        text = done.stdout + done.stderr
        return Outcome(succeeded=not done.returncode, changes=changes(events), text=text)

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command with the stack's state and account."""
        with serving(self.account) as port:
            env = {
                "PULUMI_BACKEND_URL": f"file://{self.folder}",
                "PULUMI_DEBUG_PROVIDERS": f"aws:{port},random:{port}",
            }
            return self.engine.run(*arguments, "--stack", self.name, folder=self.checkout, env=env)

    def export(self, *options: str) -> Json:
        """Give the state."""
        return json.loads(self.checked("stack", "export", *options))

    def checked(self, *arguments: str) -> str:
        """Run a command that must succeed; give what it printed."""
        done = self.command(*arguments)
        assert not done.returncode, done.stdout + done.stderr
        return done.stdout

    def load(self, resources: list[Json]) -> None:
        """Replace the resources in the state."""
        state = self.export()
        state["deployment"]["resources"] = resources
        file = self.folder / "state.json"
        file.write_text(json.dumps(state), encoding="utf-8")
        self.checked("stack", "import", "--file", str(file))

    def copy(self, folder: Path) -> Stack:
        """Give an equal stack in *folder* that changes by itself."""
        shutil.copytree(self.folder, folder)
        return Stack(
            engine=self.engine, name=self.name, checkout=self.checkout, folder=folder, account=self.account.copy()
        )


def new_stack(engine: Engine, name: str, checkout: Path, folder: Path) -> Stack:
    """Give a stack without resources, with the committed settings."""
    folder.mkdir()
    write_empty_layers(folder / "packages")
    stack = Stack(engine=engine, name=name, checkout=checkout, folder=folder)
    committed = checkout / stack.file.name
    before = committed.read_text(encoding="utf-8")
    stack.checked("stack", "init", "--secrets-provider", "passphrase")
    # `stack init` adds the salt to the committed file; each stack has its own.
    shutil.copy(committed, stack.file)
    committed.write_text(before, encoding="utf-8")
    return stack


def copy_checkout(folder: Path) -> Path:
    """Copy what the program consists of, as a clone would have it."""
    return Path(shutil.copytree(ROOT, folder, ignore=left_out))


def left_out(folder: str, names: list[str]) -> set[str]:
    """Choose what is not copied of *folder*: caches, hidden folders, and at the top what the program does not need."""
    unneeded = LEFT_OUT if Path(folder) == ROOT else frozenset[str]()
    return {name for name in names if name in unneeded or name.startswith((".", "__pycache__"))}


def changes(events: Path) -> dict[str, str]:
    """Name each resource that changes with the operation and the inputs that differ: "import and update tags"."""
    found: dict[str, str] = {}
    for line in events.read_text(encoding="utf-8").splitlines() if events.exists() else ():
        step = json.loads(line).get("resourcePreEvent", {}).get("metadata", {})
        if step and step["op"] not in PARTS and not step["type"].startswith(PROVIDERS):
            keys = {re.split(r"[.\[]", key)[0] for key in step["detailedDiff"] or {}}
            name, said = name_of(step["urn"]), " ".join([step["op"], *sorted(keys)])
            found[name] = f"{found[name]} and {said}" if name in found else said
    return found
