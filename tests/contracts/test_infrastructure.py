"""Infrastructure and code agree: environments, grants, handlers, metrics, outputs."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from components.build import function_files
from components.queues import MAX_RECEIVES
from components.testing.answers import ACCOUNT
from components.testing.plan import Resource, StackPlan
from processor.editing.pipeline import MAX_DELIVERIES
from processor.settings.functions import (
    EditApiEnv,
    EditEnv,
    OnDemandEnv,
    ReconcileEnv,
    RenditionEnv,
    Slice,
    from_env,
    to_env,
)
from processor.settings.stack_file import load_settings
from processor.settings.tree import Settings
from tests.contracts.calls import ROOT, definitions_reached, labels, operations
from tests.factories.stacks import plan_with
from tools.policies import statements

FUNCTION = "aws:lambda/function:Function"
SLICES: dict[str, type[Slice]] = {
    "renditions-rendition-function": RenditionEnv,
    "renditions-reconciler-reconcile-function": ReconcileEnv,
    "edits-worker-function": EditEnv,
    "edits-api-function-function": EditApiEnv,
    "renditions-on-demand-function-function": OnDemandEnv,
}
# What is declared only where the settings ask for it is checked too.
SWITCHED_ON = {"renditions": {"on_demand": True}, "edits": {"archive_days": 7}}
NO_SETTING = {"MALLOC_ARENA_MAX"}
ADAPTER = {
    "AWS_LAMBDA_EXEC_WRAPPER",
    "AWS_LWA_INVOKE_MODE",
    "AWS_LWA_PORT",
    "AWS_LWA_READINESS_CHECK_PATH",
}


def variables_of(function: Resource) -> dict[str, str]:
    """Return a function's environment."""
    return function.inputs["environment"]["variables"]


def settings_of(plan: StackPlan) -> Settings:
    """Return the settings of a stack as its file has them."""
    return settings_in(ROOT / f"Pulumi.{plan.stack}.yaml")


@cache
def settings_in(file: Path) -> Settings:
    """Read the settings of a stack's file."""
    return load_settings(file, lambda: ACCOUNT)


def test_every_function_reads_back_its_slice(plan: StackPlan) -> None:
    """A function's environment holds that function's slice, whole and nothing else."""
    for function in plan_with(plan.stack, SWITCHED_ON).of_type(FUNCTION):
        kind, variables = SLICES[function.name], variables_of(function)
        told = to_env(from_env(kind, variables))
        more = NO_SETTING | (ADAPTER if kind is EditApiEnv else set[str]())
        assert told == {name: value for name, value in variables.items() if name not in more}
        assert more <= set(variables)


def test_the_rendition_function_receives_the_stacks_settings(plan: StackPlan) -> None:
    """Recipe, names and the CDN's address arrive as the stack file and the distribution have them."""
    settings = settings_of(plan)
    told = from_env(RenditionEnv, variables_of(plan.named("renditions-rendition-function")))

    assert settings.renditions.recipe == told.recipe
    assert (plan.stack, "E2EXAMPLE1") == (told.stack, told.distribution_id)
    assert (settings.cdn.domain or "d111111abcdef8.cloudfront.net") == told.cdn_host


def test_every_handler_can_be_loaded(plan: StackPlan) -> None:
    """A handler is a string to Lambda; a misspelt one would only fail in production."""
    plan = plan_with(plan.stack, SWITCHED_ON)
    in_zip = {name for name, _ in function_files(ROOT)}
    missing: set[str] = set()
    for handler in (function.inputs["handler"] for function in plan.of_type(FUNCTION)):
        module, _, name = handler.rpartition(".")
        if handler.endswith(".sh"):
            found = handler in in_zip
        elif found := importlib.util.find_spec(module) is not None:
            assert callable(getattr(importlib.import_module(module), name))
        if not found:
            missing.add(handler)

    assert set() == missing


