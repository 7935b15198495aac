"""State the policies about the workflows of GitHub, and about the role that runs a branch's program.

zizmor and actionlint (`make lint`) know GitHub's rules; these are ours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from components.build import ROOT

PINNED: Final = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
TOKEN: Final = "id-token"  # noqa: S105 - the name of a permission
PREVIEW_ROLE: Final = "docs/preview-role.json"
# What a role that describes may ask: names and settings, nothing that people or functions stored.
DESCRIBING: Final = re.compile(
    r"(cloudfront|logs|dynamodb):(Describe|Get|List)[A-Za-z]*|s3:(GetBucket[*]|Get[A-Za-z]*Configuration)"
    r"|sts:GetCallerIdentity"
)
CONTENT: Final = frozenset(
    {
        *("dynamodb:GetItem", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
        *("logs:GetLogEvents", "logs:GetLogRecord", "logs:GetQueryResults"),
    }
)
STATE: Final = {"s3:GetObject", "s3:ListBucket", "kms:Decrypt"}


class Job(NamedTuple):
    """One job. *where*: ``file: job``."""

    where: str
    known: Mapping[str, Any]

    def uses(self, action: str = "") -> list[Mapping[str, Any]]:
        """List the steps that use *action*."""
        return [step for step in self.known["steps"] if step.get("uses", "").startswith(action) and "uses" in step]

    def runs(self) -> str:
        """Return all commands."""
        return "\n".join(step.get("run", "") for step in self.known["steps"])


class Automation(NamedTuple):
    """All workflows by file name, and the policy of the role for previews."""

    workflows: Mapping[str, Mapping[str, Any]]
    preview_role: Mapping[str, Any]

    def jobs(self) -> list[Job]:
        """List the jobs of all workflows."""
        return [
            Job(f"{file}: {name}", job) for file, flow in self.workflows.items() for name, job in flow["jobs"].items()
        ]


def automation(root: Path = ROOT) -> Automation:
    """Read the workflows of the checkout *root*."""
    files = sorted((root / ".github" / "workflows").glob("*.yml"))
    # PyYAML reads the key `on` as true.
    flows = {path.name: yaml.safe_load(path.read_text(encoding="utf-8").replace("\non:", '\n"on":')) for path in files}
    return Automation(flows, json.loads((root / PREVIEW_ROLE).read_text(encoding="utf-8")))


def actions_are_pinned(given: Automation) -> Iterator[str]:
    """Every action is named by its commit, because a tag can be moved to other code."""
    for job in given.jobs():
        for step in job.uses():
            if not PINNED.fullmatch(step["uses"]):
                yield f"{job.where}: expected {step['uses']} by its commit"


def checkouts_keep_no_credentials(given: Automation) -> Iterator[str]:
    """No checkout leaves its token in .git, where every later step could read it."""
    for job in given.jobs():
        for step in job.uses("actions/checkout@"):
            if step.get("with", {}).get("persist-credentials") is not False:
                yield f"{job.where}: expected persist-credentials: false"


def builds_share_no_cache(given: Automation) -> Iterator[str]:
    """No job takes files from a cache, which another workflow may have written."""
    for job in given.jobs():
        for step in job.uses():
            if "cache" in step.get("with", {}) or step["uses"].startswith("actions/cache"):
                yield f"{job.where}: expected no cache in {step['uses'].partition('@')[0]}"


def identities_are_few(given: Automation) -> Iterator[str]:
    """Only a job with an environment mints an identity, and it runs no tests and no build."""
    for file, flow in given.workflows.items():
        if flow.get("permissions") != {}:
            yield f"{file}: expected permissions: {{}} for the workflow, and for each job what it needs"
    for job in given.jobs():
        if TOKEN in job.known.get("permissions", {}):
            if "environment" not in job.known:
                yield f"{job.where}: expected an environment beside {TOKEN}"
            if "make " in job.runs():
                yield f"{job.where}: expected no make target beside {TOKEN}"


def checks_have_a_browser(given: Automation) -> Iterator[str]:
    """Every check has a browser: without one, tests of the page would be skipped before a deployment."""
    for job in given.jobs():
        for step in job.known["steps"]:
            if step.get("run", "").startswith("make check") and "DARKROOM_CHROMIUM" not in step.get("env", {}):
                yield f"{job.where}: expected DARKROOM_CHROMIUM for make check"


def forks_and_time_are_covered(given: Automation) -> Iterator[str]:
    """Pull requests run the tests, and the audit runs without a push."""
    for command, event in (("make check", "pull_request"), ("make audit", "schedule")):
        running = {job.where.partition(":")[0] for job in given.jobs() if command in job.runs()}
        if not any(event in given.workflows[file]["on"] for file in running):
            yield f"{command}: expected a workflow that runs it on {event}"


def previews_read_no_content(given: Automation) -> Iterator[str]:
    """No preview, which runs code of a branch, can read more than the state and descriptions of resources."""
    for said in given.preview_role["Statement"]:
        actions = set(said["Action"])
        if said["Sid"].startswith("State"):
            if not actions <= STATE or "*" in said["Resource"]:
                yield f"{PREVIEW_ROLE}: {said['Sid']}: expected only {', '.join(sorted(STATE))}, on the state alone"
            continue
        for action in sorted(actions):
            if action in CONTENT or not DESCRIBING.fullmatch(action):
                yield f"{PREVIEW_ROLE}: {said['Sid']}: expected no {action}, which reads content"


WorkflowPolicy = Callable[[Automation], Iterator[str]]
WORKFLOW_POLICIES: Final[tuple[WorkflowPolicy, ...]] = (
    actions_are_pinned,
    checkouts_keep_no_credentials,
    builds_share_no_cache,
    identities_are_few,
    checks_have_a_browser,
    forks_and_time_are_covered,
    previews_read_no_content,
)


def workflow_findings(given: Automation) -> list[str]:
    """Apply every policy."""
    return [f"workflows: {policy.__name__}: {line}" for policy in WORKFLOW_POLICIES for line in policy(given)]
