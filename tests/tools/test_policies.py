"""Every policy finds what it is there for: one wrong resource, one line that names it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from components.testing.plan import Resource, StackPlan
from tests.factories.plans import recorded
from tools.policies import POLICIES, findings

Change = Callable[[dict[str, Any]], object]
Edit = Callable[[StackPlan], StackPlan]


def without(name: str) -> Edit:
    """Leave the resource *name* out."""
    return lambda plan: replace(plan, resources=tuple(one for one in plan.resources if one.name != name))


def altered(name: str, change: Change) -> Edit:
    """Change the inputs of *name*."""
    return lambda plan: replace(
        plan, resources=tuple(changed(one, change) if one.name == name else one for one in plan.resources)
    )


def changed(one: Resource, change: Change) -> Resource:
    """Change a copy of the inputs."""
    inputs = json.loads(json.dumps(one.inputs))
    change(inputs)
    return replace(one, inputs=inputs)


def drop(key: str) -> Change:
    """Leave an input out."""
    return lambda inputs: inputs.pop(key)


def put(**values: Any) -> Change:
    """Set inputs."""
    return lambda inputs: inputs.update(values)


def statement(number: int, **values: Any) -> Change:
    """Set parts of one statement of the policy."""

    def change(inputs: dict[str, Any]) -> None:
        document = json.loads(inputs["policy"])
        document["Statement"][number] |= values
        inputs["policy"] = json.dumps(document)

    return change


CASES: list[tuple[Edit, str]] = [
    (
        without("renditions-originals-public-access"),
        "buckets_are_private: renditions-originals-bucket: expected a public access block, found none",
    ),
    (
        altered("edits-results-public-access", put(blockPublicPolicy=False)),
        "buckets_are_private: edits-results-public-access: expected blockPublicPolicy, found False",
    ),
    (
        altered("edits-results-bucket", put(acl="public-read")),
        "buckets_are_private: edits-results-bucket: expected no ACL",
    ),
    (
        altered("cdn-results-policy", statement(1, Principal="*")),
        "no_access_for_everyone: cdn-results-policy: expected no Allow for everyone",
    ),
    (
        altered("renditions-uploads-policy", statement(1, Condition={})),
        (
            "no_access_for_everyone: renditions-uploads-policy: expected {'Service': 's3.amazonaws.com'} "
            "bound to a source ARN or account"
        ),
    ),
    (
        altered("renditions-uploads-policy", statement(0, Condition={})),
        "everyone_comes_over_tls: renditions-uploads-policy: expected a Deny of sqs:* without TLS",
    ),
    (
        without("cdn-originals-policy"),
        "everyone_comes_over_tls: renditions-originals-bucket: expected a bucket policy, found none",
    ),
    (
        without("edits-results-encryption"),
        "all_is_encrypted: edits-results-bucket: expected an encryption configuration, found none",
    ),
    (
        altered("edits-jobs-queue", put(sqsManagedSseEnabled=False)),
        "all_is_encrypted: edits-jobs-queue: expected encryption, found none",
    ),
    (
        altered("monitoring-alarms-topic", drop("kmsMasterKeyId")),
        "all_is_encrypted: monitoring-alarms-topic: expected encryption, found none",
    ),
    (
        altered("edits-worker-grants", statement(0, Action=["s3:*"])),
        "grants_are_narrow: edits-worker-grants: expected single actions, found s3:*",
    ),
    (
        altered("edits-worker-grants", statement(0, Resource=["*"])),
        "grants_are_narrow: edits-worker-grants: expected narrower resources than * for s3:GetObject",
    ),
    (
        altered("edits-worker-role", put(managedPolicyArns=["arn:aws:iam::aws:policy/AdministratorAccess"])),
        "grants_are_narrow: edits-worker-role: expected grants of its own, found policies attached",
    ),
    (
        without("edits-worker-logs"),
        "logs_are_kept: edits-worker-function: expected a log group of its own, found none",
    ),
    (
        altered("edits-worker-logs", put(retentionInDays=0)),
        "logs_are_kept: edits-worker-logs: expected a retention, found none",
    ),
    (
        altered("monitoring-uploads-age", put(alarmActions=[])),
        "alarms_tell_someone: monitoring-uploads-age: expected alarmActions, found none",
    ),
    (
        altered("monitoring-uploads-age", drop("dimensions")),
        "alarms_tell_someone: monitoring-uploads-age: expected dimensions, found none",
    ),
    (
        altered("monitoring-edit-errors", lambda inputs: inputs["metricQueries"][1]["metric"].pop("dimensions")),
        "alarms_tell_someone: monitoring-edit-errors: expected dimensions, found none",
    ),
    (
        altered("edits-sessions", put(tags={"project": "darkroom"})),
        "all_is_tagged: edits-sessions: expected the tags component, cost-centre, project, stack, found ['project']",
    ),
    (
        altered("edits-api-ticket-key-parameter", put(value="IN CLEAR: secret of edits-api-ticket-key")),
        "secrets_are_secret: edits-api-ticket-key-parameter: expected a secret, found its text in clear",
    ),
    (
        altered("edits-worker-role", put(name=f"darkroom-dev-{'x' * 30}")),
        "names_fit_the_longest_stack: edits-worker-role: expected a name of at most 64 characters, found 70",
    ),
    (
        lambda plan: replace(
            plan,
            resources=tuple(
                replace(one, depends_on=()) if one.name == "edits-api-url-invoke" else one for one in plan.resources
            ),
        ),
        "permissions_follow_their_url: edits-api-url-invoke: expected to wait for edits-api-url",
    ),
]

PROD_CASES: list[tuple[Edit, str]] = [
    (
        altered("cdn-signing-key-7c60e039", put(name="darkroom-prod-originals")),
        "keys_can_be_replaced: cdn-signing-key-7c60e039: expected names that end with the key's hash 7c60e039",
    ),
    (
        altered("cdn-signing-key-7c60e039", lambda inputs: inputs.update(encodedKey=inputs["encodedKey"].strip())),
        (
            "keys_can_be_replaced: cdn-signing-key-7c60e039: expected a line break at the end: "
            "the provider replaces a key without one every time"
        ),
    ),
]


@pytest.mark.parametrize(("edit", "line"), CASES, ids=[line.partition(": ")[2][:70] for _, line in CASES])
def test_a_policy_names_what_breaks_it(edit: Edit, line: str) -> None:
    """One wrong resource, one finding."""
    assert [f"dev: {line}"] == findings(edit(recorded("dev")))


@pytest.mark.parametrize(("edit", "line"), PROD_CASES)
def test_a_key_that_cannot_be_replaced_is_named(edit: Edit, line: str) -> None:
    """Only production has keys."""
    assert [f"prod: {line}"] == findings(edit(recorded("prod")))


def test_every_policy_is_tried() -> None:
    """A policy that never found anything may not be able to."""
    tried = {line.partition(":")[0] for _, line in [*CASES, *PROD_CASES]}
    assert {policy.__name__ for policy in POLICIES} == tried