# What IAM asks for, by call. A read needs ListBucket too: without it S3 answers 403 where nothing is, not 404.
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
READING = {"s3:GetObject", "s3:HeadObject", "s3:ListObjectsV2"}
GRANT_OF = {
    "s3:HeadObject": "s3:GetObject",
    "sqs:SendMessageBatch": "sqs:SendMessage",
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
    **dict.fromkeys(("s3:CreateMultipartUpload", "s3:UploadPart", "s3:CompleteMultipartUpload"), "s3:PutObject"),
}
# What running takes, whatever the code does: logs, traces, Insights, its queues, the queue of its failures.
RUNNING = {"logs", "xray"}
POLLING = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:SendMessage"}
# What each class's calls are made on.
LANES = ("uploads", "backfill", "purges")
RENDITION_PLACES = {
    "Originals": ("originals/*",),
    "RenditionObjects": ("renditions/renditions/*",),
    "RenditionWriter": ("renditions/renditions/*",),
    "BucketListing": ("renditions/renditions/*",),
    "OriginalsTable": ("items",),
    "Galleries": ("items",),
    "StemClaims": ("items",),
    "PhotoRecords": ("photos",),
    "CdnCache": ("distribution",),
    "PurgeQueue": ("purges",),
    "Lanes": ("uploads", "backfill", "purges"),
    "MessageVisibility": ("uploads", "backfill", "purges"),
    # The secret of opaque keys, which both stacks leave out (tests/components/test_changes.py).
    "ParameterStore": (),
}
# It reads no original, and deletes nothing: what it leaves is settled by the rendition function.
ON_DEMAND_PLACES = {
    "RenditionWriter": ("renditions/renditions/*",),
    "RenditionFiles": ("renditions/renditions/*",),
    "OriginalsTable": ("items",),
    "StemClaims": ("items",),
    "PhotoRecords": ("photos",),
}
EDIT_PLACES = {
    "ObjectReader": ("originals/*", "renditions/renditions/*", "results/uploads/*", "results/edits/*"),
    "ResultObjects": ("results/edits/*",),
    "PhotoOwners": ("photos",),
    "SessionReader": ("sessions",),
    "SessionChanges": ("sessions",),
    "MessageVisibility": ("jobs",),
    "Queue": ("jobs",),
    "ArchiveItems": ("sessions",),
    "ArchiveFiles": ("results/archives/*",),
    "StateObject": ("results/archives/*",),
    "ObjectStreams": ("originals/*", "renditions/renditions/*"),
    "BucketListing": ("originals/*",),
    "TableReader": ("photos",),
}
# Originals are read by the version that was looked at.
BY_VERSION = {("s3:GetObjectVersion", "originals/*")}
CHECKED = {
    "renditions-rendition-grants": ("processor.handlers.rendition", RENDITION_PLACES, BY_VERSION),
    "edits-worker-grants": ("processor.handlers.edit", EDIT_PLACES, set[tuple[str, str]]()),
    "renditions-on-demand-function-grants": (
        "processor.handlers.on_demand",
        ON_DEMAND_PLACES,
        set[tuple[str, str]](),
    ),
}


def arn_of(plan: StackPlan, place: str) -> str:
    """Write a place as its ARN: a bucket with what lies in it, a table, the distribution."""
    settings = settings_of(plan)
    buckets = {
        "originals": settings.renditions.originals_bucket,
        "renditions": settings.renditions.renditions_bucket,
        "results": settings.edits.results_bucket,
    }
    tables = {
        "photos": settings.renditions.photos_table,
        "items": settings.renditions.originals_table,
        "sessions": settings.edits.sessions_table,
    }
    first, slash, rest = place.partition("/")
    if first in buckets:
        return f"arn:aws:s3:::{buckets[first]}{slash}{rest}"
    if first in tables:
        return f"arn:aws:dynamodb:us-east-1:123456789012:table/{tables[first]}"
    queues = {"jobs": settings.edits.function_name, **dict.fromkeys(LANES, settings.renditions.function_name)}
    if first in queues:
        return f"arn:aws:sqs:us-east-1:123456789012:{queues[first]}-{first}"
    return "arn:aws:cloudfront::123456789012:distribution/E2EXAMPLE1"


