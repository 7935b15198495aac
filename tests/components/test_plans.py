"""Each stack's plan, whole: every resource, input, name and parent, as a text that people review."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from components.testing.plan import StackPlan
from components.testing.variants import ORIGIN, VARIANTS, difference
from processor.ops.cost.bill import ALARMS
from processor.ops.migration import PATHS, TABLES
from tools.plan.text import text_of

GOLDEN = Path(__file__).parents[1] / "golden"

# How many of each type production declares. A type that is missing here has no test.
PRODUCTION = {
    "aws:budgets/budget:Budget": 1,
    "aws:cloudfront/cachePolicy:CachePolicy": 2,
    "aws:cloudfront/distribution:Distribution": 1,
    "aws:cloudfront/keyGroup:KeyGroup": 1,
    "aws:cloudfront/monitoringSubscription:MonitoringSubscription": 1,
    "aws:cloudfront/originAccessControl:OriginAccessControl": 1,
    "aws:cloudfront/publicKey:PublicKey": 1,
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": 3,
    "aws:cloudwatch/dashboard:Dashboard": 1,
    "aws:cloudwatch/logDelivery:LogDelivery": 1,
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": 1,
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": 1,
    "aws:cloudwatch/logGroup:LogGroup": 4,
    "aws:cloudwatch/metricAlarm:MetricAlarm": ALARMS,
    "aws:cloudwatch/queryDefinition:QueryDefinition": 3,
    "aws:dynamodb/table:Table": 3,
    "aws:iam/role:Role": 5,
    "aws:iam/rolePolicy:RolePolicy": 5,
    "aws:kms/key:Key": 1,
    "aws:lambda/alias:Alias": 4,
    "aws:lambda/eventSourceMapping:EventSourceMapping": 4,
    "aws:lambda/function:Function": 4,
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": 2,
    "aws:lambda/functionUrl:FunctionUrl": 1,
    "aws:lambda/layerVersion:LayerVersion": 2,
    "aws:lambda/permission:Permission": 2,
    "aws:s3/bucket:Bucket": 4,
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": 2,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": 4,
    "aws:s3/bucketMetric:BucketMetric": 2,
    "aws:s3/bucketNotification:BucketNotification": 1,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": 4,
    "aws:s3/bucketPolicy:BucketPolicy": 4,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": 4,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": 4,
    "aws:s3/bucketVersioning:BucketVersioning": 2,
    "aws:scheduler/schedule:Schedule": 1,
    "aws:sns/topic:Topic": 1,
    "aws:sns/topicPolicy:TopicPolicy": 1,
    "aws:sns/topicSubscription:TopicSubscription": 1,
    "aws:sqs/queue:Queue": 11,
    "aws:sqs/queuePolicy:QueuePolicy": 11,
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": 4,
    "aws:ssm/parameter:Parameter": 2,
    "darkroom:components:AccessLogs": 1,
    "darkroom:components:AlarmTopic": 1,
    "darkroom:components:Cdn": 1,
    "darkroom:components:DeadLetters": 7,
    "darkroom:components:EditApi": 1,
    "darkroom:components:EditService": 1,
    "darkroom:components:Function": 4,
    "darkroom:components:Monitoring": 1,
    "darkroom:components:PrivateBucket": 4,
    "darkroom:components:Reconciler": 1,
    "darkroom:components:RenditionPipeline": 1,
    "darkroom:components:WorkQueue": 4,
    "random:index/randomPassword:RandomPassword": 2,
}


def test_the_plan_is_what_was_reviewed(plan: StackPlan) -> None:
    """Every change of a deployment is a diff of this text; after an intended one, run `make plan`."""
    golden = (GOLDEN / f"plan.{plan.stack}.txt").read_text(encoding="utf-8")
    assert golden == text_of(plan), "the plan has changed: run `make plan` and review its diff"


@pytest.mark.parametrize("name", VARIANTS)
def test_a_switch_adds_what_was_reviewed(
    name: str, plans: dict[str, StackPlan], variants: dict[str, StackPlan]
) -> None:
    """A switch has a text of its own; nothing of it is in the plans above, where it is off."""
    golden = (GOLDEN / f"plan.{ORIGIN}.{name}.txt").read_text(encoding="utf-8")
    added = difference(variants[name], plans[ORIGIN], f"{name} on")
    assert golden == text_of(added), "the plan has changed: run `make plan` and review its diff"


def test_production_declares_exactly_these_types(plans: dict[str, StackPlan]) -> None:
    """Pulumi identifies resources by type tokens: another token is another resource, and replaces it."""
    assert PRODUCTION == dict(Counter(one.type for one in plans["prod"].resources))


def test_the_stack_consists_of_four_components(plan: StackPlan) -> None:
    """Every resource belongs to one of the four."""
    assert {
        "cdn": "darkroom:components:Cdn",
        "edits": "darkroom:components:EditService",
        "monitoring": "darkroom:components:Monitoring",
        "renditions": "darkroom:components:RenditionPipeline",
    } == {one.name: one.type for one in plan.resources if not one.parent}


def test_every_child_is_named_after_its_component(plan: StackPlan) -> None:
    """Names are derived, so that two instances of a component never meet."""
    assert [] == [one.name for one in plan.resources if one.parent and not one.name.startswith(f"{one.parent}-")]


def test_both_stacks_declare_the_same_except_for_what_their_settings_ask(plans: dict[str, StackPlan]) -> None:
    """Production deploys the resources of dev; only signing and e-mail are its own."""
    names = {stack: {one.name for one in plan.resources} for stack, plan in plans.items()}

    assert {"cdn-signers", "cdn-signing-key-7c60e039", "monitoring-alarms-email-0"} == names["prod"] ^ names["dev"]


def test_no_physical_name_is_used_by_two_stacks(plans: dict[str, StackPlan]) -> None:
    """Both stacks fit into one account."""
    taken = {
        stack: {
            (one.type, one.inputs[key]) for one in plan.resources for key in ("name", "bucket") if key in one.inputs
        }
        for stack, plan in plans.items()
    }
    # Names that only need to be unique within their function, role or bucket.
    local = {
        ("aws:lambda/alias:Alias", "live"),
        ("aws:iam/rolePolicy:RolePolicy", "grants"),
        ("aws:s3/bucketMetric:BucketMetric", "EntireBucket"),
    }

    assert local == taken["dev"] & taken["prod"]


def test_the_check_of_a_migration_expects_what_the_program_declares(plans: dict[str, StackPlan]) -> None:
    """Keys, indexes and paths are written in two places; both say the same."""
    tables = {one.name: one.inputs for one in plans["prod"].of_type("aws:dynamodb/table:Table")}
    for name, (keys, indexes) in zip(("renditions-photos", "edits-sessions"), TABLES.values(), strict=True):
        declared = {
            one["name"]: tuple(key["attributeName"] for key in one["keySchemas"])
            for one in tables[name]["globalSecondaryIndexes"]
        }
        assert ((tables[name]["hashKey"],), declared) == (keys, indexes)
    behaviours = plans["prod"].named("cdn-distribution").inputs["orderedCacheBehaviors"]
    assert {one["pathPattern"] for one in behaviours} == PATHS
