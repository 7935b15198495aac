"""Documents and workflows say what is so."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from components.testing.plan import StackPlan
from tests.contracts.calls import ROOT
from tests.factories.stacks import plan_with

WORKFLOWS = {path.stem: path for path in (ROOT / ".github" / "workflows").glob("*.yml")}
QUERY = "aws:cloudwatch/queryDefinition:QueryDefinition"
COMPONENTS = ("renditions", "edits", "cdn", "monitoring")


def steps(workflow: str) -> list[dict[str, Any]]:
    """Give the steps of the job that a workflow is named after."""
    return yaml.safe_load(WORKFLOWS[workflow].read_text(encoding="utf-8"))["jobs"][workflow]["steps"]


def test_the_guides_page_names_resources_that_exist(plans: dict[str, StackPlan]) -> None:
    """Each resource of the old systems is in the plan under the name that the page gives."""
    text = (ROOT / "docs" / "from-the-guides.md").read_text(encoding="utf-8")
    named = set(re.findall(rf"`((?:{'|'.join(COMPONENTS)})-[a-z0-9-]+\*?)`", text))
    declared = {one.name for one in plans["prod"].resources}
    families = {name for name in named if name.endswith("*")}

    assert set() == named - families - declared
    assert [] == [name for name in families if not any(one.startswith(name[:-1]) for one in declared)]
    assert len(named) >= 30


def test_every_output_is_explained(plans: dict[str, StackPlan]) -> None:
    """Every output is documented."""
    text = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8")

    assert [] == [name for name in plans["prod"].outputs if f"`{name}`" not in text]


def test_the_table_of_idle_costs_counts_the_alarms(plans: dict[str, StackPlan]) -> None:
    """The one figure that changes with the program."""
    alarms = len(plans["prod"].of_type("aws:cloudwatch/metricAlarm:MetricAlarm"))
    text = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8")

    assert f"| alarms: {alarms} × 0.10 | {alarms * 0.1:.2f} |" in text


RUNBOOK = ("Means", "First look", "Usual causes", "Action")


def test_every_alarm_has_a_runbook() -> None:
    """The link in an alarm's mail leads to what it means, where to look, why, and what to do; none leads nowhere."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    everything = plan_with("prod", {"renditions": {"on_demand": True}})
    alarms = everything.of_type("aws:cloudwatch/metricAlarm:MetricAlarm")
    linked = {one.inputs["alarmDescription"].partition("Runbook: docs/operations.md#")[2] for one in alarms}
    sections = re.findall(r'^((?:<a id="[^"]+"></a>)+)\n### .+\n((?:- .+\n)+)', text, re.MULTILINE)

    assert linked | {"budget"} == {name for anchors, _ in sections for name in re.findall('id="([^"]+)"', anchors)}
    assert {RUNBOOK} == {tuple(re.findall(r"^- \*\*(.+?)\*\*: .", body, re.MULTILINE)) for _, body in sections}


def test_runbooks_name_queries_that_exist(plans: dict[str, StackPlan]) -> None:
    """A first look at something that is not there is the last."""
    pages = [(ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("operations.md", "troubleshooting.md")]
    queries = {one.inputs["name"].rpartition("/")[2] for one in plans["prod"].of_type(QUERY)}

    assert queries <= {name for page in pages for name in re.findall(r"`([a-z-]+)`", page)}


def test_there_is_a_workflow_for_tests_audits_previews_and_deployments() -> None:
    """Four workflows, and no forgotten fifth."""
    assert {"test", "audit", "preview", "deploy"} == set(WORKFLOWS)


@pytest.mark.parametrize("workflow", ["preview", "deploy"])
def test_workflows_sign_in_without_stored_keys(workflow: str) -> None:
    """OIDC: a role that trusts this repository, and no key of AWS that could be lost; Pulumi Cloud has a token."""
    text = WORKFLOWS[workflow].read_text(encoding="utf-8")
    roles = [step["with"]["role-to-assume"] for step in steps(workflow) if "credentials@" in step.get("uses", "")]

    assert 1 == len(roles)
    assert ["PULUMI_ACCESS_TOKEN"] == re.findall(r"secrets\.(\w+)", text)


@pytest.mark.parametrize(("workflow", "command"), [("preview", "preview"), ("deploy", "up")])
def test_pulumi_is_installed_and_layers_are_built_before_it_runs(workflow: str, command: str) -> None:
    """The program needs its libraries, and refuses to run without layers, which a job of their own has built."""
    jobs = yaml.safe_load(WORKFLOWS[workflow].read_text(encoding="utf-8"))["jobs"]
    order = [
        step.get("run", step.get("with", {}).get("command", step.get("uses", "").partition("@")[0]))
        for step in steps(workflow)
    ]

    assert "build" in jobs[workflow]["needs"]
    assert "make package" in [step.get("run") for step in jobs["build"]["steps"]]
    assert order.index("actions/download-artifact") < order.index("pulumi/actions") < order.index("pulumi install")
    assert order.index("pulumi install") < order.index(command)


def test_workflows_call_targets_that_exist() -> None:
    """One command, one truth: what a workflow runs, a developer can run."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    called = {
        target
        for path in WORKFLOWS.values()
        for target in re.findall(r"make ([a-z]+)", path.read_text(encoding="utf-8"))
    }

    assert {"audit", "cfn", "check", "golden", "package"} == called
    assert called <= targets