def is_running(action: str, resource: str = "") -> bool:
    """Return whether running itself takes an action. Messages that wait are sent by the code, to the lanes alone."""
    sends = action == "sqs:SendMessage" and resource.endswith(tuple(f"-{lane}" for lane in LANES))
    return action.partition(":")[0] in RUNNING or (action in POLLING and not sends)


def needed(handler: str, places: Mapping[str, tuple[str, ...]]) -> set[tuple[str, str]]:
    """Derive a function's grants from its code: action and place."""
    calls = [(call, place) for one in definitions_reached(handler) for call in labels(one) for place in places[one[1]]]
    listed = {("s3:ListBucket", place.partition("/")[0]) for call, place in calls if call in READING}
    return {(GRANT_OF.get(call, call), place) for call, place in calls if call != "s3:ListObjectsV2"} | listed


@pytest.mark.parametrize("grants", CHECKED)
def test_a_functions_grants_are_exactly_its_calls(plan: StackPlan, grants: str) -> None:
    """No call without a grant, no grant without a call."""
    handler, places, more = CHECKED[grants]
    plan = plan_with(plan.stack, SWITCHED_ON)
    expected = {(action, arn_of(plan, place)) for action, place in needed(handler, places) | more}
    granted = {
        (action, resource)
        for said in statements(plan.named(grants))
        for action in said["Action"]
        for resource in said["Resource"]
        if not is_running(action, resource) or (action, resource) in expected
    }

    assert expected == granted


RECONCILING = {
    "s3:GetObject": {"originals/*", "renditions/reconciler/*", "renditions/renditions/*"},
    "s3:PutObject": {"renditions/reconciler/*"},
    "s3:DeleteObject": {"renditions/renditions/*"},
    "s3:ListBucket": {"originals", "renditions"},
}
LISTING = {
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectsV2": "s3:ListBucket",
    "sqs:SendMessageBatch": "sqs:SendMessage",
}


def test_the_reconcilers_grants_are_exactly_its_calls(plan: StackPlan) -> None:
    """No call without a grant, none without a call; it writes memory, messages and claims, and deletes orphans."""
    settings = settings_of(plan).renditions
    calls = {call for one in definitions_reached("processor.handlers.reconcile") for call in labels(one)}
    granted: dict[str, set[str]] = {}
    for said in statements(plan.named("renditions-reconciler-reconcile-grants")):
        for action in said["Action"]:
            granted.setdefault(action, set()).update(said["Resource"])
    stores = {settings.originals_bucket: "originals", settings.renditions_bucket: "renditions"}
    shelves = {
        action: {
            name.replace(bucket, role)
            for name in map(after_arn, arns)
            for bucket, role in stores.items()
            if bucket == name.partition("/")[0]
        }
        for action, arns in granted.items()
        if action.startswith("s3:")
    }

    assert RECONCILING == shelves
    uploads = f"arn:aws:sqs:us-east-1:123456789012:{settings.function_name}-uploads"
    # What running takes needs no call of ours: logs, traces, its queue of failures.
    own = {action for action, arns in granted.items() if not is_running(action) or uploads in arns}
    assert {LISTING.get(call, call) for call in calls} == own


