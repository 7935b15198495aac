"""Each policy about workflows finds what it is there for, and so does zizmor."""

from __future__ import annotations

import copy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components.build import ROOT
from tools.workflow_policies import WORKFLOW_POLICIES, automation, workflow_findings

Break = Callable[[dict[str, Any], dict[str, Any]], object]
CHECKOUT = "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683"


def step(flow: dict[str, Any], job: str, number: int) -> dict[str, Any]:
    """Return one step."""
    return flow["jobs"][job]["steps"][number]


CASES: list[tuple[str, Break, str]] = [
    (
        "deploy.yml",
        lambda flow, _: step(flow, "deploy", 0).update(uses="actions/checkout@v4"),
        "actions_are_pinned: deploy.yml: deploy: expected actions/checkout@v4 by its commit",
    ),
    (
        "test.yml",
        lambda flow, _: step(flow, "check", 0).pop("with"),
        "checkouts_keep_no_credentials: test.yml: check: expected persist-credentials: false",
    ),
    (
        "deploy.yml",
        lambda flow, _: step(flow, "build", 1)["with"].update(cache="pip"),
        "builds_share_no_cache: deploy.yml: build: expected no cache in actions/setup-python",
    ),
    (
        "deploy.yml",
        lambda flow, _: flow.update(permissions={"id-token": "write"}),
        ("identities_are_few: deploy.yml: expected permissions: {} for the workflow, and for each job what it needs"),
    ),
    (
        "preview.yml",
        lambda flow, _: flow["jobs"]["preview"].pop("environment"),
        "identities_are_few: preview.yml: preview: expected an environment beside id-token",
    ),
    (
        "deploy.yml",
        lambda flow, _: flow["jobs"]["deploy"]["steps"].append({"run": "make golden"}),
        "identities_are_few: deploy.yml: deploy: expected no make target beside id-token",
    ),
    (
        "deploy.yml",
        lambda flow, _: step(flow, "check", 2).pop("env"),
        "checks_have_a_browser: deploy.yml: check: expected DARKROOM_CHROMIUM for make check",
    ),
    (
        "test.yml",
        lambda flow, _: flow["on"].pop("pull_request"),
        "forks_and_time_are_covered: make check: expected a workflow that runs it on pull_request",
    ),
    (
        "audit.yml",
        lambda flow, _: flow["on"].pop("schedule"),
        "forks_and_time_are_covered: make audit: expected a workflow that runs it on schedule",
    ),
    *(
        (
            "deploy.yml",
            lambda _, role, action=action: role["Statement"][3]["Action"].append(action),
            (
                f"previews_read_no_content: docs/preview-role.json: DescribeWhatIsAdopted: expected no {action}, "
                "which reads content"
            ),
        )
        for action in (
            "s3:GetObject",
            "dynamodb:GetItem",
            "ssm:GetParameter",
            "logs:GetLogEvents",
            "dynamodb:*",
            "s3:Get*",
        )
    ),
    (
        "deploy.yml",
        lambda _, role: role["Statement"][1].update(Resource=["*"]),
        (
            "previews_read_no_content: docs/preview-role.json: StateRead: expected only kms:Decrypt, s3:GetObject, "
            "s3:ListBucket, on the state alone"
        ),
    ),
]


@pytest.mark.parametrize(("file", "change", "line"), CASES, ids=[line.partition(": ")[2][:60] for *_, line in CASES])
def test_a_policy_names_what_breaks_it(file: str, change: Break, line: str) -> None:
    """One wrong line, one finding; as committed there is none."""
    given = copy.deepcopy(automation())
    assert [] == workflow_findings(given)

    change(given.workflows[file], given.preview_role)  # pyright: ignore[reportArgumentType] - a copy, to be changed

    assert [f"workflows: {line}"] == workflow_findings(given)


def test_every_policy_is_tried() -> None:
    """A policy that never found anything may not be able to."""
    assert {policy.__name__ for policy in WORKFLOW_POLICIES} == {line.partition(":")[0] for *_, line in CASES}


@pytest.mark.parametrize(
    ("line", "findings"), [(f"{CHECKOUT} # v4.2.2", 0), ("actions/checkout@v4", 14)], ids=["as committed", "by a tag"]
)
def test_zizmor_runs_offline_and_without_a_token(tmp_path: Path, line: str, findings: int) -> None:
    """Exit code 14 says: a finding of high severity (https://docs.zizmor.sh/usage/#exit-codes)."""
    workflow = tmp_path / ".github" / "workflows" / "test.yml"
    workflow.parent.mkdir(parents=True)
    text = (ROOT / ".github" / "workflows" / "audit.yml").read_text(encoding="utf-8")
    workflow.write_text(text.replace(f"{CHECKOUT} # v4.2.2", line), encoding="utf-8")
    command = [
        str(Path(sys.executable).with_name("zizmor")),
        "--offline",
        "--persona=auditor",
        "--quiet",
        str(workflow),
    ]

    assert findings == subprocess.run(command, capture_output=True, check=False).returncode
