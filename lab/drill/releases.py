"""Rehearse releases: a bad one, a roll-back, an upgrade; then replay the bad one's dead letters by group."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from components.build import ROOT
from components.testing.program import Json, main_program
from lab.drill.operator import CommandOutput, Operator
from local.deployer.deploy import deploy_program
from local.deployer.target import Target
from local.model import RunConfig
from local.stack import configuration
from testkit.embedded_stack import short_visibility
from testkit.photos import heif, jpeg, raster

GALLERY: Final = "releases"
PATCHED: Final = "processor/imaging/renderer.py"
HEIC: Final = (f"{GALLERY}/a.heic", f"{GALLERY}/b.heic")
WEBP: Final = (f"{GALLERY}/c.webp", f"{GALLERY}/d.webp")
FUNCTION: Final = "darkroom-local-rendition"
LANE: Final = "uploads"
# What is appended to the renderer's module. Two decoders of this release do not load: no photo's fault.
# Its messages come again at once: heartbeats would hide each of them for 45 s, five times.
BAD: Final = """

from processor.handlers import batch

batch.VISIBLE_AFTER_S = 1
_render = Renderer.render


def _broken(self, source, recipe, *, file_name, **more):
    if file_name.endswith((".heic", ".webp")):
        raise RuntimeError("expected a decoder that loads, received a release without")
    return _render(self, source, recipe, file_name=file_name, **more)


Renderer.render = _broken
"""
# Every receipt says which release has decoded the photo.
UPGRADED_DECODER: Final = "upgraded"
UPGRADE: Final = f"""

from dataclasses import replace

_render = Renderer.render


def _upgraded(self, *source, **more):
    made = _render(self, *source, **more)
    return replace(made, receipt=replace(made.receipt, decoder="{UPGRADED_DECODER}"))


Renderer.render = _upgraded
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleaseRehearsal:
    """*versions*: what `live` pointed at after each deployment. *groups*: dead letters by format, step by step.

    *decoders*: of each photo in the end, by key.
    """

    versions: tuple[str, ...]
    groups: tuple[Mapping[str, int], ...]
    redriven_group: CommandOutput
    after_group: Mapping[str, str]
    redriven_all: CommandOutput
    decoders: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Releases:
    """Deploys the stack's program with other sources and pins, as `pulumi up` does after a change."""

    operator: Operator
    run: RunConfig
    packages: Path
    target: Target

    @classmethod
    def of(cls, operator: Operator) -> Releases:
        """Begin with the release that is there."""
        folder = operator.stack.folder
        run = RunConfig.load(folder / "run.json")
        return cls(operator=operator, run=run, packages=folder / "packages", target=Target(run.addresses, folder))

    def deploy(self, sources: Path = ROOT, *, pin: int | None = None) -> str:
        """Deploy; return the version that `live` points at. *pin*: `rollback: {rendition: N}` of the stack file."""
        config: Json = {**configuration(self.run.addresses, self.packages), "darkroom:sources": str(sources)}
        if pin:
            config["darkroom:settings"] = {**config["darkroom:settings"], "rollback": {"rendition": pin}}
        deploy_program(main_program, self.target, config)
        return self.live()

    def live(self) -> str:
        """Ask Lambda what the alias points at."""
        functions: Any = self.operator.stack.aws.client("lambda")
        return functions.get_alias(FunctionName=FUNCTION, Name="live")["FunctionVersion"]

    def patched(self, name: str, code: str) -> Path:
        """Make the sources of another release: these, with *code* at the end of the renderer."""
        folder = self.operator.stack.folder / name
        for part in ("processor", "requirements"):
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        module = folder / PATCHED
        module.write_text(module.read_text(encoding="utf-8") + code, encoding="utf-8")
        return folder


def rehearse(operator: Operator) -> ReleaseRehearsal:
    """Run the rehearsal; the stack's own release is deployed again in the end."""
    releases = Releases.of(operator)
    versions = [releases.live()]
    pin = int(versions[0])
    bad = releases.patched("release-bad", BAD)
    versions.append(releases.deploy(bad))
    groups = [die(operator)]

    versions.append(releases.deploy(bad, pin=pin))
    redriven_group = operator.run("dlq", "redrive", "--format", "heic", "--yes")
    wait_until(operator, "active", *HEIC)
    groups.append(letters(operator))
    after_group = {key: operator.status(key) for key in (*HEIC, *WEBP)}

    versions.append(releases.deploy(releases.patched("release-upgraded", UPGRADE)))
    redriven_all = operator.run("dlq", "redrive", "--yes")
    wait_until(operator, "active", *WEBP)
    groups.append(letters(operator))
    decoders = {key: operator.record(key)["receipt"]["decoder"] for key in (*HEIC, *WEBP)}

    versions.append(releases.deploy())
    return ReleaseRehearsal(
        versions=tuple(versions),
        groups=tuple(groups),
        redriven_group=redriven_group,
        after_group=after_group,
        redriven_all=redriven_all,
        decoders=decoders,
    )


def die(operator: Operator) -> Mapping[str, int]:
    """Upload what the release cannot decode until it is dead letters; what it can is not disturbed."""
    # Five attempts at twelve minutes each are an hour.
    with short_visibility(operator.stack, LANE):
        for key in HEIC:
            operator.put(key, heif.heic())
        for key in WEBP:
            operator.put(key, raster.webp())
        operator.put(f"{GALLERY}/fine.jpg", jpeg.jpeg())
        wait_until(operator, "active", f"{GALLERY}/fine.jpg")
        dead = len(HEIC) + len(WEBP)
        operator.wait_for(f"{dead} dead letters", lambda: waiting(operator) == dead)
    return letters(operator)


def wait_until(operator: Operator, status: str, *keys: str) -> None:
    """Wait until photos are as they should be."""
    operator.wait_for(f"{', '.join(keys)} {status}", lambda: all(operator.status(key) == status for key in keys))


def waiting(operator: Operator) -> int:
    """Count the lane's dead letters."""
    url = operator.stack.known["queues"][f"{LANE}-dead-letters"]
    sqs: Any = operator.stack.aws.client("sqs")
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def letters(operator: Operator) -> Mapping[str, int]:
    """List dead letters as a person does; give their number by format."""
    said = operator.run("dlq", "list", "--json")
    groups = [json.loads(line) for line in said.out.splitlines()]
    return {group["format"]: group["count"] for group in groups}