ACCEPTING = {
    "dynamodb:GetItem": {"table/{sessions}"},
    "dynamodb:PutItem": {"table/{sessions}"},
    "dynamodb:UpdateItem": {"table/{sessions}"},
    "dynamodb:Query": {"table/{sessions}/index/userId-createdAt-index"},
    "s3:PutObject": {"{results}/uploads/*"},
    # Under which links to archives are signed: the API itself reads none.
    "s3:GetObject": {"{results}/archives/*"},
    "s3:DeleteObject": {"{results}/archives/*"},
    "sqs:SendMessage": {"{worker}-jobs"},
    "ssm:GetParameter": {"parameter/darkroom/{stack}/origin-secret", "parameter/darkroom/{stack}/ticket-key"},
}
# How much waits in a queue is asked by those who fill it from a list; the API sends what it was asked for.
NEVER_ASKED = {"sqs:GetQueueAttributes"}


def test_the_edit_apis_grants_are_exactly_its_calls(plan: StackPlan) -> None:
    """No call without a grant, no grant without a call: sessions, jobs, slots, archives, and two secrets."""
    plan = plan_with(plan.stack, SWITCHED_ON)
    edits = settings_of(plan).edits
    names = {
        "sessions": edits.sessions_table,
        "results": edits.results_bucket,
        "worker": edits.function_name,
        "stack": plan.stack,
    }
    calls = {call for one in definitions_reached("processor.api.asgi") for call in labels(one)} - NEVER_ASKED
    granted: dict[str, set[str]] = {}
    for said in statements(plan.named("edits-api-function-grants")):
        for action in said["Action"]:
            granted.setdefault(action, set()).update(arn.split(":", 5)[5] for arn in said["Resource"] if arn != "*")
    own = {action: places for action, places in granted.items() if action.partition(":")[0] not in {"logs", "xray"}}

    assert {action: {place.format(**names) for place in places} for action, places in ACCEPTING.items()} == own
    assert {LISTING.get(call, call) for call in calls} | {"s3:GetObject"} == set(own)


def after_arn(arn: str) -> str:
    """Return the name in a bucket's ARN."""
    return arn.rpartition(":::")[2]


def test_labels_tell_every_call() -> None:
    """The labels that grants are derived from are the operations that the clients are asked for, in every module."""
    handlers = [*(handler for handler, _, _ in CHECKED.values()), "processor.handlers.reconcile", "processor.api.asgi"]
    made = {one for handler in handlers for one in definitions_reached(handler) if ".aws." in one[0]}

    assert {one: operations(one) for one in made if operations(one)} == {
        one: {label.partition(":")[2] for label in labels(one)} for one in made if labels(one)
    }
    for handler, places, _ in CHECKED.values():
        assert set(places) == {name for module, name in definitions_reached(handler) if labels((module, name))}


def test_every_functions_grants_are_checked(plan: StackPlan) -> None:
    """A function's grants are compared with its calls as soon as it is declared."""
    everything = plan_with(plan.stack, SWITCHED_ON)
    grants = {one.name for one in everything.of_type("aws:iam/rolePolicy:RolePolicy") if "schedule" not in one.name}

    assert {*CHECKED, "renditions-reconciler-reconcile-grants", "edits-api-function-grants"} == grants


def test_the_worker_gives_up_when_the_queue_does() -> None:
    """The last delivery is the one after which a message becomes a dead letter."""
    assert MAX_RECEIVES == MAX_DELIVERIES


def own_metrics(plan: StackPlan) -> set[str]:
    """Return every metric of ours that an alarm or the dashboard reads."""
    names: set[str] = set()
    for alarm in plan.of_type("aws:cloudwatch/metricAlarm:MetricAlarm"):
        queries = [one["metric"] for one in alarm.inputs.get("metricQueries", []) if "metric" in one]
        names |= {one["metricName"] for one in queries or [alarm.inputs] if one["namespace"] == "Darkroom"}
    [board] = plan.of_type("aws:cloudwatch/dashboard:Dashboard")
    for widget in json.loads(board.inputs["dashboardBody"])["widgets"]:
        for row in widget["properties"]["metrics"]:
            if row[0] == "Darkroom":
                names.add(row[1])
            elif isinstance(row[0], dict):
                names |= set(re.findall('MetricName="([A-Za-z]+)"', json.dumps(row[0]).replace("\\", "")))
    return names


