"""A stack from its first preview to its end, under Pulumi's engine."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import jsonschema

from components.testing.plan import StackPlan
from components.testing.program import ROOT
from tests.engine.account import TABLE
from tests.engine.conftest import Deployed
from tests.engine.stacks import Stack

OPEN = {"deployment": {"protect": False}}
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
EVENTS = "aws:lambda/eventSourceMapping:EventSourceMapping"


def test_a_new_stack_is_created_as_previewed(deployed: Deployed, plans: Mapping[str, StackPlan]) -> None:
    """The preview, in which no output is known, names every resource that the program declares; `up` creates them."""
    declared = {one.name for one in plans[deployed.stack.name].resources}

    assert deployed.previewed.succeeded, deployed.previewed.text
    assert deployed.created.succeeded, deployed.created.text
    expected = dict.fromkeys({*declared, f"darkroom-{deployed.stack.name}"}, "create")
    assert expected == dict(deployed.previewed.changes)
    assert expected == dict(deployed.created.changes)


def test_what_is_created_is_what_was_reviewed(deployed: Deployed, plans: Mapping[str, StackPlan]) -> None:
    """The engine hands the provider the types and physical names of the recorded plan, which people review."""
    declared = Counter((one.type, one.inputs.get("name")) for one in plans[deployed.stack.name].resources if one.custom)
    things = deployed.stack.account.things.values()

    assert declared == Counter((thing.kind, thing.inputs.get("name")) for thing in things)


def test_nothing_changes_without_a_change(deployed: Deployed, tmp_path: Path) -> None:
    """A second `up`, a refresh and a preview after it find everything as it should be."""
    stack = deployed.stack.copy(tmp_path / "stack")

    for outcome in (stack.up(), stack.refresh(), stack.preview()):
        assert outcome.succeeded, outcome.text
        assert {} == {name: said for name, said in outcome.changes.items() if said != "refresh"}


def test_a_refresh_sees_what_was_changed_by_hand(dev: Stack) -> None:
    """A queue deleted in the console comes back with the next `up`, together with what hangs on it."""
    [queue] = [one for one in dev.account.things if one[1].endswith("darkroom-dev-edit-jobs")]
    del dev.account.things[queue]

    assert dev.refresh().succeeded
    outcome = dev.up()

    assert outcome.succeeded, outcome.text
    assert "edits-jobs-queue" in outcome.of("create")
    assert queue in dev.account.things


def test_the_outputs_keep_the_contract(deployed: Deployed) -> None:
    """`pulumi stack output --json` is what front ends read."""
    schema = json.loads((ROOT / "docs" / "outputs.schema.json").read_text(encoding="utf-8"))
    outputs = json.loads(deployed.stack.checked("stack", "output", "--json"))

    jsonschema.validate(outputs, schema)


def test_development_goes_without_a_question(dev: Stack) -> None:
    """Every resource is deleted, in an order that AWS accepts."""
    outcome = dev.destroy()

    assert outcome.succeeded, outcome.text
    assert {} == dev.account.things


def test_production_refuses_to_go(prod: Stack) -> None:
    """The preview that comes before it is refused, so nothing is deleted."""
    before = set(prod.account.things)
    outcome = prod.destroy()

    assert not outcome.succeeded
    assert "cannot be deleted" in outcome.text
    assert before == set(prod.account.things)


def test_production_goes_once_its_protection_is_off(prod: Stack) -> None:
    """docs/deploying.md: set `deployment.protect: false`, deploy that, then destroy."""
    assert prod.up(OPEN).succeeded
    outcome = prod.destroy(OPEN)

    assert outcome.succeeded, outcome.text
    assert {} == prod.account.things


def test_production_can_be_left_with_its_data(prod: Stack) -> None:
    """docs/deploying.md: what is protected stays, readers included; alarms and what feeds the workers go."""
    before = set(prod.account.things)
    outcome = prod.destroy(None, "--exclude-protected")

    assert outcome.succeeded, outcome.text
    after = {kind for kind, _ in prod.account.things}
    data = {one for one in before if one[0] in {"aws:s3/bucket:Bucket", BUCKET_POLICY, TABLE, DISTRIBUTION}}
    assert data <= set(prod.account.things)
    assert {"aws:cloudwatch/metricAlarm:MetricAlarm", EVENTS} & after == set()
