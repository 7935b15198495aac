"""Rules over all resources of every stack, beside the general policies."""

from __future__ import annotations

import json
from collections import Counter

from components.testing.plan import Resource, StackPlan
from tools.policies import findings, statements

FUNCTION = "aws:lambda/function:Function"
QUEUE = "aws:sqs/queue:Queue"
MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
# What keeps a bucket private, and its readers reading.
SAFEGUARDS = (
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning",
)
STATEFUL = ("aws:s3/bucket:Bucket", "aws:dynamodb/table:Table", "aws:cloudfront/distribution:Distribution")


def arn_of(queue: Resource) -> str:
    """Return a queue's ARN as the recorder answers it."""
    return f"arn:aws:sqs:us-east-1:123456789012:{queue.inputs['name']}"


def queues(plan: StackPlan) -> dict[str, Resource]:
    """Return every queue by its ARN."""
    return {arn_of(one): one for one in plan.of_type(QUEUE)}


def test_no_policy_has_a_finding(plan: StackPlan) -> None:
    """Buckets private, data encrypted, grants narrow, logs kept, alarms heard, everything tagged."""
    assert [] == findings(plan)


def test_every_function_has_a_role_of_its_own(plan: StackPlan) -> None:
    """Functions share no role, so none has another's grants."""
    roles = Counter(one.inputs["role"] for one in plan.of_type(FUNCTION))

    assert {1} == set(roles.values())
    assert len(roles) == 4


def test_every_function_is_traced_published_and_called_by_its_alias(plan: StackPlan) -> None:
    """A roll-back moves the alias, so nothing may call around it."""
    for function in plan.of_type(FUNCTION):
        assert {"mode": "Active"} == function.inputs["tracingConfig"]
        assert function.inputs["publish"] is True
        [alias] = [
            one
            for one in plan.of_type("aws:lambda/alias:Alias")
            if one.inputs["functionName"] == function.inputs["name"]
        ]
        assert "live" == alias.inputs["name"]
    assert all("alias-of" in one.inputs["functionName"] for one in plan.of_type(MAPPING))
    assert ["live"] == [one.inputs["qualifier"] for one in plan.of_type("aws:lambda/functionUrl:FunctionUrl")]
    [schedule] = plan.of_type("aws:scheduler/schedule:Schedule")
    assert "alias-of" in schedule.inputs["target"]["arn"]


def test_every_function_runs_python_3_13_on_arm_with_two_malloc_arenas(plan: StackPlan) -> None:
    """20 % cheaper, and memory that libvips frees returns to the system."""
    for function in plan.of_type(FUNCTION):
        assert "python3.13" == function.inputs["runtime"]
        assert ["arm64"] == function.inputs["architectures"]
        assert "2" == function.inputs["environment"]["variables"]["MALLOC_ARENA_MAX"]


def test_every_function_has_a_way_for_what_fails(plan: StackPlan) -> None:
    """Fed by a queue with dead letters, or keeps failed invocations, or answers a waiting caller."""
    fed = {one.parent for one in plan.of_type(MAPPING)}
    keeps = {one.parent for one in plan.of_type("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig")}
    answers = {"edits-api-function"}

    assert {one.parent for one in plan.of_type(FUNCTION)} == fed | keeps | answers
    assert {"renditions-rendition", "renditions-reconciler-reconcile"} == keeps


def test_every_queue_that_feeds_a_function_has_dead_letters_and_time(plan: StackPlan) -> None:
    """A message is kept for a fortnight, hidden six timeouts long, tried five times, then kept as a dead letter."""
    known = queues(plan)
    timeouts = {one.parent: one.inputs["timeout"] for one in plan.of_type(FUNCTION)}
    for mapping in plan.of_type(MAPPING):
        queue = known[mapping.inputs["eventSourceArn"]]
        redrive = json.loads(queue.inputs["redrivePolicy"])
        dead = known[redrive["deadLetterTargetArn"]]
        assert 6 * timeouts[mapping.parent] == queue.inputs["visibilityTimeoutSeconds"]
        assert 5 == redrive["maxReceiveCount"]
        assert 14 * 24 * 3600 == dead.inputs["messageRetentionSeconds"]
        assert 14 * 24 * 3600 == queue.inputs["messageRetentionSeconds"], "the longest that SQS allows"
        assert ["ReportBatchItemFailures"] == mapping.inputs["functionResponseTypes"]


def test_dead_letters_come_from_their_own_queue_only(plan: StackPlan) -> None:
    """A queue of another owner cannot fill ours."""
    known = queues(plan)
    for allowed in plan.of_type("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy"):
        said = json.loads(allowed.inputs["redriveAllowPolicy"])
        [source] = said["sourceQueueArns"]
        target = json.loads(known[source].inputs["redrivePolicy"])["deadLetterTargetArn"]
        assert "byQueue" == said["redrivePermission"]
        assert allowed.inputs["queueUrl"].endswith(known[target].inputs["name"])


def test_no_secret_of_an_address_is_logged(plan: StackPlan) -> None:
    """Tickets and signatures are in queries; a Referer repeats one, a cookie may be one."""
    [delivery] = plan.of_type("aws:cloudwatch/logDelivery:LogDelivery")
    logged = set(delivery.inputs["recordFields"])

    assert {"date", "cs-uri-stem", "sc-status", "c-ip"} <= logged
    assert set() == logged & {"cs-uri-query", "cs(Referer)", "cs(Cookie)"}