@cache
def texts_of(folder: str) -> frozenset[str]:
    """Return every text constant in the sources below *folder*."""
    return frozenset[str]().union(*map(texts_in, (ROOT / folder).rglob("*.py")))


@cache
def texts_in(path: Path) -> frozenset[str]:
    """Return every text constant in a source."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return frozenset(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def test_every_metric_that_is_watched_is_published(plan: StackPlan) -> None:
    """An alarm on a metric without a publisher never rings."""
    assert set() == own_metrics(plan) - texts_of("processor")


def test_own_metrics_carry_the_dimensions_that_telemetry_writes(plan: StackPlan) -> None:
    """Telemetry publishes by service and stack; an alarm with other dimensions sees nothing."""
    services = {kind.model_fields["service"].default for kind in SLICES.values()}
    for alarm in plan.of_type("aws:cloudwatch/metricAlarm:MetricAlarm"):
        queries = [one["metric"] for one in alarm.inputs.get("metricQueries", []) if "metric" in one]
        for metric in (one for one in queries or [alarm.inputs] if one["namespace"] == "Darkroom"):
            assert plan.stack == metric["dimensions"]["stack"]
            assert metric["dimensions"]["service"] in services
            assert {"service", "stack"} == set(metric["dimensions"])


def test_saved_queries_look_for_messages_that_are_logged(plan: StackPlan) -> None:
    """A query for a message that no code logs finds nothing and looks like peace."""
    logged = texts_of("processor/handlers") | texts_of("processor/upload") | texts_of("processor/editing")
    for query in plan.of_type("aws:cloudwatch/queryDefinition:QueryDefinition"):
        assert set(re.findall('"([^"]+)"', query.inputs["queryString"])) <= logged


def test_outputs_match_their_schema(plan: StackPlan) -> None:
    """`pulumi stack output --json` is a contract with the front end, written down in docs/outputs.schema.json."""
    schema: dict[str, Any] = json.loads((ROOT / "docs" / "outputs.schema.json").read_text(encoding="utf-8"))

    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(plan.outputs, schema, cls=jsonschema.Draft202012Validator)
    assert set(schema["required"]) == set(schema["properties"])


def test_outputs_name_the_sizes_of_the_stack(plan: StackPlan) -> None:
    """The front end learns the sizes from here, so that it never repeats them."""
    sizes = settings_of(plan).renditions.sizes

    assert {name: {"width": one.width, "height": one.height} for name, one in sizes.items()} == plan.outputs["sizes"]


def test_the_front_end_of_the_old_editor_finds_its_three_variables(plan: StackPlan) -> None:
    """The editor guide's main function sets these; the processor is called by its alias, never around it."""
    edits = settings_of(plan).edits

    assert {
        "IMAGE_PROCESSOR_FUNCTION_ARN": "arn:aws:lambda:us-east-1:123456789012:alias-of-edits-worker-live",
        "IMAGE_EDIT_SESSIONS_TABLE": edits.sessions_table,
        "GENERATED_IMAGES_BUCKET": edits.results_bucket,
    } == plan.outputs["mainFunctionEnv"]


def test_production_keeps_the_names_of_the_guides() -> None:
    """Production keeps every name of the systems before Darkroom."""
    settings = load_settings(ROOT / "Pulumi.prod.yaml")

    assert (
        "galerly-images-storage",
        "galerly-renditions",
        "galerly-photos",
        "galerly-image-processing",
        "lambdallmproxy-image-processor",
        "generated-images-bucket",
        "image-edit-sessions",
        "cdn.galerly.com",
    ) == (
        settings.renditions.originals_bucket,
        settings.renditions.renditions_bucket,
        settings.renditions.photos_table,
        settings.renditions.function_name,
        settings.edits.function_name,
        settings.edits.results_bucket,
        settings.edits.sessions_table,
        settings.cdn.domain,
    )