def test_every_queue_without_a_reader_has_an_alarm(plan: StackPlan) -> None:
    """Nothing is dropped without an alarm."""
    read = {one.inputs["eventSourceArn"] for one in plan.of_type(MAPPING)}
    unread = {queue.inputs["name"] for arn, queue in queues(plan).items() if arn not in read}
    watched = {
        one.inputs["dimensions"]["QueueName"]
        for one in plan.of_type(ALARM)
        if one.inputs.get("metricName") == "ApproximateNumberOfMessagesVisible"
    }

    assert unread == watched
    assert len(unread) == 7


def test_every_function_has_its_four_alarms(plan: StackPlan) -> None:
    """Errors, duration, memory, throttles: each with the function's own dimension."""
    for function in plan.of_type(FUNCTION):
        name, timeout = function.inputs["name"], function.inputs["timeout"]
        alarms = {
            one.inputs["metricName"]: one.inputs
            for one in plan.of_type(ALARM)
            if name in one.inputs.get("dimensions", {}).values()
        }
        assert {"Duration", "memory_utilization", "Throttles"} == set(alarms)
        assert 1000 * (timeout - 5) == alarms["Duration"]["threshold"]
        assert 90 == alarms["memory_utilization"]["threshold"]
        assert "LambdaInsights" == alarms["memory_utilization"]["namespace"]
        [rate] = [one for one in plan.of_type(ALARM) if error_rate_of(one) == name]
        assert (5, 2, 300) == (
            rate.inputs["threshold"],
            rate.inputs["evaluationPeriods"],
            rate.inputs["metricQueries"][1]["metric"]["period"],
        )


def error_rate_of(alarm: Resource) -> str | None:
    """Return the function whose share of failed invocations *alarm* watches."""
    queries = alarm.inputs.get("metricQueries", [{}])
    if queries[0].get("expression") != "100 * errors / invocations":
        return None
    [name] = {one["metric"]["dimensions"]["FunctionName"] for one in queries[1:]}
    return name


def test_every_alarm_describes_its_meaning_and_its_runbook(plan: StackPlan) -> None:
    """Its description states what happened, what missing data means, and the runbook."""
    for alarm in plan.of_type(ALARM):
        role = alarm.name.removeprefix("monitoring-")
        assert alarm.inputs["alarmDescription"].endswith(f"Runbook: docs/operations.md#{role}")
        assert "No data:" in alarm.inputs["alarmDescription"]


def test_only_the_cdn_attaches_policies_to_buckets(plan: StackPlan) -> None:
    """A bucket has one policy document: a second attachment would erase the first."""
    attached = Counter(one.inputs["bucket"] for one in plan.of_type("aws:s3/bucketPolicy:BucketPolicy"))

    assert {1} == set(attached.values())
    assert all(one.name.startswith("cdn-") for one in plan.of_type("aws:s3/bucketPolicy:BucketPolicy"))


def test_state_uploads_and_slots_are_never_served(plan: StackPlan) -> None:
    """The distribution reads below the served prefixes only."""
    read = {
        resource
        for one in plan.of_type("aws:s3/bucketPolicy:BucketPolicy")
        for said in statements(one)
        if said["Principal"] == {"Service": "cloudfront.amazonaws.com"} and one.name != "cdn-originals-policy"
        for resource in said["Resource"]
    }

    assert {"renditions", "edits"} == {resource.split("/")[1] for resource in read}
    assert len(read) == 2


def test_a_bucket_announces_its_objects_once(plan: StackPlan) -> None:
    """A bucket has one notification resource, and S3 may send to that queue and for that bucket only."""
    [notification] = plan.of_type("aws:s3/bucketNotification:BucketNotification")
    originals = plan.named("renditions-originals-bucket").inputs["bucket"]
    [queue] = notification.inputs["queues"]
    senders = [
        (one.name, said)
        for one in plan.of_type("aws:sqs/queuePolicy:QueuePolicy")
        for said in statements(one)
        if said["Effect"] == "Allow"
    ]

    assert originals == notification.inputs["bucket"]
    assert ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"] == queue["events"]
    assert [
        (
            "renditions-uploads-policy",
            {
                "Effect": "Allow",
                "Principal": {"Service": "s3.amazonaws.com"},
                "Action": ["sqs:SendMessage"],
                "Resource": [queue["queueArn"]],
                "Condition": {
                    "ArnEquals": {"aws:SourceArn": f"arn:aws:s3:::{originals}"},
                    "StringEquals": {"aws:SourceAccount": "123456789012"},
                },
            },
        )
    ] == senders


def test_production_is_protected_and_dev_is_not(plans: dict[str, StackPlan]) -> None:
    """Resources with data survive a mistake in production; dev is destroyed without a question."""
    for stack, kept in (("prod", True), ("dev", False)):
        plan = plans[stack]
        holders = [one for kind in STATEFUL for one in plan.of_type(kind)]
        assert {(kept, kept)} == {(one.protect, one.retained) for one in holders}
        assert {kept} == {one.inputs["deletionProtectionEnabled"] for one in plan.of_type("aws:dynamodb/table:Table")}
        assert {not kept} == {one.inputs["forceDestroy"] for one in plan.of_type("aws:s3/bucket:Bucket")}
        guarded = [one.type for one in plan.resources if one.protect and one.type not in STATEFUL]
        assert set(SAFEGUARDS if kept else ()) == set(guarded)


def test_functions_wait_for_their_grants(plan: StackPlan) -> None:
    """The first event must not meet a role that may do nothing yet."""
    for function in plan.of_type(FUNCTION):
        assert f"{function.parent}-grants" in function.depends_on
